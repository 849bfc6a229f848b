//! The period of a board: a configured choice or two dates of the user, and its form in a request.

use claimcheck_model::PeriodQuery;
use jiff::{Span as Length, Timestamp, ToSpan, civil::Date};

use crate::{
    config::{DayFormat, PeriodSetting, Span},
    locale::LocaleFormatter,
};

/// A range of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    /// Inclusive.
    pub to: Date,
    /// The board's choice that it comes from, if any.
    pub choice: Option<Span>,
}

/// The longest period that can be requested.
const LONGEST_DAYS: i32 = 3660;

impl Period {
    /// The period of a query on the day `today`; `None` if the query is invalid.
    pub fn requested(setting: &PeriodSetting, query: &PeriodQuery, today: Date) -> Option<Self> {
        match query {
            PeriodQuery { choice: Some(code), .. } => {
                let choice = setting.choices.iter().find(|choice| choice.code() == *code)?;
                Self::of(*choice, today)
            }
            PeriodQuery { choice: None, from: None, to: None } => Self::of(setting.default, today),
            PeriodQuery { choice: None, from, to } => {
                let day = |text: &Option<String>| match text {
                    None => Some(None),
                    Some(text) => text.parse::<Date>().ok().map(Some),
                };
                let (from, to) = (day(from)?, day(to)?);
                let to = to.unwrap_or(today);
                let from = from.unwrap_or(to);
                let days = days_between(from, to);
                // In the first and the last year, the day before or after may not exist.
                let has_room = from.year() > 1 && to.year() < 9999;
                (from <= to && to <= today && days < LONGEST_DAYS && has_room).then_some(Self {
                    from,
                    to,
                    choice: None,
                })
            }
        }
    }

    /// The days of a choice that ends `today`.
    pub fn of(choice: Span, today: Date) -> Option<Self> {
        let ago = |length: Length| today.checked_sub(length).ok()?.tomorrow().ok();
        let from = match choice {
            Span::Days(days) => ago(i64::from(days).days())?,
            Span::Weeks(weeks) => ago(i64::from(weeks).weeks())?,
            Span::Months(months) => ago(i64::from(months).months())?,
            Span::Month => today.first_of_month(),
            Span::Year => today.first_of_year(),
        };
        Some(Self { from, to: today, choice: Some(choice) })
    }

    /// The preceding period of the same length.
    pub fn before(self) -> Option<Self> {
        let to = self.from.yesterday().ok()?;
        let from = match self.choice {
            Some(Span::Months(months)) => self.from.checked_sub(i64::from(months).months()).ok()?,
            _ => self.from.checked_sub(i64::from(self.days()).days()).ok()?,
        };
        Some(Self { from, to, choice: None })
    }

    /// The number of days.
    pub fn days(self) -> i32 {
        days_between(self.from, self.to) + 1
    }

    /// The value of a slot of a path: `from`, `to` (the last day) or `until` (the day after).
    pub fn slot(self, name: &str, format: DayFormat, reader: &LocaleFormatter) -> Option<String> {
        let day = match name {
            "from" => self.from,
            "to" => self.to,
            "until" => self.to.tomorrow().ok()?,
            _ => return None,
        };
        Some(match format {
            DayFormat::Date => day.to_string(),
            DayFormat::Time => Timestamp::from_second(reader.day_start(day)).ok()?.to_string(),
            DayFormat::Unix => reader.day_start(day).to_string(),
        })
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map(|span| span.get_days()).unwrap_or(i32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn setting() -> PeriodSetting {
        let choices = vec![Span::Days(7), Span::Months(12)];
        PeriodSetting { choices, default: Span::Days(7), format: DayFormat::Date }
    }

    fn asked(choice: Option<&str>, from: Option<&str>, to: Option<&str>) -> PeriodQuery {
        let own = |text: Option<&str>| text.map(str::to_owned);
        PeriodQuery { choice: own(choice), from: own(from), to: own(to) }
    }

    #[test]
    fn choices_end_today_and_the_period_before_is_as_long() {
        let today = date(2026, 3, 10);
        for (choice, from, before_from, before_to) in [
            (Span::Days(1), date(2026, 3, 10), date(2026, 3, 9), date(2026, 3, 9)),
            (Span::Days(7), date(2026, 3, 4), date(2026, 2, 25), date(2026, 3, 3)),
            (Span::Weeks(2), date(2026, 2, 25), date(2026, 2, 11), date(2026, 2, 24)),
            (Span::Months(12), date(2025, 3, 11), date(2024, 3, 11), date(2025, 3, 10)),
            (Span::Month, date(2026, 3, 1), date(2026, 2, 19), date(2026, 2, 28)),
            (Span::Year, date(2026, 1, 1), date(2025, 10, 24), date(2025, 12, 31)),
        ] {
            let period = Period::of(choice, today).unwrap();
            assert_eq!((period.from, period.to), (from, today), "{choice:?}");
            let before = period.before().unwrap();
            assert_eq!((before.from, before.to), (before_from, before_to), "{choice:?}");
        }
    }

    #[test]
    fn days_of_ones_own_are_taken_and_nonsense_is_not() {
        let (setting, today) = (setting(), date(2026, 3, 10));
        let of = |question| Period::requested(&setting, &question, today);
        assert_eq!(of(asked(None, None, None)), Period::of(Span::Days(7), today));
        assert_eq!(of(asked(Some("12m"), None, None)), Period::of(Span::Months(12), today));
        let own = of(asked(None, Some("2026-01-05"), Some("2026-01-31"))).unwrap();
        assert_eq!((own.from, own.to, own.days()), (date(2026, 1, 5), date(2026, 1, 31), 27));
        assert_eq!(of(asked(None, Some("2026-03-01"), None)).unwrap().to, today);
        for (choice, from, to) in [
            (Some("9d"), None, None),
            (None, Some("2026-02-30"), None),
            (None, Some("2026-02-02"), Some("2026-02-01")),
            (None, Some("0001-01-01"), Some("2026-02-01")),
            (None, Some("9999-12-01"), Some("9999-12-31")),
            (None, Some("../../etc"), None),
        ] {
            assert_eq!(of(asked(choice, from, to)), None, "{choice:?} {from:?} {to:?}");
        }
    }
}
