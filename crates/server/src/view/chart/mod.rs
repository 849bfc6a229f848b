//! Turns numbers into a chart that needs no further arithmetic: order, scale, places, and every text. The caller passes
//! the function that formats a number.

mod axes;
mod axis;
mod ends;
mod names;
mod scale;
mod stack;
#[cfg(test)]
mod tests;
mod words;

use axes::Axes;
use claimcheck_model::{
    Chart, ChartAxis, ChartLine, ChartPoint, ChartSeries, ChartShape, ChartValue, LinkTarget, ValueTone,
};
use claimcheck_text::{Language, t};

/// Further points are left out, and the chart says so.
pub const POINTS_MAX: usize = 400;
/// The number of series that can be told apart.
pub const SERIES_MAX: usize = 12;
/// Horizontal bars are below each other, so that fewer can be read.
const HORIZONTAL_MAX: usize = 50;
const SHORT_MAX_CHARS: usize = 18;

/// One value of x, shared by all series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// The full label: "12 Sep 2026".
    pub label: String,
    /// The label on the axis: "12 Sep".
    pub short: String,
    /// The x value, if it is a time or a number, such as Unix seconds. If all points have it, they are sorted by it,
    /// and a line is spaced by it.
    pub at: Option<f64>,
    /// Where it leads.
    pub to: Option<LinkTarget>,
    /// Its first and last day, `2026-09-30`, if they can be chosen as the period of the board.
    pub days: Option<(String, String)>,
    /// If the label on the axis is a time of day: the seconds since midnight, and the day, "12 Sep".
    pub clock: Option<(u32, String)>,
}

/// A value of a series: its position, and its text. The text is that of the number as it was written, which a binary
/// float may not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    pub at: f64,
    pub text: String,
    pub tone: Option<ValueTone>,
    /// Where it leads, if not where its point does.
    pub to: Option<LinkTarget>,
}

impl Drawn {
    /// A value without a tone.
    pub fn new(at: f64, text: String) -> Self {
        Self { at, text, tone: None, to: None }
    }
}

/// One line, or one bar of each point.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub title: String,
    /// A value for each point. `None` and non-finite numbers are gaps.
    pub values: Vec<Option<Drawn>>,
    pub axis: ChartAxis,
    /// A line, also in a bar chart.
    pub is_line: bool,
}

impl Series {
    /// A series of the left axis in the shape of the chart.
    pub fn new(title: String, values: Vec<Option<Drawn>>) -> Self {
        Self { title, values, axis: ChartAxis::Left, is_line: false }
    }

    /// Its shape in a chart of this shape.
    fn shape(&self, of_chart: ChartShape) -> ChartShape {
        if self.is_line { ChartShape::Line } else { of_chart }
    }
}

/// Formats a tick of a value axis with this many decimals.
pub type Number<'a> = &'a dyn Fn(ChartAxis, f64, usize) -> String;

/// How a chart is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    pub shape: ChartShape,
    /// Bars of several series are on top of each other.
    pub is_stacked: bool,
    /// Bars are horizontal.
    pub is_horizontal: bool,
    /// The value of a line of comparison.
    pub target: Option<Drawn>,
    /// The last series has the values of the preceding period.
    pub has_before: bool,
}

impl From<ChartShape> for Drawing {
    fn from(shape: ChartShape) -> Self {
        Self { shape, is_stacked: false, is_horizontal: false, target: None, has_before: false }
    }
}

/// Builds a chart of at most [`POINTS_MAX`] points and [`SERIES_MAX`] series.
pub fn draw(
    language: Language,
    drawing: impl Into<Drawing>,
    x_title: String,
    points: Vec<Point>,
    series: Vec<Series>,
    number: Number<'_>,
) -> Chart {
    let Drawing { shape, is_stacked, is_horizontal, target, has_before } = drawing.into();
    let points_max = if is_horizontal { HORIZONTAL_MAX } else { POINTS_MAX };
    let (points, series, note) = arrange(language, points, series, points_max);
    let ends = if is_stacked { stack::stacked(&series) } else { stack::from_zero(&series) };
    let target = target.filter(|target| scale::drawable(target.at).is_some());
    let axes = Axes::of(shape, &series, &ends, target.as_ref());
    let places = axis::places(shape, &points);
    let named = if is_horizontal { None } else { names::ticks(shape, &points, &places) };
    let (x_ticks, names) = match named {
        Some((ticks, layout)) => (ticks, Some(layout)),
        None => (axis::ticks(shape, &points, &places), None),
    };
    let x_days = axis::days(&points, &places);
    let end = |series: &Series| axes.place(series.axis, series.values.last()?.as_ref()?.at);
    let drawn = series
        .iter()
        .zip(&ends)
        .zip(ends::labels(shape, &series, end))
        .map(|((series, ends), end)| {
            let title = match series.axis {
                ChartAxis::Left => series.title.clone(),
                ChartAxis::Right => t!(language, "chart-right-axis", title = series.title.as_str()),
            };
            let place = |value: f64| axes.place(series.axis, value);
            let values = series.values.iter().zip(ends).map(|(value, ends)| ChartValue {
                text: value.as_ref().map_or_else(|| words::GAP.to_owned(), |value| value.text.clone()),
                at: ends.and_then(|(_, to)| place(to)),
                from: ends.and_then(|(from, _)| place(from?)),
                tone: value.as_ref().and_then(|value| value.tone),
                to: value.as_ref().and_then(|value| value.to.clone()),
            });
            ChartSeries {
                values: values.collect(),
                summary: words::summary(language, &title, &points, &series.values),
                longest: longest(&series.values),
                shape: series.shape(shape),
                axis: series.axis,
                title,
                end,
            }
        })
        .collect();
    let line = target.zip(series.first()).and_then(|(target, first)| {
        let at = axes.place(first.axis, target.at)?;
        Some(ChartLine { text: t!(language, "chart-target", value = target.text), at })
    });
    Chart {
        shape,
        x_title,
        shown: shown(shape, &points, &series),
        points: points
            .into_iter()
            .zip(places)
            .map(|(point, at)| ChartPoint { label: point.label, at, to: point.to, days: point.days })
            .collect(),
        x_ticks,
        names,
        x_days,
        y_ticks: axes.ticks(ChartAxis::Left, language, number),
        right_ticks: axes.ticks(ChartAxis::Right, language, number),
        zero: axes.zero(),
        series: drawn,
        note,
        is_stacked,
        is_horizontal,
        line,
        has_before,
    }
}

/// The longest text of a series.
fn longest(values: &[Option<Drawn>]) -> String {
    let texts = values.iter().flatten().map(|value| &value.text);
    texts.max_by_key(|text| text.chars().count()).cloned().unwrap_or_default()
}

/// Sorts by `at`, makes each series as long as there are points, and cuts off more points and series than can be read.
fn arrange(
    language: Language,
    points: Vec<Point>,
    mut series: Vec<Series>,
    points_max: usize,
) -> (Vec<Point>, Vec<Series>, Option<String>) {
    series.truncate(SERIES_MAX);
    let is_ordered = points.iter().all(|point| point.at.is_some_and(|at| scale::drawable(at).is_some()));
    let mut order: Vec<usize> = (0..points.len()).collect();
    let at = |index: &usize| points.get(*index).and_then(|point| point.at).unwrap_or_default();
    if is_ordered {
        order.sort_by(|a, b| at(a).total_cmp(&at(b)));
    }
    // In a time series, the end matters most.
    let left_out = points.len().saturating_sub(points_max);
    let note = (left_out > 0).then(|| match is_ordered {
        true => t!(language, "chart-last-points", shown = points_max, total = points.len()),
        false => t!(language, "chart-first-points", shown = points_max, total = points.len()),
    });
    let order: Vec<usize> =
        order.into_iter().skip(if is_ordered { left_out } else { 0 }).take(points_max).collect();
    let series = series
        .into_iter()
        .map(|series| {
            let is_drawable = |value: &Drawn| scale::drawable(value.at).is_some();
            let value = |index: &usize| series.values.get(*index).cloned().flatten().filter(is_drawable);
            Series { values: order.iter().map(value).collect(), ..series }
        })
        .collect();
    let points = order
        .iter()
        .filter_map(|index| points.get(*index))
        .map(|point| Point {
            label: point.label.clone(),
            short: shortened(&point.short),
            at: point.at.filter(|_| is_ordered),
            to: point.to.clone(),
            days: point.days.clone(),
            clock: point.clock.clone(),
        })
        .collect();
    (points, series, note)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHORT_MAX_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(SHORT_MAX_CHARS - 1).collect();
    format!("{}…", kept.trim_end())
}

/// The last point with a value; for bars without a time order, the one with the highest value.
fn shown(shape: ChartShape, points: &[Point], series: &[Series]) -> usize {
    let has_value = |index: &usize| {
        series.iter().any(|series| series.values.get(*index).is_some_and(|value| value.is_some()))
    };
    if shape == ChartShape::Bar && points.iter().any(|point| point.at.is_none()) {
        let first = series.first().into_iter().flat_map(|series| series.values.iter().enumerate());
        let mut highest: Option<(usize, f64)> = None;
        for (index, value) in first.filter_map(|(index, value)| Some((index, value.as_ref()?.at))) {
            if highest.is_none_or(|(_, most)| value > most) {
                highest = Some((index, value));
            }
        }
        return highest.map(|(index, _)| index).unwrap_or_default();
    }
    (0..points.len()).rev().find(has_value).unwrap_or_default()
}
