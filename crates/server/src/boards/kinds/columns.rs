//! The columns of a table, declared or inferred, and the cells of its rows.

use std::collections::HashSet;

use claimcheck_model::{Cell, CellKind, Column};
use claimcheck_text::{Language, t};
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member},
        condition::RowFacts,
        kinds::order::ranks,
        look,
        value::{SortKey, Style, UNDECLARED},
    },
    config::{
        ValueFormat,
        kinds::{
            rows::{ROW_NAME, ROW_VALUE},
            table::{ColumnSetting, TableSetting},
        },
        title_from_key,
    },
    locale::LocaleFormatter,
};

const COLUMNS_MAX: usize = 24;

/// The columns of a table: the declared ones, else those of its rows.
pub(super) fn columns<'s>(
    setting: &'s TableSetting,
    rows: &[&Object],
    language: Language,
) -> Vec<ShownColumn<'s>> {
    let Some(declared) = &setting.columns else { return inferred(rows, language) };
    let column = |column: &'s ColumnSetting| {
        let ColumnSetting { key, title, kind, format, download, .. } = column;
        let mut shown = ShownColumn::of(key, title.text(language).to_owned(), *kind, format, rows);
        shown.column.is_file = download.is_some();
        shown.column.look = column.look;
        // No JSONPath is sent to an API.
        let is_by_api = setting.order.is_some() && key.starts_with('$');
        shown.column.is_sortable = column.is_sortable && !is_by_api;
        shown
    };
    declared.iter().map(column).collect()
}

/// A column, and how its values are shown.
pub(crate) struct ShownColumn<'s> {
    pub column: Column,
    pub style: Style<'s>,
}

impl<'s> ShownColumn<'s> {
    fn of(
        key: &str,
        title: String,
        kind: Option<CellKind>,
        format: &'s ValueFormat,
        rows: &[&Object],
    ) -> Self {
        let values: Vec<&Value> = rows.iter().map(|row| member(row, key)).collect();
        let style = Style::of(key, kind, format, &values);
        Self { column: Column::new(key, title, style.kind), style }
    }
}

/// The columns of rows for which none are configured: the members of all rows that a cell can show, in the order in which
/// they come.
pub(crate) fn inferred(rows: &[&Object], language: Language) -> Vec<ShownColumn<'static>> {
    let (mut keys, mut nested): (Vec<&str>, HashSet<&str>) = (Vec::new(), HashSet::new());
    let mut known = HashSet::new();
    for (key, value) in rows.iter().flat_map(|row| row.iter()) {
        let is_nested = match value {
            Value::Object(_) => true,
            Value::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
            _ => false,
        };
        if is_nested {
            nested.insert(key);
        }
        // JSONPaths are members only where a setting names them.
        let is_member = !key.starts_with('$') || [ROW_NAME, ROW_VALUE].contains(&key.as_str());
        if is_member && known.insert(key.as_str()) {
            keys.push(key);
        }
    }
    let column = |key: &str| ShownColumn::of(key, member_title(key, language), None, &UNDECLARED, rows);
    keys.into_iter().filter(|key| !nested.contains(key)).take(COLUMNS_MAX).map(column).collect()
}

/// The title of a member without settings.
pub(crate) fn member_title(key: &str, language: Language) -> String {
    match (key, key.parse::<usize>()) {
        (ROW_NAME, _) => t!(language, "column-key").to_owned(),
        (ROW_VALUE, _) => t!(language, "column-value").to_owned(),
        (_, Ok(position)) => t!(language, "column-position", position = (position + 1).to_string()),
        (key, Err(_)) => title_from_key(key),
    }
}

/// The cells of each row.
pub(crate) fn arrange(
    columns: &[ShownColumn<'_>],
    rows: &[&Object],
    declared: &[ColumnSetting],
    reader: &LocaleFormatter,
) -> Vec<Vec<Cell>> {
    let mut arranged: Vec<Vec<Cell>> = rows.iter().map(|_| Vec::with_capacity(columns.len())).collect();
    for ShownColumn { column, style } in columns {
        let key_of_cell = |(row, cells): (&&Object, &mut Vec<Cell>)| {
            let facts = RowFacts { row, columns: declared, reader };
            let (cell, key) = look::cell(member(row, &column.key), style, &facts);
            cells.push(cell);
            key
        };
        let keys: Vec<Option<SortKey>> = rows.iter().zip(&mut arranged).map(key_of_cell).collect();
        for (cell, rank) in arranged.iter_mut().filter_map(|cells| cells.last_mut()).zip(ranks(&keys)) {
            cell.sort = rank;
        }
    }
    arranged
}
