//! Times on the axis of a chart: as short as the range of the chart allows. A day of measurements needs times of day, a
//! decade needs years.

use jiff::civil::{DateTime, Time};

use super::{LocaleFormatter, When};

const MINUTE: f64 = 60.0;
const DAY: f64 = 86_400.0;
/// Ranges up to these have labels of the unit, in seconds.
const SECONDS_UP_TO: f64 = 3.0 * MINUTE;
const TIMES_UP_TO: f64 = 2.0 * DAY;
const DAYS_WITH_TIMES_UP_TO: f64 = 2.5 * DAY;
const DAYS_UP_TO: f64 = 184.0 * DAY;
const MONTHS_UP_TO: f64 = 5.5 * 366.0 * DAY;

/// What the labels of an axis say about a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisUnit {
    /// `14:05:31`
    Second,
    /// `14:05`
    Minute,
    /// `2 Mar, 14:05`
    DayAndMinute,
    /// `2 Mar`
    Day,
    /// `Mar 2026`
    Month,
    /// `2026`
    Year,
}

impl LocaleFormatter {
    /// The unit for an axis with these times. Times of day have their day below them, and days are unique.
    pub fn axis_unit(&self, times: impl Iterator<Item = When>) -> AxisUnit {
        let (mut first, mut last, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0_usize);
        let (mut of_day, mut has_times): (Option<Time>, bool) = (None, false);
        for when in times {
            let at = self.unix_secs(when);
            (first, last, count) = (first.min(at), last.max(at), count + 1);
            if let Some(local) = self.local(when) {
                has_times |=
                    of_day.is_some_and(|other| other != local.time()) || local.time() != Time::midnight();
                // One time for all days, such as noon, says nothing.
                of_day = of_day.or(Some(local.time()));
            }
        }
        let range = last - first;
        match range {
            _ if count == 0 => AxisUnit::Day,
            ..=0.0 if has_times => AxisUnit::DayAndMinute,
            ..=SECONDS_UP_TO if has_times => AxisUnit::Second,
            ..TIMES_UP_TO if has_times => AxisUnit::Minute,
            ..=DAYS_WITH_TIMES_UP_TO if has_times => AxisUnit::DayAndMinute,
            ..=DAYS_UP_TO => AxisUnit::Day,
            ..=MONTHS_UP_TO => AxisUnit::Month,
            _ => AxisUnit::Year,
        }
    }

    /// A label of the axis. Weeks and quarters are as they were written.
    pub fn axis_label(&self, when: When, unit: AxisUnit) -> String {
        let date = self.day_of_when(when);
        let Some(formats) = &self.formats else { return self.when(when) };
        match (when, unit, self.local(when)) {
            (When::Week(_) | When::Quarter(_), ..) => self.when(when),
            (_, AxisUnit::Year, _) => formats.year(date),
            (When::Month(_), ..) | (_, AxisUnit::Month, _) => formats.month(date),
            (_, AxisUnit::Second, Some(at)) => formats.time(at.time()),
            (_, AxisUnit::Minute, Some(at)) => formats.minute_of_day(at.time()),
            (_, AxisUnit::DayAndMinute, Some(at)) => formats.short_minute(at),
            _ => formats.short_day(date),
        }
    }

    /// The seconds since midnight and the day of a time, if its label in this unit is a time of day.
    pub fn clock(&self, when: When, unit: AxisUnit) -> Option<(u32, String)> {
        let at = self.local(when).filter(|_| matches!(unit, AxisUnit::Second | AxisUnit::Minute))?;
        let secs = u32::try_from(at.time().duration_since(Time::midnight()).as_secs()).ok()?;
        Some((secs, self.formats.as_ref()?.short_day(at.date())))
    }

    /// The date and the time of day, for times that have one.
    fn local(&self, when: When) -> Option<DateTime> {
        match when {
            When::Instant(at) => Some(self.zone.local(at)),
            When::Local(at) => Some(at),
            When::Day(_) | When::Month(_) | When::Week(_) | When::Quarter(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};
    use claimcheck_text::Language;
    use serde_json::{Map, json};

    use super::*;

    fn reader(locale: &str, zone: &str) -> LocaleFormatter {
        let mut claims = Map::new();
        claims.insert("zoneinfo".into(), json!(zone));
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, locale.parse().unwrap());
        LocaleFormatter::of(&claims, &headers, Language::default(), false)
    }

    /// The labels of an axis with these times.
    fn labels(reader: &LocaleFormatter, times: &[&str]) -> Vec<String> {
        let times: Vec<_> = times.iter().map(|text| When::parse(text).unwrap()).collect();
        let unit = reader.axis_unit(times.iter().copied());
        times.iter().map(|when| reader.axis_label(*when, unit).replace('\u{202f}', " ")).collect()
    }

    #[test]
    fn r07_labels_of_an_axis_are_as_precise_as_its_range_needs() {
        let (english, german) = (reader("en-GB", "Europe/Berlin"), reader("de-DE", "Europe/Berlin"));
        for (times, in_english, in_german) in [
            (["2026-03-02T06:00:00Z", "2026-03-02T20:30:00Z"], ["07:00", "21:30"], ["07:00", "21:30"]),
            (["2026-03-02T06:00", "2026-03-02T06:10"], ["06:00", "06:10"], ["06:00", "06:10"]),
            // A night is in two days, but not longer than one.
            (
                ["2026-03-02T22:00:00+01:00", "2026-03-03T06:00:00+01:00"],
                ["22:00", "06:00"],
                ["22:00", "06:00"],
            ),
            (
                ["2026-03-02T06:00:05Z", "2026-03-02T06:01:09Z"],
                ["07:00:05", "07:01:09"],
                ["07:00:05", "07:01:09"],
            ),
            // Up to two days: the days are below.
            (
                ["2026-03-02T09:00:00+01:00", "2026-03-03T21:00:00+01:00"],
                ["09:00", "21:00"],
                ["09:00", "21:00"],
            ),
            (
                ["2026-03-02T09:00:00+01:00", "2026-03-04T09:00:00+01:00"],
                ["2 Mar, 09:00", "4 Mar, 09:00"],
                ["2. März, 09:00", "4. März, 09:00"],
            ),
            (["2026-03-02T14:05:00+01:00"; 2], ["2 Mar, 14:05"; 2], ["2. März, 14:05"; 2]),
            // Days written as their beginning.
            (["2026-03-01T23:00:00Z", "2026-03-02T23:00:00Z"], ["2 Mar", "3 Mar"], ["2. März", "3. März"]),
            (["2026-03-02T14:05:00Z", "2026-04-02T14:05:00Z"], ["2 Mar", "2 Apr"], ["2. März", "2. Apr."]),
            (["2026-03-02", "2026-03-02"], ["2 Mar"; 2], ["2. März"; 2]),
            (["2026-03-02", "2027-03-02"], ["Mar 2026", "Mar 2027"], ["03/2026", "03/2027"]),
            (["2026-03", "2026-05"], ["Mar 2026", "May 2026"], ["03/2026", "05/2026"]),
            (["2016-03-02T00:00:00Z", "2026-12-31T00:00:00Z"], ["2016", "2026"], ["2016", "2026"]),
            (["2016-03", "2026-12"], ["2016", "2026"], ["2016", "2026"]),
            (["2026-W10", "2026-W30"], ["2026-W10", "2026-W30"], ["2026-W10", "2026-W30"]),
        ] {
            assert_eq!(labels(&english, &times), in_english, "{times:?}");
            assert_eq!(labels(&german, &times), in_german, "{times:?}");
        }
        let american = reader("en-US", "America/New_York");
        assert_eq!(
            labels(&american, &["2026-03-02T14:05:00Z", "2026-03-02T20:30:00Z"]),
            ["9:05 AM", "3:30 PM"],
            "in the user's zone and format"
        );
        assert_eq!(
            labels(&english, &["2026-03-02", "2026-03-02T14:05:00Z"])[0],
            "2 Mar",
            "a day has no time"
        );
    }
}
