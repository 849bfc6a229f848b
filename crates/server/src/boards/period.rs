//! The period of a board: a configured choice or two dates of the user, and its form in a request.

use claimcheck_model::PeriodQuery;
use jiff::{Span as Length, Timestamp, ToSpan, civil::Date};

use crate::{
    config::{DayFormat, PeriodSetting, Span, Unit},
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
                // In a query, a plus sign that is not encoded is a space.
                let code = code.strip_prefix(' ').map_or_else(|| code.clone(), |rest| format!("+{rest}"));
                let choice = setting.choices.iter().find(|choice| choice.code() == code)?;
                Self::of(*choice, today)
            }
            PeriodQuery { choice: None, from: None, to: None } => Self::of(setting.default, today),
            PeriodQuery { choice: None, from, to } => {
                let day = |text: &Option<String>| match text {
                    None => Some(None),
                    Some(text) => text.parse::<Date>().ok().map(Some),
                };
                let (from, to) = (day(from)?, day(to)?);
                let to = to.unwrap_or_else(|| from.map_or(today, |from| from.max(today)));
                let from = from.unwrap_or(to);
                let is_allowed = setting.future || to <= today;
                let days = days_between(from, to);
                // In the first and the last year, the day before or after may not exist.
                let has_room = from.year() > 1 && to.year() < 9999;
                (from <= to && is_allowed && days < LONGEST_DAYS && has_room).then_some(Self {
                    from,
                    to,
                    choice: None,
                })
            }
        }
    }

    /// The days of a choice on the day `today`.
    pub fn of(choice: Span, today: Date) -> Option<Self> {
        let ahead = |length: Length| {
            let to = today.checked_add(length).ok()?.yesterday().ok()?;
            Some(Self { from: today, to, choice: Some(choice) })
        };
        match choice {
            Span::NextDays(days) => return ahead(i64::from(days).days()),
            Span::NextWeeks(weeks) => return ahead(i64::from(weeks).weeks()),
            Span::NextMonths(months) => return ahead(i64::from(months).months()),
            Span::Whole(unit, steps) => return Self::whole(unit, steps.into(), today),
            _ => {}
        }
        let ago = |length: Length| today.checked_sub(length).ok()?.tomorrow().ok();
        let from = match choice {
            Span::Days(days) => ago(i64::from(days).days())?,
            Span::Weeks(weeks) => ago(i64::from(weeks).weeks())?,
            Span::Months(months) => ago(i64::from(months).months())?,
            Span::Month => today.first_of_month(),
            Span::Year => today.first_of_year(),
            _ => return None,
        };
        Some(Self { from, to: today, choice: Some(choice) })
    }

    /// The whole unit of the calendar that is `steps` after the current one.
    fn whole(unit: Unit, steps: i64, today: Date) -> Option<Self> {
        let first_of_quarter = || Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).ok();
        let (current, length) = match unit {
            Unit::Day => (today, 1.days()),
            Unit::Week => {
                let monday = i64::from(today.weekday().to_monday_zero_offset());
                (today.checked_sub(monday.days()).ok()?, 1.weeks())
            }
            Unit::Month => (today.first_of_month(), 1.months()),
            Unit::Quarter => (first_of_quarter()?, 3.months()),
            Unit::Year => (today.first_of_year(), 12.months()),
        };
        let from = current.checked_add(length.checked_mul(steps).ok()?).ok()?;
        let to = from.checked_add(length).ok()?.yesterday().ok()?;
        let choice = i8::try_from(steps).ok().map(|steps| Span::Whole(unit, steps));
        Some(Self { from, to, choice })
    }

    /// The preceding period of the same length.
    pub fn before(self) -> Option<Self> {
        let to = self.from.yesterday().ok()?;
        let from = match self.choice {
            Some(Span::Months(months) | Span::NextMonths(months)) => {
                self.from.checked_sub(i64::from(months).months()).ok()?
            }
            // The unit before: a month has 28 to 31 days.
            Some(Span::Whole(Unit::Month, _)) => self.from.checked_sub(1.months()).ok()?,
            Some(Span::Whole(Unit::Quarter, _)) => self.from.checked_sub(3.months()).ok()?,
            Some(Span::Whole(Unit::Year, _)) => self.from.checked_sub(12.months()).ok()?,
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
            DayFormat::UnixMillis => (i128::from(reader.day_start(day)) * 1000).to_string(),
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
        PeriodSetting { choices, default: Span::Days(7), format: DayFormat::Date, future: false }
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
    fn r15_choices_that_do_not_end_today_and_their_period_before() {
        let today = date(2026, 3, 10);
        for (choice, from, to, before_from, before_to) in [
            ("+7d", (2026, 3, 10), (2026, 3, 16), (2026, 3, 3), (2026, 3, 9)),
            ("+1d", (2026, 3, 10), (2026, 3, 10), (2026, 3, 9), (2026, 3, 9)),
            ("+2w", (2026, 3, 10), (2026, 3, 23), (2026, 2, 24), (2026, 3, 9)),
            ("+1m", (2026, 3, 10), (2026, 4, 9), (2026, 2, 10), (2026, 3, 9)),
            ("yesterday", (2026, 3, 9), (2026, 3, 9), (2026, 3, 8), (2026, 3, 8)),
            ("tomorrow", (2026, 3, 11), (2026, 3, 11), (2026, 3, 10), (2026, 3, 10)),
            ("last-week", (2026, 3, 2), (2026, 3, 8), (2026, 2, 23), (2026, 3, 1)),
            ("next-week", (2026, 3, 16), (2026, 3, 22), (2026, 3, 9), (2026, 3, 15)),
            ("last-month", (2026, 2, 1), (2026, 2, 28), (2026, 1, 1), (2026, 1, 31)),
            ("next-month", (2026, 4, 1), (2026, 4, 30), (2026, 3, 1), (2026, 3, 31)),
            ("last-quarter", (2025, 10, 1), (2025, 12, 31), (2025, 7, 1), (2025, 9, 30)),
            ("next-quarter", (2026, 4, 1), (2026, 6, 30), (2026, 1, 1), (2026, 3, 31)),
            ("last-year", (2025, 1, 1), (2025, 12, 31), (2024, 1, 1), (2024, 12, 31)),
            ("next-year", (2027, 1, 1), (2027, 12, 31), (2026, 1, 1), (2026, 12, 31)),
        ] {
            let span = Span::parse(choice).unwrap();
            assert_eq!(span.code(), choice);
            let day = |(year, month, day)| date(year, month, day);
            let period = Period::of(span, today).unwrap();
            assert_eq!((period.from, period.to), (day(from), day(to)), "{choice}");
            let before = period.before().unwrap();
            assert_eq!((before.from, before.to), (day(before_from), day(before_to)), "{choice}");
            assert_eq!(span.is_ahead(), period.to > today || choice == "+1d", "{choice}");
        }
    }

    #[test]
    fn r15_days_after_today_are_taken_where_the_board_allows_them() {
        let today = date(2026, 3, 10);
        let of =
            |future, question| Period::requested(&PeriodSetting { future, ..setting() }, &question, today);
        let december = || asked(None, Some("2026-12-01"), Some("2026-12-31"));
        assert_eq!(of(false, december()), None);
        let period = of(true, december()).unwrap();
        assert_eq!((period.from, period.to), (date(2026, 12, 1), date(2026, 12, 31)));
        let from = of(true, asked(None, Some("2026-12-01"), None)).unwrap();
        assert_eq!((from.from, from.to), (date(2026, 12, 1), date(2026, 12, 1)));
        assert_eq!(of(true, asked(None, Some("2026-12-31"), Some("2026-12-01"))), None);
        let ahead =
            PeriodSetting { choices: vec![Span::NextDays(7)], default: Span::NextDays(7), ..setting() };
        for code in ["+7d", " 7d"] {
            assert!(Period::requested(&ahead, &asked(Some(code), None, None), today).is_some(), "{code}");
        }
    }

    #[test]
    fn r07_a_period_can_be_sent_as_milliseconds() {
        let period = Period::of(Span::Days(1), date(2026, 3, 2)).unwrap();
        let slot = |format| period.slot("from", format, &LocaleFormatter::default()).unwrap();
        assert_eq!(slot(DayFormat::Unix), "1772409600");
        assert_eq!(slot(DayFormat::UnixMillis), "1772409600000");
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
