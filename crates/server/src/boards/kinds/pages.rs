//! The pages of a table: the parameters of a request for one, and the names of those before and after it.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, header};
use claimcheck_model::{CURSOR_MAX_CHARS, PanelQuery};
use claimcheck_session::Keyring;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    api::Fetched,
    boards::{
        cells::name_of,
        kinds::links::{self, NotFollowed},
    },
    config::{
        Api, ChoicesSetting, Panel, Parameter,
        kinds::{
            pages::{NextFrom, PageBy, PageSetting},
            table::TableSetting,
        },
    },
};

/// Pages beyond this are never requested.
const PAGES_MAX: u64 = 1_000_000;
/// Between a page's number and its size, in the name of a page of an API that returns fewer rows than it was asked for.
const OF_SIZE: char = '~';

/// Where a table of a board gets its pages from.
#[derive(Clone, Copy)]
pub(crate) struct PageContext<'a> {
    pub keyring: &'a Keyring,
    pub api: &'a Api,
    pub board: &'a str,
    pub of: PagesOf<'a>,
    /// Rows follow a page that is shorter than it was asked for, although the API states no total.
    pub rows_follow: bool,
}

/// What has the pages.
#[derive(Clone, Copy)]
pub(crate) enum PagesOf<'a> {
    Panel(&'a Panel),
    /// The choices of the filter, or of the field of an action, with this key.
    Choices(&'a str, &'a ChoicesSetting),
}

impl PagesOf<'_> {
    /// Its name on the board. No id of a panel has a point.
    pub(super) fn id(&self) -> Cow<'_, str> {
        match self {
            Self::Panel(panel) => Cow::Borrowed(&panel.id),
            Self::Choices(key, _) => Cow::Owned(format!("filter.{key}")),
        }
    }

    /// The parameters that the request sets itself, whatever a link says.
    fn own_parameters(&self) -> Vec<String> {
        match self {
            Self::Panel(panel) => {
                let of_table = panel.kind.as_table().into_iter().flat_map(TableSetting::parameter_names);
                let of_read = panel.read.iter().flat_map(|read| read.parameters());
                of_read.chain(of_table.map(str::to_owned)).collect()
            }
            Self::Choices(_, from) => from.own_parameters(),
        }
    }
}

/// The place of a page among the others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PagePlace {
    /// The number of its first row, if it is known.
    pub first: Option<u64>,
    /// The names of the pages before and after it; the first page has an empty name.
    pub previous: Option<String>,
    pub next: Option<String>,
    /// There is a next page, but it cannot be requested.
    pub is_cut: bool,
}

/// The requested page of an API that counts: its number, from one, and the rows of each page.
#[derive(Clone, Copy)]
struct Counted {
    number: u64,
    size: u64,
}

impl Counted {
    /// The first page if the query names no valid one.
    fn of(query: &PanelQuery, setting: &PageSetting) -> Self {
        let usual = u64::from(setting.size);
        let page = query.page.as_deref().and_then(|page| {
            let (number, size) = page.split_once(OF_SIZE).unwrap_or((page, ""));
            let size = if size.is_empty() { usual } else { size.parse().ok()? };
            Some(Self { number: number.parse().ok()?, size })
        });
        let is_valid =
            |page: &Self| (1..=PAGES_MAX).contains(&page.number) && (1..=usual).contains(&page.size);
        page.filter(is_valid).unwrap_or(Self { number: 1, size: usual })
    }

    fn offset(self) -> u64 {
        (self.number - 1) * self.size
    }

    /// The page after this one if the API returns only so many rows, at least one. Rows may be shown twice, but none is
    /// left out.
    fn after_capped(self, setting: &PageSetting, shown: u64) -> Self {
        let last = self.offset() + shown;
        let number = if matches!(setting.by, PageBy::Offset(_)) { last / shown } else { self.number };
        Self { number: number + 1, size: shown }
    }

    fn name(self, setting: &PageSetting) -> String {
        match (self.number, self.size == u64::from(setting.size)) {
            (1, _) => String::new(),
            (number, true) => number.to_string(),
            (number, false) => format!("{number}{OF_SIZE}{}", self.size),
        }
    }
}

/// The parameters for the requested page; empty ones are left out.
pub(in crate::boards) fn parameters(
    setting: &PageSetting,
    query: &PanelQuery,
    context: &PageContext<'_>,
) -> Vec<(String, Parameter)> {
    let mut pairs = Vec::new();
    if let Some(limit) = &setting.limit {
        pairs.push((limit.clone(), Parameter::Number(setting.size.into())));
    }
    match &setting.by {
        PageBy::Offset(parameter) => match Counted::of(query, setting).offset() {
            0 => {}
            offset => pairs.push((parameter.clone(), Parameter::Number(offset))),
        },
        PageBy::Number { parameter, first } => {
            let number = Counted::of(query, setting).number - 1 + u64::from(*first);
            pairs.push((parameter.clone(), Parameter::Number(number)));
        }
        PageBy::Cursor { parameter, .. } => {
            pairs.push((parameter.clone(), Parameter::Text(query.page.clone().unwrap_or_default())));
        }
        PageBy::Link(_) => {
            let page = query.page.as_deref().unwrap_or_default();
            let sealed = links::open(context.keyring, context.board, &context.of.id(), page);
            let own = context.of.own_parameters();
            let taken = sealed.into_iter().filter(|(name, _)| !own.contains(name));
            pairs.extend(taken.map(|(name, value)| (name, Parameter::Text(value))));
        }
    }
    pairs
}

/// The total number of rows, in the body or in a header.
pub(super) fn total(setting: &TableSetting, fetched: &Fetched) -> Option<u64> {
    let of_body = |path: &JsonPath| match path.query(&fetched.value).at_most_one().ok().flatten()? {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_u64(),
    };
    let of_header = |name: &HeaderName| {
        let value = fetched.headers.get(name)?.to_str().ok()?;
        // `Content-Range: items 0-49/812` (RFC 9110 14.4).
        value.rsplit('/').next()?.trim().parse().ok()
    };
    setting.total.as_ref().and_then(of_body).or_else(|| setting.total_header.as_ref().and_then(of_header))
}

/// The place of a page with `shown` rows, in answer to the request at `path`.
pub(super) fn place(
    setting: &PageSetting,
    query: &PanelQuery,
    fetched: &Fetched,
    path: &str,
    (shown, total): (u64, Option<u64>),
    context: &PageContext<'_>,
) -> PagePlace {
    let (parameter, next) = match &setting.by {
        PageBy::Cursor { parameter, next } => (Some(parameter), next),
        PageBy::Link(next) => (None, next),
        PageBy::Offset(_) | PageBy::Number { .. } => {
            return counted(
                setting,
                query,
                (shown, total),
                context.rows_follow,
                (context.board, &context.of.id()),
            );
        }
    };
    let next = next_of(next, fetched).map(|next| match parameter {
        Some(parameter) if !links::is_link(&next, parameter) => Ok(next),
        Some(parameter) => {
            let found = links::parameters(context.api, path, &next)?;
            let cursor = found.into_iter().find(|(name, _)| name == parameter).map(|(_, value)| value);
            cursor.filter(|cursor| !cursor.is_empty()).ok_or(NotFollowed::Nothing)
        }
        None => {
            let own = context.of.own_parameters();
            let mut found = links::parameters(context.api, path, &next)?;
            found.retain(|(name, _)| !own.contains(name));
            links::seal(context.keyring, context.board, &context.of.id(), found)
        }
    });
    let is_short = |cursor: &String| cursor.chars().count() <= CURSOR_MAX_CHARS;
    let next = next.map(|next| next.and_then(|next| Some(next).filter(is_short).ok_or(NotFollowed::TooLong)));
    if let Some(Err(reason)) = &next {
        tracing::warn!(
            event = "no next page",
            board = context.board,
            panel = &*context.of.id(),
            %reason,
            "the next page in the API's response cannot be requested"
        );
    }
    PagePlace {
        // Cursors only point forward; "previous" leads to the first page.
        first: query.page.is_none().then_some(1),
        previous: query.page.as_ref().map(|_| String::new()),
        is_cut: matches!(next, Some(Err(_))),
        next: next.and_then(Result::ok),
    }
}

/// The next page in an answer: a cursor or a URL.
fn next_of(next: &NextFrom, fetched: &Fetched) -> Option<String> {
    let found = match next {
        NextFrom::Body(path) => path.query(&fetched.value).at_most_one().ok().flatten().and_then(name_of),
        NextFrom::Header(name) if name == header::LINK => {
            links::next_of_header(texts(&fetched.headers, name))
        }
        NextFrom::Header(name) => texts(&fetched.headers, name).next().map(str::to_owned),
    };
    found.filter(|next| !next.trim().is_empty())
}

fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

/// The name of a page that begins after the rows of this one; `None` if this one is full, empty, or does not have a number.
pub(super) fn after_short(setting: &PageSetting, query: &PanelQuery, shown: u64) -> Option<String> {
    let page = Counted::of(query, setting);
    let after = match setting.by {
        PageBy::Offset(_) => Counted { number: page.offset() + shown + 1, size: 1 },
        PageBy::Number { .. } => page.after_capped(setting, shown.max(1)),
        PageBy::Cursor { .. } | PageBy::Link(_) => return None,
    };
    (1..page.size).contains(&shown).then(|| after.name(setting))
}

/// The pages of this size after a page, as far as the API says that there are rows, and no more than these. They can be
/// requested at once; none if their names depend on an answer.
pub(super) fn foreseen(setting: &PageSetting, next: &str, total: Option<u64>, most: usize) -> Vec<String> {
    let (PageBy::Offset(_) | PageBy::Number { .. }, Some(total)) = (&setting.by, total) else {
        return Vec::new();
    };
    let query = PanelQuery { page: Some(next.to_owned()), ..PanelQuery::default() };
    let next = Counted::of(&query, setting);
    let pages = (1..=most as u64).map(|ahead| Counted { number: next.number + ahead, ..next });
    pages.take_while(|page| page.offset() < total).map(|page| page.name(setting)).collect()
}

/// The rows of a page that is made here, as a range of all rows.
pub(super) fn range_here(setting: &PageSetting, query: &PanelQuery) -> std::ops::Range<usize> {
    let page = Counted::of(query, setting);
    let start = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    start..start.saturating_add(usize::try_from(page.size).unwrap_or(usize::MAX))
}

/// The place of a page that is made here, from this many rows of all.
pub(super) fn place_here(setting: &PageSetting, query: &PanelQuery, shown: u64, all: u64) -> PagePlace {
    counted(setting, query, (shown, Some(all)), false, ("", ""))
}

/// The place of a page that has a number. If an API returns fewer rows than it was asked for although there are more, its
/// own size counts from there on, so that no row is left out.
fn counted(
    setting: &PageSetting,
    query: &PanelQuery,
    (shown, total): (u64, Option<u64>),
    rows_follow: bool,
    (board, panel): (&str, &str),
) -> PagePlace {
    let page = Counted::of(query, setting);
    let (first, last) = (page.offset() + 1, page.offset() + shown);
    let is_more = |total: u64| shown > 0 && last < total;
    let is_full = shown >= page.size;
    let is_capped = !is_full && total.map_or(rows_follow && shown > 0, is_more);
    let next = match is_capped {
        true => {
            tracing::warn!(
                event = "API caps the page size",
                board,
                panel,
                size = page.size,
                rows = shown,
                "the API returns fewer rows than it was asked for: set `size` to its limit"
            );
            Some(page.after_capped(setting, shown))
        }
        false => {
            let has_next = total.map_or(is_full, is_more);
            has_next.then_some(Counted { number: page.number + 1, ..page })
        }
    };
    // Beyond the end, "previous" is the last page that exists.
    let before = match total {
        Some(total) => (page.number - 1).min(total.div_ceil(page.size).max(1)),
        None => page.number - 1,
    };
    PagePlace {
        first: Some(first),
        previous: (page.number > 1).then(|| Counted { number: before, ..page }.name(setting)),
        next: next.map(|next| next.name(setting)),
        is_cut: false,
    }
}

#[cfg(test)]
mod tests;
