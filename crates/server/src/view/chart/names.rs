//! The names below bars without a time order. All of them are shown where there is room: on two lines, or slanted.

use claimcheck_model::{ChartShape, ChartTick, NamesLayout, PLACE_MAX, Place, TickRoom};

use crate::view::chart::{Point, axis::LETTERS};

/// The most names that have room in a narrow chart when they are slanted.
const NAMES_MAX: usize = 12;
const LINES_MAX: usize = 2;

/// A tick for each of the bars, and how the names are laid out. `None` if the points are times or numbers, or too many.
pub(super) fn ticks(
    shape: ChartShape,
    points: &[Point],
    places: &[Place],
) -> Option<(Vec<ChartTick>, NamesLayout)> {
    let are_names = shape == ChartShape::Bar && points.iter().any(|point| point.at.is_none());
    if !are_names || points.len() > NAMES_MAX {
        return None;
    }
    let ticks = points.iter().zip(places);
    let ticks =
        ticks.map(|(point, at)| ChartTick { text: point.short.clone(), at: *at, room: TickRoom::Any });
    let is_slanted = |letter: f64| {
        let room = f64::from(PLACE_MAX) / points.len() as f64 / letter - 1.0;
        points.iter().any(|point| lines(&point.short, room) > LINES_MAX)
    };
    let [any, some, more] = LETTERS;
    let widest = [(more, TickRoom::More), (some, TickRoom::Some), (any, TickRoom::Any)];
    let widest = widest.into_iter().find(|(letter, _)| is_slanted(*letter));
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
            (&["a"; 13], None),
            (&[], None),
        ] {
            assert_eq!(layout(names), expected, "{names:?}");
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
