//! Dates and times as APIs and providers write them. Anything that is not exactly one of these forms is text.

use claimcheck_base::clock::UnixSecs;
use jiff::{Timestamp, civil::Date};

/// A point or a range of time, as precise as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A date-time with its offset (RFC 3339 5.6), or Unix seconds.
    Instant(Timestamp),
    /// A day, the same in every zone.
    Day(Date),
    /// A month, by its first day.
    Month(Date),
}

impl When {
    /// Parses `2026-03-02T14:05:00Z`, `2026-03-02` or `2026-03`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.len() {
            7 => Self::month(text),
            10 => Self::day(text),
            20.. => Self::instant(text),
            _ => None,
        }
    }

    /// Unix seconds, whole or with a fraction; `None` outside the years -9999 to 9999.
    pub fn of_unix_secs(secs: f64) -> Option<Self> {
        let since = jiff::SignedDuration::try_from_secs_f64(secs).ok()?;
        Timestamp::from_duration(since).ok().map(Self::Instant)
    }

    fn instant(text: &str) -> Option<Self> {
        // jiff accepts more than RFC 3339: short offsets, zones in brackets, dates without hyphens.
        let is_strict = has_form(text.get(..19)?, "dddd-dd-ddTdd:dd:dd")
            && !text.contains(['[', ','])
            && (text.ends_with(['Z', 'z']) || has_form(text.get(text.len() - 6..)?, "sdd:dd"));
        is_strict.then(|| text.parse().ok()).flatten().map(Self::Instant)
    }

    fn day(text: &str) -> Option<Self> {
        has_form(text, "dddd-dd-dd").then(|| text.parse().ok()).flatten().map(Self::Day)
    }

    fn month(text: &str) -> Option<Self> {
        has_form(text, "dddd-dd").then(|| format!("{text}-01").parse().ok()).flatten().map(Self::Month)
    }
}

/// The instant of Unix seconds; outside the years -9999 to 9999, the nearest one.
pub fn instant(secs: UnixSecs) -> Timestamp {
    Timestamp::from_second(secs).unwrap_or(if secs < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// `d` matches a digit, `s` a sign, `T` that letter in either case or a space (RFC 3339 5.6), anything else itself.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b's' => matches!(byte, b'+' | b'-'),
            b'T' => matches!(byte, b'T' | b't' | b' '),
            other => byte == other,
        })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_forms_of_apis_are_read() {
        let at = |secs: i64| Some(When::Instant(instant(secs)));
        for text in [
            "2026-03-02T14:05:00Z",
            "2026-03-02t14:05:00z",
            "2026-03-02 14:05:00+00:00",
            "2026-03-02T15:05:00+01:00",
            "2026-03-02T09:05:00-05:00",
        ] {
            assert_eq!(When::parse(text), at(1_772_460_300), "{text}");
        }
        let Some(When::Instant(fraction)) = When::parse("2026-03-02T14:05:00.250Z") else { panic!() };
        assert_eq!(fraction.as_millisecond(), 1_772_460_300_250);
        assert_eq!(When::parse("2026-03-02"), Some(When::Day(date(2026, 3, 2))));
        assert_eq!(When::parse("2026-03"), Some(When::Month(date(2026, 3, 1))));
        assert_eq!(When::of_unix_secs(1_772_460_300.0), at(1_772_460_300));
    }

    #[test]
    fn the_rest_is_text() {
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-02-30",
            "2026-3-02",
            "20260302",
            "202603",
            "2026-03-02T14:05",
            "2026-03-02T14:05:00",
            "20260302T140500+0000",
            "2026-03-02T14:05:00+01",
            "2026-03-02T14:05:00+0100",
            "2026-03-02T14:05:00+01:00[Europe/Berlin]",
            "2026-03-02T14:05:00Z[UTC]Z",
            "2026-03-02T25:05:00Z",
            "+02026-03-02T14:05:00Z",
            "2026-03-02T14:05:00,25Z",
            "2026-0\u{e9}",
            "2026-03-02T14:05:0\u{e9}Z",
            "2026-03-02T14:05:00\u{e9}\u{e9}\u{e9}\u{e9}",
        ] {
            assert_eq!(When::parse(text), None, "{text}");
        }
        for secs in [f64::NAN, f64::INFINITY, 1e300, -1e18] {
            assert_eq!(When::of_unix_secs(secs), None, "{secs}");
        }
        assert_eq!(instant(i64::MAX), Timestamp::MAX);
        assert_eq!(instant(i64::MIN), Timestamp::MIN);
    }
}
