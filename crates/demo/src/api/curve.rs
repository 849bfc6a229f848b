//! The times of orders: a calendar with busy and quiet days, over which a given number of orders is spread. It depends
//! only on the last day of the books, so it looks alike whenever the demo is started.

use time::{Date, Duration, Month, OffsetDateTime, Time, Weekday};

use super::dice::Dice;

const SEED: u64 = 0x0dd_ba11_5eed_0001;
/// The unusual week, in days before the last one: the cranes were idle.
const QUIET_DAYS: std::ops::Range<i64> = 59..66;
/// The desk takes orders from half past six to nine in the evening.
const OPENS_MINUTE: f64 = 390.0;
const OPEN_MINUTES: f64 = 870.0;

/// The first day of books whose last day is `last`: twelve whole months, and the current one.
pub(super) fn first_day(last: Date) -> Date {
    Date::from_calendar_date(last.year() - 1, last.month(), 1).unwrap_or(last)
}

/// The times of `count` orders up to the end of `last`, newest first, no two alike.
pub(super) fn moments(last: Date, count: usize) -> Vec<OffsetDateTime> {
    let first = first_day(last);
    let weights: Vec<f64> = days(first, last).map(|day| weight(day, last)).collect();
    let step = weights.iter().sum::<f64>() / count.max(1) as f64;
    let mut dice = Dice::new(SEED);
    let mut found = Vec::with_capacity(count);
    let (mut before, mut today) = (0.0, days(first, last).zip(&weights));
    let mut at = today.next();
    for number in 0..count {
        // Somewhere within its own share of the total weight, so that the orders stay sorted.
        let target = step * (number as f64 + 0.15 + 0.7 * (dice.roll(1000) as f64 / 1000.0));
        while let Some((_, weight)) = at.filter(|(_, weight)| before + **weight <= target) {
            before += weight;
            at = today.next();
        }
        let Some((day, weight)) = at else { break };
        found.push(moment(day, (target - before) / weight));
    }
    found.reverse();
    found
}

/// Every day from `first` to `last`.
pub(super) fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |day| day.next_day()).take_while(move |day| *day <= last)
}

/// How busy a day is, about 1 on average.
fn weight(day: Date, last: Date) -> f64 {
    let weekday = match day.weekday() {
        Weekday::Monday => 1.35,
        Weekday::Tuesday => 1.2,
        Weekday::Wednesday => 1.1,
        Weekday::Thursday => 1.2,
        Weekday::Friday => 1.25,
        Weekday::Saturday => 0.5,
        Weekday::Sunday => 0.25,
    };
    let season = match (day.month(), day.day()) {
        (Month::November, 20..) => 1.25,
        (Month::December, 1..=23) => 1.9,
        (Month::December, 24..=26) => 0.2,
        (Month::December, _) => 0.7,
        (Month::January, 1) => 0.1,
        (Month::August, _) => 0.85,
        _ => 1.0,
    };
    let age = (last - day).whole_days();
    let growth = 1.45 - 0.45 * age as f64 / 390.0;
    let quiet = if QUIET_DAYS.contains(&age) { 0.2 } else { 1.0 };
    // Derived from the date, so that a day stays the same from one start to the next.
    let mut dice = Dice::new(SEED ^ u64::from(day.to_julian_day().unsigned_abs()).wrapping_mul(0x9e37_79b9));
    dice.roll(100);
    let luck = 0.75 + dice.roll(51) as f64 / 100.0;
    weekday * season * growth * quiet * luck
}

/// The time at a fraction of a day, 0 to 1: most orders arrive around noon.
fn moment(day: Date, part: f64) -> OffsetDateTime {
    let part = part.clamp(0.0, 1.0);
    let eased = part + 0.8 * part * (1.0 - part) * (1.0 - 2.0 * part);
    let minutes = (OPENS_MINUTE + OPEN_MINUTES * eased).floor() as i64;
    day.with_time(Time::MIDNIGHT).assume_utc() + Duration::minutes(minutes)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn every_day_of_the_year_closes_books_without_twins() {
        for last in days(date!(2027 - 12 - 20), date!(2028 - 03 - 05)) {
            let moments = moments(last, 1500);
            assert_eq!(moments.len(), 1500);
            assert!(moments.is_sorted_by(|a, b| a > b), "{last}");
            assert!(moments.first().unwrap().date() <= last);
            assert_eq!(moments.last().unwrap().date().month(), last.month());
            let last_week = moments.iter().filter(|at| (last - at.date()).whole_days() < 7).count();
            assert!(last_week > 10, "{last}: {last_week} in the last seven days");
        }
    }

    #[test]
    fn december_is_busy_sundays_are_not_and_one_week_is_odd() {
        let last = date!(2027 - 06 - 15);
        let moments = moments(last, 1500);
        let count = |wanted: &dyn Fn(Date) -> bool| moments.iter().filter(|at| wanted(at.date())).count();
        let month = |month: Month| count(&|day| day.month() == month && day.year() == 2026);
        assert!(month(Month::December) * 10 > month(Month::October) * 12, "{}", month(Month::December));
        let weekday = |wanted: Weekday| count(&|day| day.weekday() == wanted);
        assert!(weekday(Weekday::Monday) > 3 * weekday(Weekday::Sunday));
        let week = |age: i64| count(&|day| (age..age + 7).contains(&(last - day).whole_days()));
        assert!(week(59) * 2 < week(66) && week(59) * 2 < week(52));
        let half = |from: i64| count(&|day| (from..from + 90).contains(&(last - day).whole_days()));
        assert!(half(0) > half(270), "it grows");
    }
}
