//! From what was filled in to the JSON body of the request: only declared fields, each held to its kind. What comes from the
//! row is taken from the row, whatever a browser sends.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    actions::RowValues,
    config::{Action, FieldKind, FieldSetting},
};

/// The body; `None` where the action declares no fields.
///
/// # Errors
/// What is wrong, by the fields' keys, in words for the person.
pub(super) fn body(
    action: &Action,
    filled: &BTreeMap<String, String>,
    row: &RowValues<'_>,
) -> Result<Option<Value>, BTreeMap<String, String>> {
    if action.fields.is_empty() {
        return Ok(None);
    }
    let (mut body, mut wrong) = (Map::new(), BTreeMap::new());
    for field in &action.fields {
        match member(field, filled.get(&field.key).map_or("", String::as_str), row) {
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

/// One member; `None` where nothing was filled in and nothing need be.
fn member(field: &FieldSetting, filled: &str, row: &RowValues<'_>) -> Result<Option<Value>, String> {
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
            true => Err("Tick this to go on.".to_owned()),
            false => Ok(Some(Value::Bool(is_ticked))),
        };
    }
    // Browsers send lines as CRLF (HTML, 4.10.21.3).
    let text = filled.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return if field.required { Err("Fill this in.".to_owned()) } else { Ok(None) };
    }
    match &field.kind {
        FieldKind::Text { max } => plain(text, *max, char::is_control).map(Value::String).map(Some),
        FieldKind::Lines { max } => {
            let is_strange = |c: char| c.is_control() && c != '\n' && c != '\t';
            plain(text, *max, is_strange).map(Value::String).map(Some)
        }
        FieldKind::Whole { min, max } => {
            let number = text.parse::<i64>().map_err(|_| "This must be a whole number.".to_owned())?;
            within(number as f64, *min, *max)?;
            Ok(Some(number.into()))
        }
        FieldKind::Number { min, max } => {
            let number = decimal(text).ok_or(
                "This must be a number without separators of thousands, such as 1250.50.".to_owned(),
            )?;
            within(number, *min, *max)?;
            Ok(serde_json::Number::from_f64(number).map(Value::Number))
        }
        FieldKind::Date => match text.parse::<jiff::civil::Date>() {
            Ok(date) => Ok(Some(Value::String(date.to_string()))),
            Err(_) => Err("This must be a day, such as 2026-09-30.".to_owned()),
        },
        FieldKind::Choice(choices) => match choices.iter().find(|choice| choice.value == text) {
            Some(choice) => Ok(Some(Value::String(choice.value.clone()))),
            None => Err("Choose one of these.".to_owned()),
        },
        FieldKind::Tick | FieldKind::Row => Ok(None),
    }
}

fn plain(text: &str, max: u32, is_strange: impl Fn(char) -> bool) -> Result<String, String> {
    let (length, max) = (text.chars().count(), max as usize);
    match text.chars().any(is_strange) {
        true => Err("There is a character in this that cannot be sent.".to_owned()),
        false if length > max => Err(format!("This is {length} characters long; at most {max} can be sent.")),
        false => Ok(text.to_owned()),
    }
}

/// A plain decimal number; what else the language's reader takes (`inf`, `1e9`) is none.
fn decimal(text: &str) -> Option<f64> {
    // People write 12,50 as well; what may group thousands is refused, for nobody knows which is meant.
    let groups = text.rsplit_once(',').is_some_and(|(_, after)| after.len() == 3);
    if groups {
        return None;
    }
    let text = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
    text.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

fn within(number: f64, min: Option<u32>, max: Option<u32>) -> Result<(), String> {
    match (min, max) {
        (Some(min), Some(max)) if number < f64::from(min) || number > f64::from(max) => {
            Err(format!("This must be from {min} to {max}."))
        }
        (Some(min), _) if number < f64::from(min) => Err(format!("This must be {min} or more.")),
        (_, Some(max)) if number > f64::from(max) => Err(format!("This must be {max} or less.")),
        _ => Ok(()),
    }
}
