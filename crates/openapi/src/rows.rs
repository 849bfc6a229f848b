//! Where the rows are in an answer, and what is beside them: totals and the way to the next page.

use serde_json::Value;

use crate::{
    schema::{Is, Shape},
    tree::Tree,
    words,
};

/// Usual names of the list in an answer, the best first.
const HOLDERS: [&str; 20] = [
    "data",
    "items",
    "results",
    "entries",
    "records",
    "values",
    "rows",
    "content",
    "list",
    "objects",
    "hits",
    "elements",
    "nodes",
    "resources",
    "members",
    "docs",
    "documents",
    "collection",
    "result",
    "value",
];
/// Usual names of an object around it.
const WRAPPERS: [&str; 9] =
    ["data", "result", "response", "_embedded", "hits", "payload", "body", "results", "page"];
/// Names of what an answer has beside its list.
const BESIDE: [&str; 34] = [
    "total",
    "count",
    "next",
    "previous",
    "prev",
    "limit",
    "offset",
    "page",
    "pages",
    "size",
    "has",
    "more",
    "object",
    "type",
    "link",
    "links",
    "meta",
    "metadata",
    "pagination",
    "paging",
    "cursor",
    "marker",
    "order",
    "kind",
    "status",
    "success",
    "error",
    "errors",
    "message",
    "token",
    "url",
    "first",
    "last",
    "warnings",
];
/// Names of the total number of rows.
const TOTALS: [&str; 13] = [
    "total",
    "totalcount",
    "totalresults",
    "totalitems",
    "totalelements",
    "totalsize",
    "totalhits",
    "totalrecords",
    "itemstotal",
    "totalrows",
    "totalentries",
    "itemscount",
    "totalnumber",
];

/// A member of an answer beside the rows.
#[derive(Clone, Debug)]
pub(super) struct Beside<'a> {
    pub(super) names: Vec<&'a str>,
    pub(super) shape: Shape<'a>,
}

impl Beside<'_> {
    /// Its JSONPath.
    pub(super) fn path(&self) -> String {
        path(&self.names)
    }

    /// Its own name in lower case, without separators.
    pub(super) fn name(&self) -> String {
        joined(self.names.last().copied().unwrap_or_default())
    }
}

/// The rows of an answer.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) path: String,
    pub(super) row: Shape<'a>,
    pub(super) total: Option<String>,
    pub(super) beside: Vec<Beside<'a>>,
}

/// What an answer is.
#[derive(Debug)]
pub(super) enum Answer<'a> {
    Rows(Box<Rows<'a>>),
    /// One object; its members.
    Object(Vec<Beside<'a>>),
    /// The document does not say.
    Unknown,
}

/// A name in lower case, without separators.
pub(super) fn joined(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect()
}

fn path(names: &[&str]) -> String {
    names.iter().fold("$".to_owned(), |path, name| path + &words::path_step(name))
}

/// Finds the rows of an answer. `resource` is the name of the collection in the path.
pub(super) fn find<'a>(tree: &Tree<'a>, schema: Option<&'a Value>, resource: &str) -> Answer<'a> {
    let Some(schema) = schema else { return Answer::Unknown };
    let shape = Shape::of(tree, &[schema]);
    match shape.is {
        Is::List => match row(tree, &shape) {
            Some(row) => {
                Answer::Rows(Box::new(Rows { path: "$[*]".to_owned(), row, total: None, beside: Vec::new() }))
            }
            None => Answer::Unknown,
        },
        Is::Object if shape.members.is_empty() => Answer::Unknown,
        Is::Object => in_object(tree, &shape, resource),
        _ => Answer::Unknown,
    }
}

/// The shape of a row, if a table can show it.
fn row<'a>(tree: &Tree<'a>, list: &Shape<'a>) -> Option<Shape<'a>> {
    let row = list.item(tree);
    (!matches!(row.is, Is::List | Is::Null)).then_some(row)
}

fn in_object<'a>(tree: &Tree<'a>, shape: &Shape<'a>, resource: &str) -> Answer<'a> {
    let (mut lists, mut beside) = (Vec::new(), Vec::new());
    collect(tree, shape, &mut Vec::new(), &mut lists, &mut beside);
    let own: Vec<_> = shape.members.iter().map(|(name, _)| *name).collect();
    let best = lists
        .into_iter()
        .filter_map(|list| Some((score(&list, resource, &own)?, list)))
        .min_by_key(|(score, _)| *score);
    let Some((_, list)) = best else { return Answer::Object(beside) };
    let Some(row) = row(tree, &list.shape) else { return Answer::Object(beside) };
    let total = TOTALS.iter().find_map(|name| {
        beside.iter().find(|beside| {
            beside.name() == *name && matches!(beside.shape.is, Is::Whole | Is::Number | Is::Anything)
        })
    });
    Answer::Rows(Box::new(Rows { path: list.path() + "[*]", row, total: total.map(Beside::path), beside }))
}

/// Collects the lists and the other values of an object, in it and in the objects of its members.
fn collect<'a>(
    tree: &Tree<'a>,
    shape: &Shape<'a>,
    names: &mut Vec<&'a str>,
    lists: &mut Vec<Beside<'a>>,
    others: &mut Vec<Beside<'a>>,
) {
    for (name, nodes) in shape.members.iter().take(100).filter(|(name, _)| words::is_member(name)) {
        let member = Shape::of(tree, nodes);
        names.push(name);
        match member.is {
            Is::List => lists.push(Beside { names: names.clone(), shape: member }),
            Is::Object if names.len() < 3 && !member.members.is_empty() => {
                collect(tree, &member, names, lists, others)
            }
            Is::Object | Is::Null => {}
            _ => others.push(Beside { names: names.clone(), shape: member }),
        }
        names.pop();
    }
}

/// How likely a list is that of the rows; the smallest number is the best. `own` are the members of the answer.
fn score(list: &Beside<'_>, resource: &str, own: &[&str]) -> Option<usize> {
    let name = list.names.last().copied().unwrap_or_default();
    let is_resource = words::words(name).last().map(|word| words::singular(word))
        == words::words(resource).last().map(|word| words::singular(word));
    let known = HOLDERS.iter().position(|holder| name.eq_ignore_ascii_case(holder));
    let of_name = if is_resource { Some(0) } else { known.map(|at| at + 1) };
    match list.names.as_slice() {
        [_] => of_name.or_else(|| {
            // The only list, and everything else is about pages.
            let others = own.iter().filter(|other| **other != name);
            let mut others = others.map(|other| words::words(other));
            others.all(|words| words.iter().any(|word| BESIDE.contains(&word.as_str()))).then_some(60)
        }),
        [wrapper, _] if WRAPPERS.iter().any(|known| wrapper.eq_ignore_ascii_case(known)) => {
            of_name.map(|score| score + 30).or(Some(70))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nw_04_rows_are_found_in_the_usual_envelopes() {
        let list = json!({ "type": "array", "items": { "type": "object", "properties": { "id": { "type": "string" } } } });
        let number = json!({ "type": "integer" });
        for (schema, expected) in [
            (list.clone(), Some(("$[*]", None))),
            (
                json!({ "properties": { "orders": list, "total": number } }),
                Some(("$.orders[*]", Some("$.total"))),
            ),
            (
                json!({ "properties": { "data": list, "meta": { "properties": { "total_count": number } } } }),
                Some(("$.data[*]", Some("$.meta.total_count"))),
            ),
            (
                json!({ "properties": { "_embedded": { "properties": { "orderList": list } }, "page": { "properties": { "totalElements": number } } } }),
                Some(("$._embedded.orderList[*]", Some("$.page.totalElements"))),
            ),
            (
                json!({ "properties": { "things": list, "has_more": { "type": "boolean" } } }),
                Some(("$.things[*]", None)),
            ),
            (
                json!({ "properties": { "result": { "properties": { "items": list } }, "included": list } }),
                Some(("$.result.items[*]", None)),
            ),
            (json!({ "properties": { "id": number, "roles": list } }), None),
            (json!({ "properties": { "odd name": list } }), None),
        ] {
            let root = json!({ "schema": schema });
            let tree = Tree::new(&root);
            match (find(&tree, Some(&root["schema"]), "orders"), expected) {
                (Answer::Rows(rows), Some((path, total))) => {
                    assert_eq!((rows.path.as_str(), rows.total.as_deref()), (path, total));
                    assert_eq!(rows.row.is, Is::Object);
                }
                (Answer::Object(_), None) => {}
                (found, expected) => panic!("{found:?} is not {expected:?}"),
            }
        }
    }
}
