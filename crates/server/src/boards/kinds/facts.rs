//! Converts an API response into chosen facts about one object.

use claimcheck_model::{Column, Facts, LinkTarget, PanelError, ValueShape};
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member},
        condition::RowFacts,
        kinds::rows::{misfit, rows},
        look,
        value::Style,
    },
    config::{
        LinkTo,
        kinds::facts::{FactSetting, FactsSetting},
    },
    locale::LocaleFormatter,
};

/// The facts of a response, according to the settings. An answer without the object has none.
///
/// # Errors
/// As [`rows`]; also if there are several objects.
pub(super) fn from_answer(
    setting: &FactsSetting,
    answer: &Value,
    link: &dyn Fn(&LinkTo, &Object) -> Option<LinkTarget>,
    reader: &LocaleFormatter,
) -> Result<Facts, PanelError> {
    let found = rows(&setting.item, answer)?;
    let row = match found.as_slice() {
        [] => return Ok(Facts::default()),
        [row] => row,
        _ => return Err(misfit(ValueShape::Object, ValueShape::List)),
    };
    let facts = RowFacts { row, columns: &[], reader };
    let fact = |fact: &FactSetting| {
        let value = member(row, &fact.key);
        let style = Style::of(&fact.key, fact.kind, &fact.format, &[value]);
        let (cell, _) = look::cell(value, &style, &facts);
        let cell = cell.linked(fact.to.as_ref().and_then(|to| link(to, row)));
        (Column::new(&fact.key, fact.title.text(reader.language()), style.kind), cell)
    };
    Ok(Facts { facts: setting.fields.iter().map(fact).collect() })
}
