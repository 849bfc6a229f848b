//! The texts of a chart that are more than a number: units, and the summary of a series.

use claimcheck_text::{Language, t};

use crate::view::chart::{Drawn, Point};

/// The text of a missing value.
pub(super) const GAP: &str = "–";

/// The unit for an axis whose farthest tick from zero is this.
pub(super) fn unit(language: Language, farthest: f64) -> (i32, &'static str) {
    match farthest {
        1e12.. => (12, t!(language, "chart-unit-trillion")),
        1e9.. => (9, t!(language, "chart-unit-billion")),
        1e6.. => (6, t!(language, "chart-unit-million")),
        _ => (0, ""),
    }
}

/// "Revenue: lowest 12.00 (3 Sep), highest 40.00 (9 Sep), last 33.00 (30 Sep)."
pub(super) fn summary(language: Language, title: &str, points: &[Point], values: &[Option<Drawn>]) -> String {
    let mut told =
        points.iter().zip(values).filter_map(|(point, value)| Some((&point.label, value.as_ref()?)));
    let Some(first) = told.next() else { return t!(language, "chart-summary-empty", title = title) };
    let (mut lowest, mut highest, mut last) = (first, first, first);
    for next in told {
        if next.1.at < lowest.1.at {
            lowest = next;
        }
        if next.1.at > highest.1.at {
            highest = next;
        }
        last = next;
    }
    t!(
        language,
        "chart-summary",
        title = title,
        lowest = lowest.1.text.as_str(),
        lowest_at = lowest.0.as_str(),
        highest = highest.1.text.as_str(),
        highest_at = highest.0.as_str(),
        last = last.1.text.as_str(),
        last_at = last.0.as_str(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_told_in_a_sentence() {
        let points: Vec<_> =
            ["Mon", "Tue", "Wed"].map(|day| Point { label: day.into(), ..Point::default() }).to_vec();
        let told = |values: &[Option<f64>]| {
            let drawn = |value: &Option<f64>| value.map(|at| Drawn::new(at, at.to_string()));
            let values: Vec<_> = values.iter().map(drawn).collect();
            summary(Language::default(), "Orders", &points, &values)
        };
        assert_eq!(
            told(&[Some(4.0), None, Some(9.0)]),
            "Orders: lowest 4 (Mon), highest 9 (Wed), last 9 (Wed)."
        );
        assert_eq!(told(&[None]), "Orders: no values.");
    }
}
