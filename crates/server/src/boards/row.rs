//! Everything that the API returns for one row: its members in order, and nested ones as separate parts, one level
//! deep.

use claimcheck_model::{ActionLink, Column, DetailPart, Row, RowDetail};
use claimcheck_text::t;
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member, shown},
        condition::RowFacts,
        kinds::columns::{arrange, inferred, member_title},
        look,
        value::{Style, UNDECLARED},
    },
    config::{
        kinds::{
            rows::{ROW_NAME, ROW_VALUE},
            table::TableSetting,
        },
        title_from_key,
    },
    locale::LocaleFormatter,
};

/// The maximum number of parts, and of rows in a part.
const PARTS_MAX: usize = 40;
const NESTED_MAX: usize = 200;

/// The parts of a row, and the actions that are offered for it.
pub(super) fn detail(
    setting: &TableSetting,
    key: &str,
    row: &Object,
    reader: &LocaleFormatter,
    actions: Vec<ActionLink>,
) -> RowDetail {
    let mut parts = Vec::new();
    let own = facts(setting, None, row, reader);
    parts.extend(own);
    for (key, value) in row {
        match value {
            Value::Object(inner) => parts.extend(facts(setting, Some(title_from_key(key)), inner, reader)),
            Value::Array(items) => {
                let rows: Vec<&Object> = items.iter().filter_map(Value::as_object).take(NESTED_MAX).collect();
                if !rows.is_empty() {
                    let columns = inferred(&rows, reader.language());
                    let cells = arrange(&columns, &rows, &[], reader);
                    let columns = columns.into_iter().map(|shown| shown.column).collect();
                    let rows = cells.into_iter().map(|cells| Row { cells, ..Row::default() }).collect();
                    let (language, title) = (reader.language(), title_from_key(key));
                    let title = match items.len() {
                        ..=NESTED_MAX => title,
                        all => t!(language, "row-part-cut", title = title, shown = NESTED_MAX, total = all),
                    };
                    parts.push(DetailPart::Table { title, columns, rows });
                }
            }
            _ => {}
        }
    }
    parts.truncate(PARTS_MAX);
    let title = title(setting, row, reader).unwrap_or_else(|| key.to_owned());
    RowDetail { key: key.to_owned(), title, actions, parts }
}

/// The cell of the first column, if the settings name the columns and this one has a text.
fn title(setting: &TableSetting, row: &Object, reader: &LocaleFormatter) -> Option<String> {
    let columns = setting.columns.as_deref()?;
    let column = columns.first()?;
    let value = member(row, &column.key);
    let style = Style::of(&column.key, column.kind, &column.format, &[value]);
    let (cell, _) = look::cell(value, &style, &RowFacts { row, columns, reader });
    Some(cell.text).filter(|text| !text.is_empty())
}

/// The plain members of an object, with the titles and kinds of the columns; lists of texts in one line.
fn facts(
    setting: &TableSetting,
    title: Option<String>,
    row: &Object,
    reader: &LocaleFormatter,
) -> Option<DetailPart> {
    let declared = |key: &str| setting.columns.as_ref()?.iter().find(|column| column.key == key);
    let mut found = Vec::new();
    for (key, value) in row {
        // JSONPaths of columns are members, too, but only for the table.
        if key.starts_with('$') && ![ROW_NAME, ROW_VALUE].contains(&key.as_str()) && declared(key).is_none() {
            continue;
        }
        let column = declared(key).filter(|_| title.is_none());
        let joined;
        let value = match value {
            // On the first level, these become separate parts; deeper ones are shown as JSON.
            Value::Object(_) if title.is_none() => continue,
            Value::Array(items) if title.is_none() && items.iter().any(Value::is_object) => continue,
            list @ Value::Array(_) if column.is_some_and(|column| column.kind.is_some()) => list,
            Value::Array(items) => {
                let items = items.iter().map(|item| shown(item, reader.language()));
                joined = Value::String(items.collect::<Vec<_>>().join(", "));
                &joined
            }
            value => value,
        };
        let format = column.map_or(&*UNDECLARED, |column| &column.format);
        let style = Style::of(key, column.and_then(|column| column.kind), format, &[value]);
        let name = column.map_or_else(
            || member_title(key, reader.language()),
            |column| column.title.text(reader.language()).to_owned(),
        );
        let columns = setting.columns.as_deref().filter(|_| title.is_none()).unwrap_or_default();
        let (cell, _) = look::cell(value, &style, &RowFacts { row, columns, reader });
        let is_file = column.is_some_and(|column| column.download.is_some());
        found.push((Column { is_file, ..Column::new(key, name, style.kind) }, cell));
    }
    (!found.is_empty()).then_some(DetailPart::Facts { title, facts: found })
}
