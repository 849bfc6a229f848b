//! The forms of dates and times: each function reads one of them, and nothing else.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, ISOWeekDate, Time, Weekday},
    fmt::rfc2822,
    tz::Offset,
};

use super::When;

/// `2026-03-02`, `2026/03/02`
pub(super) fn day(text: &str) -> Option<Date> {
    if has_form(text, "dddd-dd-dd") {
        return text.parse().ok();
    }
    has_form(text, "dddd/dd/dd").then(|| text.replace('/', "-").parse().ok()).flatten()
}

/// `20260302`
pub(super) fn compact_day(text: &str) -> Option<Date> {
    has_form(text, "dddddddd").then(|| text.parse().ok()).flatten()
}

/// `2026-03`
pub(super) fn month(text: &str) -> Option<When> {
    has_form(text, "dddd-dd").then(|| format!("{text}-01").parse().ok()).flatten().map(When::Month)
}

/// `2026-W10`, `2026-W10-1`
pub(super) fn week(text: &str) -> Option<When> {
    let year = text.get(..4)?.parse().ok()?;
    let number = text.get(6..8)?.parse().ok()?;
    if has_form(text, "dddd-Wdd") {
        return Some(When::Week(ISOWeekDate::new(year, number, Weekday::Monday).ok()?.date()));
    }
    let weekday = has_form(text, "dddd-Wdd-d").then(|| text.get(9..)?.parse().ok()).flatten()?;
    let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
    Some(When::Day(ISOWeekDate::new(year, number, weekday).ok()?.date()))
}

/// `2026-Q1`
pub(super) fn quarter(text: &str) -> Option<When> {
    let quarter: i8 = has_form(text, "dddd-Qd").then(|| text.get(6..)?.parse().ok()).flatten()?;
    let first = (1..=4).contains(&quarter).then(|| quarter * 3 - 2)?;
    Date::new(text.get(..4)?.parse().ok()?, first, 1).ok().map(When::Quarter)
}

/// `/Date(1772460300000)/`, `/Date(1772460300000+0100)/`: milliseconds; the offset says where they were written.
pub(super) fn net(text: &str) -> Option<When> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = inner.find(['+', '-'].as_slice()).filter(|at| *at > 0).or_else(|| {
        let rest = inner.strip_prefix('-')?;
        rest.find(['+', '-'].as_slice()).map(|at| at + 1)
    });
    let (millis, zone) = inner.split_at_checked(end.unwrap_or(inner.len()))?;
    if !zone.is_empty() && !has_form(zone, "sdddd") {
        return None;
    }
    Timestamp::from_millisecond(millis.parse().ok()?).ok().map(When::Instant)
}

/// A date, a separator, a time, and an offset if there is one: RFC 3339, the forms of ISO 8601 that serializers use, and
/// those of databases and of `to_string` in common languages.
pub(super) fn date_time(text: &str) -> Option<When> {
    let (date, rest) = match day(text.get(..10)?) {
        Some(date) => (date, text.get(10..)?),
        None => (compact_day(text.get(..8)?)?, text.get(8..)?),
    };
    let is_compact = !text.get(..10)?.contains(['-', '/']);
    let rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None if is_compact => return None,
        None => rest.strip_prefix(' ')?,
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(rest.len());
    let (time, offset) = rest.split_at_checked(end)?;
    let at = DateTime::from_parts(date, time_of(time)?);
    match offset_of(offset)? {
        Some(offset) => offset.to_timestamp(at).ok().map(When::Instant),
        None => Some(When::Local(at)),
    }
}

/// `14:05`, `14:05:00`, `14:05:00.123456789`, `140500`
fn time_of(text: &str) -> Option<Time> {
    let (whole, fraction) = match text.find(['.', ',']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let has_seconds = ["dd:dd:dd", "dddddd"].iter().any(|form| has_form(whole, form));
    if !has_seconds && !["dd:dd", "dddd"].iter().any(|form| has_form(whole, form)) {
        return None;
    }
    if text.len() > whole.len()
        && (fraction.is_empty() || !has_seconds || !fraction.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let mut digits = whole.bytes().filter(u8::is_ascii_digit).map(|digit| (digit - b'0').cast_signed());
    let mut two = || Some(digits.next()? * 10 + digits.next()?);
    let (hour, minute) = (two()?, two()?);
    // A leap second counts as the second before it.
    let second = match has_seconds {
        true => two().map(|second| if second == 60 { 59 } else { second })?,
        false => 0,
    };
    let nanos = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanos = nanos.fold(0, |nanos, digit| nanos * 10 + i32::from(digit - b'0'));
    Time::new(hour, minute, second, nanos).ok()
}

/// `Z`, `+01:00`, `+0100`, `+01`, ` UTC`, ` +0000 UTC`, `+01:00[Europe/Berlin]`; `None` inside if there is none.
fn offset_of(text: &str) -> Option<Option<Offset>> {
    let text = text.trim_start_matches(' ');
    if text.is_empty() {
        return Some(None);
    }
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some(Some(Offset::UTC));
    }
    let end = text.get(1..)?.find(|c: char| !c.is_ascii_digit() && c != ':').map_or(text.len(), |at| at + 1);
    let (offset, note) = text.split_at_checked(end)?;
    // Java adds the name of the zone in brackets, Go its abbreviation.
    let is_zone_name = note.is_empty()
        || (note.starts_with('[') && note.ends_with(']'))
        || note.strip_prefix(' ').is_some_and(|name| {
            (1..=5).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
        });
    let is_offset = ["sdd:dd", "sdddd", "sdd"].iter().any(|form| has_form(offset, form));
    if !is_zone_name || !is_offset {
        return None;
    }
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let two = |at: usize| digits.get(at..at + 2).map_or(Some(0), |digits| digits.parse::<i32>().ok());
    let (hours, minutes) = (two(0)?, two(2)?);
    let secs = hours * 3600 + minutes * 60;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    (hours < 24 && minutes < 60).then(|| Offset::from_seconds(sign * secs).ok().map(Some)).flatten()
}

/// `Mon, 02 Mar 2026 14:05:00 GMT`, and the date as it was written.
pub(super) fn mail(text: &str) -> Option<(When, Date)> {
    let at = rfc2822::parse(text).ok()?;
    Some((When::Instant(at.timestamp()), at.date()))
}

/// The date at the beginning of a text.
pub(super) fn leading_day(text: &str) -> Option<Date> {
    text.get(..10).and_then(day).or_else(|| compact_day(text.get(..8)?))
}

/// `d` matches a digit, `s` a sign, anything else itself.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b's' => matches!(byte, b'+' | b'-'),
            other => byte == other,
        })
}
