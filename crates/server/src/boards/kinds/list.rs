//! Converts an API response into a list: a label, a note, a value, a tag.

use claimcheck_model::{AppError, ListData, ListItem};
use serde_json::Value;

use crate::{
    boards::{
        cells::{member, reads},
        kinds::rows,
    },
    config::kinds::list::ListSetting,
    locale::LocaleFormatter,
};

/// The maximum number of entries; a table is better for more.
const ITEMS_MAX: usize = 50;

/// The list of a response, according to the settings.
///
/// # Errors
/// As [`rows`].
pub(super) fn from_answer(
    setting: &ListSetting,
    answer: &Value,
    reader: &LocaleFormatter,
) -> Result<ListData, AppError> {
    let found = rows(&setting.rows, answer)?;
    let more = found.len().saturating_sub(ITEMS_MAX);
    let more = (more > 0).then(|| reader.number(more as f64, 0));
    let items = found.into_iter().take(ITEMS_MAX).map(|row| {
        let read = |key: &Option<String>| reads(member(row, key.as_ref()?), reader);
        let value = read(&setting.value).map(|value| match &setting.unit {
            Some(unit) => format!("{value}\u{a0}{}", unit.text(reader.language())),
            None => value,
        });
        ListItem {
            label: reads(member(row, &setting.label), reader).unwrap_or_else(|| "\u{2013}".to_owned()),
            note: read(&setting.note),
            value,
            tag: read(&setting.tag),
        }
    });
    Ok(ListData { items: items.collect(), more })
}
