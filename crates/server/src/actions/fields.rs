//! Validates the submitted values, each by the kind of its field, and builds the body of the request from them: only of
//! declared fields. Row values come from the row, never from the browser.

use std::collections::BTreeMap;

use claimcheck_text::{Language, t};
use serde_json::Value;

use crate::{
    actions::{
        body::{Body, Member, assemble},
        choices::FieldChoices,
        row_values::RowValues,
    },
    config::{Action, FieldKind, FieldSetting},
    decimal::Decimal,
    locale::{LocaleFormatter, NotTyped, When},
};

/// The body; `None` if the action declares no fields.
///
/// # Errors
/// The problems by the fields' keys, as texts for the user.
pub(super) fn body(
    reader: &LocaleFormatter,
    action: &Action,
    filled: &BTreeMap<String, String>,
    (row, choices): (&RowValues<'_>, &FieldChoices),
) -> Result<Option<Body>, BTreeMap<String, String>> {
    if action.fields.is_empty() {
        return Ok(None);
    }
    let (mut members, mut wrong) = (Vec::new(), BTreeMap::new());
    for field in &action.fields {
        match member(reader, field, filled.get(&field.key).map_or("", String::as_str), (row, choices)) {
            Ok(value) => members.push(Member { field, value }),
            Err(why) => {
                wrong.insert(field.key.clone(), why);
            }
        }
    }
    if wrong.is_empty() { Ok(Some(assemble(&members))) } else { Err(wrong) }
}

/// One member; `None` if the field is empty and optional.
fn member(
    reader: &LocaleFormatter,
    field: &FieldSetting,
    filled: &str,
    (row, choices): (&RowValues<'_>, &FieldChoices),
) -> Result<Option<Value>, String> {
    let language = reader.language();
    if field.kind == FieldKind::Row {
        let Some(value) = &field.value else { return Ok(None) };
        return Ok(match value.only_slot() {
            Some(slot) => row.value(slot),
            None => Some(Value::String(value.fill(|slot| row.raw(slot)))),
        });
    }
    if let FieldKind::Fixed(value) = &field.kind {
        return Ok(Some(value.clone()));
    }
    // A box that is not ticked is not sent.
    if field.kind == FieldKind::Tick {
        let is_ticked = !filled.is_empty();
        return match field.required && !is_ticked {
            true => Err(t!(language, "field-tick").to_owned()),
            false => Ok(Some(Value::Bool(is_ticked))),
        };
    }
    // Browsers send lines as CRLF (HTML, 4.10.21.3).
    let text = filled.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return if field.required { Err(t!(language, "field-required").to_owned()) } else { Ok(None) };
    }
    match &field.kind {
        FieldKind::Text { max } => plain(language, text, *max, char::is_control).map(Value::String).map(Some),
        FieldKind::Lines { max } => {
            let is_strange = |c: char| c.is_control() && c != '\n' && c != '\t';
            plain(language, text, *max, is_strange).map(Value::String).map(Some)
        }
        FieldKind::Whole { min, max } => {
            let number = number(reader, field, text, row)?;
            if number.decimals() > 0 {
                return Err(t!(language, "field-whole-number").to_owned());
            }
            within(language, &number, *min, *max)?;
            Ok(json_number(&number))
        }
        FieldKind::Number { min, max } => {
            let number = number(reader, field, text, row)?;
            within(language, &number, *min, *max)?;
            Ok(json_number(&number))
        }
        FieldKind::Date => match When::parse(text) {
            // The order of day and month in other forms is a matter of the country.
            Some(When::Day(date)) => Ok(Some(Value::String(date.to_string()))),
            _ => Err(t!(language, "field-date").to_owned()),
        },
        FieldKind::Choice(choices) => match choices.iter().find(|choice| choice.value == text) {
            Some(choice) => Ok(Some(Value::String(choice.value.clone()))),
            None => Err(t!(language, "field-choice").to_owned()),
        },
        FieldKind::ChoiceOf(_) => match choices.find(&field.key) {
            // An API may have spaces around a value, and then expects them.
            Some(choices) => match choices.iter().find(|choice| choice.value.trim() == text) {
                Some(choice) => Ok(Some(Value::String(choice.value.clone()))),
                None => Err(t!(language, "field-choice").to_owned()),
            },
            None => Err(t!(language, "field-choices-failed").to_owned()),
        },
        FieldKind::Tick | FieldKind::Row | FieldKind::Fixed(_) => Ok(None),
    }
}

fn plain(
    language: Language,
    text: &str,
    max: u32,
    is_strange: impl Fn(char) -> bool,
) -> Result<String, String> {
    let (length, max) = (text.chars().count(), max as usize);
    match text.chars().any(is_strange) {
        true => Err(t!(language, "field-bad-character").to_owned()),
        false if length > max => Err(t!(language, "field-too-long", length = length, max = max)),
        false => Ok(text.to_owned()),
    }
}

/// A typed number. A field that was left as it was has exactly the number of the row.
fn number(
    reader: &LocaleFormatter,
    field: &FieldSetting,
    text: &str,
    row: &RowValues<'_>,
) -> Result<Decimal, String> {
    let language = reader.language();
    if let Some((number, _)) = row.number(field, reader).filter(|(_, typed)| typed == text) {
        return Ok(number.trimmed());
    }
    match reader.read_number(text) {
        Ok(number) => Ok(number.trimmed()),
        Err(NotTyped::NoNumber) => match field.kind {
            FieldKind::Whole { .. } => Err(t!(language, "field-whole-number").to_owned()),
            _ => Err(t!(language, "field-number").to_owned()),
        },
        Err(NotTyped::Ambiguous { whole, fraction }) => {
            let (whole, fraction) = (reader.typed(&whole), reader.typed(&fraction));
            Err(match field.kind {
                FieldKind::Whole { .. } => t!(language, "field-whole-number-ambiguous", whole = whole),
                _ => t!(language, "field-number-ambiguous", whole = whole, fraction = fraction),
            })
        }
    }
}

/// All digits of a number, as JSON.
fn json_number(number: &Decimal) -> Option<Value> {
    number.to_string().parse().ok().map(Value::Number)
}

fn within(language: Language, number: &Decimal, min: Option<u32>, max: Option<u32>) -> Result<(), String> {
    let bound = |bound: u32| Decimal::whole(u64::from(bound));
    match (min, max) {
        (Some(min), Some(max)) if *number < bound(min) || *number > bound(max) => {
            Err(t!(language, "field-between", min = min, max = max))
        }
        (Some(min), _) if *number < bound(min) => Err(t!(language, "field-min", min = min)),
        (_, Some(max)) if *number > bound(max) => Err(t!(language, "field-max", max = max)),
        _ => Ok(()),
    }
}
