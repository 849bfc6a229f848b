//! The labels beside the ends of lines. A chart of a few lines has them in its legend only.

use claimcheck_model::{ChartAxis, ChartShape, ChartTick, PLACE_MAX, Place, TickRoom};

use crate::view::chart::{Series, shortened};

/// The most lines without labels at their ends.
const WITHOUT_MAX: usize = 5;
/// The distance between two labels in the lowest plot that is wide enough for them: 14 of 239 CSS pixels.
const APART: Place = 590;

/// The label of each series, in a chart of many lines. A label is at the end of its line, or as near to it as the other
/// labels allow. A line that ends before the last point has none, and a second axis leaves no room for any.
pub(super) fn labels(
    shape: ChartShape,
    series: &[Series],
    last: impl Fn(&Series) -> Option<Place>,
) -> Vec<Option<ChartTick>> {
    let has_room = series.iter().all(|series| series.axis == ChartAxis::Left);
    if shape != ChartShape::Line || series.len() <= WITHOUT_MAX || !has_room {
        return vec![None; series.len()];
    }
    let mut ends: Vec<(usize, Place)> =
        series.iter().enumerate().filter_map(|(index, series)| Some((index, last(series)?))).collect();
    ends.sort_by_key(|(_, at)| *at);
    let mut begin = 0;
    for (_, at) in &mut ends {
        *at = (*at).max(begin);
        begin = at.saturating_add(APART);
    }
    let mut end = PLACE_MAX;
    for (_, at) in ends.iter_mut().rev() {
        *at = (*at).min(end);
        end = at.saturating_sub(APART);
    }
    let label = |(index, series): (usize, &Series)| {
        let (_, at) = ends.iter().find(|(other, _)| *other == index)?;
        Some(ChartTick { text: shortened(&series.title), at: *at, room: TickRoom::More })
    };
    series.iter().enumerate().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(ends: &[Option<Place>]) -> Vec<Option<Place>> {
        let series: Vec<_> =
            ends.iter().enumerate().map(|(index, _)| Series::new(index.to_string(), Vec::new())).collect();
        let last = |series: &Series| ends[series.title.parse::<usize>().unwrap()];
        labels(ChartShape::Line, &series, last).into_iter().map(|label| label.map(|label| label.at)).collect()
    }

    #[test]
    fn ch_12_labels_at_the_ends_of_lines_do_not_overlap() {
        let few = [Some(0), Some(100), Some(200), Some(300), Some(400)];
        assert_eq!(places(&few), [None; 5]);
        let spread = [Some(9000), Some(100), Some(2000), None, Some(4000), Some(6000)];
        assert_eq!(places(&spread), spread);
        assert_eq!(
            places(&[Some(5000), Some(5000), Some(5100), Some(0), Some(9990), Some(10_000)]),
            [Some(5000), Some(5590), Some(6180), Some(0), Some(9410), Some(10_000)]
        );
        for at in [0, 5000, PLACE_MAX] {
            let mut all: Vec<_> = places(&[Some(at); 12]).into_iter().flatten().collect();
            all.sort_unstable();
            assert!(all.iter().zip(all.iter().skip(1)).all(|(a, b)| b - a >= APART), "{all:?}");
            assert!(all.iter().all(|at| *at <= PLACE_MAX), "{all:?}");
        }
    }

    #[test]
    fn ch_12_bars_and_a_second_axis_have_no_labels_at_ends() {
        let mut series: Vec<_> = (0..6).map(|index| Series::new(index.to_string(), Vec::new())).collect();
        assert!(labels(ChartShape::Bar, &series, |_| Some(1)).iter().all(Option::is_none));
        assert!(labels(ChartShape::Line, &series, |_| Some(1)).iter().all(Option::is_some));
        series[5].axis = ChartAxis::Right;
        assert!(labels(ChartShape::Line, &series, |_| Some(1)).iter().all(Option::is_none));
    }
}
