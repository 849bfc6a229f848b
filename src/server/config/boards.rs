//! Boards and panels: what an API's dashboard shows, and the complete list of what a browser may ask of the
//! API. Reads them from TOML by hand, so that every problem is named with its line, not only the first.

use std::{collections::HashSet, time::Duration};

use serde_json_path::JsonPath;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    problem::{Problem, nearest},
    sources::Lines,
    values,
};
use crate::model::CellKind;

/// A page of panels.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Its name in the URL: `[a-z0-9-]+`, unique.
    pub id: String,
    pub title: String,
    /// At least one.
    pub panels: Vec<Panel>,
}

/// One request to the API and how its answer is shown. A browser names it by board id and index.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    pub title: String,
    pub kind: PanelKind,
    /// Path and query to append to the API's base URL: one leading slash, no dot segments, no fragment.
    pub get: String,
    /// Finds the rows in the answer (RFC 9535).
    pub rows: JsonPath,
    /// Finds the number of rows there are in all.
    pub total: Option<JsonPath>,
    /// How often a visible panel refreshes itself, at least a second.
    pub every: Option<Duration>,
    /// The scope without which the panel is shown as locked.
    pub scope: Option<String>,
    /// The columns to show, in order; inferred from the rows where none are declared.
    pub columns: Option<Vec<ColumnSetting>>,
}

/// How a panel shows its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelKind {
    Table,
}

/// A declared column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSetting {
    /// The member of a row it reads.
    pub key: String,
    pub title: String,
    /// Inferred from the values where it is not declared.
    pub kind: Option<CellKind>,
}

/// Reads `[[board]]`; what is wrong is added to `problems`.
pub(super) fn read(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Board> {
    let mut ids = HashSet::new();
    each(value, "board", lines, problems, |mut at| {
        let id = at.required("id", slug);
        let title = at.required("title", title);
        let panels = at.list("panel", panel);
        if let Some(id) = id.as_ref().filter(|id| !ids.insert((*id).clone())) {
            at.problem("id", format!("there is another board `{id}`: each needs an id of its own"));
        }
        if at.is_empty("panel") {
            at.problem("panel", "is missing: a board has at least one [[board.panel]]".to_owned());
        }
        at.no_more(&["id", "title", "panel"]);
        Some(Board { id: id?, title: title?, panels: panels? })
    })
}

fn panel(mut at: Table<'_, '_>) -> Option<Panel> {
    let name = at.required("title", title);
    let kind = at.required("kind", |text| match text {
        "table" => Ok(PanelKind::Table),
        "stat" | "line" | "bar" | "list" => Err("is not yet available; use \"table\"".to_owned()),
        _ => Err("must be \"table\"".to_owned()),
    });
    let get = at.required("get", values::api_path);
    let rows = at.required("rows", json_path);
    let total = at.optional("total", json_path);
    let every = at.optional("every", values::duration);
    let scope = at.optional("scope", values::scope);
    let columns = at.list("columns", column);
    at.no_more(&["title", "kind", "get", "rows", "total", "every", "scope", "columns"]);
    if let Some(columns) = &columns {
        let mut keys = HashSet::new();
        if let Some(twice) = columns.iter().find(|column| !keys.insert(&column.key)) {
            at.problem("columns", format!("the key `{}` stands in two columns", twice.key));
        }
    }
    Some(Panel { title: name?, kind: kind?, get: get?, rows: rows?, total, every, scope, columns })
}

fn column(mut at: Table<'_, '_>) -> Option<ColumnSetting> {
    let key = at.required("key", title);
    let name = at.required("title", title);
    let kind = at.optional("kind", |text| match text {
        "text" => Ok(CellKind::Text),
        "number" => Ok(CellKind::Number),
        "date" => Ok(CellKind::Date),
        "tag" => Ok(CellKind::Tag),
        _ => Err("must be \"text\", \"number\", \"date\" or \"tag\"".to_owned()),
    });
    at.no_more(&["key", "title", "kind"]);
    Some(ColumnSetting { key: key?, title: name?, kind })
}

fn title(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(text.trim().to_owned()) }
}

fn slug(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("is part of a URL: use only a-z, 0-9 and -, such as \"open-orders\"".to_owned())
    }
}

fn json_path(text: &str) -> Result<JsonPath, String> {
    JsonPath::parse(text).map_err(|error| {
        format!("is not a JSONPath ({}); it looks like \"$.orders[*]\" (RFC 9535)", error.message())
    })
}

/// One table of the file and where it stands: `board[0].panel[1]`.
struct Table<'a, 'p> {
    table: &'a DeTable<'a>,
    path: String,
    /// Byte position of the table itself, for what is missing in it.
    start: usize,
    lines: &'a Lines<'a>,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Table<'a, '_> {
    /// Reports a problem at a key, or at the table where the key is missing.
    fn problem(&mut self, key: &str, message: String) {
        let position = self.table.get_key_value(key).map_or(self.start, |(key, _)| key.span().start);
        let place = self.lines.place(position);
        self.problems.push(Problem::in_file(format!("{}.{key}", self.path), place, message));
    }

    fn required<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        if !self.table.contains_key(key) {
            self.problem(key, "is missing".to_owned());
        }
        self.optional(key, parse)
    }

    fn optional<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = self.table.get(key)?.get_ref();
        let parsed = match value {
            DeValue::String(text) => parse(text),
            other => Err(format!("must be a text in quotes, not a {}", other.type_str())),
        };
        parsed.map_err(|message| self.problem(key, message)).ok()
    }

    /// The tables of a list, as far as they could be read; `None` where there is no such key.
    fn list<T>(&mut self, key: &str, read: impl FnMut(Table<'a, '_>) -> Option<T>) -> Option<Vec<T>> {
        let value = self.table.get(key)?;
        let path = format!("{}.{key}", self.path);
        Some(each(value, &path, self.lines, self.problems, read))
    }

    /// Whether a list holds nothing, right or wrong.
    fn is_empty(&self, key: &str) -> bool {
        self.table
            .get(key)
            .is_none_or(|value| value.get_ref().as_array().is_some_and(|items| items.is_empty()))
    }

    /// Refuses every key that is none of these.
    fn no_more(&mut self, known: &[&str]) {
        let keys = self.table.keys().map(|key| key.get_ref().as_ref());
        for key in keys.filter(|key: &&str| !known.contains(key)) {
            let message = match nearest(key, known.iter().copied()) {
                Some(near) => format!("no such key; did you mean `{near}`?"),
                None => format!("no such key; there are {}", known.join(", ")),
            };
            self.problem(key, message);
        }
    }
}

/// Reads each table of an array of tables.
fn each<'a, T>(
    value: &'a Spanned<DeValue<'a>>,
    path: &str,
    lines: &'a Lines<'a>,
    problems: &mut Vec<Problem>,
    mut read: impl FnMut(Table<'a, '_>) -> Option<T>,
) -> Vec<T> {
    let wrong =
        |start: usize, path: &str| Problem::in_file(path, lines.place(start), "must be a list of tables");
    let Some(items) = value.get_ref().as_array() else {
        problems.push(wrong(value.span().start, path));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let (path, start) = (format!("{path}[{index}]"), item.span().start);
        match item.get_ref().as_table() {
            Some(table) => found.extend(read(Table { table, path, start, lines, problems: &mut *problems })),
            None => problems.push(wrong(start, &path)),
        }
    }
    found
}
