//! The plot of a bar chart: grid, bars side by side, the zero line. Bars are as long as the plot and cut off at zero,
//! so that only their free end is rounded, at any size.

use claimcheck_model::{Chart, ChartSeries, ChartShape, PLACE_MAX, Place, ValueTone, part};
use leptos::prelude::*;

use super::{are_hidden, grid, key::Pattern, linked_value, percent, percent_of, series_class};

/// The share of a point's room that its bars fill, in percent.
const FILLED: u32 = 66;
/// The widest bar, so that few bars in a wide plot do not become walls.
const WIDEST: u32 = 560;

#[component]
pub fn Bars(id: String, chart: Chart) -> impl IntoView {
    let zero = chart.zero.unwrap_or(PLACE_MAX);
    let width = bar_width(&chart);
    let room = room(&chart);
    let pattern = |index: usize| format!("{id}-s{}", index + 1);
    let all: Vec<_> = of_bars(&chart).collect();
    let patterned = all.iter().filter(|(index, _)| *index > 0);
    let patterns: Vec<_> =
        patterned.map(|(index, _)| view! { <Pattern name=pattern(*index) id=*index/> }).collect();
    let bars = |is_above: bool| {
        all.iter()
            .enumerate()
            .map(|(rank, (index, series))| {
                let index = *index;
                let fill = (index > 0).then(|| format!("url(#{})", pattern(index)));
                let bars: Vec<_> = chart
                    .points
                    .iter()
                    .zip(&series.values)
                    .enumerate()
                    .filter_map(|(position, (point, value))| {
                        let linked = |rect: AnyView| linked_value(&chart, index, position, rect);
                        let x = bar_left(&chart, point.at, rank);
                        let tone = value.tone.map(ValueTone::name);
                        if let Some(from) = value.from {
                            return stacked(value.at?, from, zero, is_above).map(|(y, height)| {
                                let rect = view! {
                                    <rect x=percent_of(x) y=y width=percent_of(width) height=height data-tone=tone></rect>
                                };
                                linked(rect.into_any())
                            });
                        }
                        let y = bar_top(value.at?, zero, is_above)?;
                        let rect = view! { <rect x=percent_of(x) y=y width=percent_of(width) height="100%" rx="3" data-tone=tone></rect> };
                        Some(linked(rect.into_any()))
                    })
                    .collect();
                view! { <g class=format!("chart-bar {}", series_class(index)) fill=fill>{bars}</g> }
            })
            .collect::<Vec<_>>()
    };
    // With lines over the bars, the cursor is that of the lines.
    let cursor = (!chart.is_mixed()).then(|| {
        let at = chart.points.get(chart.shown).map(|point| percent(point.at));
        view! {
            <svg class="chart-cursor" data-part=part::CURSOR x=at>
                <rect
                    class="chart-guide"
                    x=format!("-{}", percent_of(room / 2))
                    width=percent_of(room)
                    height="100%"
                ></rect>
            </svg>
        }
    });
    let below = (zero < PLACE_MAX).then(|| {
        view! {
            <svg y=percent(zero) height=percent(PLACE_MAX - zero)>
                {bars(false)}
            </svg>
        }
    });
    view! {
        <svg class="chart-grid" aria-hidden=are_hidden(&chart)>
            {cursor}
            {grid(&chart)}
        </svg>
        <svg class="chart-bars">
            <defs>{patterns}</defs>
            <svg height=percent(zero)>{bars(true)}</svg>
            {below}
            <line class="chart-base" x2="100%" y1=percent(zero) y2=percent(zero)></line>
        </svg>
    }
}

/// The series that are bars, with their indices.
fn of_bars(chart: &Chart) -> impl Iterator<Item = (usize, &ChartSeries)> {
    chart.series.iter().enumerate().filter(|(_, series)| series.shape == ChartShape::Bar)
}

/// The width of one point, in hundredths of a percent.
fn room(chart: &Chart) -> u32 {
    u32::from(PLACE_MAX) / u32::try_from(chart.points.len().max(1)).unwrap_or(u32::MAX)
}

/// The width of one bar with its share of the space between bars.
fn bar_step(chart: &Chart) -> u32 {
    (room(chart) * FILLED / 100 / beside(chart)).min(WIDEST)
}

/// How many bars of a point are beside each other.
fn beside(chart: &Chart) -> u32 {
    if chart.is_stacked { 1 } else { u32::try_from(of_bars(chart).count().max(1)).unwrap_or(u32::MAX) }
}

fn bar_width(chart: &Chart) -> u32 {
    let step = bar_step(chart);
    if beside(chart) > 1 { step - step / 8 } else { step }
}

/// The left end of the bar with this rank among the bars.
fn bar_left(chart: &Chart, middle: Place, rank: usize) -> u32 {
    let (step, beside) = (bar_step(chart), beside(chart));
    let group = step * beside - (step - bar_width(chart));
    let rank = if chart.is_stacked { 0 } else { u32::try_from(rank).unwrap_or_default() };
    (u32::from(middle) + step * rank).saturating_sub(group / 2)
}

/// Where a bar on top of another one is in its part of the plot, and how high it is.
fn stacked(at: Place, from: Place, zero: Place, is_above: bool) -> Option<(String, String)> {
    let (upper, lower) = (u32::from(at.min(from)), u32::from(at.max(from)));
    let (zero, end) = (u32::from(zero), u32::from(PLACE_MAX));
    let (begin, whole) = if is_above { (0, zero) } else { (zero, end - zero) };
    let is_in_part = if is_above { lower <= zero } else { upper >= zero };
    if !is_in_part || whole == 0 || upper == lower {
        return None;
    }
    let part = |of: u32| of * end / whole;
    Some((percent_of(part(upper - begin)), percent_of(part(lower - upper))))
}

/// Where a bar as long as its part of the plot starts, so that its free end is at the value; `None` if the value is on
/// the other side of zero.
fn bar_top(at: Place, zero: Place, is_above: bool) -> Option<String> {
    let part = |of: u32, whole: u32| of * u32::from(PLACE_MAX) / whole;
    let (at, zero, end) = (u32::from(at), u32::from(zero), u32::from(PLACE_MAX));
    match is_above {
        true => (at < zero).then(|| percent_of(part(at, zero))),
        false => (at > zero).then(|| format!("-{}", percent_of(part(end - at, end - zero)))),
    }
}
