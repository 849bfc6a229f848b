//! The user's locale: the language of the pages, numbers and dates in their format, times in their zone. The only
//! interface is `LocaleFormatter`, created once per request.

use std::sync::Arc;

use axum::http::HeaderMap;
use claimcheck_base::clock::{Clock, UnixSecs};
use claimcheck_text::Language;
use formats::Formats;
use icu_locale_core::Locale;
use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};
use zone::Zone;

use crate::{decimal::Decimal, preferences::Preferences};

/// Amounts of money.
mod currency;
/// The forms of dates and times.
mod date_forms;
/// Dates and times as APIs write them.
mod dates;
/// Cached formatters of a locale.
mod formats;
/// The user's languages, from claims and headers.
mod languages;
/// Dates with a time, without the formatter of the locale.
mod minute_text;
/// Numbers and percentages.
mod numbers;
/// Numbers without the formatter of the locale.
mod separators;
/// Lengths of time.
mod spans;
/// Times on the axis of a chart.
mod time_axis;
/// Numbers as users type them.
mod typed;
/// The user's time zone.
mod zone;

pub use dates::{When, WhenForm, WhenFormat, check_pattern, instant};
pub use time_axis::AxisUnit;
pub use typed::NotTyped;
pub use zone::{ZoneCookie, is_asked as is_zone_asked, named as zone};

/// The formats of one user. Cheap to create and to clone, because the formatters of a locale are shared. Without a user
/// it is British English, and UTC, which texts then name.
#[derive(Clone)]
pub struct LocaleFormatter {
    language: Language,
    formats: Option<Arc<Formats>>,
    zone: Zone,
    now: UnixSecs,
}

/// The language of the pages for a request: the one `chosen` in this browser, else the first supported one of the
/// `locale` claim (OpenID Connect Core 5.1) and `Accept-Language` (RFC 9110 12.5.4), else `default`, that of the settings.
pub fn language(
    claims: &Map<String, Value>,
    headers: &HeaderMap,
    default: Language,
    chosen: Option<Language>,
) -> Language {
    chosen.or_else(|| first_language(&languages::wanted(claims, headers))).unwrap_or(default)
}

fn first_language(wanted: &[Locale]) -> Option<Language> {
    wanted.iter().find_map(|locale| Language::of_tag(locale.id.language.as_str()))
}

impl LocaleFormatter {
    /// The language is that of [`language`]. The locale is that of the `locale` claim (OpenID Connect Core 5.1: BCP 47,
    /// or with an underscore), else the best of `Accept-Language` (RFC 9110 12.5.4), else en-GB; if the user chose
    /// another language in this browser, the first locale of that language. The zone is that of the `zoneinfo` claim
    /// (same section), else of the loader's cookie, else UTC, which texts then name. Unknown values are skipped.
    /// `is_https` is about `public_url`: it decides the names of our cookies.
    pub fn of(claims: &Map<String, Value>, headers: &HeaderMap, default: Language, is_https: bool) -> Self {
        let mut wanted = languages::wanted(claims, headers);
        let chosen = Preferences::of(headers, is_https).language;
        if let Some(chosen) = chosen {
            wanted.retain(|locale| Language::of_tag(locale.id.language.as_str()) == Some(chosen));
            wanted.extend(languages::locale(if chosen == Language::default() {
                "en-GB"
            } else {
                chosen.tag()
            }));
        }
        Self {
            language: chosen.or_else(|| first_language(&wanted)).unwrap_or(default),
            formats: wanted.iter().find_map(formats::of).or_else(formats::english),
            zone: Zone::of(claims, headers, is_https),
            now: Clock::default().now(),
        }
    }

    /// The same at that time of the request.
    #[must_use]
    pub fn at(self, now: UnixSecs) -> Self {
        Self { now, ..self }
    }

    /// The time of the request.
    pub fn now(&self) -> UnixSecs {
        self.now
    }

    /// Whether the user's time zone is known; else times are in UTC, and marked.
    pub fn knows_zone(&self) -> bool {
        self.zone.is_known()
    }

    /// The language of the pages.
    pub fn language(&self) -> Language {
        self.language
    }

    /// `1234.5` with two decimals as `1,234.50` or `1.234,50`; halves are rounded away from zero.
    pub fn number(&self, number: f64, decimals: usize) -> String {
        numbers::number(self.formats.as_deref(), number, decimals)
    }

    /// A decimal number with this many decimals, as [`LocaleFormatter::number`] formats it.
    pub fn decimal(&self, number: &Decimal, decimals: usize) -> String {
        numbers::decimal(self.formats.as_deref(), number, decimals)
    }

    /// A number as a user types it.
    ///
    /// # Errors
    /// If it is no number, or has two readings; see [`NotTyped`].
    pub fn read_number(&self, text: &str) -> Result<Decimal, NotTyped> {
        typed::number(text)
    }

    /// A number as [`LocaleFormatter::read_number`] reads it: with the decimal mark of the locale and nothing between
    /// thousands. A third decimal gets a zero after it, because `1,255` has two readings.
    pub fn typed(&self, number: &Decimal) -> String {
        let number = number.trimmed();
        let decimals = number.decimals();
        let plain = if decimals == 3 { number.rounded(4) } else { number }.to_string();
        plain.replacen('.', &self.decimal_mark(), 1)
    }

    /// An amount of a currency (ISO 4217), from its number in the user's locale: `€1,299.00`, or `1.299,00` and `€` to show
    /// after it.
    pub fn money(&self, number: String, code: &str) -> (String, Option<String>) {
        match &self.formats {
            Some(formats) => formats.currencies().arranged(&number, code),
            None => (number, Some(code.to_owned())),
        }
    }

    /// The mark before decimals.
    fn decimal_mark(&self) -> String {
        let sample = self.number(0.5, 1);
        let is_mark = |c: &char| matches!(c, '.' | ',' | '\u{66b}');
        sample.chars().find(is_mark).unwrap_or('.').to_string()
    }

    /// A number of hundredths: `12.5` with one decimal as `12.5%` or `12,5 %`.
    pub fn hundredths(&self, number: &Decimal, decimals: usize) -> String {
        numbers::hundredths(self.formats.as_deref(), number, decimals)
    }

    /// A share of one in hundredths: `0.125` with one decimal as `12.5%` or `12,5 %`.
    pub fn percent(&self, share: f64, decimals: usize) -> String {
        numbers::percent(self.formats.as_deref(), share, decimals)
    }

    /// `2 Mar 2026, 14:05`, with ` UTC` if the zone is unknown.
    pub fn date_time(&self, at: Timestamp) -> String {
        let local = self.zone.local(at);
        self.marked(self.formats.as_ref().map_or_else(|| local.to_string(), |formats| formats.minute(local)))
    }

    /// `date_time` for Unix seconds; outside the years -9999 to 9999, the nearest one.
    pub fn date_time_at(&self, secs: UnixSecs) -> String {
        self.date_time(instant(secs))
    }

    /// `2 Mar 2026, 14:05:31`, with the zone as in `date_time`.
    pub fn moment(&self, secs: UnixSecs) -> String {
        let local = self.zone.local(instant(secs));
        self.marked(self.formats.as_ref().map_or_else(|| local.to_string(), |formats| formats.second(local)))
    }

    /// `12:04:31`, with the zone as in `date_time`.
    pub fn time_of_day(&self, secs: UnixSecs) -> String {
        let time = self.zone.local(instant(secs)).time();
        self.marked(self.formats.as_ref().map_or_else(|| time.to_string(), |formats| formats.time(time)))
    }

    /// `12:04`, with the zone as in `date_time`.
    pub fn minute_of_day(&self, secs: UnixSecs) -> String {
        let time = self.zone.local(instant(secs)).time();
        self.marked(
            self.formats.as_ref().map_or_else(|| time.to_string(), |formats| formats.minute_of_day(time)),
        )
    }

    /// `2 Mar 2026`.
    pub fn date(&self, date: Date) -> String {
        self.formats.as_ref().map_or_else(|| date.to_string(), |formats| formats.day(date))
    }

    /// `2 Mar`, for the ticks of a chart.
    pub fn short_date(&self, date: Date) -> String {
        self.formats.as_ref().map_or_else(|| date.to_string(), |formats| formats.short_day(date))
    }

    /// `Mar 2026`; as numbers if it is not a month of the calendar.
    pub fn month(&self, year: i16, month: i8) -> String {
        match (&self.formats, Date::new(year, month, 1)) {
            (Some(formats), Ok(first)) => formats.month(first),
            _ => format!("{year:04}-{month:02}"),
        }
    }

    /// A date or time of an API, as precise as it was written.
    pub fn when(&self, when: When) -> String {
        match when {
            When::Instant(at) => self.date_time(at),
            When::Day(date) => self.date(date),
            When::Month(first) => self.month(first.year(), first.month()),
            When::Local(at) => {
                self.formats.as_ref().map_or_else(|| at.to_string(), |formats| formats.minute(at))
            }
            When::Week(monday) => {
                let week = monday.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            When::Quarter(first) => format!("{:04}-Q{}", first.year(), (first.month() - 1) / 3 + 1),
        }
    }

    /// Its position in time: Unix nanoseconds; for a day or a longer time, those of its start in the zone.
    pub fn unix_nanos(&self, when: When) -> i128 {
        match when {
            When::Instant(at) => at.as_nanosecond(),
            When::Local(at) => self.zone.instant(at).as_nanosecond(),
            When::Day(date) | When::Month(date) | When::Week(date) | When::Quarter(date) => {
                i128::from(self.day_start(date)) * 1_000_000_000
            }
        }
    }

    /// The same in seconds, for the axis of a chart.
    pub fn unix_secs(&self, when: When) -> f64 {
        self.unix_nanos(when) as f64 / 1e9
    }

    /// The day on which it begins, in the zone.
    pub fn day_of_when(&self, when: When) -> Date {
        match when {
            When::Instant(at) => self.day_of(at),
            When::Local(at) => at.date(),
            When::Day(date) | When::Month(date) | When::Week(date) | When::Quarter(date) => date,
        }
    }

    /// The current day in the zone.
    pub fn today(&self, now: UnixSecs) -> Date {
        self.zone.local(instant(now)).date()
    }

    /// The day of an instant in the zone.
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone.local(at).date()
    }

    /// When a day starts in the zone: at midnight, or at the first instant after it if the clocks skip midnight.
    pub fn day_start(&self, date: Date) -> UnixSecs {
        self.zone.day_start(date)
    }

    fn marked(&self, text: String) -> String {
        if self.zone.is_known() { text } else { text + " UTC" }
    }
}

impl Default for LocaleFormatter {
    fn default() -> Self {
        Self {
            language: Language::default(),
            formats: formats::english(),
            zone: Zone::default(),
            now: Clock::default().now(),
        }
    }
}

#[cfg(test)]
mod tests;
