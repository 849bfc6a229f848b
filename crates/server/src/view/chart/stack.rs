//! Where the bars of a chart begin and end: at zero, or at the end of the bar before.

use super::Series;

/// The ends of a bar; without a begin it begins at zero. `None` is a gap.
pub(super) type Ends = Option<(Option<f64>, f64)>;

/// Bars side by side, and points of lines.
pub(super) fn from_zero(series: &[Series]) -> Vec<Vec<Ends>> {
    series.iter().map(|series| series.values.iter().map(end).collect()).collect()
}

fn end(value: &Option<super::Drawn>) -> Ends {
    value.as_ref().map(|value| (None, value.at))
}

/// Bars on top of each other, in the order of the series: numbers above zero upwards, those below zero downwards. Lines
/// are no part of the stack.
pub(super) fn stacked(series: &[Series]) -> Vec<Vec<Ends>> {
    let points = series.iter().map(|series| series.values.len()).max().unwrap_or_default();
    let mut tops = vec![(0.0, 0.0); points];
    let mut all = Vec::new();
    for series in series {
        if series.is_line {
            all.push(series.values.iter().map(end).collect());
            continue;
        }
        let ends = series.values.iter().zip(&mut tops).map(|(value, (above, below))| {
            let value = value.as_ref()?.at;
            let top: &mut f64 = if value < 0.0 { below } else { above };
            let from = *top;
            *top += value;
            Some((Some(from), *top))
        });
        all.push(ends.collect());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::chart::Drawn;

    #[test]
    fn bars_are_stacked_away_from_zero() {
        let series = |values: &[Option<f64>]| {
            let drawn = |at: &Option<f64>| at.map(|at| Drawn::new(at, at.to_string()));
            Series::new(String::new(), values.iter().map(drawn).collect())
        };
        let all = [series(&[Some(2.0), Some(-1.0), None]), series(&[Some(3.0), Some(4.0), Some(1.0)])];
        let expected = [
            vec![Some((Some(0.0), 2.0)), Some((Some(0.0), -1.0)), None],
            vec![Some((Some(2.0), 5.0)), Some((Some(0.0), 4.0)), Some((Some(0.0), 1.0))],
        ];
        assert_eq!(stacked(&all), expected);
        assert_eq!(from_zero(&all)[1][0], Some((None, 3.0)));
        let line = Series { is_line: true, ..series(&[Some(9.0)]) };
        let [above, line, below] = [series(&[Some(1.0)]), line, series(&[Some(2.0)])];
        let all: Vec<_> = stacked(&[above, line, below]).into_iter().map(|ends| ends[0]).collect();
        assert_eq!(all, [Some((Some(0.0), 1.0)), Some((None, 9.0)), Some((Some(1.0), 3.0))]);
    }
}
