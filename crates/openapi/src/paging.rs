//! The parameters of a list that a table can fill: pages, search, order; and those that have one value only.

use std::collections::BTreeSet;

use crate::{
    operations::{Operation, Parameter},
    rows::{Beside, Rows, joined},
    schema::{Is, Shape},
    tree::Tree,
};

/// Names of parameters, in lower case without separators.
const LIMITS: &[&str] = &[
    "limit",
    "perpage",
    "pagesize",
    "pagelimit",
    "maxresults",
    "size",
    "top",
    "take",
    "count",
    "max",
    "resultsperpage",
    "itemsperpage",
];
const OFFSETS: &[&str] = &["offset", "skip", "startindex", "pageoffset", "start"];
const PAGES: &[&str] = &["page", "pagenumber", "pageno", "pageindex", "currentpage"];
const CURSORS: &[&str] = &[
    "cursor",
    "marker",
    "pagetoken",
    "nexttoken",
    "after",
    "pageafter",
    "pagecursor",
    "startingafter",
    "continuationtoken",
    "continuation",
    "nextcursor",
    "startcursor",
    "startkey",
    "offset",
];
const SEARCHES: &[&str] = &[
    "q",
    "query",
    "search",
    "searchquery",
    "searchterm",
    "text",
    "keyword",
    "keywords",
    "term",
    "filterterm",
    "searchtext",
    "filtersearch",
    "filterq",
];
const SORTS: &[&str] = &["sort", "sortby", "orderby", "order", "ordering", "sortfield"];
const DIRECTIONS: &[&str] =
    &["order", "direction", "sortorder", "sortdirection", "sortdir", "orderdirection", "dir"];
/// Rows per page, if the API has no limit below it.
const SIZE: u64 = 50;

/// Where the next page is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NextAt {
    Body(String),
    LinkHeader,
}

/// How an API counts pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Offset(String),
    Page(String, u64),
    Cursor(String, NextAt),
    Link(NextAt),
}

/// The pages of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pages {
    pub(super) size: u64,
    pub(super) limit: Option<String>,
    pub(super) turn: Turn,
}

/// A parameter that sorts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sorting {
    pub(super) by: String,
    pub(super) direction: Option<String>,
    /// What the parameter accepts; empty if the document does not say.
    pub(super) keys: Vec<String>,
}

/// What a table can do with the parameters of its request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) pages: Option<Pages>,
    pub(super) search: Option<String>,
    pub(super) sorting: Option<Sorting>,
    /// The parameter that selects members of the rows, and the members that it knows.
    pub(super) selection: Option<(String, BTreeSet<String>)>,
    /// Parameters with the only value that they can have.
    pub(super) fixed: Vec<(String, String)>,
}

/// A parameter that has no value here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfilled {
    Query(String),
    Header(String),
}

/// Recognizes the parameters of a list.
pub(super) fn of_list(
    tree: &Tree<'_>,
    operation: &Operation<'_>,
    rows: &Rows<'_>,
) -> Result<Parameters, Unfilled> {
    let query: Vec<_> = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.is_in_query)
        .map(|parameter| (parameter, shape(tree, parameter)))
        .collect();
    let pages = pages(&query, rows, operation);
    let taken = |name: &str| {
        pages.as_ref().is_some_and(|pages: &Pages| {
            pages.limit.as_deref() == Some(name)
                || match &pages.turn {
                    Turn::Offset(own) | Turn::Page(own, _) | Turn::Cursor(own, _) => own == name,
                    Turn::Link(_) => false,
                }
        })
    };
    let search = find(&query, SEARCHES, |shape| {
        matches!(shape.is, Is::Text | Is::Anything) && shape.allowed.is_empty()
    });
    let search = search.map(|(parameter, _)| parameter.name.to_owned()).filter(|name| !taken(name));
    let sorting =
        sorting(&query).filter(|sorting| !taken(&sorting.by) && search.as_ref() != Some(&sorting.by));
    // The turn of a page is not sent for the first one; a search only if there is a text.
    let is_sent = |name: &str| pages.as_ref().is_some_and(|pages| pages.limit.as_deref() == Some(name));
    let fixed = fixed(tree, operation, &is_sent)?;
    let is_fixed = |name: &str| fixed.iter().any(|(known, _)| known == name);
    let pages = pages.filter(|pages| match &pages.turn {
        Turn::Offset(own) | Turn::Page(own, _) | Turn::Cursor(own, _) => !is_fixed(own),
        Turn::Link(_) => true,
    });
    let search = search.filter(|name| !is_fixed(name));
    let sorting = sorting
        .filter(|sorting| !is_fixed(&sorting.by) && !sorting.direction.as_deref().is_some_and(is_fixed));
    let mut fixed = fixed;
    if pages.is_none()
        && let Some((parameter, shape)) =
            find(&query, LIMITS, |shape| matches!(shape.is, Is::Whole | Is::Number))
    {
        // One page, as large as the API allows.
        let most = shape.maximum.filter(|most| (1.0..=200.0).contains(most)).unwrap_or(200.0);
        if !fixed.iter().any(|(known, _)| known == parameter.name)
            && shape.allowed.is_empty()
            && shape.maximum.is_some()
        {
            fixed.push((parameter.name.to_owned(), format!("{most:.0}")));
        }
    }
    let selection = selection(tree, &query).filter(|(name, _)| !fixed.iter().any(|(known, _)| known == name));
    Ok(Parameters { pages, search, sorting, selection, fixed })
}

/// The values of the parameters that a request must have and a table does not fill.
pub(super) fn fixed(
    tree: &Tree<'_>,
    operation: &Operation<'_>,
    is_sent: &dyn Fn(&str) -> bool,
) -> Result<Vec<(String, String)>, Unfilled> {
    let mut fixed = Vec::new();
    for parameter in operation.parameters.iter().filter(|parameter| parameter.is_required) {
        let name = parameter.name;
        if !parameter.is_in_query {
            if is_own_header(name) {
                continue;
            }
            return Err(Unfilled::Header(name.to_owned()));
        }
        if is_sent(name) {
            continue;
        }
        let shape = shape(tree, parameter);
        let first = || match joined(name).as_str() {
            known if PAGES.contains(&known) => Some("1".to_owned()),
            known if OFFSETS.contains(&known) && shape.is == Is::Whole => Some("0".to_owned()),
            known if LIMITS.contains(&known) && shape.is == Is::Whole => Some("50".to_owned()),
            _ => None,
        };
        let only = match shape.allowed.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let value = only.or(shape.default).and_then(scalar).or_else(first).filter(|_| is_name(name));
        fixed.push((name.to_owned(), value.ok_or_else(|| Unfilled::Query(name.to_owned()))?));
    }
    Ok(fixed)
}

/// Headers that every request has, or that are about caching only.
fn is_own_header(name: &str) -> bool {
    ["accept", "content-type", "authorization", "idempotency-key", "user-agent"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

fn scalar(value: &serde_json::Value) -> Option<String> {
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= 100 && !text.chars().any(char::is_control)).then_some(text)
}

fn shape<'a>(tree: &Tree<'a>, parameter: &Parameter<'a>) -> Shape<'a> {
    parameter.schema.map(|schema| Shape::of(tree, &[schema])).unwrap_or_default()
}

/// Whether a table accepts the name of a parameter.
fn is_name(name: &str) -> bool {
    name.len() <= 64
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~[]$@".contains(&byte))
}

type Query<'q, 'a> = [(&'q Parameter<'a>, Shape<'a>)];

/// The first parameter with one of these names, in the order of the names.
fn find<'x, 'q, 'a>(
    query: &'x Query<'q, 'a>,
    names: &[&str],
    fits: impl Fn(&Shape<'a>) -> bool,
) -> Option<&'x (&'q Parameter<'a>, Shape<'a>)> {
    let named = |name: &str| {
        query.iter().find(|(parameter, shape)| {
            joined(parameter.name) == name && is_name(parameter.name) && fits(shape)
        })
    };
    names.iter().find_map(|name| named(name))
}

fn pages(query: &Query<'_, '_>, rows: &Rows<'_>, operation: &Operation<'_>) -> Option<Pages> {
    let is_whole = |shape: &Shape<'_>| matches!(shape.is, Is::Whole | Is::Number | Is::Anything);
    let limit = find(query, LIMITS, is_whole);
    let size = limit.map_or(Some(SIZE), |(_, shape)| {
        let allowed = shape
            .allowed
            .iter()
            .filter_map(|value| value.as_u64())
            .filter(|size| (1..=100).contains(size))
            .max();
        let most =
            shape.maximum.map_or(SIZE, |most| if most >= 1_000.0 { 1_000 } else { most.max(0.0) as u64 });
        Some(allowed.unwrap_or(SIZE.min(most))).filter(|size| *size > 0)
    })?;
    let optional = |found: &&(&Parameter<'_>, Shape<'_>)| !found.0.is_required;
    let name = |found: &(&Parameter<'_>, Shape<'_>)| found.0.name.to_owned();
    let offset = || find(query, OFFSETS, is_whole).filter(optional).map(|found| Turn::Offset(name(found)));
    let page = || {
        let found = find(query, PAGES, is_whole).filter(optional)?;
        let default = found.1.default.and_then(serde_json::Value::as_u64);
        let first =
            if default == Some(0) || (default.is_none() && found.1.minimum == Some(0.0)) { 0 } else { 1 };
        Some(Turn::Page(name(found), first))
    };
    let cursor = || {
        let found =
            find(query, CURSORS, |shape| matches!(shape.is, Is::Text | Is::Anything)).filter(optional)?;
        next_at(&rows.beside, found.0.name, operation).map(|next| Turn::Cursor(name(found), next))
    };
    let turn =
        offset().or_else(page).or_else(cursor).or_else(|| link(&rows.beside, operation).map(Turn::Link))?;
    Some(Pages { size, limit: limit.map(|(parameter, _)| parameter.name.to_owned()), turn })
}

/// Where the value of a cursor is.
fn next_at(beside: &[Beside<'_>], parameter: &str, operation: &Operation<'_>) -> Option<NextAt> {
    let parameter = joined(parameter);
    let is_next = |beside: &&Beside<'_>| {
        let name = beside.name();
        let parents = beside.names.iter().rev().skip(1).map(|name| joined(name));
        let is_of_next = beside.names.len() > 1
            && parents.take(1).any(|parent| parent.starts_with("next") || parent == "cursors");
        matches!(beside.shape.is, Is::Text | Is::Anything | Is::Whole)
            && ([
                "nextcursor",
                "nextmarker",
                "nextpagetoken",
                "nexttoken",
                "nextpage",
                "next",
                "nextpagecursor",
                "endcursor",
                "nextlink",
                "nexturl",
            ]
            .contains(&name.as_str())
                || name == format!("next{parameter}")
                || (is_of_next && (name == parameter || name == "cursor" || name == "after")))
    };
    let found = beside.iter().find(is_next).map(|beside| NextAt::Body(beside.path()));
    found.or_else(|| has_link_header(operation).then_some(NextAt::LinkHeader))
}

/// Where the URL of the next page is.
fn link(beside: &[Beside<'_>], operation: &Operation<'_>) -> Option<NextAt> {
    let is_link = |beside: &&Beside<'_>| {
        let name = beside.name();
        let parent = beside.names.iter().rev().nth(1).map(|name| joined(name)).unwrap_or_default();
        beside.shape.is == Is::Text
            && (["nextlink", "nexturl", "nextpageurl", "odatanextlink", "nexthref"].contains(&name.as_str())
                || (name == "next" && (beside.shape.format == "uri" || parent == "links"))
                || (parent == "next" && ["href", "url", "uri"].contains(&name.as_str())))
    };
    let found = beside.iter().find(is_link).map(|beside| NextAt::Body(beside.path()));
    found.or_else(|| has_link_header(operation).then_some(NextAt::LinkHeader))
}

fn has_link_header(operation: &Operation<'_>) -> bool {
    operation.headers.iter().any(|header| header.eq_ignore_ascii_case("link"))
}

fn sorting(query: &Query<'_, '_>) -> Option<Sorting> {
    let is_text = |shape: &Shape<'_>| matches!(shape.is, Is::Text | Is::Anything);
    let is_direction = |shape: &Shape<'_>| {
        let allowed = shape.choices().unwrap_or_default();
        allowed.contains(&"asc") && allowed.contains(&"desc")
    };
    let (by, shape) = find(query, SORTS, |shape| is_text(shape) && !is_direction(shape))?;
    let direction = find(query, DIRECTIONS, is_direction).map(|(parameter, _)| parameter.name.to_owned());
    let keys = shape.choices().unwrap_or_default().into_iter().map(str::to_owned).collect();
    Some(Sorting { by: by.name.to_owned(), direction: direction.filter(|name| name != by.name), keys })
}

/// The parameter that selects members of the rows.
fn selection(tree: &Tree<'_>, query: &Query<'_, '_>) -> Option<(String, BTreeSet<String>)> {
    let (parameter, shape) = find(query, &["optfields", "fields", "select"], |shape| shape.is == Is::List)?;
    let known: BTreeSet<_> = shape.item(tree).choices()?.into_iter().map(str::to_owned).collect();
    Some((parameter.name.to_owned(), known))
}

/// The header with the total number of rows.
pub(super) fn total_header<'a>(operation: &Operation<'a>) -> Option<&'a str> {
    let known = ["x-total-count", "x-total", "total-count", "x-pagination-total-count", "content-range"];
    operation
        .headers
        .iter()
        .copied()
        .find(|header| known.iter().any(|name| header.eq_ignore_ascii_case(name)))
}
