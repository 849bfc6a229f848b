//! From an API's answer to a table: the rows a JSONPath picks (RFC 9535), the columns declared or found in them,
//! and each value as a person reads it. Values are text; nothing of them is markup.

use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

use crate::{
    error::AppError,
    model::{Cell, CellKind, Column, PanelData, PanelQuery, Row, SortOrder},
    server::{clock::UnixSecs, config::Panel},
};

/// More rows than this are cut off: an answer is for people to read.
const ROWS_MAX: usize = 2000;
const COLUMNS_MAX: usize = 24;
const CELL_MAX_CHARS: usize = 400;

/// The table that `panel` makes of the API's answer, `now`.
///
/// # Errors
/// `ApiUnavailable` when the rows are not objects.
pub fn from_answer(panel: &Panel, answer: &Value, now: UnixSecs) -> Result<PanelData, AppError> {
    let rows: Vec<&Map<String, Value>> =
        panel.rows.query(answer).all().into_iter().take(ROWS_MAX).filter_map(Value::as_object).collect();
    if rows.is_empty() && panel.rows.query(answer).all().iter().any(|row| !row.is_object()) {
        tracing::warn!(path = panel.get, "the rows of the API's answer are not objects");
        return Err(AppError::ApiUnavailable);
    }
    let columns = columns(panel, &rows);
    let decimals: Vec<usize> = columns.iter().map(|column| decimals(&column.key, &rows)).collect();
    let cells = |row: &&Map<String, Value>| -> Row {
        columns
            .iter()
            .zip(&decimals)
            .map(|(column, decimals)| {
                cell(column.kind, row.get(&column.key).unwrap_or(&Value::Null), *decimals)
            })
            .collect()
    };
    let rows = rows.iter().map(cells).collect();
    let total =
        panel.total.as_ref().and_then(|path| path.query(answer).at_most_one().ok().flatten()?.as_u64());
    Ok(PanelData { columns, rows, total, as_of: clock_time(now) })
}

/// Sorts as a person asked, for whoever has scripts off; the filter only hides, and is the view's business.
pub fn sort(mut data: PanelData, query: &PanelQuery) -> PanelData {
    let sorted_by =
        query.sort.as_ref().and_then(|key| data.columns.iter().position(|column| column.key == *key));
    if let Some(index) = sorted_by {
        data.rows.sort_by(|a, b| {
            let ordering = match (a.get(index), b.get(index)) {
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
        // Numbers before words, as in the browser: an order that holds for mixed columns too.
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.text.to_lowercase().cmp(&b.text.to_lowercase()),
    }
}

fn columns(panel: &Panel, rows: &[&Map<String, Value>]) -> Vec<Column> {
    let kind_of = |key: &str| infer_kind(key, rows);
    if let Some(declared) = &panel.columns {
        return declared
            .iter()
            .map(|column| Column {
                key: column.key.clone(),
                title: column.title.clone(),
                kind: column.kind.unwrap_or_else(|| kind_of(&column.key)),
            })
            .collect();
    }
    let Some(first) = rows.first() else { return Vec::new() };
    first
        .iter()
        .filter(|(_, value)| !value.is_object() && !value.is_array())
        .take(COLUMNS_MAX)
        .map(|(key, _)| Column { key: key.clone(), title: title(key), kind: kind_of(key) })
        .collect()
}

/// `placed_at` as "Placed at".
fn title(key: &str) -> String {
    let words = key.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn infer_kind(key: &str, rows: &[&Map<String, Value>]) -> CellKind {
    let mut values = rows.iter().filter_map(|row| row.get(key)).filter(|value| !value.is_null()).peekable();
    if values.peek().is_none() {
        return CellKind::Text;
    }
    let values: Vec<_> = values.collect();
    match () {
        () if values.iter().all(|value| value.is_number()) => CellKind::Number,
        () if values.iter().all(|value| date(value).is_some()) => CellKind::Date,
        () if matches!(key, "status" | "state") => CellKind::Tag,
        () => CellKind::Text,
    }
}

/// As many decimals as money has where any value has some, else none.
fn decimals(key: &str, rows: &[&Map<String, Value>]) -> usize {
    let is_fraction =
        |value: &Value| value.is_f64() && value.as_f64().is_some_and(|number| number.fract() != 0.0);
    if rows.iter().filter_map(|row| row.get(key)).any(is_fraction) { 2 } else { 0 }
}

fn cell(kind: CellKind, value: &Value, decimals: usize) -> Cell {
    let plain = |text: String| Cell { text: text.chars().take(CELL_MAX_CHARS).collect(), sort: None };
    match (kind, value) {
        (_, Value::Null) => Cell { text: String::new(), sort: None },
        (CellKind::Number, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            Cell { text: grouped(number, decimals), sort: Some(number) }
        }
        (CellKind::Date, value) => match date(value) {
            Some(at) => Cell { text: day_and_time(at), sort: Some(at.unix_timestamp() as f64) },
            None => plain(as_text(value)),
        },
        (_, value) => plain(as_text(value)),
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        other => other.to_string(),
    }
}

fn date(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok().map(|at| at.to_offset(time::UtcOffset::UTC))
}

fn day_and_time(at: OffsetDateTime) -> String {
    at.format(format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"))
        .unwrap_or_default()
}

/// `12:04:31 UTC`
pub fn clock_time(at: UnixSecs) -> String {
    OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|at| at.format(format_description!("[hour]:[minute]:[second] UTC")).ok())
        .unwrap_or_default()
}

/// `1234.5` with two decimals as `1,234.50`.
fn grouped(number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", number.abs());
    let (whole, fraction) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if number < 0.0 { "\u{2212}" } else { "" };
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::server::config::PanelKind;

    fn columns_of(rows: &Value) -> (Vec<Column>, Vec<Row>) {
        let data = from_answer(&a_panel(), rows, 0).unwrap();
        (data.columns, data.rows)
    }

    fn a_panel() -> Panel {
        Panel {
            title: "P".into(),
            kind: PanelKind::Table,
            get: "/o".into(),
            rows: serde_json_path::JsonPath::parse("$.o[*]").unwrap(),
            total: None,
            every: None,
            scope: None,
            columns: None,
        }
    }

    #[test]
    fn columns_are_inferred_and_values_read_well() {
        let answer = json!({ "o": [
            { "id": "a", "placed_at": "2026-03-02T14:05:00Z", "status": "open", "total": 1234.5, "paid": true },
            { "id": "b", "placed_at": "2026-03-01T14:05:00Z", "status": "shipped", "total": -7, "paid": null },
        ] });
        let (columns, rows) = columns_of(&answer);
        let found: Vec<_> = columns.iter().map(|column| (column.title.as_str(), column.kind)).collect();
        assert!(found.contains(&("Placed at", CellKind::Date)) && found.contains(&("Status", CellKind::Tag)));
        let texts: Vec<_> = rows.iter().flatten().map(|cell| cell.text.as_str()).collect();
        for text in ["2 Mar 2026, 14:05 UTC", "1,234.50", "\u{2212}7.00", "Yes", ""] {
            assert!(texts.contains(&text), "{text} in {texts:?}");
        }
    }

    #[test]
    fn a_table_is_sorted_by_value_not_by_letter() {
        let answer = json!({ "o": [{ "n": 9, "w": "Ash" }, { "n": 10, "w": "Birch" }, { "n": 100, "w": "ash tree" }] });
        let data = from_answer(&a_panel(), &answer, 0).unwrap();
        let query =
            PanelQuery { filter: String::new(), sort: Some("n".into()), order: SortOrder::Descending };
        let arranged = sort(data, &query);
        let words: Vec<_> = arranged.rows.iter().map(|row| row.last().unwrap().text.as_str()).collect();
        assert_eq!(words, ["ash tree", "Birch", "Ash"]);
    }

    #[test]
    fn ac_11_rows_that_are_not_objects_are_refused() {
        assert_eq!(from_answer(&a_panel(), &json!({ "o": [1, 2] }), 0), Err(AppError::ApiUnavailable));
        assert!(from_answer(&a_panel(), &json!({ "o": [] }), 0).is_ok());
    }
}
