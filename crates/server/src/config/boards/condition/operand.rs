//! What a condition compares with: numbers, dates, times relative to now, and texts.

use crate::{decimal::Decimal, locale::When};

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    Number(Decimal),
    /// A date or a time; a day, a month, a week or a quarter is compared as a whole.
    Time(When),
    /// The current day in the user's time zone, and days after it.
    Today(i32),
    /// The current time, and seconds after it.
    Now(i64),
    Text(String),
}

/// Reads one operand. `is_order` says that it is compared by order, not for equality.
pub(super) fn operand(text: &str, is_order: bool) -> Result<Operand, String> {
    let text = text.trim();
    if let Some(text) = unquoted(text) {
        return Ok(Operand::Text(text.to_owned()));
    }
    if text.is_empty() {
        return Err("needs a value after the operator; `empty` tests for a missing one".to_owned());
    }
    if text.starts_with(['=', '<', '>', '!']) {
        return Err(format!("has `{text}` where a value is expected; put a text with such a sign in quotes"));
    }
    if let Some(moment) = moment(text)? {
        return Ok(moment);
    }
    let number = text.strip_suffix('%').map_or(text, str::trim_end);
    if let Some(number) = Decimal::parse(number) {
        return Ok(Operand::Number(number));
    }
    if let Some(when) = When::parse(text) {
        return Ok(Operand::Time(when));
    }
    if let Some(number) = is_order.then(|| with_unit(text)).flatten() {
        return Ok(Operand::Number(number));
    }
    if text.starts_with(['\'', '"']) {
        return Err(format!("has `{text}`, which begins with a quote but does not end with it"));
    }
    if text.contains(" or ") || text.contains(['=', '<', '>']) {
        return Err(format!(
            "has `{text}` where a value is expected; put a text like this in quotes. There is no `or`: use `in`"
        ));
    }
    let is_digit_or_mark = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '\'' | ' ' | '_' | '-');
    if text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(is_digit_or_mark) && is_order {
        return Err(format!("has `{text}`: write numbers as 1000 or 12.50, and days as 2026-03-02"));
    }
    Ok(Operand::Text(text.to_owned()))
}

/// Reads an operand that is compared for equality. A text such as `36h` is the text and the number of seconds.
pub(super) fn equal_to(text: &str) -> Result<Vec<Operand>, String> {
    let operand = operand(text, false)?;
    let text = text.trim();
    let number = match &operand {
        Operand::Text(_) if unquoted(text).is_none() => with_unit(text),
        _ => None,
    };
    Ok([operand].into_iter().chain(number.map(Operand::Number)).collect())
}

/// `today`, `now`, and a time before or after it: `today - 30d`, `now + 2h`.
fn moment(text: &str) -> Result<Option<Operand>, String> {
    let (is_today, rest) = match (text.strip_prefix("today"), text.strip_prefix("now")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Ok(None),
    };
    let rest = rest.trim();
    let (sign, amount) = match (rest.strip_prefix('+'), rest.strip_prefix('-')) {
        _ if rest.is_empty() => (0, ""),
        (Some(amount), _) => (1, amount.trim()),
        (None, Some(amount)) => (-1, amount.trim()),
        (None, None) => return Ok(None),
    };
    let wrong = || format!("has `{text}`: an example is `today - 30d`; units are d, and h and m after `now`");
    let number = |text: &str| text.parse::<u16>().map(i64::from).map_err(|_| wrong());
    let (number, unit) = match amount.char_indices().next_back() {
        None => (0, 'd'),
        Some((at, unit)) => (number(amount.get(..at).unwrap_or_default())?, unit),
    };
    match (is_today, unit) {
        (true, 'd') => Ok(Some(Operand::Today(i32::try_from(sign * number).map_err(|_| wrong())?))),
        (false, 'd') => Ok(Some(Operand::Now(sign * number * 86_400))),
        (false, 'h') => Ok(Some(Operand::Now(sign * number * 3600))),
        (false, 'm') => Ok(Some(Operand::Now(sign * number * 60))),
        _ => Err(wrong()),
    }
}

/// A number of seconds or of bytes with its unit: `36h`, `500 MB`.
fn with_unit(text: &str) -> Option<Decimal> {
    const UNITS: [(&str, u64); 9] = [
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("B", 1),
        ("s", 1),
        ("min", 60),
        ("h", 3600),
        ("d", 86_400),
    ];
    UNITS.iter().find_map(|(unit, factor)| {
        let number = Decimal::parse(text.strip_suffix(unit)?.trim_end())?;
        Some(number.times(&Decimal::whole(*factor)))
    })
}

/// The text in quotes, if it is one.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    ['"', '\''].iter().find_map(|quote| {
        let inner = text.strip_prefix(*quote)?.strip_suffix(*quote)?;
        (!inner.contains(*quote)).then_some(inner)
    })
}
