//! Converts an API response into a list: a label, a note, a value, a tag.

use claimcheck_model::{Cell, CellImage, CellKind, CellMore, ListData, ListItem, PanelError};
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member},
        condition::RowFacts,
        kinds::{NO_NAME, rows::rows},
        link::RowLink,
        look,
        value::Style,
    },
    config::{MemberSetting, kinds::list::ListSetting},
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
    link: RowLink<'_>,
    reader: &LocaleFormatter,
) -> Result<ListData, PanelError> {
    let rows = rows(&setting.rows, answer)?;
    let found: Vec<&Object> = rows.iter().map(|row| &**row).collect();
    let more = found.len().saturating_sub(ITEMS_MAX);
    let more = (more > 0).then(|| reader.number(more as f64, 0));
    let found: Vec<&Object> = found.into_iter().take(ITEMS_MAX).collect();
    let values = |setting: &MemberSetting| -> Vec<&Value> {
        found.iter().map(|row| member(row, &setting.key)).collect()
    };
    let value = setting.value.as_ref().map(|member| {
        let style = Style::of(&member.key, member.kind, &member.format, &values(member));
        (member, style)
    });
    let items = found.iter().map(|row| {
        let facts = RowFacts { row, columns: &[], reader };
        let name = |setting: &MemberSetting| look::name(setting, &facts);
        let shown = |(setting, style): &(&MemberSetting, Style<'_>)| {
            let (cell, _) = look::cell(member(row, &setting.key), style, &facts);
            (!cell.text.is_empty()).then_some((style.kind, cell))
        };
        let tag = |setting: &MemberSetting| {
            let is_text = || member(row, &setting.key).is_string();
            look::name_cell(setting, setting.kind.or_else(|| is_text().then_some(CellKind::Tag)), &facts)
        };
        let image = |setting: &MemberSetting| {
            let value = member(row, &setting.key);
            let (cell, _) =
                look::cell(value, &Style::of(&setting.key, setting.kind, &setting.format, &[value]), &facts);
            // An entry without an image keeps the box, so that the entries are in line.
            let empty = || CellImage {
                size: setting.format.look.image.size,
                is_round: setting.format.look.image.is_round,
                ..CellImage::default()
            };
            match cell.more {
                Some(_) => cell,
                None => Cell { more: Some(Box::new(CellMore::Image(empty()))), ..Cell::default() },
            }
        };
        ListItem {
            label: name(&setting.label).unwrap_or_else(|| NO_NAME.to_owned()),
            note: setting.note.as_ref().and_then(name),
            value: value.as_ref().and_then(shown),
            tag: setting.tag.as_ref().and_then(tag),
            to: link(row),
            image: setting.image.as_ref().map(image),
        }
    });
    Ok(ListData { items: items.collect(), more })
}
