//! Values of an API response, formatted for the user: text, numbers and dates in the user's locale, never markup.

use claimcheck_model::{Cell, CellKind};
use claimcheck_text::{Language, t};
use serde_json::{Map, Value};

use crate::locale::{LocaleFormatter, When};

/// A row as the API sent it.
pub type Object = Map<String, Value>;

const CELL_MAX_CHARS: usize = 400;
/// Longer addresses are shown as text, not as links.
const LINK_MAX_CHARS: usize = 2000;

/// The member of a row: by its name, else by a path of names separated by dots.
pub fn member<'a>(row: &'a Object, key: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    if let Some(value) = row.get(key) {
        return value;
    }
    let mut names = key.split('.');
    let first = names.next().and_then(|name| row.get(name));
    names.fold(first, |value, name| value?.get(name)).unwrap_or(&NULL)
}

/// The kind of a member's values, inferred from those present.
pub fn infer(key: &str, rows: &[&Object]) -> CellKind {
    let mut values = rows.iter().map(|row| member(row, key)).filter(|value| !value.is_null()).peekable();
    if values.peek().is_none() {
        return CellKind::Text;
    }
    let values: Vec<_> = values.collect();
    let all = |is: fn(&Value) -> bool| values.iter().all(|value| is(value));
    match () {
        () if all(Value::is_number) => CellKind::Number,
        () if all(|value| when(value).is_some()) => CellKind::Date,
        () if matches!(key, "status" | "state") => CellKind::Tag,
        () if all(|value| value.as_str().is_some_and(is_web_address)) => CellKind::Link,
        () => CellKind::Text,
    }
}

/// Two decimals, as for money, if any value has a fraction; else none.
pub fn decimals<'a>(values: impl IntoIterator<Item = &'a Value>) -> usize {
    let is_fraction =
        |value: &Value| value.is_f64() && value.as_f64().is_some_and(|number| number.fract() != 0.0);
    if values.into_iter().any(is_fraction) { 2 } else { 0 }
}

/// One value in its column.
pub fn cell(kind: CellKind, value: &Value, decimals: usize, reader: &LocaleFormatter) -> Cell {
    let language = reader.language();
    let plain = |text: String| {
        let short = shortened(&text);
        Cell { plain: (short != text).then_some(text), text: short, sort: None }
    };
    match (kind, value) {
        (_, Value::Null) => Cell::default(),
        (CellKind::Number | CellKind::Percent, value) => match as_number(value) {
            Some(number) => {
                let text = match kind {
                    CellKind::Percent => reader.percent(number / 100.0, decimals),
                    _ => reader.number(number, decimals),
                };
                Cell { text, sort: Some(number), plain: Some(as_text(value)) }
            }
            None => plain(shown(value, language)),
        },
        (CellKind::Date, value) => match when(value).or_else(|| When::of_unix_secs(value.as_f64()?)) {
            Some(at) => {
                Cell { text: reader.when(at), sort: Some(reader.unix_secs(at)), plain: Some(as_text(value)) }
            }
            None => plain(shown(value, language)),
        },
        (CellKind::Link, Value::String(address)) if is_web_address(address) => {
            Cell { text: shortened(address), plain: Some(address.clone()), ..Cell::default() }
        }
        // Anything else is text, because `plain` of a link is an address.
        (CellKind::Link, value) => Cell { text: shortened(&shown(value, language)), ..Cell::default() },
        (_, value) => plain(shown(value, language)),
    }
}

/// A value as plain text of any length, in the language of the pages.
pub fn shown(value: &Value, language: Language) -> String {
    match value {
        Value::Bool(true) => t!(language, "value-yes").to_owned(),
        Value::Bool(false) => t!(language, "value-no").to_owned(),
        other => as_text(other),
    }
}

/// The same in no language: the form in which settings compare values.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        other => other.to_string(),
    }
}

/// A value as a short text; a number or a date in the user's locale.
pub fn reads(value: &Value, reader: &LocaleFormatter) -> Option<String> {
    let text = match value {
        Value::Number(number) => reader.number(number.as_f64()?, decimals([value])),
        value => match when(value) {
            Some(at) => reader.when(at),
            None => shortened(&shown(value, reader.language())),
        },
    };
    (!text.is_empty()).then_some(text)
}

/// A day, a month or a point in time, if a value is the text of one.
pub fn when(value: &Value) -> Option<When> {
    When::parse(value.as_str()?)
}

/// Whether an address may become a link: a web address without credentials.
pub fn is_web_address(text: &str) -> bool {
    text.len() <= LINK_MAX_CHARS
        && url::Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none()
        })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(CELL_MAX_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A value as a row key, for a URL; `None` if it is neither a text nor a number.
pub fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, also if an API writes it as a text to keep its decimals.
pub fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}
