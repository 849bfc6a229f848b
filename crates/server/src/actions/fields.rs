//! Builds the JSON body of a request from the submitted values: only declared fields, each validated by its kind. Row
//! values come from the row, never from the browser.

use std::collections::BTreeMap;

use claimcheck_text::{Language, t};
use serde_json::{Map, Value};

use crate::{
    actions::RowValues,
    config::{Action, FieldKind, FieldSetting},
};

/// The body; `None` if the action declares no fields.
///
/// # Errors
/// The problems by the fields' keys, as texts for the user.
pub(super) fn body(
    language: Language,
    action: &Action,
    filled: &BTreeMap<String, String>,
    row: &RowValues<'_>,
) -> Result<Option<Value>, BTreeMap<String, String>> {
    if action.fields.is_empty() {
        return Ok(None);
    }
    let (mut body, mut wrong) = (Map::new(), BTreeMap::new());
    for field in &action.fields {
        match member(language, field, filled.get(&field.key).map_or("", String::as_str), row) {
            Ok(Some(value)) => {
                body.insert(field.key.clone(), value);
            }
            Ok(None) => {}
            Err(why) => {
                wrong.insert(field.key.clone(), why);
            }
        }
    }
    if wrong.is_empty() { Ok(Some(Value::Object(body))) } else { Err(wrong) }
}

/// One member; `None` if the field is empty and optional.
fn member(
    language: Language,
    field: &FieldSetting,
    filled: &str,
    row: &RowValues<'_>,
) -> Result<Option<Value>, String> {
    if field.kind == FieldKind::Row {
        let Some(value) = &field.value else { return Ok(None) };
        return Ok(match value.only_slot() {
            Some(slot) => row.value(slot),
            None => Some(Value::String(value.fill(|slot| row.raw(slot)))),
        });
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
            let number = text.parse::<i64>().map_err(|_| t!(language, "field-whole-number").to_owned())?;
            within(language, number as f64, *min, *max)?;
            Ok(Some(number.into()))
        }
        FieldKind::Number { min, max } => {
            let number = decimal(text).ok_or_else(|| t!(language, "field-number").to_owned())?;
            within(language, number, *min, *max)?;
            Ok(serde_json::Number::from_f64(number).map(Value::Number))
        }
        FieldKind::Date => match text.parse::<jiff::civil::Date>() {
            Ok(date) => Ok(Some(Value::String(date.to_string()))),
            Err(_) => Err(t!(language, "field-date").to_owned()),
        },
        FieldKind::Choice(choices) => match choices.iter().find(|choice| choice.value == text) {
            Some(choice) => Ok(Some(Value::String(choice.value.clone()))),
            None => Err(t!(language, "field-choice").to_owned()),
        },
        FieldKind::Tick | FieldKind::Row => Ok(None),
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

/// A plain decimal number. Rejects other notations that Rust parses (`inf`, `1e9`).
fn decimal(text: &str) -> Option<f64> {
    // Users also write 12,50. A comma that may group thousands is rejected, because it is ambiguous.
    let groups = text.rsplit_once(',').is_some_and(|(_, after)| after.len() == 3);
    if groups {
        return None;
    }
    let text = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
    text.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

fn within(language: Language, number: f64, min: Option<u32>, max: Option<u32>) -> Result<(), String> {
    match (min, max) {
        (Some(min), Some(max)) if number < f64::from(min) || number > f64::from(max) => {
            Err(t!(language, "field-between", min = min, max = max))
        }
        (Some(min), _) if number < f64::from(min) => Err(t!(language, "field-min", min = min)),
        (_, Some(max)) if number > f64::from(max) => Err(t!(language, "field-max", max = max)),
        _ => Ok(()),
    }
}
