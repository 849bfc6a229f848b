//! Lengths of time and sizes of data, in the largest units that say enough, and the distance of a time from now.

use claimcheck_text::t;

use super::{LocaleFormatter, When, instant};
use crate::decimal::Decimal;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;
/// Means of the calendar: nobody counts the days of a distance of months.
const MONTH: i64 = 2_629_746;
const YEAR: i64 = 31_556_952;
const BYTE_UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
const SPACE: char = '\u{a0}';

impl LocaleFormatter {
    /// A number of bytes: `1.5 MB`. Units are powers of 1000; one decimal unless the settings say otherwise.
    pub fn bytes(&self, number: &Decimal, decimals: Option<usize>) -> String {
        let magnitude = if number.is_negative() { Decimal::whole(0).minus(number) } else { number.clone() };
        // Rounding may lead to the next unit: 999,990 bytes are 1.0 MB.
        let is_below = |unit: usize| {
            let shown = magnitude.shifted(unit as i64 * -3).rounded(decimals.unwrap_or(1));
            shown < Decimal::whole(1000)
        };
        let unit = (0..BYTE_UNITS.len()).find(|unit| is_below(*unit)).unwrap_or(BYTE_UNITS.len() - 1);
        let decimals = if unit == 0 && number.is_whole() { 0 } else { decimals.unwrap_or(1) };
        let digits = self.decimal(&number.shifted(unit as i64 * -3), decimals);
        format!("{digits}{SPACE}{}", BYTE_UNITS.get(unit).unwrap_or(&"B"))
    }

    /// A number of seconds in the two largest units: `2 d 3 h`, `1 h 5 min`, `45 s`, `350 ms`.
    pub fn duration(&self, secs: &Decimal) -> String {
        let magnitude = if secs.is_negative() { Decimal::whole(0).minus(secs) } else { secs.clone() };
        let sign = if secs.is_negative() { "\u{2212}" } else { "" };
        let one = Decimal::whole(1);
        let text = if magnitude.is_zero() {
            format!("0{SPACE}s")
        } else if magnitude < one {
            let millis = magnitude.shifted(3);
            let decimals = if millis < one { millis.trimmed().decimals().min(3) } else { 0 };
            format!("{}{SPACE}ms", self.decimal(&millis, decimals))
        } else if magnitude < Decimal::whole(MINUTE.unsigned_abs()) {
            let tenths = magnitude.rounded(1).trimmed();
            format!("{}{SPACE}s", self.decimal(&tenths, tenths.decimals()))
        } else {
            // Longer ones than the parser allows are shown as seconds.
            match magnitude.rounded(0).to_string().parse::<i64>() {
                Ok(secs) => self.in_two_units(secs),
                Err(_) => format!("{}{SPACE}s", self.decimal(&magnitude, 0)),
            }
        };
        format!("{sign}{text}")
    }

    fn in_two_units(&self, secs: i64) -> String {
        let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")];
        let first = units.iter().position(|(unit, _)| secs >= *unit).unwrap_or(units.len() - 1);
        let mut rest = secs;
        let shown = units.iter().skip(first).take(2).filter_map(|(unit, name)| {
            let count = rest / unit;
            rest %= unit;
            (count > 0).then(|| format!("{}{SPACE}{name}", self.number(count as f64, 0)))
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    /// The distance of a time from now: `3 days ago`, `in 2 hours`; of a day in days.
    pub fn relative(&self, when: When) -> String {
        let language = self.language();
        let distance = match when {
            When::Day(_) | When::Month(_) | When::Week(_) | When::Quarter(_) => {
                let days =
                    self.day_of_when(when).since(self.today(self.now())).map_or(0, |span| span.get_days());
                if days == 0 {
                    return t!(language, "value-today").to_owned();
                }
                i64::from(days) * DAY
            }
            When::Instant(_) | When::Local(_) => {
                let now = instant(self.now()).as_nanosecond();
                i64::try_from((self.unix_nanos(when) - now) / 1_000_000_000).unwrap_or(0)
            }
        };
        let (unit, secs) = match distance.abs() {
            ..MINUTE => return t!(language, "value-now").to_owned(),
            MINUTE..HOUR => ("minute", MINUTE),
            HOUR..DAY => ("hour", HOUR),
            DAY..MONTH => ("day", DAY),
            MONTH..YEAR => ("month", MONTH),
            _ => ("year", YEAR),
        };
        let count = distance.abs() / secs;
        let number = self.number(count as f64, 0);
        match distance < 0 {
            true => t!(language, "value-ago", unit = unit, count = count, number = number),
            false => t!(language, "value-ahead", unit = unit, count = count, number = number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn cells_show_bytes_and_durations_in_units_that_people_read() {
        let reader = LocaleFormatter::default();
        for (bytes, text) in [
            ("0", "0 B"),
            ("999", "999 B"),
            ("1500", "1.5 kB"),
            ("999990", "1.0 MB"),
            ("-2500000000", "\u{2212}2.5 GB"),
            ("1e30", "1,000,000,000,000.0 EB"),
        ] {
            assert_eq!(reader.bytes(&of(bytes), None).replace(SPACE, " "), text, "{bytes}");
        }
        assert_eq!(reader.bytes(&of("1536"), Some(3)).replace(SPACE, " "), "1.536 kB");
        for (secs, text) in [
            ("0", "0 s"),
            ("0.35", "350 ms"),
            ("0.00012", "0.12 ms"),
            ("12.34", "12.3 s"),
            ("59.99", "60 s"),
            ("60", "1 min"),
            ("3905", "1 h 5 min"),
            ("86400", "1 d"),
            ("183600", "2 d 3 h"),
            ("-90", "\u{2212}1 min 30 s"),
        ] {
            assert_eq!(reader.duration(&of(secs)).replace(SPACE, " "), text, "{secs}");
        }
    }

    #[test]
    fn cells_show_a_time_by_its_distance_from_now() {
        let reader = LocaleFormatter::default().at(1_772_460_300); // 2026-03-02T14:05:00Z
        for (text, shown) in [
            ("2026-03-02T14:04:30Z", "just now"),
            ("2026-03-02T14:04:00Z", "1 minute ago"),
            ("2026-03-02T17:06:00Z", "in 3 hours"),
            ("2026-03-01T13:05:00Z", "1 day ago"),
            ("2026-03-02", "today"),
            ("2026-03-12", "in 10 days"),
            ("2025-12-01", "2 months ago"),
            ("2020-01-01", "6 years ago"),
        ] {
            assert_eq!(reader.relative(When::parse(text).unwrap()), shown, "{text}");
        }
    }
}
