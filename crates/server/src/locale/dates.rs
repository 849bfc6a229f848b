//! Dates and times as APIs and providers write them: the forms that common serializers produce. Anything that is not
//! exactly one of these forms is text.

use claimcheck_base::clock::UnixSecs;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    fmt::strtime::BrokenDownTime,
    tz::TimeZone,
};

use super::date_forms::{compact_day, date_time, day, leading_day, mail, month, net, quarter, week};
use crate::decimal::Decimal;

/// A point or a range of time, as precise as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A point in time: a date and a time with an offset or a zone, or a Unix time.
    Instant(Timestamp),
    /// A date and a time without an offset; nothing says in which zone.
    Local(DateTime),
    /// A day, the same in every zone.
    Day(Date),
    /// A month, by its first day.
    Month(Date),
    /// An ISO week, by its Monday.
    Week(Date),
    /// A quarter, by its first day.
    Quarter(Date),
}

/// How to read the dates and times of a member, where the usual reading is not right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhenFormat {
    /// The form of the values; by default every common form is recognised.
    pub form: Option<WhenForm>,
    /// The zone of dates and times without an offset.
    pub zone: Option<TimeZone>,
    /// Only the date counts, as written.
    pub is_day: bool,
}

/// A declared form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhenForm {
    /// Unix time: units of `10^-power` seconds.
    Unix { power: i64 },
    /// A pattern of strftime: `%d/%m/%Y %H:%M`.
    Pattern(String),
}

impl When {
    /// Parses one of the common forms.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.len() {
            7 if text.contains("-Q") => quarter(text),
            7 => month(text),
            8 | 10 if text.contains("-W") => week(text),
            10 => day(text).map(Self::Day),
            11.. if text.starts_with("/Date(") => net(text),
            11.. if text.starts_with(|c: char| c.is_ascii_alphabetic()) => mail(text).map(|(when, _)| when),
            11.. => date_time(text),
            _ => None,
        }
    }

    /// Parses a text as its member's settings say.
    pub fn parse_as(text: &str, format: &WhenFormat) -> Option<Self> {
        let text = text.trim();
        let when = match &format.form {
            Some(WhenForm::Pattern(pattern)) => by_pattern(pattern, text, format.zone.as_ref()),
            Some(WhenForm::Unix { .. }) => Self::of_number(&Decimal::parse(text)?, format),
            None => Self::parse(text)
                .or_else(|| compact_day(text).map(Self::Day))
                .or_else(|| Self::of_number(&Decimal::parse(text)?, format)),
        }?;
        // A day is the date as written, whatever the offset.
        let written = match &format.form {
            _ if !format.is_day || matches!(when, Self::Week(_) | Self::Quarter(_) | Self::Month(_)) => None,
            Some(WhenForm::Pattern(pattern)) => {
                BrokenDownTime::parse(pattern, text).ok().and_then(|parsed| parsed.to_date().ok())
            }
            Some(WhenForm::Unix { .. }) => None,
            None => leading_day(text).or_else(|| mail(text).map(|(_, date)| date)),
        };
        Some(written.map_or_else(|| when.in_zone(format), Self::Day))
    }

    /// The Unix time of a number: in seconds, milliseconds, microseconds or nanoseconds, by its size. Seconds reach
    /// until the year 5138, and the smaller units begin in 1973. `None` outside the years -9999 to 9999.
    pub fn of_number(number: &Decimal, format: &WhenFormat) -> Option<Self> {
        let power = match &format.form {
            Some(WhenForm::Unix { power }) => *power,
            Some(WhenForm::Pattern(pattern)) => {
                return by_pattern(pattern, &number.to_string(), format.zone.as_ref())
                    .map(|when| when.in_zone(format));
            }
            None => match number.to_f64().abs() {
                ..1e11 => 0,
                1e11..1e14 => 3,
                1e14..1e17 => 6,
                _ => 9,
            },
        };
        let nanos = number.shifted(9 - power).rounded(0).to_string().parse::<i128>().ok()?;
        let instant = Timestamp::from_nanosecond(nanos).ok()?;
        Some(Self::Instant(instant).in_zone(format))
    }

    /// Unix seconds, whole or with a fraction; `None` outside the years -9999 to 9999.
    pub fn of_unix_secs(secs: f64) -> Option<Self> {
        let form = Some(WhenForm::Unix { power: 0 });
        Self::of_number(&Decimal::of_f64(secs)?, &WhenFormat { form, ..WhenFormat::default() })
    }

    /// Reads a local time in the configured zone, and reduces it to its day if so configured.
    fn in_zone(self, format: &WhenFormat) -> Self {
        let zone = format.zone.as_ref();
        match self {
            Self::Local(at) if format.is_day => Self::Day(at.date()),
            Self::Instant(at) if format.is_day => {
                Self::Day(zone.unwrap_or(&TimeZone::UTC).to_datetime(at).date())
            }
            Self::Local(at) => {
                let instant = zone.and_then(|zone| zone.to_ambiguous_timestamp(at).compatible().ok());
                instant.map_or(self, Self::Instant)
            }
            other => other,
        }
    }
}

fn by_pattern(pattern: &str, text: &str, zone: Option<&TimeZone>) -> Option<When> {
    let parsed = BrokenDownTime::parse(pattern, text).ok()?;
    if let Ok(at) = parsed.to_timestamp() {
        return Some(When::Instant(at));
    }
    if let Ok(at) = parsed.to_datetime() {
        let has_time = parsed.hour().is_some();
        return Some(match (has_time, zone) {
            (false, _) => When::Day(at.date()),
            (true, Some(zone)) => {
                zone.to_ambiguous_timestamp(at).compatible().map_or(When::Local(at), When::Instant)
            }
            (true, None) => When::Local(at),
        });
    }
    // A pattern without a day is one of months.
    Date::new(parsed.year()?, parsed.month()?, 1).ok().map(When::Month)
}

/// Whether a pattern can be used: it parses what it prints.
///
/// # Errors
/// Says what would be right.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    let sample = jiff::civil::date(2026, 12, 30).at(14, 5, 59, 0).to_zoned(TimeZone::UTC);
    let sample = sample.map_err(|error| error.to_string())?;
    let printed = BrokenDownTime::from(&sample).to_string(pattern);
    let is_read = printed.is_ok_and(|text| by_pattern(pattern, &text, None).is_some());
    if is_read {
        Ok(())
    } else {
        Err("must be \"unix\", \"unix-ms\", \"unix-us\", \"unix-ns\", or a pattern such as \"%d/%m/%Y %H:%M\"".to_owned())
    }
}

/// The instant of Unix seconds; outside the years -9999 to 9999, the nearest one.
pub fn instant(secs: UnixSecs) -> Timestamp {
    Timestamp::from_second(secs).unwrap_or(if secs < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const AT: i64 = 1_772_460_300;

    fn at(secs: i64) -> Option<When> {
        Some(When::Instant(instant(secs)))
    }

    #[test]
    fn r07_every_common_form_of_a_moment_is_read() {
        for text in [
            "2026-03-02T14:05:00Z",
            "2026-03-02t14:05:00z",
            "2026-03-02T14:05Z",
            "2026-03-02 14:05:00+00:00",
            "2026-03-02T15:05:00+01:00",
            "2026-03-02T09:05:00-05:00",
            "2026-03-02T14:05:00.000+0000",
            "2026-03-02T19:35:00+0530",
            "2026-03-02T15:05:00+01",
            "2026-03-02 14:05:00+00",
            "2026-03-02 14:05:00 UTC",
            "2026-03-02 15:05:00 +0100",
            "2026-03-02 14:05:00 +0000 UTC",
            "2026-03-02 14:05:00.000000000 +0000 UTC",
            "2026-03-02T15:05:00+01:00[Europe/Berlin]",
            "2026-03-02T14:05:00,000Z",
            "20260302T140500Z",
            "20260302T150500+0100",
            "2026/03/02 14:05:00 +00:00",
            "Mon, 02 Mar 2026 14:05:00 GMT",
            "Mon, 2 Mar 2026 15:05:00 +0100",
            "/Date(1772460300000)/",
            "/Date(1772460300000+0100)/",
            " 2026-03-02T14:05:00Z ",
        ] {
            assert_eq!(When::parse(text), at(AT), "{text}");
        }
        let local = |text: &str| match When::parse(text) {
            Some(When::Local(at)) => at.to_string(),
            other => panic!("{text}: {other:?}"),
        };
        for text in
            ["2026-03-02T14:05:00", "2026-03-02 14:05:00", "2026-03-02 14:05", "2026-03-02T14:05:00.000000"]
        {
            assert_eq!(local(text), "2026-03-02T14:05:00", "{text}");
        }
        let Some(When::Instant(fraction)) = When::parse("2026-03-02T14:05:00.1234567Z") else { panic!() };
        assert_eq!(fraction.as_nanosecond(), i128::from(AT) * 1_000_000_000 + 123_456_700);
        assert_eq!(When::parse("/Date(-5+0100)/"), Timestamp::from_millisecond(-5).ok().map(When::Instant));
        assert_eq!(When::parse("2026-03-02"), Some(When::Day(date(2026, 3, 2))));
        assert_eq!(When::parse("2026/03/02"), Some(When::Day(date(2026, 3, 2))));
        assert_eq!(When::parse("2026-03"), Some(When::Month(date(2026, 3, 1))));
        assert_eq!(When::parse("2026-W10"), Some(When::Week(date(2026, 3, 2))));
        assert_eq!(When::parse("2026-W10-3"), Some(When::Day(date(2026, 3, 4))));
        assert_eq!(When::parse("2026-Q2"), Some(When::Quarter(date(2026, 4, 1))));
    }

    #[test]
    fn r07_a_number_is_a_unix_time_in_the_unit_of_its_size() {
        let of = |text: &str| When::of_number(&Decimal::parse(text).unwrap(), &WhenFormat::default());
        for text in
            ["1772460300", "1772460300.000000000", "1772460300000", "1772460300000000", "1772460300000000000"]
        {
            assert_eq!(of(text), at(AT), "{text}");
        }
        assert_eq!(of("1.7724603e9"), at(AT));
        assert_eq!(of("1772460300.25"), Timestamp::from_millisecond(AT * 1000 + 250).ok().map(When::Instant));
        assert_eq!(of("0"), at(0));
        assert_eq!(of("-86400"), at(-86_400));
        for text in ["1e300", "-1e30", "99999999999999999999999"] {
            assert_eq!(of(text), None, "{text}");
        }
        let unix = |power| WhenFormat { form: Some(WhenForm::Unix { power }), ..WhenFormat::default() };
        let one_day = Decimal::parse("86400000").unwrap();
        assert_eq!(
            When::of_number(&one_day, &unix(3)),
            at(86_400),
            "a declared unit counts, whatever the size"
        );
        assert_eq!(When::parse_as("86400000", &unix(3)), at(86_400));
    }

    #[test]
    fn r07_settings_say_how_an_ambiguous_form_is_read() {
        let zone = |name: &str| jiff::tz::TimeZoneDatabase::bundled().get(name).ok();
        let pattern = |pattern: &str, name| WhenFormat {
            form: Some(WhenForm::Pattern(pattern.to_owned())),
            zone: zone(name),
            is_day: false,
        };
        let of = |text: &str, format: &WhenFormat| When::parse_as(text, format);
        assert_eq!(of("02/03/2026 15:05", &pattern("%d/%m/%Y %H:%M", "Europe/Berlin")), at(AT));
        assert_eq!(of("03/02/2026", &pattern("%m/%d/%Y", "UTC")), Some(When::Day(date(2026, 3, 2))));
        assert_eq!(of("03.2026", &pattern("%m.%Y", "UTC")), Some(When::Month(date(2026, 3, 1))));
        assert_eq!(of("13/13/2026", &pattern("%d/%m/%Y", "UTC")), None);
        assert_eq!(of("20260302", &WhenFormat::default()), Some(When::Day(date(2026, 3, 2))));
        assert_eq!(of("1772460300000", &WhenFormat::default()), at(AT));
        let berlin = WhenFormat { zone: zone("Europe/Berlin"), ..WhenFormat::default() };
        assert_eq!(of("2026-03-02T15:05:00", &berlin), at(AT));
        assert_eq!(of("2026-03-02T14:05:00Z", &berlin), at(AT), "an offset counts more than the setting");
        for good in ["%d/%m/%Y %H:%M", "%Y%m%d", "%m/%d/%y", "%d %b %Y", "%Y-%m-%dT%H:%M:%S%z", "%m.%Y"] {
            assert_eq!(check_pattern(good), Ok(()), "{good}");
        }
        for bad in ["", "dd/MM/yyyy", "%H:%M", "%q", "unix-s", "%"] {
            assert!(check_pattern(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn r37_a_day_is_the_date_as_written() {
        let day = WhenFormat { is_day: true, ..WhenFormat::default() };
        let second = Some(When::Day(date(2026, 3, 2)));
        for text in [
            "2026-03-02T00:00:00Z",
            "2026-03-02T00:00:00+14:00",
            "2026-03-02T23:59:59-11:00",
            "2026-03-02 00:00:00",
            "2026-03-02",
            "1772409600000",
            "20260302",
            "20260302T000000+0100",
            "Mon, 02 Mar 2026 00:00:00 +0100",
        ] {
            assert_eq!(When::parse_as(text, &day), second, "{text}");
        }
        let berlin = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Berlin").ok();
        let of_berlin = WhenFormat { zone: berlin, is_day: true, form: None };
        let midnight = Decimal::parse("1772406000000").unwrap();
        assert_eq!(When::of_number(&midnight, &of_berlin), second, "midnight in Berlin");
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
            "2026-W54",
            "2026-Q5",
            "2026-03-02T25:05:00Z",
            "2026-03-02T14:60:00Z",
            "2026-03-02T14:05:00+25:00",
            "2026-03-02T14:05:00+01:0",
            "2026-03-02T14:05:00Z[UTC]Z",
            "2026-03-02T14:05:00.Z",
            "2026-03-02T14Z",
            "+02026-03-02T14:05:00Z",
            "02/03/2026",
            "2026-0\u{e9}",
            "2026-03-02T14:05:0\u{e9}Z",
            "2026-03-02T14:05:00\u{e9}\u{e9}\u{e9}\u{e9}",
            "Monday, the second",
            "/Date(x)/",
            "/Date(99999999999999999999)/",
            "+49 30 123456",
            "192.168.100.200",
            "2026-03-02 was a Monday",
        ] {
            assert_eq!(When::parse(text), None, "{text}");
        }
        assert_eq!(instant(i64::MAX), Timestamp::MAX);
        assert_eq!(instant(i64::MIN), Timestamp::MIN);
    }
}
