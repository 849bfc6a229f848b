//! The names below bars without a time order. All of them are shown where there is room: on two lines, or slanted. Else
//! every nth.

use claimcheck_model::{ChartShape, ChartTick, NamesLayout, PLACE_MAX, Place, TickRoom};

use crate::view::chart::{Point, axis::LETTERS};

/// How many slanted names have room at the plot width of each [`TickRoom`].
const SLANTED_MAX: [usize; 3] = [12, 22, 34];
/// Of more names, so few would be shown that level ones are easier to read.
const NAMES_MAX: usize = 100;
const LINES_MAX: usize = 2;

/// A tick for each of the bars, and how the names are laid out. Where there is no room for all of them, every nth has a
/// text. `None` if the points are times or numbers, or too many.
pub(super) fn ticks(
    shape: ChartShape,
    points: &[Point],
    places: &[Place],
) -> Option<(Vec<ChartTick>, NamesLayout)> {
    let are_names = shape == ChartShape::Bar && points.iter().any(|point| point.at.is_none());
    if !are_names || points.len() > NAMES_MAX {
        return None;
    }
    let is_slanted = |letter: f64| {
        let room = f64::from(PLACE_MAX) / points.len() as f64 / letter - 1.0;
        points.iter().any(|point| lines(&point.short, room) > LINES_MAX)
    };
    let [any, some, more] = LETTERS.map(is_slanted);
    let [any_max, some_max, more_max] = SLANTED_MAX;
    // The names of a narrow chart are a subset of those of a wide one.
    let stride = |is_slanted: bool, most: usize, wider: usize| match is_slanted {
        true => points.len().div_ceil(most).next_multiple_of(wider),
        false => wider,
    };
    let of_more = stride(more, more_max, 1);
    let of_some = stride(some, some_max, of_more);
    let of_any = stride(any, any_max, of_some);
    let tick = |(index, (point, at)): (usize, (&Point, &Place))| {
        let room = match index {
            index if index % of_any == 0 => TickRoom::Any,
            index if index % of_some == 0 => TickRoom::Some,
            _ => TickRoom::More,
        };
        let text = if index % of_more == 0 { point.short.clone() } else { String::new() };
        ChartTick { text, at: *at, room }
    };
    let ticks = points.iter().zip(places).enumerate().map(tick);
    let widest = [(more, TickRoom::More), (some, TickRoom::Some), (any, TickRoom::Any)];
    let widest = widest.into_iter().find(|(is_slanted, _)| *is_slanted);
    let layout = widest.map_or(NamesLayout::Level, |(_, room)| NamesLayout::SlantedAt(room));
    Some((ticks.collect(), layout))
}

/// The number of lines of a name with room for so many letters; too many if a word is longer than a line.
fn lines(name: &str, room: f64) -> usize {
    let (mut lines, mut used) = (1, 0.0);
    for word in name.split_whitespace() {
        let letters = word.chars().count() as f64;
        if letters > room {
            return usize::MAX;
        }
        let with_space = if used > 0.0 { used + 1.0 + letters } else { letters };
        (lines, used) = if with_space > room { (lines + 1, letters) } else { (lines, with_space) };
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::view::chart::axis::places;

    fn layout(names: &[&str]) -> Option<(usize, NamesLayout)> {
        let point = |name: &&str| Point { short: (*name).to_owned(), ..Point::default() };
        let points: Vec<_> = names.iter().map(point).collect();
        let (ticks, layout) = ticks(ChartShape::Bar, &points, &places(ChartShape::Bar, &points))?;
        Some((ticks.len(), layout))
    }

    #[test]
    fn ch_03_names_are_all_shown_while_there_is_room() {
        let statuses = ["Draft", "Open", "Paid", "Past due", "Uncollectible", "Void"];
        for (names, expected) in [
            (&["EMEA", "APAC"][..], Some((2, NamesLayout::Level))),
            (&["Past due", "Waiting for parts", "Done"], Some((3, NamesLayout::Level))),
            (&statuses, Some((6, NamesLayout::SlantedAt(TickRoom::Some)))),
            (&["Schreinerei Holza\u{2026}"; 12], Some((12, NamesLayout::SlantedAt(TickRoom::More)))),
            (&["ab"; 12], Some((12, NamesLayout::SlantedAt(TickRoom::Any)))),
            (&["a"; 13], Some((13, NamesLayout::Level))),
            (&["ab"; 13], Some((13, NamesLayout::SlantedAt(TickRoom::Any)))),
            (&["a"; 101], None),
            (&[], None),
        ] {
            assert_eq!(layout(names), expected, "{names:?}");
        }
    }

    /// The indices of the names that are shown in charts of the three widths.
    fn shown(count: usize) -> [Vec<usize>; 3] {
        let name = |index| Point { short: format!("Customer {index}"), ..Point::default() };
        let points: Vec<_> = (0..count).map(name).collect();
        let (ticks, _) = ticks(ChartShape::Bar, &points, &places(ChartShape::Bar, &points)).unwrap();
        assert_eq!(ticks.len(), count, "each bar has its place");
        let with = |rooms: &[TickRoom]| {
            let told = ticks.iter().enumerate().filter(|(_, tick)| !tick.text.is_empty());
            told.filter(|(_, tick)| rooms.contains(&tick.room)).map(|(index, _)| index).collect()
        };
        [
            with(&[TickRoom::Any]),
            with(&[TickRoom::Any, TickRoom::Some]),
            with(&[TickRoom::Any, TickRoom::Some, TickRoom::More]),
        ]
    }

    #[test]
    fn ch_13_more_than_twelve_names_are_all_shown_in_a_wide_chart_and_every_nth_in_others() {
        let [narrow, middle, wide] = shown(20);
        assert_eq!((wide.len(), middle.len()), (20, 20));
        assert_eq!(narrow, (0..20).step_by(2).collect::<Vec<_>>());
        let [narrow, middle, wide] = shown(34);
        assert_eq!((wide.len(), middle.len(), narrow.len()), (34, 17, 9));
        for count in [13, 35, 47, 80, 99, 100] {
            let all = shown(count);
            for (shown, most) in all.iter().zip(SLANTED_MAX) {
                assert!(shown.len() <= most && shown.len() * 4 >= most, "{count}: {shown:?}");
                let strides: HashSet<_> =
                    shown.iter().zip(shown.iter().skip(1)).map(|(a, b)| b - a).collect();
                assert_eq!(strides.len(), 1, "{count}: {shown:?}");
            }
            assert!(all[0].iter().all(|index| all[1].contains(index)));
            assert!(all[1].iter().all(|index| all[2].contains(index)));
        }
    }

    #[test]
    fn names_break_between_words_only() {
        assert_eq!(lines("Past due", 8.0), 1);
        assert_eq!(lines("Past due", 7.0), 2);
        assert_eq!(lines("Waiting for parts", 8.0), 3);
        assert_eq!(lines("", 0.0), 1);
        assert_eq!(lines("Uncollectible", 12.0), usize::MAX);
    }
}
