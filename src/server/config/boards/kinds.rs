//! The kinds of panels and what each may declare: stat, table, line, bar, list.
//! A new kind is a settings struct here, a reader for it, and a line in [`PanelKind`].

use std::collections::HashSet;

use serde_json_path::JsonPath;

use super::{
    Template, needs,
    reader::{Entry, TomlTable},
    title,
};
use crate::model::{CellKind, ChartShape, PanelSize};

/// How a panel shows its answer.
#[derive(Clone, Debug, PartialEq)]
pub enum PanelKind {
    Stat(StatSetting),
    Table(Box<TableSetting>),
    Chart(ChartSetting),
    List(ListSetting),
}

/// One number, and how it changed.
#[derive(Clone, Debug, PartialEq)]
pub struct StatSetting {
    /// Finds the number in the answer (RFC 9535).
    pub value: JsonPath,
    pub before: Before,
    pub better: Better,
    /// Stands behind the number.
    pub unit: Option<String>,
    /// As many as the number has, at most two, where it is not declared.
    pub decimals: Option<usize>,
}

/// What a stat is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Before {
    Nothing,
    /// The same request for the period before.
    Period,
    /// Another number of the same answer.
    Path(JsonPath),
}

/// Which change is good news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
    #[default]
    Neither,
}

/// Rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSetting {
    /// Finds the rows in the answer (RFC 9535).
    pub rows: JsonPath,
    /// Finds the number of rows there are in all.
    pub total: Option<JsonPath>,
    /// The columns to show, in order; inferred from the rows where none are declared.
    pub columns: Option<Vec<ColumnSetting>>,
    /// The member that names a row, for its own page.
    pub key: Option<String>,
    /// What is asked of the API about one row; its places are members of the row.
    pub detail: Option<Template>,
    /// The API's parameter that searches all rows; without it the filter looks at those that are here.
    pub search: Option<String>,
    pub order: Option<OrderSetting>,
    pub page: Option<PageSetting>,
}

/// A declared column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSetting {
    /// The member of a row it reads; `customer.name` reads within.
    pub key: String,
    pub title: String,
    /// Inferred from the values where it is not declared.
    pub kind: Option<CellKind>,
    pub decimals: Option<usize>,
}

/// The API's parameters that sort all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSetting {
    /// Takes the column's key.
    pub by: String,
    /// Takes `asc` or `desc`; without it, descending is a minus before the key.
    pub order: Option<String>,
}

/// The API's parameters that lead through the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct PageSetting {
    /// Rows a page.
    pub size: u32,
    /// Takes the size.
    pub limit: Option<String>,
    pub by: PageBy,
}

/// How an API counts its pages.
#[derive(Clone, Debug, PartialEq)]
pub enum PageBy {
    /// A parameter takes the number of rows to pass over.
    Offset(String),
    /// A parameter takes the page's number, which begins with `first`.
    Number { parameter: String, first: u32 },
    /// A parameter takes what the answer before said at `next`.
    Cursor { parameter: String, next: JsonPath },
}

/// Lines or bars over rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSetting {
    pub shape: ChartShape,
    pub rows: JsonPath,
    /// The member that says where a row stands: a day, a month, a moment, a word.
    pub x: String,
    /// One to five.
    pub y: Vec<SeriesSetting>,
    pub unit: Option<String>,
}

/// One line, or one bar of each group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesSetting {
    pub key: String,
    pub title: String,
}

/// Entries below each other: a label, a note, a value.
#[derive(Clone, Debug, PartialEq)]
pub struct ListSetting {
    pub rows: JsonPath,
    pub label: String,
    pub note: Option<String>,
    pub value: Option<String>,
    /// A member that holds a short word, such as a status.
    pub tag: Option<String>,
    pub unit: Option<String>,
}

impl TableSetting {
    /// The member that names a row, as far as the settings say it: without `key`, that of the first declared column.
    pub fn name_key(&self) -> Option<&str> {
        let first = || Some(self.columns.as_ref()?.first()?.key.as_str());
        self.key.as_deref().or_else(first)
    }

    /// Keys and names of the API's parameters that a person's question fills.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let search = self.search.as_deref().map(|name| ("search", name));
        let order = self.order.iter().flat_map(|order| {
            [Some(("order", order.by.as_str())), order.order.as_deref().map(|name| ("order", name))]
        });
        let page = self.page.iter().flat_map(|page| {
            let (PageBy::Offset(by)
            | PageBy::Number { parameter: by, .. }
            | PageBy::Cursor { parameter: by, .. }) = &page.by;
            [page.limit.as_deref().map(|name| ("page", name)), Some(("page", by.as_str()))]
        });
        [search].into_iter().chain(order).chain(page).flatten()
    }
}

impl PanelKind {
    /// How wide a panel is that does not say.
    pub fn usual_size(&self) -> PanelSize {
        match self {
            Self::Stat(_) => PanelSize::Quarter,
            Self::Table(_) => PanelSize::Full,
            Self::Chart(_) => PanelSize::Half,
            Self::List(_) => PanelSize::Third,
        }
    }
}

/// What every panel may declare.
const COMMON: [&str; 7] = ["title", "kind", "api", "get", "every", "size", "action"];
/// And what those of each kind may.
const STAT: [&str; 5] = ["value", "before", "better", "unit", "decimals"];
const TABLE: [&str; 8] = ["rows", "total", "columns", "key", "detail", "search", "order", "page"];
const CHART: [&str; 4] = ["rows", "x", "y", "unit"];
const LIST: [&str; 6] = ["rows", "label", "note", "value", "tag", "unit"];
const SERIES_MAX: usize = 5;
const DECIMALS_MAX: u32 = 6;

/// Reads the kind and what belongs to it; refuses all other keys of the panel.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> Option<PanelKind> {
    let kind = at.required("kind", |text| match text {
        "stat" | "table" | "line" | "bar" | "list" => Ok(text.to_owned()),
        _ => Err("must be \"stat\", \"table\", \"line\", \"bar\" or \"list\"".to_owned()),
    });
    let Some(kind) = kind else {
        // What else a panel needs is known only with its kind; all but a stat need rows.
        at.required("rows", json_path);
        at.no_more(&[&COMMON[..], &needs::KEYS, &STAT, &TABLE, &CHART, &LIST].concat());
        return None;
    };
    let (read, own): (Option<PanelKind>, &[&str]) = match kind.as_str() {
        "stat" => (stat(at), &STAT),
        "table" => (table(at), &TABLE),
        "line" => (chart(at, ChartShape::Line), &CHART),
        "bar" => (chart(at, ChartShape::Bar), &CHART),
        _ => (list(at), &LIST),
    };
    at.no_more(&[&COMMON[..], &needs::KEYS, own].concat());
    read
}

fn stat(at: &mut TomlTable<'_, '_>) -> Option<PanelKind> {
    let value = at.required("value", json_path);
    let before = at.optional("before", |text| match text {
        "period" => Ok(Before::Period),
        text => json_path(text)
            .map(Before::Path)
            .map_err(|message| format!("{message}; or \"period\", for the period before")),
    });
    let better = at.optional("better", |text| match text {
        "more" => Ok(Better::More),
        "less" => Ok(Better::Less),
        _ => Err("must be \"more\" or \"less\"".to_owned()),
    });
    let (unit, decimals) = (at.optional("unit", title), decimals(at));
    let before = before.unwrap_or(Before::Nothing);
    Some(PanelKind::Stat(StatSetting {
        value: value?,
        before,
        better: better.unwrap_or_default(),
        unit,
        decimals,
    }))
}

fn table(at: &mut TomlTable<'_, '_>) -> Option<PanelKind> {
    let rows = at.required("rows", json_path);
    let total = at.optional("total", json_path);
    let columns = at.list("columns", column);
    let key = at.optional("key", title);
    let detail = at.optional("detail", |text| {
        let has_place = |template: &Template| template.slots().next().is_some();
        Template::parse(text).and_then(|template| {
            has_place(&template)
                .then_some(template)
                .ok_or("needs a place for the row, such as {id}".to_owned())
        })
    });
    let search = at.optional("search", parameter);
    let order = at.table("order", |mut at| {
        let (by, order) = (at.required("by", parameter), at.optional("order", parameter));
        at.no_more(&["by", "order"]);
        Some(OrderSetting { by: by?, order })
    });
    let page = at.table("page", page);
    if order.is_some() && columns.is_none() {
        at.problem("order", "needs `columns`: only a declared key is ever sent to the API");
    }
    if let Some(columns) = &columns {
        let mut keys = HashSet::new();
        if let Some(twice) = columns.iter().find(|column| !keys.insert(&column.key)) {
            at.problem("columns", format!("the key `{}` stands in two columns", twice.key));
        }
    }
    Some(PanelKind::Table(Box::new(TableSetting {
        rows: rows?,
        total,
        columns,
        key,
        detail,
        search,
        order,
        page,
    })))
}

fn column(mut at: TomlTable<'_, '_>) -> Option<ColumnSetting> {
    let key = at.required("key", title);
    let name = at.required("title", title);
    let kind = at.optional("kind", |text| match text {
        "text" => Ok(CellKind::Text),
        "number" => Ok(CellKind::Number),
        "percent" => Ok(CellKind::Percent),
        "date" => Ok(CellKind::Date),
        "tag" => Ok(CellKind::Tag),
        "link" => Ok(CellKind::Link),
        _ => Err("must be \"text\", \"number\", \"percent\", \"date\", \"tag\" or \"link\"".to_owned()),
    });
    let decimals = decimals(&mut at);
    if decimals.is_some() && !matches!(kind, None | Some(CellKind::Number | CellKind::Percent)) {
        at.problem("decimals", "is for numbers: this column is of another kind");
    }
    at.no_more(&["key", "title", "kind", "decimals"]);
    Some(ColumnSetting { key: key?, title: name?, kind, decimals })
}

fn page(mut at: TomlTable<'_, '_>) -> Option<PageSetting> {
    let size = at.whole("size", 1..=1000).unwrap_or(50);
    let limit = at.optional("limit", parameter);
    let offset = at.optional("offset", parameter);
    let number = at.optional("page", parameter);
    let first = at.whole("first", 0..=1).unwrap_or(1);
    let cursor = at.optional("cursor", parameter);
    let next = at.optional("next", json_path);
    at.no_more(&["size", "limit", "offset", "page", "first", "cursor", "next"]);
    let named: Vec<_> = ["offset", "page", "cursor"].into_iter().filter(|key| at.has(key)).collect();
    let [way] = named[..] else {
        at.problem("offset", "one of `offset`, `page` and `cursor` must name the API's parameter");
        return None;
    };
    for (key, of) in [("next", "cursor"), ("first", "page")] {
        if at.has(key) && way != of {
            at.problem(key, format!("belongs to `{of}`, and pages are counted by `{way}` here"));
        }
    }
    if way == "cursor" && !at.has("next") {
        at.problem("next", "is missing: where the answer says the next cursor, such as \"$.next\"");
    }
    let by = match way {
        "offset" => PageBy::Offset(offset?),
        "page" => PageBy::Number { parameter: number?, first },
        _ => PageBy::Cursor { parameter: cursor?, next: next? },
    };
    Some(PageSetting { size, limit, by })
}

fn chart(at: &mut TomlTable<'_, '_>, shape: ChartShape) -> Option<PanelKind> {
    let rows = at.required("rows", json_path);
    let x = at.required("x", title);
    if !at.has("y") {
        at.problem("y", "is missing: a list of members with numbers, such as [\"revenue\"]");
    }
    let y =
        at.entries("y", "must be a list of members in quotes, or of { key, title }", |entry| match entry {
            Entry::Text(key) => Some(Some(SeriesSetting { key: key.to_owned(), title: words(key) })),
            Entry::Table(mut at) => {
                let (key, name) = (at.required("key", title), at.required("title", title));
                at.no_more(&["key", "title"]);
                Some(key.zip(name).map(|(key, title)| SeriesSetting { key, title }))
            }
        });
    let y = y?;
    if at.is_empty("y") || y.len() > SERIES_MAX {
        at.problem("y", format!("must hold one to {SERIES_MAX} members"));
    }
    let mut keys = HashSet::new();
    if let Some(twice) = y.iter().find(|series| !keys.insert(&series.key)) {
        at.problem("y", format!("the key `{}` stands there twice", twice.key));
    }
    let unit = at.optional("unit", title);
    Some(PanelKind::Chart(ChartSetting { shape, rows: rows?, x: x?, y, unit }))
}

fn list(at: &mut TomlTable<'_, '_>) -> Option<PanelKind> {
    let (rows, label) = (at.required("rows", json_path), at.required("label", title));
    let mut one = |key: &str| at.optional(key, title);
    let (note, value, tag, unit) = (one("note"), one("value"), one("tag"), one("unit"));
    Some(PanelKind::List(ListSetting { rows: rows?, label: label?, note, value, tag, unit }))
}

fn decimals(at: &mut TomlTable<'_, '_>) -> Option<usize> {
    at.whole("decimals", 0..=DECIMALS_MAX).and_then(|decimals| usize::try_from(decimals).ok())
}

/// The name of a parameter of the API's: unreserved characters (RFC 3986 2.3) and brackets, as in `page[size]`.
fn parameter(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~[]".contains(&byte);
    if !text.is_empty() && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("must be the name of a parameter of the API, such as \"offset\"".to_owned())
    }
}

fn json_path(text: &str) -> Result<JsonPath, String> {
    JsonPath::parse(text).map_err(|error| {
        format!("is not a JSONPath ({}); it looks like \"$.orders[*]\" (RFC 9535)", error.message())
    })
}

/// `placed_at` as "Placed at".
pub fn words(key: &str) -> String {
    let words = key.replace(['_', '-', '.'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
