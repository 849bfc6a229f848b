//! The texts of a chart that are more than a number: decimals, units, and the summary of a series.

use claimcheck_text::{Language, t};

use crate::view::chart::Point;

/// The text of a missing value.
pub(super) const GAP: &str = "–";
const DECIMALS_MAX: i32 = 12;

/// The unit for an axis whose farthest tick from zero is this.
pub(super) fn unit(language: Language, farthest: f64) -> (i32, &'static str) {
    match farthest {
        1e12.. => (12, t!(language, "chart-unit-trillion")),
        1e9.. => (9, t!(language, "chart-unit-billion")),
        1e6.. => (6, t!(language, "chart-unit-million")),
        _ => (0, ""),
    }
}

/// The number of decimals for all values: none for whole ones, two as for money, and if all are less than one, enough
/// for three significant digits of the largest.
pub(super) fn decimals(values: impl Iterator<Item = f64> + Clone) -> usize {
    if values.clone().all(|value| value.fract() == 0.0) {
        return 0;
    }
    let greatest = values.clone().map(f64::abs).fold(0.0, f64::max);
    if greatest >= 1.0 {
        return 2;
    }
    let most = (2 - greatest.log10().floor() as i32).clamp(1, DECIMALS_MAX);
    let is_enough = |decimals: &i32| {
        let power = 10_f64.powi(*decimals);
        values.clone().all(|value| ((value * power).round() / power - value).abs() <= greatest * 1e-9)
    };
    (1..most).find(is_enough).unwrap_or(most).unsigned_abs() as usize
}

/// "Revenue: lowest 12.00 (3 Sep), highest 40.00 (9 Sep), last 33.00 (30 Sep)."
pub(super) fn summary(
    language: Language,
    title: &str,
    points: &[Point],
    values: &[Option<f64>],
    number: impl Fn(f64) -> String,
) -> String {
    let mut told = points.iter().zip(values).filter_map(|(point, value)| Some((&point.label, (*value)?)));
    let Some(first) = told.next() else { return t!(language, "chart-summary-empty", title = title) };
    let (mut lowest, mut highest, mut last) = (first, first, first);
    for next in told {
        if next.1 < lowest.1 {
            lowest = next;
        }
        if next.1 > highest.1 {
            highest = next;
        }
        last = next;
    }
    t!(
        language,
        "chart-summary",
        title = title,
        lowest = number(lowest.1),
        lowest_at = lowest.0.as_str(),
        highest = number(highest.1),
        highest_at = highest.0.as_str(),
        last = number(last.1),
        last_at = last.0.as_str(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_as_many_as_a_reader_needs() {
        let of = |values: &[f64]| decimals(values.iter().copied());
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&[1.0, 2e15]), 0);
        assert_eq!(of(&[1234.5, 2.0]), 2);
        assert_eq!(of(&[0.5, 0.25]), 2);
        assert_eq!(of(&[0.1, 0.5]), 1);
        assert_eq!(of(&[1.0 / 3.0, 0.97]), 3);
        assert_eq!(of(&[1e-9, 3e-9]), 9);
        assert_eq!(of(&[1e-300]), 12);
    }

    #[test]
    fn a_series_is_told_in_a_sentence() {
        let points: Vec<_> =
            ["Mon", "Tue", "Wed"].map(|day| Point { label: day.into(), ..Point::default() }).to_vec();
        let told = |values: &[Option<f64>]| {
            summary(Language::default(), "Orders", &points, values, |value| value.to_string())
        };
        assert_eq!(
            told(&[Some(4.0), None, Some(9.0)]),
            "Orders: lowest 4 (Mon), highest 9 (Wed), last 9 (Wed)."
        );
        assert_eq!(told(&[None]), "Orders: no values.");
    }
}
