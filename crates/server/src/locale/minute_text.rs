//! Dates with a time, put together from parts of what the formatter of a locale wrote before: a table has hundreds of
//! them, and the formatter reads its pattern anew for each. As `separators` does for numbers.

use jiff::civil::{Date, DateTime, Time, date, time};

/// Only these years have four digits in every locale that is learned.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=9999;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Year,
    /// With two digits, or with as many as it has.
    Day {
        is_padded: bool,
    },
    /// The text of the hour and the minute.
    Time,
}

/// How a locale writes dates with a time, with the digits 0 to 9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MinuteText {
    /// The text of each month of the year.
    months: Vec<Vec<Part>>,
    /// What is before and after the two digits of the minute, for each hour of the day.
    hours: Vec<(String, String)>,
}

impl MinuteText {
    /// The parts of what `write` writes, where `write_time` writes the time alone; `None` if it writes any of them in
    /// another way than they are put together here.
    pub(super) fn learn(
        write: impl Fn(DateTime) -> String,
        write_time: impl Fn(Time) -> String,
    ) -> Option<Self> {
        let hour = |hour: i8| {
            let text = write_time(time(hour, 48, 0, 0));
            let (before, after) = once(&text, "48")?;
            Some((before.to_owned(), after.to_owned()))
        };
        let hours = (0..24).map(hour).collect::<Option<Vec<_>>>()?;
        let (noon, early) = (time(13, 48, 0, 0), 7);
        let is_padded = once(&write(date(2033, 1, early).to_datetime(noon)), "07").is_some();
        let month = |month: i8| {
            let text = write(date(2033, month, 26).to_datetime(noon));
            let time = write_time(noon);
            let found = [("2033", Part::Year), ("26", Part::Day { is_padded }), (time.as_str(), Part::Time)];
            parts(&text, &found)
        };
        let months = (1..=12).map(month).collect::<Option<Vec<_>>>()?;
        let learned = Self { months, hours };
        let is_right = |at: DateTime| learned.write(at).is_some_and(|text| text == write(at));
        let days = (1..=12).flat_map(|month| [date(2026, month, 3), date(1987, month, 28)]);
        let at_noon = days.map(|day| day.to_datetime(noon));
        let hours = (0..24).map(|hour| date(2026, 8, 9).at(hour, 5, 0, 0));
        at_noon.chain(hours).all(is_right).then_some(learned)
    }

    /// The text of a date and a time; `None` if only the formatter can write it.
    pub(super) fn write(&self, at: DateTime) -> Option<String> {
        let (date, time): (Date, Time) = (at.date(), at.time());
        if !YEARS.contains(&date.year()) {
            return None;
        }
        let months = self.months.get(usize::try_from(date.month() - 1).ok()?)?;
        let (before, after) = self.hours.get(usize::try_from(time.hour()).ok()?)?;
        let mut text = String::with_capacity(40);
        for part in months {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Year => {
                    let (century, year) = (date.year() / 100, date.year() % 100);
                    two_digits(&mut text, century);
                    two_digits(&mut text, year);
                }
                Part::Day { is_padded: false } if date.day() < 10 => digit(&mut text, date.day().into()),
                Part::Day { .. } => two_digits(&mut text, date.day().into()),
                Part::Time => {
                    text.push_str(before);
                    two_digits(&mut text, time.minute().into());
                    text.push_str(after);
                }
            }
        }
        Some(text)
    }
}

fn two_digits(text: &mut String, number: i16) {
    digit(text, number / 10);
    digit(text, number % 10);
}

fn digit(text: &mut String, digit: i16) {
    text.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
}

/// A text with these words in any order, each of them once.
fn parts(text: &str, words: &[(&str, Part)]) -> Option<Vec<Part>> {
    let mut parts = vec![Part::Literal(text.to_owned())];
    for (word, part) in words {
        let is_it = |part: &Part| matches!(part, Part::Literal(text) if text.contains(word));
        let at = parts.iter().position(is_it)?;
        let Some(Part::Literal(literal)) = parts.get(at) else { return None };
        let (before, after) = once(literal, word)?;
        let split = [Part::Literal(before.to_owned()), part.clone(), Part::Literal(after.to_owned())];
        parts.splice(at..=at, split);
    }
    parts.retain(|part| !matches!(part, Part::Literal(text) if text.is_empty()));
    Some(parts)
}

/// What is before and after a word that a text has once.
fn once<'t>(text: &'t str, word: &str) -> Option<(&'t str, &'t str)> {
    let (before, after) = text.split_once(word)?;
    (!after.contains(word)).then_some((before, after))
}

#[cfg(test)]
mod tests {
    use icu_locale_core::Locale;

    use super::*;
    use crate::locale::formats::Formats;

    #[test]
    fn r07_dates_are_written_as_the_formatter_of_the_locale_writes_them() {
        let mut random = fastrand::Rng::with_seed(23);
        let mut learned = 0;
        let locales = [
            "en-GB", "en-US", "en-CA", "en-AU", "en-IN", "de-DE", "de-AT", "de-CH", "fr-FR", "fr-CA",
            "es-ES", "es-MX", "pl-PL", "pt-PT", "pt-BR", "sv-SE", "nb-NO", "fi-FI", "it-IT", "nl-NL",
            "cs-CZ", "hu-HU", "ja-JP", "zh-CN", "zh-TW", "ko-KR", "ar-EG", "fa-IR", "he-IL", "hi-IN",
            "bg-BG", "tr-TR", "uk-UA", "th-TH", "vi-VN", "lv-LV",
        ];
        for locale in locales {
            let formats = Formats::new(&Locale::try_from_str(locale).unwrap()).unwrap();
            let Some(text) = formats.learned_minute() else { continue };
            learned += 1;
            for _ in 0..1000 {
                let days = random.i64(0..365 * 9000);
                let day = date(1000, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
                let at = day.at(random.i8(0..24), random.i8(0..60), random.i8(0..60), 0);
                assert_eq!(text.write(at), Some(formats.written_minute(at)), "{at} in {locale}");
            }
            for year in [-44, 0, 1, 999] {
                assert_eq!(text.write(date(year, 3, 2).at(14, 5, 0, 0)), None, "{year} in {locale}");
            }
        }
        assert!(learned > 20, "{learned} of {}", locales.len());
        for other_digits in ["ar-EG", "fa-IR"] {
            let formats = Formats::new(&Locale::try_from_str(other_digits).unwrap()).unwrap();
            assert_eq!(formats.learned_minute(), None, "{other_digits}");
        }
        assert_eq!(MinuteText::learn(|at| at.to_string(), |_| String::new()), None);
    }
}
