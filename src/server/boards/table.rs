//! From an API's answer to a table: the rows a JSONPath picks (RFC 9535), the columns declared or found in them, where
//! the page stands among the others, and the order for whoever has scripts off.

use std::collections::HashSet;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    cells::{self, Object, cell, member},
    request::page_number,
};
use crate::{
    model::{
        ActionLink, ActionResult, AppError, CURSOR_MAX_CHARS, Cell, CellKind, Column, PanelQuery, Row,
        SortOrder, TableData, is_match,
    },
    server::{
        config::{PageBy, PageSetting, TableSetting, words},
        locale::LocaleFormatter,
    },
};

/// More rows than this are cut off: an answer is for people to read.
const ROWS_MAX: usize = 2000;
const COLUMNS_MAX: usize = 24;

/// The rows that `path` picks of an answer.
///
/// # Errors
/// `ApiUnavailable` when what it picks are not objects.
pub fn rows<'a>(path: &JsonPath, answer: &'a Value) -> Result<Vec<&'a Object>, AppError> {
    let found = path.query(answer).all();
    let rows: Vec<&Object> = found.iter().filter_map(|row| row.as_object()).collect();
    if rows.is_empty() && !found.is_empty() {
        tracing::warn!("the rows of the API's answer are not objects");
        return Err(AppError::ApiUnavailable);
    }
    Ok(rows)
}

/// What of actions belongs to a table.
pub struct Extras<'a> {
    pub has_actions: bool,
    /// What is offered for a row.
    pub offered: &'a dyn Fn(&Object) -> Vec<ActionLink>,
    /// How the last actions went, by the names of their rows, the last one first.
    pub said: &'a [(Option<String>, ActionResult)],
}

/// The table that the settings make of an answer, arranged as `asked`.
///
/// # Errors
/// As [`rows`].
pub fn from_answer(
    setting: &TableSetting,
    answer: &Value,
    asked: &PanelQuery,
    reader: &LocaleFormatter,
    extras: &Extras<'_>,
) -> Result<TableData, AppError> {
    let mut found = rows(&setting.rows, answer)?;
    let came = found.len() as u64;
    found.truncate(ROWS_MAX);
    let columns = columns(setting, &found);
    let key = row_key(setting, &columns, &found);
    let keys = found.iter().map(|row| key.and_then(|key| name_of(member(row, key))));
    let cells = arrange(&columns, declared_decimals(setting), &found, reader);
    let said = |key: &Option<String>| extras.said.iter().find(|(row, _)| row == key).map(|(_, said)| said);
    let row = |((key, cells), row): ((Option<String>, Vec<Cell>), &&Object)| Row {
        actions: if key.is_some() { (extras.offered)(row) } else { Vec::new() },
        said: key.is_some().then(|| said(&key).cloned()).flatten(),
        key,
        cells,
    };
    let rows: Vec<Row> = keys.zip(cells).zip(&found).map(row).collect();
    let elsewhere = extras.said.iter().filter(|(row, _)| rows.iter().all(|here| here.key != *row));
    let elsewhere: Vec<ActionResult> = elsewhere.map(|(_, said)| said.clone()).collect();
    let total =
        setting.total.as_ref().and_then(|path| path.query(answer).at_most_one().ok().flatten()?.as_u64());
    let place = setting.page.as_ref().map(|page| place(page, asked, answer, rows.len(), total));
    let total = total.or((came > ROWS_MAX as u64).then_some(came));
    let is_paged = place.as_ref().is_some_and(|(_, previous, next)| previous.is_some() || next.is_some());
    let (first, previous, next) = place.unwrap_or((None, None, None));
    let data = TableData {
        count: count(first.filter(|_| is_paged), rows.len() as u64, total, reader),
        columns,
        rows,
        previous,
        next,
        is_searched_by_api: setting.search.is_some(),
        is_sorted_by_api: setting.order.is_some(),
        has_actions: extras.has_actions,
        said: elsewhere,
    };
    Ok(if data.is_sorted_by_api { data } else { sort(data, asked) })
}

/// The row of that name, where the answer has it.
pub fn find<'a>(
    setting: &TableSetting,
    answer: &'a Value,
    name: &str,
) -> Result<Option<&'a Object>, AppError> {
    let found = rows(&setting.rows, answer)?;
    let columns = columns(setting, &found);
    let Some(key) = row_key(setting, &columns, &found) else { return Ok(None) };
    Ok(found.into_iter().find(|row| name_of(member(row, key)).as_deref() == Some(name)))
}

/// The columns of rows without settings.
pub fn inferred(rows: &[&Object]) -> Vec<Column> {
    let Some(first) = rows.first() else { return Vec::new() };
    let flat = first.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
    let column = |key: &String| Column { key: key.clone(), title: words(key), kind: cells::infer(key, rows) };
    flat.take(COLUMNS_MAX).map(|(key, _)| column(key)).collect()
}

/// The cells of each row.
pub fn arrange(
    columns: &[Column],
    declared: impl Fn(&str) -> Option<usize>,
    rows: &[&Object],
    reader: &LocaleFormatter,
) -> Vec<Vec<Cell>> {
    let decimals: Vec<usize> = columns
        .iter()
        .map(|Column { key, .. }| {
            declared(key).unwrap_or_else(|| cells::decimals(rows.iter().map(|row| member(row, key))))
        })
        .collect();
    let of_row = |row: &&Object| {
        let columns = columns.iter().zip(&decimals);
        columns
            .map(|(column, decimals)| cell(column.kind, member(row, &column.key), *decimals, reader))
            .collect()
    };
    rows.iter().map(of_row).collect()
}

/// How many decimals a column was declared with.
pub fn declared_decimals(setting: &TableSetting) -> impl Fn(&str) -> Option<usize> + '_ {
    |key| setting.columns.as_ref()?.iter().find(|column| column.key == key)?.decimals
}

/// Hides nothing, but leaves out what the filter would hide: for a file, where hidden rows make no sense.
pub fn matching(mut data: TableData, filter: &str) -> TableData {
    if !data.is_searched_by_api {
        data.rows.retain(|row| is_match(row.cells.iter().map(|cell| cell.text.as_str()), filter));
    }
    data
}

fn columns(setting: &TableSetting, rows: &[&Object]) -> Vec<Column> {
    let Some(declared) = &setting.columns else { return inferred(rows) };
    let column = |column: &crate::server::config::ColumnSetting| Column {
        key: column.key.clone(),
        title: column.title.clone(),
        kind: column.kind.unwrap_or_else(|| cells::infer(&column.key, rows)),
    };
    declared.iter().map(column).collect()
}

/// The member that names a row: the declared one, else that of the first column when each row has its own.
fn row_key<'a>(setting: &'a TableSetting, columns: &'a [Column], rows: &[&Object]) -> Option<&'a str> {
    let first = || {
        let key = columns.first().filter(|column| column.kind != CellKind::Link)?.key.as_str();
        let mut names = HashSet::new();
        rows.iter().all(|row| name_of(member(row, key)).is_some_and(|name| names.insert(name))).then_some(key)
    };
    setting.key.as_deref().or_else(first)
}

/// A value as a name of something, for an address: what is no text or number is none.
pub fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Which rows stand here, from the `first`, and of how many.
fn count(first: Option<u64>, shown: u64, total: Option<u64>, reader: &LocaleFormatter) -> String {
    let number = |number: u64| reader.number(number as f64, 0);
    let rows = if shown == 1 { "row" } else { "rows" };
    let span = first
        .filter(|_| shown > 0)
        .map(|first| format!("{}\u{2013}{}", number(first), number(first + shown - 1)));
    match (span, total) {
        (Some(span), Some(total)) => format!("{span} of {} rows", number(total)),
        (Some(span), None) => format!("rows {span}"),
        (None, Some(total)) if total > shown => format!("{} of {} rows", number(shown), number(total)),
        (None, _) => format!("{} {rows}", number(shown)),
    }
}

/// The number of the first row here where an API counts, and the names of the pages before and after.
fn place(
    page: &PageSetting,
    asked: &PanelQuery,
    answer: &Value,
    shown: usize,
    total: Option<u64>,
) -> (Option<u64>, Option<String>, Option<String>) {
    if let PageBy::Cursor { next, .. } = &page.by {
        let next = next.query(answer).at_most_one().ok().flatten().and_then(name_of);
        let next = next.filter(|cursor| cursor.chars().count() <= CURSOR_MAX_CHARS);
        // Cursors lead forward only; back is where the person came from, or the beginning.
        return (asked.page.is_none().then_some(1), asked.page.as_ref().map(|_| String::new()), next);
    }
    let number = page_number(asked);
    let first = (number - 1) * u64::from(page.size) + 1;
    let last = first + shown as u64 - 1;
    let is_full = shown as u64 >= u64::from(page.size);
    let has_next = total.map_or(is_full, |total| shown > 0 && last < total);
    // From beyond the end the way back is to the last page that there is.
    let before =
        total.map_or(number - 1, |total| (number - 1).min(total.div_ceil(u64::from(page.size)).max(1)));
    (Some(first), (number > 1).then(|| before.to_string()), has_next.then(|| (number + 1).to_string()))
}

/// Sorts as a person asked; the filter only hides, and is the view's business.
fn sort(mut data: TableData, asked: &PanelQuery) -> TableData {
    let sorted_by =
        asked.sort.as_ref().and_then(|key| data.columns.iter().position(|column| column.key == *key));
    if let Some(index) = sorted_by {
        data.rows.sort_by(|a, b| {
            let ordering = match (a.cells.get(index), b.cells.get(index)) {
                (Some(a), Some(b)) => compare(a, b),
                _ => std::cmp::Ordering::Equal,
            };
            if asked.order == SortOrder::Descending { ordering.reverse() } else { ordering }
        });
    }
    data
}

fn compare(a: &Cell, b: &Cell) -> std::cmp::Ordering {
    match (a.sort, b.sort) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        // Numbers before words, as in the browser: an order that holds for mixed columns too.
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.text.to_lowercase().cmp(&b.text.to_lowercase()),
    }
}
