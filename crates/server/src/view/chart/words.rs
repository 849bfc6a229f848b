//! The texts of a chart that are not a number alone: decimals, units, and what a series says as a sentence.

use crate::view::chart::Point;

/// Large numbers on the axis are told in these: the power of ten, and how it reads after the number.
const UNITS: [(i32, &str); 3] = [(12, "\u{a0}tn"), (9, "\u{a0}bn"), (6, "\u{a0}M")];
/// How a value reads that is not there.
pub(super) const GAP: &str = "–";
const DECIMALS_MAX: i32 = 12;

/// The unit for an axis that goes this far from zero.
pub(super) fn unit(farthest: f64) -> (i32, &'static str) {
    UNITS.into_iter().find(|(power, _)| farthest >= 10_f64.powi(*power)).unwrap_or((0, ""))
}

/// The decimals that all values are told with: none for whole ones, two as money has, and for those that are all
/// less than one as many as three significant digits of the greatest need.
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
    title: &str,
    points: &[Point],
    values: &[Option<f64>],
    number: impl Fn(f64) -> String,
) -> String {
    let mut told = points.iter().zip(values).filter_map(|(point, value)| Some((&point.label, (*value)?)));
    let Some(first) = told.next() else { return format!("{title}: no values.") };
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
    let say = |(label, value): (&String, f64)| format!("{} ({label})", number(value));
    format!("{title}: lowest {}, highest {}, last {}.", say(lowest), say(highest), say(last))
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
        let told = summary("Orders", &points, &[Some(4.0), None, Some(9.0)], |value| value.to_string());
        assert_eq!(told, "Orders: lowest 4 (Mon), highest 9 (Wed), last 9 (Wed).");
        assert_eq!(summary("Orders", &points, &[None], |value| value.to_string()), "Orders: no values.");
    }
}
