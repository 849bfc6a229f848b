//! The x axis: the positions of the points, and labels that do not overlap.

use claimcheck_model::{ChartShape, ChartTick, PLACE_MAX, Place, TickRoom, TickSide};

use crate::view::chart::{Point, scale::share};

/// The width of a letter of a label, in places, at the plot width of each [`TickRoom`]: 210, 400 and 620 CSS pixels.
pub(super) const LETTERS: [f64; 3] = [333.0, 175.0, 113.0];
/// The maximum number of labels of a line chart; bars have as many as there is room for.
const LINE_TICKS_MAX: f64 = 7.0;
/// The steps between labels that are times of day, in seconds.
const STEPS_SECS: [u32; 15] =
    [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 6 * 3600, 12 * 3600];
/// The fewest labels at round times.
const ROUND_MIN: usize = 3;

/// The position of each point from the left: by `at` for a line if all points have it, otherwise evenly spaced.
pub(super) fn places(shape: ChartShape, points: &[Point]) -> Vec<Place> {
    let count = points.len() as f64;
    let ats: Option<Vec<f64>> = points.iter().map(|point| point.at).collect();
    let ends = ats.as_ref().and_then(|ats| Some((*ats.first()?, *ats.last()?)));
    match (shape, ats, ends) {
        (ChartShape::Line, Some(ats), Some((first, last))) if last - first > 0.0 => {
            ats.iter().map(|at| share((at - first) / (last - first))).collect()
        }
        (ChartShape::Line, ..) if points.len() > 1 => {
            (0..points.len()).map(|index| share(index as f64 / (count - 1.0))).collect()
        }
        _ => (0..points.len()).map(|index| share((index as f64 + 0.5) / count)).collect(),
    }
}

/// The labelled points. A label that repeats the previous one, such as the day of a second hour, is left out.
pub(super) fn ticks(shape: ChartShape, points: &[Point], places: &[Place]) -> Vec<ChartTick> {
    let mut before = "";
    let mut all = Vec::new();
    let mut clocks = Vec::new();
    for (point, at) in points.iter().zip(places) {
        if point.short != before && !point.short.is_empty() {
            all.push(ChartTick { text: point.short.clone(), at: *at, room: TickRoom::More });
            clocks.extend(point.clock.as_ref().map(|(secs, _)| *secs));
        }
        before = &point.short;
    }
    let apart = match shape {
        ChartShape::Line => f64::from(PLACE_MAX) / LINE_TICKS_MAX,
        ChartShape::Bar => 0.0,
    };
    // The labels of a narrow chart are a subset of those of a wide one.
    let [any, some, more] = LETTERS;
    let round = (clocks.len() == all.len()).then(|| at_round_times(&all, &clocks, (more, apart))).flatten();
    let wide = round.unwrap_or_else(|| spaced(&all, more, apart));
    let middle = spaced(&wide, some, apart);
    let narrow = spaced(&middle, any, apart);
    let room = |tick: &ChartTick| match tick {
        tick if narrow.contains(tick) => TickRoom::Any,
        tick if middle.contains(tick) => TickRoom::Some,
        _ => TickRoom::More,
    };
    wide.iter().map(|tick| ChartTick { room: room(tick), ..tick.clone() }).collect()
}

/// The ticks at every quarter of an hour, every hour and so on: at the shortest of these steps that leaves room between
/// labels. `None` if hardly any of the times are round.
fn at_round_times(
    ticks: &[ChartTick],
    clocks: &[u32],
    (letter, apart): (f64, f64),
) -> Option<Vec<ChartTick>> {
    STEPS_SECS.iter().find_map(|step| {
        let round = ticks.iter().zip(clocks).filter(|(_, secs)| *secs % step == 0);
        let round: Vec<_> = round.map(|(tick, _)| tick.clone()).collect();
        (round.len() >= ROUND_MIN && spaced(&round, letter, apart).len() == round.len()).then_some(round)
    })
}

/// Each day once, at its first point that has room beside the day before. Empty if the labels are no times of day.
pub(super) fn days(points: &[Point], places: &[Place]) -> Vec<ChartTick> {
    let [narrowest, ..] = LETTERS;
    let mut all: Vec<ChartTick> = Vec::new();
    let mut before = None;
    for (point, at) in points.iter().zip(places) {
        let Some((_, day)) = &point.clock else { return Vec::new() };
        let tick = ChartTick { text: day.clone(), at: *at, room: TickRoom::Any };
        let begin = all.last().map_or(0.0, |last| f64::from(last.at) + width(last, narrowest));
        let end = f64::from(*at) + width(&tick, narrowest);
        let has_room = f64::from(*at) >= begin && end <= f64::from(PLACE_MAX);
        if before != Some(day) && (has_room || all.is_empty()) {
            all.push(tick);
        }
        before = Some(day);
    }
    all
}

fn width(tick: &ChartTick, letter: f64) -> f64 {
    (tick.text.chars().count() as f64 + 1.5) * letter
}

/// Every nth tick, with the smallest n that leaves room between labels. If hardly any fit, because the points are
/// clustered, every tick that has room beside the previous one.
fn spaced(ticks: &[ChartTick], letter: f64, apart: f64) -> Vec<ChartTick> {
    let has_room = |before: &ChartTick, next: &ChartTick| {
        extent(next, letter).0 - extent(before, letter).1 >= letter * 1.5
            && f64::from(next.at) - f64::from(before.at) >= apart
    };
    let regular = (1..=ticks.len()).find_map(|stride| {
        let chosen: Vec<_> = ticks.iter().step_by(stride).cloned().collect();
        chosen
            .iter()
            .zip(chosen.iter().skip(1))
            .all(|(before, next)| has_room(before, next))
            .then_some(chosen)
    });
    let mut greedy: Vec<ChartTick> = Vec::new();
    for tick in ticks {
        if greedy.last().is_none_or(|before| has_room(before, tick)) {
            greedy.push(tick.clone());
        }
    }
    regular.filter(|chosen| chosen.len() * 2 > greedy.len()).unwrap_or(greedy)
}

/// The start and the end of a label.
fn extent(tick: &ChartTick, letter: f64) -> (f64, f64) {
    let (at, width) = (f64::from(tick.at), tick.text.chars().count() as f64 * letter);
    match tick.side() {
        TickSide::Start => (at, at + width),
        TickSide::Middle => (at - width / 2.0, at + width / 2.0),
        TickSide::End => (at - width, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(
        count: usize,
        short: impl Fn(usize) -> String,
        at: impl Fn(usize) -> Option<f64>,
    ) -> Vec<Point> {
        (0..count)
            .map(|index| Point {
                label: short(index),
                short: short(index),
                at: at(index),
                ..Point::default()
            })
            .collect()
    }

    fn days(count: usize) -> Vec<Point> {
        points(count, |index| format!("{} Sep", index + 1), |_| None)
    }

    #[test]
    fn points_lie_evenly_or_by_their_time() {
        assert_eq!(places(ChartShape::Line, &days(3)), [0, 5000, 10_000]);
        assert_eq!(places(ChartShape::Bar, &days(2)), [2500, 7500]);
        assert_eq!(places(ChartShape::Line, &days(1)), [5000]);
        assert!(places(ChartShape::Line, &days(0)).is_empty());
        let at = |index: usize| [Some(100.0), Some(110.0), Some(200.0)][index];
        assert_eq!(places(ChartShape::Line, &points(3, |_| "x".into(), at)), [0, 1000, 10_000]);
        assert_eq!(places(ChartShape::Bar, &points(3, |_| "x".into(), at)), [1667, 5000, 8333]);
        let some = |index: usize| (index > 0).then_some(7.0);
        assert_eq!(places(ChartShape::Line, &points(3, |_| "x".into(), some)), [0, 5000, 10_000]);
        assert_eq!(places(ChartShape::Line, &points(3, |_| "x".into(), |_| Some(7.0))), [0, 5000, 10_000]);
    }

    #[test]
    fn a_line_has_few_labels_and_short_bars_have_all() {
        for count in 8..=400 {
            let days = days(count);
            let ticks = ticks(ChartShape::Line, &days, &places(ChartShape::Line, &days));
            assert!((4..=7).contains(&ticks.len()), "{count}: {}", ticks.len());
        }
        let months = points(12, |_| "Jan".into(), |_| None);
        let months: Vec<_> = months
            .into_iter()
            .zip('a'..)
            .map(|(point, c)| Point { short: format!("{c}an"), ..point })
            .collect();
        assert_eq!(ticks(ChartShape::Bar, &months, &places(ChartShape::Bar, &months)).len(), 12);
    }

    /// Labels of any length at any places: none overlap, wide or narrow, and the first is always shown.
    #[test]
    fn labels_never_touch() {
        let mut random = fastrand::Rng::with_seed(3);
        for round in 0..2000 {
            let shape = if random.bool() { ChartShape::Line } else { ChartShape::Bar };
            let mut time = 0.0;
            let ats: Vec<f64> = (0..random.usize(1..60))
                .map(|_| {
                    time += if random.u8(0..9) == 0 { 500.0 } else { random.f64() };
                    time
                })
                .collect();
            let longest = random.usize(1..20);
            let text = |index: usize| format!("{index}{}", "x".repeat(index % longest));
            let points = points(ats.len(), text, |index| (round % 2 == 0).then(|| ats[index]));
            let ticks = ticks(shape, &points, &places(shape, &points));
            assert_eq!(ticks[0].text, "0");
            assert_eq!(ticks[0].room, TickRoom::Any);
            for (rooms, letter) in [
                (&[TickRoom::Any][..], LETTERS[0]),
                (&[TickRoom::Any, TickRoom::Some], LETTERS[1]),
                (&[TickRoom::Any, TickRoom::Some, TickRoom::More], LETTERS[2]),
            ] {
                let shown: Vec<_> = ticks.iter().filter(|tick| rooms.contains(&tick.room)).collect();
                for pair in shown.windows(2) {
                    assert!(extent(pair[0], letter).1 < extent(pair[1], letter).0, "{pair:?}");
                }
            }
        }
    }

    /// The labels and the days below a line with `count` points, every `step` seconds from that second of a day on.
    fn times(count: u32, from: u32, step: u32) -> (Vec<String>, Vec<(String, Place)>) {
        let point = |index: u32| {
            let secs = from + index * step;
            let (day, of_day) = (secs / 86_400 + 29, secs % 86_400);
            Point {
                short: format!("{:02}:{:02}", of_day / 3600, of_day / 60 % 60),
                at: Some(f64::from(secs)),
                clock: Some((of_day, format!("{day} Nov"))),
                ..Point::default()
            }
        };
        let points: Vec<_> = (0..count).map(point).collect();
        let places = places(ChartShape::Line, &points);
        let ticks = ticks(ChartShape::Line, &points, &places).into_iter().map(|tick| tick.text);
        (ticks.collect(), super::days(&points, &places).into_iter().map(|day| (day.text, day.at)).collect())
    }

    #[test]
    fn ch_04_times_of_day_are_round_and_each_day_is_below_them_once() {
        let (ticks, days) = times(61, 19 * 3600, 60);
        assert_eq!(ticks, ["19:00", "19:10", "19:20", "19:30", "19:40", "19:50", "20:00"]);
        assert_eq!(days, [("29 Nov".to_owned(), 0)]);
        let (ticks, days) = times(80, 19 * 3600 + 7 * 60, 60);
        assert_eq!(ticks, ["19:15", "19:30", "19:45", "20:00", "20:15"]);
        assert_eq!(days.len(), 1);
        let (ticks, days) = times(48, 0, 3600);
        assert_eq!(ticks, ["00:00", "12:00", "00:00", "12:00"]);
        assert_eq!(days, [("29 Nov".to_owned(), 0), ("30 Nov".to_owned(), 5106)]);
        // At no round time: as evenly as other labels.
        let (ticks, _) = times(30, 7, 3601);
        assert!((3..=7).contains(&ticks.len()), "{ticks:?}");
        // A day that begins at the very end has no room.
        assert_eq!(times(61, 23 * 3600, 60).1, [("29 Nov".to_owned(), 0)]);
    }

    #[test]
    fn a_day_is_labelled_once() {
        let hours = points(96, |index| format!("{} Sep", index / 24 + 1), |_| None);
        let ticks = ticks(ChartShape::Line, &hours, &places(ChartShape::Line, &hours));
        let texts: Vec<_> = ticks.iter().map(|tick| tick.text.as_str()).collect();
        assert_eq!(texts, ["1 Sep", "2 Sep", "3 Sep", "4 Sep"]);
    }
}
