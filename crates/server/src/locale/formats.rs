//! The formatters of a locale (CLDR, by ICU4X, from data in the program), created once and shared. Days are those of
//! the Gregorian calendar in every locale, as in API data.

use std::{
    collections::VecDeque,
    sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock},
};

use fixed_decimal::Decimal;
use icu_calendar::{Date as IcuDate, Gregorian};
use icu_datetime::{
    DateTimeFormatterPreferences, FixedCalendarDateTimeFormatter, NoCalendarFormatter,
    fieldsets::{MD, MDT, T, Y, YM, YMD, YMDT},
};
use icu_decimal::DecimalFormatter;
use icu_locale_core::{Locale, locale};
use icu_time::{DateTime as IcuDateTime, Time as IcuTime};
use jiff::civil::{Date, DateTime, Time};
use jiff_icu::ConvertFrom as _;

use super::{currency::Currencies, minute_text::MinuteText, numbers::PercentSign, separators::Separators};

/// The number of locales whose formatters are cached: more than the users of one organisation need at a time, and no
/// more than about half a MB whatever headers ask for.
const KEPT_MAX: usize = 64;

type Kept = VecDeque<(Locale, Option<Arc<Formats>>)>;

static KEPT: RwLock<Kept> = RwLock::new(VecDeque::new());
static ENGLISH: LazyLock<Option<Arc<Formats>>> =
    LazyLock::new(|| Formats::new(&locale!("en-GB")).map(Arc::new));

/// The formatters of one locale.
pub(super) struct Formats {
    decimal: DecimalFormatter,
    /// `None` if only the formatter can write the numbers of this locale.
    separators: Option<Separators>,
    percent_sign: PercentSign,
    currencies: Currencies,
    minute: FixedCalendarDateTimeFormatter<Gregorian, YMDT>,
    /// Learned when the first one is written; `None` inside if only the formatter can write them.
    minute_text: OnceLock<Option<MinuteText>>,
    second: FixedCalendarDateTimeFormatter<Gregorian, YMDT>,
    day: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    short_day: FixedCalendarDateTimeFormatter<Gregorian, MD>,
    short_minute: FixedCalendarDateTimeFormatter<Gregorian, MDT>,
    month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    year: FixedCalendarDateTimeFormatter<Gregorian, Y>,
    time: NoCalendarFormatter<T>,
    minute_of_day: NoCalendarFormatter<T>,
}

/// The formatters of a locale; `None` if CLDR has no data for its language.
pub(super) fn of(locale: &Locale) -> Option<Arc<Formats>> {
    let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, formats)) = kept.iter().find(|(known, _)| known == locale) {
        return formats.clone();
    }
    drop(kept);
    let formats = Formats::new(locale).map(Arc::new);
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT_MAX {
        kept.pop_front();
    }
    kept.push_back((locale.clone(), formats.clone()));
    formats
}

/// British English: days first. `None` only if the program has no data at all.
pub(super) fn english() -> Option<Arc<Formats>> {
    ENGLISH.clone()
}

impl Formats {
    pub(super) fn new(locale: &Locale) -> Option<Self> {
        let dates = DateTimeFormatterPreferences::from(locale);
        let decimal = DecimalFormatter::try_new(locale.into(), Default::default()).ok()?;
        let (language, region) = (locale.id.language.as_str(), locale.id.region.as_ref());
        let region = region.map(|region| region.as_str());
        let formats = Self {
            separators: Separators::learn(|plain| formatted(&decimal, plain)),
            decimal,
            percent_sign: PercentSign::of(language, region),
            currencies: Currencies::of(language, region),
            minute: FixedCalendarDateTimeFormatter::try_new(dates, YMD::medium().with_time_hm()).ok()?,
            minute_text: OnceLock::new(),
            second: FixedCalendarDateTimeFormatter::try_new(dates, YMD::medium().with_time_hms()).ok()?,
            day: FixedCalendarDateTimeFormatter::try_new(dates, YMD::medium()).ok()?,
            short_day: FixedCalendarDateTimeFormatter::try_new(dates, MD::medium()).ok()?,
            short_minute: FixedCalendarDateTimeFormatter::try_new(dates, MD::medium().with_time_hm()).ok()?,
            month: FixedCalendarDateTimeFormatter::try_new(dates, YM::medium()).ok()?,
            year: FixedCalendarDateTimeFormatter::try_new(dates, Y::medium()).ok()?,
            time: NoCalendarFormatter::try_new(dates, T::hms()).ok()?,
            minute_of_day: NoCalendarFormatter::try_new(dates, T::hm()).ok()?,
        };
        // CLDR falls back to its root locale for unknown ones: "2026 M03".
        (!formats.month(jiff::civil::date(2026, 3, 1)).contains("M03")).then_some(formats)
    }

    /// A number of digits with an optional minus and point; `None` for any other text.
    pub(super) fn decimal(&self, plain: &str) -> Option<String> {
        match &self.separators {
            Some(separators) => Some(separators.write(plain)),
            None => formatted(&self.decimal, plain),
        }
    }

    pub(super) const fn percent_sign(&self) -> PercentSign {
        self.percent_sign
    }

    pub(super) const fn currencies(&self) -> &Currencies {
        &self.currencies
    }

    pub(super) fn minute(&self, at: DateTime) -> String {
        let text = self.minute_text.get_or_init(|| self.learned_minute());
        text.as_ref().and_then(|text| text.write(at)).unwrap_or_else(|| self.written_minute(at))
    }

    pub(super) fn learned_minute(&self) -> Option<MinuteText> {
        MinuteText::learn(|at| self.written_minute(at), |time| self.minute_of_day(time))
    }

    pub(super) fn written_minute(&self, at: DateTime) -> String {
        self.minute.format(&date_time(at)).to_string()
    }

    pub(super) fn second(&self, at: DateTime) -> String {
        self.second.format(&date_time(at)).to_string()
    }

    pub(super) fn day(&self, date: Date) -> String {
        self.day.format(&gregorian(date)).to_string()
    }

    pub(super) fn short_day(&self, date: Date) -> String {
        self.short_day.format(&gregorian(date)).to_string()
    }

    pub(super) fn short_minute(&self, at: DateTime) -> String {
        self.short_minute.format(&date_time(at)).to_string()
    }

    pub(super) fn year(&self, date: Date) -> String {
        self.year.format(&gregorian(date)).to_string()
    }

    pub(super) fn month(&self, first: Date) -> String {
        self.month.format(&gregorian(first)).to_string()
    }

    pub(super) fn minute_of_day(&self, time: Time) -> String {
        self.minute_of_day.format(&IcuTime::convert_from(time)).to_string()
    }

    pub(super) fn time(&self, time: Time) -> String {
        self.time.format(&IcuTime::convert_from(time)).to_string()
    }
}

fn formatted(formatter: &DecimalFormatter, plain: &str) -> Option<String> {
    Decimal::try_from_str(plain).ok().map(|decimal| formatter.format_to_string(&decimal))
}

fn gregorian(date: Date) -> IcuDate<Gregorian> {
    IcuDate::convert_from(date).to_calendar(Gregorian)
}

fn date_time(at: DateTime) -> IcuDateTime<Gregorian> {
    IcuDateTime { date: gregorian(at.date()), time: IcuTime::convert_from(at.time()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_made_once_and_what_is_kept_is_bounded() {
        let german = of(&locale!("de-AT")).unwrap();
        assert!(Arc::ptr_eq(&german, &of(&locale!("de-AT")).unwrap()));
        for number in 0..1000 {
            let odd = Locale::try_from_str(&format!("de-{number:03}")).unwrap();
            assert!(of(&odd).is_some());
        }
        assert!(KEPT.read().unwrap().len() <= KEPT_MAX);
    }

    #[test]
    fn a_language_without_data_has_no_formats() {
        for unknown in ["xx", "qqq", "tlh", "und"] {
            assert!(of(&Locale::try_from_str(unknown).unwrap()).is_none(), "{unknown}");
        }
        for known in ["en", "de", "fr", "hi", "ar", "ja", "zh-TW", "sv", "sr-Latn", "pt-BR", "th", "he"] {
            assert!(of(&Locale::try_from_str(known).unwrap()).is_some(), "{known}");
        }
    }
}
