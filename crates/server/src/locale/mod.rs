//! How a person reads: numbers and dates in their locale, times in their zone. The words of pages are English; only
//! numbers and dates follow the person. This file is the one door: a `LocaleFormatter`, made once a request.

use std::sync::Arc;

use axum::http::HeaderMap;
use claimcheck_base::clock::UnixSecs;
use formats::Formats;
use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};
use zone::Zone;

/// Dates and times as APIs write them.
mod dates;
/// The formatters of a locale, kept for the next request.
mod formats;
/// Which languages a person reads, as claims and headers say.
mod languages;
/// Numbers and percentages.
mod numbers;
/// Where a person's clock is.
mod zone;

pub use dates::{When, instant};

/// How one person reads. Cheap to make and to clone: the formatters of a locale are shared.
/// Without a person it is English as in Great Britain, and UTC, marked.
#[derive(Clone)]
pub struct LocaleFormatter {
    formats: Option<Arc<Formats>>,
    zone: Zone,
}

impl LocaleFormatter {
    /// The locale is that of the `locale` claim (OpenID Connect Core 5.1: BCP 47, or with an underscore), else the best of
    /// `Accept-Language` (RFC 9110 12.5.4), else en-GB. The zone is that of the `zoneinfo` claim (the same section), else of
    /// the cookie that the loader sets, else UTC, which texts then name. What is not known falls through.
    pub fn of(claims: &Map<String, Value>, headers: &HeaderMap) -> Self {
        let formats = languages::wanted(claims, headers).iter().find_map(formats::of);
        Self { formats: formats.or_else(formats::english), zone: Zone::of(claims, headers) }
    }

    /// `1234.5` with two decimals as `1,234.50` or `1.234,50`; halves are rounded away from zero.
    pub fn number(&self, number: f64, decimals: usize) -> String {
        numbers::number(self.formats.as_deref(), number, decimals)
    }

    /// A share of one in hundredths: `0.125` with one decimal as `12.5%` or `12,5 %`.
    pub fn percent(&self, share: f64, decimals: usize) -> String {
        numbers::percent(self.formats.as_deref(), share, decimals)
    }

    /// `2 Mar 2026, 14:05`, with ` UTC` where the zone is not known.
    pub fn date_time(&self, at: Timestamp) -> String {
        let local = self.zone.local(at);
        self.marked(self.formats.as_ref().map_or_else(|| local.to_string(), |formats| formats.minute(local)))
    }

    /// `date_time` for Unix seconds; beyond the years -9999 to 9999 it is the nearest there is.
    pub fn date_time_at(&self, secs: UnixSecs) -> String {
        self.date_time(instant(secs))
    }

    /// `2 Mar 2026, 14:05:31`, marked as `date_time` is: where a minute is long.
    pub fn moment(&self, secs: UnixSecs) -> String {
        let local = self.zone.local(instant(secs));
        self.marked(self.formats.as_ref().map_or_else(|| local.to_string(), |formats| formats.second(local)))
    }

    /// `12:04:31`, marked as `date_time` is.
    pub fn time_of_day(&self, secs: UnixSecs) -> String {
        let time = self.zone.local(instant(secs)).time();
        self.marked(self.formats.as_ref().map_or_else(|| time.to_string(), |formats| formats.time(time)))
    }

    /// `12:04`, marked as `date_time` is.
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

    /// `Mar 2026`; what is no month of a calendar comes back as numbers.
    pub fn month(&self, year: i16, month: i8) -> String {
        match (&self.formats, Date::new(year, month, 1)) {
            (Some(formats), Ok(first)) => formats.month(first),
            _ => format!("{year:04}-{month:02}"),
        }
    }

    /// What an API said, in the words that fit it.
    pub fn when(&self, when: When) -> String {
        match when {
            When::Instant(at) => self.date_time(at),
            When::Day(date) => self.date(date),
            When::Month(first) => self.month(first.year(), first.month()),
        }
    }

    /// Where it stands in time, to sort or to place it: Unix seconds, of a day or a month its start in the zone.
    pub fn unix_secs(&self, when: When) -> f64 {
        match when {
            When::Instant(at) => at.as_duration().as_secs_f64(),
            When::Day(date) | When::Month(date) => self.day_start(date) as f64,
        }
    }

    /// The day it is at that time, in the zone.
    pub fn today(&self, now: UnixSecs) -> Date {
        self.zone.local(instant(now)).date()
    }

    /// The day of a moment, in the zone.
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone.local(at).date()
    }

    /// When a day begins in the zone: at midnight, or where the clocks skip it, at the first moment after.
    pub fn day_start(&self, date: Date) -> UnixSecs {
        self.zone.day_start(date)
    }

    fn marked(&self, text: String) -> String {
        if self.zone.is_known() { text } else { text + " UTC" }
    }
}

impl Default for LocaleFormatter {
    fn default() -> Self {
        Self { formats: formats::english(), zone: Zone::default() }
    }
}

#[cfg(test)]
mod tests;
