//! Converts an API response into a table: the rows that a JSONPath selects (RFC 9535), declared or inferred columns,
//! paging, and the order for pages without scripts. Also the parameters that a table adds to its request.

use std::collections::HashSet;

use claimcheck_model::{
    ActionLink, ActionResult, AppError, CURSOR_MAX_CHARS, Cell, CellKind, Column, PanelQuery, Row, SortOrder,
    TableData, is_match,
};
use claimcheck_text::{Language, t};
use serde_json::Value;

use crate::{
    boards::{
        cells::{self, Object, cell, member, name_of},
        kinds::{PanelRequest, rows},
        offer,
    },
    config::{
        kinds::table::{ColumnSetting, PageBy, PageSetting, TableSetting},
        title_from_key,
    },
    locale::LocaleFormatter,
};

/// More rows are cut off: a table is for people to read.
const ROWS_MAX: usize = 2000;
const COLUMNS_MAX: usize = 24;
/// Pages beyond this are never requested.
const PAGES_MAX: u64 = 1_000_000;

/// The actions of a table, and their results.
pub(crate) struct Extras<'a> {
    pub has_actions: bool,
    /// The actions offered for a row.
    pub offered: &'a dyn Fn(&Object) -> Vec<ActionLink>,
    /// The results of the last actions, by row key, the latest first.
    pub results: &'a [(Option<String>, ActionResult)],
}

/// The table, sorted and paged as the panel's query says, with the actions offered for its rows.
pub(super) async fn body(setting: &TableSetting, panel: &PanelRequest<'_>) -> Result<TableData, AppError> {
    let answer = panel.answer().await?;
    let results = offer::results(panel.request, Some(panel.index));
    let extras = Extras {
        has_actions: !panel.panel.actions.is_empty(),
        offered: &|row| offer::of_row(panel.request, panel.index, row),
        results: &results,
    };
    from_answer(setting, &answer, &panel.query, panel.reader(), &extras)
}

/// The parameters of the API that a query fills, and their values; empty ones are left out.
pub(crate) fn parameters<'a>(setting: &'a TableSetting, query: &PanelQuery) -> Vec<(&'a str, String)> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if let Some(search) = &setting.search {
        pairs.push((search, query.filter.trim().to_owned()));
    }
    if let Some((order, key)) = setting.order.as_ref().zip(sort_key(setting, query)) {
        let is_descending = query.order == SortOrder::Descending;
        match &order.order {
            Some(parameter) => {
                pairs.push((&order.by, key.to_owned()));
                pairs.push((parameter, if is_descending { "desc" } else { "asc" }.to_owned()));
            }
            None => pairs.push((&order.by, format!("{}{key}", if is_descending { "-" } else { "" }))),
        }
    }
    if let Some(page) = &setting.page {
        if let Some(limit) = &page.limit {
            pairs.push((limit, page.size.to_string()));
        }
        match &page.by {
            PageBy::Offset(parameter) => {
                let offset = (page_number(query) - 1) * u64::from(page.size);
                pairs.push((parameter, if offset == 0 { String::new() } else { offset.to_string() }));
            }
            PageBy::Number { parameter, first } => {
                pairs.push((parameter, (page_number(query) - 1 + u64::from(*first)).to_string()));
            }
            PageBy::Cursor { parameter, .. } => {
                pairs.push((parameter, query.page.clone().unwrap_or_default()));
            }
        }
    }
    pairs
}

/// The number of the requested page, from one; the first if the query's is invalid.
pub(crate) fn page_number(query: &PanelQuery) -> u64 {
    let number = query.page.as_deref().and_then(|page| page.parse().ok());
    number.filter(|number| (1..=PAGES_MAX).contains(number)).unwrap_or(1)
}

/// The declared column to sort by: no other word reaches the API.
fn sort_key<'a>(setting: &TableSetting, query: &'a PanelQuery) -> Option<&'a str> {
    let sort = query.sort.as_deref()?;
    let columns = setting.columns.as_ref()?;
    columns.iter().any(|column| column.key == sort).then_some(sort)
}

/// The table of a response, according to the settings and `query`.
///
/// # Errors
/// As [`rows`].
pub(crate) fn from_answer(
    setting: &TableSetting,
    answer: &Value,
    query: &PanelQuery,
    reader: &LocaleFormatter,
    extras: &Extras<'_>,
) -> Result<TableData, AppError> {
    let mut found = rows(&setting.rows, answer)?;
    let came = found.len() as u64;
    found.truncate(ROWS_MAX);
    let columns = columns(setting, &found, reader.language());
    let key = row_key(setting, &columns, &found);
    let keys = found.iter().map(|row| key.and_then(|key| name_of(member(row, key))));
    let cells = arrange(&columns, declared_decimals(setting), &found, reader);
    let result =
        |key: &Option<String>| extras.results.iter().find(|(row, _)| row == key).map(|(_, result)| result);
    let row = |((key, cells), row): ((Option<String>, Vec<Cell>), &&Object)| Row {
        actions: if key.is_some() { (extras.offered)(row) } else { Vec::new() },
        result: key.is_some().then(|| result(&key).cloned()).flatten(),
        key,
        cells,
    };
    let rows: Vec<Row> = keys.zip(cells).zip(&found).map(row).collect();
    let elsewhere = extras.results.iter().filter(|(row, _)| rows.iter().all(|here| here.key != *row));
    let elsewhere: Vec<ActionResult> = elsewhere.map(|(_, result)| result.clone()).collect();
    let total =
        setting.total.as_ref().and_then(|path| path.query(answer).at_most_one().ok().flatten()?.as_u64());
    let place = setting.page.as_ref().map(|page| place(page, query, answer, rows.len(), total));
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
        results: elsewhere,
    };
    Ok(if data.is_sorted_by_api { data } else { sort(data, query) })
}

/// The row with that key, if the response has it.
pub(crate) fn find<'a>(
    setting: &TableSetting,
    answer: &'a Value,
    name: &str,
) -> Result<Option<&'a Object>, AppError> {
    let found = rows(&setting.rows, answer)?;
    let columns = columns(setting, &found, Language::default());
    let Some(key) = row_key(setting, &columns, &found) else { return Ok(None) };
    Ok(found.into_iter().find(|row| name_of(member(row, key)).as_deref() == Some(name)))
}

/// The columns of rows for which none are configured.
pub(crate) fn inferred(rows: &[&Object]) -> Vec<Column> {
    let Some(first) = rows.first() else { return Vec::new() };
    let flat = first.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
    let column =
        |key: &String| Column { key: key.clone(), title: title_from_key(key), kind: cells::infer(key, rows) };
    flat.take(COLUMNS_MAX).map(|(key, _)| column(key)).collect()
}

/// The cells of each row.
pub(crate) fn arrange(
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

/// The declared number of decimals of a column.
pub(crate) fn declared_decimals(setting: &TableSetting) -> impl Fn(&str) -> Option<usize> + '_ {
    |key| setting.columns.as_ref()?.iter().find(|column| column.key == key)?.decimals
}

/// Removes the rows that the filter would hide, for a file, where hidden rows make no sense.
pub(crate) fn matching(mut data: TableData, filter: &str) -> TableData {
    if !data.is_searched_by_api {
        data.rows.retain(|row| is_match(row.cells.iter().map(|cell| cell.text.as_str()), filter));
    }
    data
}

fn columns(setting: &TableSetting, rows: &[&Object], language: Language) -> Vec<Column> {
    let Some(declared) = &setting.columns else { return inferred(rows) };
    let column = |column: &ColumnSetting| Column {
        key: column.key.clone(),
        title: column.title.text(language).to_owned(),
        kind: column.kind.unwrap_or_else(|| cells::infer(&column.key, rows)),
    };
    declared.iter().map(column).collect()
}

/// The member that holds the row key: the declared one, else that of the first column if its values are unique.
fn row_key<'a>(setting: &'a TableSetting, columns: &'a [Column], rows: &[&Object]) -> Option<&'a str> {
    let first = || {
        let key = columns.first().filter(|column| column.kind != CellKind::Link)?.key.as_str();
        let mut names = HashSet::new();
        rows.iter().all(|row| name_of(member(row, key)).is_some_and(|name| names.insert(name))).then_some(key)
    };
    setting.key.as_deref().or_else(first)
}

/// The range of rows, from `first`, and the total.
fn count(first: Option<u64>, shown: u64, total: Option<u64>, reader: &LocaleFormatter) -> String {
    let (number, language) = (|number: u64| reader.number(number as f64, 0), reader.language());
    let span = first
        .filter(|_| shown > 0)
        .map(|first| format!("{}\u{2013}{}", number(first), number(first + shown - 1)));
    match (span, total) {
        (Some(span), Some(total)) => {
            t!(language, "table-span-of", span = span, total = number(total), count = total)
        }
        (Some(span), None) => t!(language, "table-span", span = span),
        (None, Some(total)) if total > shown => {
            t!(language, "table-count-of", rows = number(shown), total = number(total))
        }
        (None, _) => t!(language, "table-count", rows = number(shown), count = shown),
    }
}

/// The number of the first row, if the API counts them, and the names of the previous and the next page.
fn place(
    page: &PageSetting,
    query: &PanelQuery,
    answer: &Value,
    shown: usize,
    total: Option<u64>,
) -> (Option<u64>, Option<String>, Option<String>) {
    if let PageBy::Cursor { next, .. } = &page.by {
        let next = next.query(answer).at_most_one().ok().flatten().and_then(name_of);
        let next = next.filter(|cursor| cursor.chars().count() <= CURSOR_MAX_CHARS);
        // Cursors only point forward; "previous" leads to the first page.
        return (query.page.is_none().then_some(1), query.page.as_ref().map(|_| String::new()), next);
    }
    let number = page_number(query);
    let first = (number - 1) * u64::from(page.size) + 1;
    let last = first + shown as u64 - 1;
    let is_full = shown as u64 >= u64::from(page.size);
    let has_next = total.map_or(is_full, |total| shown > 0 && last < total);
    // Beyond the end, "previous" is the last page that exists.
    let before =
        total.map_or(number - 1, |total| (number - 1).min(total.div_ceil(u64::from(page.size)).max(1)));
    (Some(first), (number > 1).then(|| before.to_string()), has_next.then(|| (number + 1).to_string()))
}

/// Sorts as the query says. The view applies the filter, which only hides rows.
fn sort(mut data: TableData, query: &PanelQuery) -> TableData {
    let sorted_by =
        query.sort.as_ref().and_then(|key| data.columns.iter().position(|column| column.key == *key));
    if let Some(index) = sorted_by {
        data.rows.sort_by(|a, b| {
            let ordering = match (a.cells.get(index), b.cells.get(index)) {
                (Some(a), Some(b)) => compare(a, b),
                _ => std::cmp::Ordering::Equal,
            };
            if query.order == SortOrder::Descending { ordering.reverse() } else { ordering }
        });
    }
    data
}

fn compare(a: &Cell, b: &Cell) -> std::cmp::Ordering {
    match (a.sort, b.sort) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        // Numbers before texts, as in the browser: a total order for mixed columns, too.
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.text.to_lowercase().cmp(&b.text.to_lowercase()),
    }
}
