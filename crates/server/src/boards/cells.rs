//! Values of an API response: members of rows, what kind of values they are, and their plain text. `value` shows them.

use std::borrow::Cow;

use claimcheck_model::CellKind;
use claimcheck_text::{Language, t};
use serde_json::{Map, Value};

use crate::{
    boards::nested::readable,
    decimal::Decimal,
    locale::{When, WhenForm, WhenFormat},
};

/// A row as the API sent it.
pub type Object = Map<String, Value>;

const CELL_MAX_CHARS: usize = 400;
/// The members of objects with at most so many are compared in order, which takes less time than the hash of a name.
const COMPARED_MAX: usize = 16;
/// Longer addresses are shown as text, not as links.
const LINK_MAX_CHARS: usize = 2000;

/// The member of a row: by its name, else by a path of names and positions separated by dots.
pub fn member<'a>(row: &'a Object, key: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    if let Some(value) = own_member(row, key) {
        return value;
    }
    let mut names = key.split('.');
    let first = names.next().and_then(|name| own_member(row, name));
    let inner = |value: Option<&'a Value>, name: &str| match value? {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    };
    names.fold(first, inner).unwrap_or(&NULL)
}

fn own_member<'a>(row: &'a Object, name: &str) -> Option<&'a Value> {
    match row.len() {
        ..=COMPARED_MAX => row.iter().find(|(own, _)| *own == name).map(|(_, value)| value),
        _ => row.get(name),
    }
}

/// The kind of a member's values, inferred from those present.
pub fn infer(key: &str, values: &[&Value]) -> CellKind {
    let values: Vec<_> = values.iter().copied().filter(|value| !value.is_null()).collect();
    if values.is_empty() {
        return CellKind::Text;
    }
    let all = |is: fn(&Value) -> bool| values.iter().all(|value| is(value));
    match () {
        () if all(Value::is_number) => CellKind::Number,
        () if all(|value| when(value).is_some()) => CellKind::Date,
        () if matches!(key, "status" | "state") => CellKind::Tag,
        () if all(|value| value.as_str().is_some_and(is_web_address)) => CellKind::Link,
        () if are_amounts(&values) => CellKind::Number,
        () => CellKind::Text,
    }
}

/// Whether all values are texts such as `"12.50"`, in which many APIs write money: decimals with the same number of
/// digits after the point, at least two.
fn are_amounts(values: &[&Value]) -> bool {
    let decimals = |value: &&Value| {
        let text = value.as_str()?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.')?;
        let is_plain = fraction.len() >= 2
            && (whole == "0" || !whole.starts_with('0'))
            && !whole.is_empty()
            && [whole, fraction].iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        is_plain.then_some(fraction.len())
    };
    let mut counts = values.iter().map(decimals);
    let Some(Some(first)) = counts.next() else { return false };
    counts.all(|count| count == Some(first))
}

/// Years are between these, and counts hardly ever all are.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2100;
/// Whole numbers with more digits are ids: nobody counts that far.
const COUNTED_DIGITS_MAX: usize = 15;
/// Words at the end of a member's name that say that its numbers are names.
const NAME_WORDS: [&str; 31] = [
    "account",
    "code",
    "day",
    "ean",
    "fax",
    "gtin",
    "iban",
    "id",
    "ids",
    "isbn",
    "key",
    "month",
    "nr",
    "no",
    "num",
    "number",
    "period",
    "phone",
    "pid",
    "plz",
    "port",
    "postcode",
    "quarter",
    "ref",
    "reference",
    "sku",
    "uid",
    "version",
    "week",
    "year",
    "zip",
];

/// Whether the whole numbers of an undeclared member are names, such as ids and years: these are shown as they were
/// written, without separators between thousands.
pub fn is_name(key: &str, values: &[&Value]) -> bool {
    let numbers = || values.iter().filter_map(|value| value.as_number());
    let is_year = |number: &serde_json::Number| number.as_i64().is_some_and(|year| YEARS.contains(&year));
    NAME_WORDS.contains(&last_word(key).as_str())
        || numbers().any(|number| number.as_str().trim_start_matches('-').len() > COUNTED_DIGITS_MAX)
        || (numbers().next().is_some() && numbers().all(is_year))
}

/// `id` of `customer_id`, `customerId`, `customerID`, `customer.id` and `ID`.
fn last_word(key: &str) -> String {
    let key = key.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let name = key.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_shouted = name.bytes().all(|byte| !byte.is_ascii_lowercase());
    let upper_at_end = name.len() - name.trim_end_matches(|c: char| c.is_ascii_uppercase()).len();
    let start = match upper_at_end {
        _ if is_shouted => 0,
        0 | 1 => name.rfind(|c: char| c.is_ascii_uppercase()).unwrap_or(0),
        upper => name.len() - upper,
    };
    name.get(start..).unwrap_or_default().to_ascii_lowercase()
}

/// A value as plain text of any length, in the language of the pages.
pub fn shown(value: &Value, language: Language) -> String {
    match value {
        Value::Bool(true) => t!(language, "value-yes").to_owned(),
        Value::Bool(false) => t!(language, "value-no").to_owned(),
        nested @ (Value::Array(_) | Value::Object(_)) => readable(nested, language),
        other => as_text(other),
    }
}

/// [`shown`], without a copy of a value that is a text.
pub fn shown_text(value: &Value, language: Language) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(shown(other, language)),
    }
}

/// The same in no language: the form in which settings compare values.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => number.to_string(),
        nested => readable(nested, Language::default()),
    }
}

/// A date or a time, if a value is the text of one.
pub fn when(value: &Value) -> Option<When> {
    When::parse(value.as_str()?)
}

/// A date or a time of a member that has dates, by its settings: a text, a Unix time, or one of the objects and lists in
/// which serializers write moments.
pub fn when_of(value: &Value, format: &WhenFormat) -> Option<When> {
    match value {
        Value::String(text) => When::parse_as(text, format),
        Value::Number(number) => When::of_number(&Decimal::parse(number.as_str())?, format),
        Value::Array(parts) => {
            // Jackson's form of `LocalDateTime`: [2026, 3, 2, 14, 5].
            let part = |index: usize| parts.get(index).map_or(Some(0), Value::as_i64);
            let two = |index: usize| i8::try_from(part(index)?).ok();
            let date = jiff::civil::Date::new(i16::try_from(part(0)?).ok()?, two(1)?, two(2)?).ok()?;
            let time =
                jiff::civil::Time::new(two(3)?, two(4)?, two(5)?, i32::try_from(part(6)?).ok()?).ok()?;
            let text = match parts.len() {
                3 => date.to_string(),
                4..=7 => date.to_datetime(time).to_string(),
                _ => return None,
            };
            When::parse_as(&text, format)
        }
        Value::Object(members) => {
            let member = |name: &str| members.get(name);
            // MongoDB, Firestore, and `DateTime` of PHP.
            if let Some(inner) = member("$date").or_else(|| member("$numberLong")) {
                return when_of(inner, &WhenFormat { form: None, ..format.clone() });
            }
            let secs = member("_seconds").or_else(|| member("seconds"));
            if let Some(secs) = secs.and_then(Value::as_i64) {
                let form = Some(WhenForm::Unix { power: 0 });
                let secs = Decimal::parse(&secs.to_string())?;
                return When::of_number(&secs, &WhenFormat { form, ..format.clone() });
            }
            let zone = member("timezone").and_then(Value::as_str).and_then(crate::locale::zone);
            let zone = zone.or_else(|| format.zone.clone());
            When::parse_as(member("date")?.as_str()?, &WhenFormat { zone, ..format.clone() })
        }
        _ => None,
    }
}

/// Whether an address may become a link: a web address without credentials.
pub fn is_web_address(text: &str) -> bool {
    text.len() <= LINK_MAX_CHARS
        && url::Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none()
        })
}

/// A text of at most as many characters as a cell shows.
pub fn shortened(text: &str) -> Cow<'_, str> {
    // Most texts do not even have as many bytes.
    let is_short = text.len() <= CELL_MAX_CHARS;
    match if is_short { None } else { text.char_indices().nth(CELL_MAX_CHARS) } {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
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

/// A value as a part of an address; `None` if it is empty, a list or an object.
pub fn slot_text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(is) => Some(is.to_string()),
        value => name_of(value),
    }
}

/// The seconds of a duration in the form of ISO 8601, such as `PT1H30M`; days have 24 hours.
pub fn as_seconds(value: &Value) -> Option<Decimal> {
    let text = value.as_str()?.trim();
    let span: jiff::Span =
        text.trim_start_matches(['-', '+']).starts_with('P').then(|| text.parse().ok())??;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    let nanos = Decimal::parse(&duration.as_nanos().to_string())?;
    Some(nanos.shifted(-9).trimmed())
}

/// A number, also if an API writes it as a text to keep its decimals.
pub fn as_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Decimal::parse(number.as_str()),
        Value::String(text) => Decimal::parse(text.trim()),
        _ => None,
    }
}
