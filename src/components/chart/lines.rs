//! The plot of a line chart: grid, area, lines with their gaps, marks. Lines are stretched to the plot, with strokes of
//! constant width. Marks are positioned by percentages and keep their shape.

use claimcheck_model::{Chart, ChartSeries, ChartShape, PLACE_MAX, Place, ValueTone, part};
use leptos::prelude::*;

use super::{are_hidden, dots, grid, key::Mark, linked_value, percent, series_class};

#[component]
pub fn Lines(id: String, chart: Chart) -> impl IntoView {
    let is_single = chart.series.len() == 1;
    let gradient = format!("{id}-area");
    // An area means "from zero up to here", so it is only drawn if zero is at the lower end and there is one series.
    let area = chart.series.first().filter(|_| is_single && chart.zero == Some(PLACE_MAX)).map(|series| {
        view! {
            <linearGradient id=gradient.clone() class="s1" x2="0" y2="1">
                <stop class="chart-upper" offset="0"></stop>
                <stop class="chart-lower" offset="1"></stop>
            </linearGradient>
            <path d=area(&chart, series) fill=format!("url(#{gradient})")></path>
        }
    });
    let is_mixed = chart.is_mixed();
    let paths: Vec<_> = of_lines(&chart)
        .map(|(index, series)| {
            let (class, d) = (series_class(index), line(&chart, series));
            // Separates a line from the bars below it.
            let halo =
                is_mixed.then(|| view! { <path class=format!("chart-halo {class}") d=d.clone()></path> });
            view! {
                {halo}
                <path class=format!("chart-line {class}") d=d></path>
            }
        })
        .collect();
    let grid = (!is_mixed)
        .then(|| view! { <svg class="chart-grid" aria-hidden=are_hidden(&chart)>{grid(&chart)}</svg> });
    let marks = marks(&chart);
    let at = chart.points.get(chart.shown).map(|point| percent(point.at));
    view! {
        {grid}
        <svg class="chart-lines" aria-hidden=are_hidden(&chart) viewBox="0 0 10000 10000" preserveAspectRatio="none">
            {area}
            {paths}
        </svg>
        <svg class="chart-marks">
            {marks}
            {tones(&chart)}
            <svg class="chart-cursor" data-part=part::CURSOR x=at>
                <line class="chart-guide" y2="100%"></line>
                {dots(&chart)}
            </svg>
            {links(&chart)}
        </svg>
    }
}

/// The series that are lines, with their indices.
fn of_lines(chart: &Chart) -> impl Iterator<Item = (usize, &ChartSeries)> {
    chart.series.iter().enumerate().filter(|(_, series)| series.shape == ChartShape::Line)
}

/// The parts of a series between its gaps, each a list of places.
fn stretches(chart: &Chart, series: &ChartSeries) -> Vec<Vec<(Place, Place)>> {
    let mut stretches = vec![Vec::new()];
    for (point, value) in chart.points.iter().zip(&series.values) {
        match (value.at, stretches.last_mut()) {
            (Some(y), Some(stretch)) => stretch.push((point.at, y)),
            _ => stretches.push(Vec::new()),
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

pub fn line(chart: &Chart, series: &ChartSeries) -> String {
    let mut d = String::new();
    for stretch in stretches(chart, series) {
        for (index, (x, y)) in stretch.into_iter().enumerate() {
            d.push_str(&format!("{}{x} {y}", if index == 0 { "M" } else { " " }));
        }
    }
    d
}

fn area(chart: &Chart, series: &ChartSeries) -> String {
    let mut d = String::new();
    for stretch in stretches(chart, series) {
        let (Some((first, _)), Some((last, _))) = (stretch.first().copied(), stretch.last().copied()) else {
            continue;
        };
        d.push_str(&format!("M{first} {PLACE_MAX}"));
        for (x, y) in stretch {
            d.push_str(&format!(" {x} {y}"));
        }
        d.push_str(&format!(" {last} {PLACE_MAX}z"));
    }
    d
}

/// The links of points, around circles that are seen with the focus only.
fn links(chart: &Chart) -> Vec<AnyView> {
    let mut all = Vec::new();
    for (index, series) in of_lines(chart) {
        for (position, (point, value)) in chart.points.iter().zip(&series.values).enumerate() {
            if let (Some(y), Some(_)) = (value.at, chart.link(index, position)) {
                let circle =
                    view! { <circle class="chart-hit" cx=percent(point.at) cy=percent(y) r="9"></circle> };
                all.push(linked_value(chart, index, position, circle.into_any()));
            }
        }
    }
    all
}

/// Marks of the points whose values have a tone. The shape says which one, as it does in the table.
fn tones(chart: &Chart) -> Vec<AnyView> {
    let mut all = Vec::new();
    for (_, series) in of_lines(chart) {
        for (point, value) in chart.points.iter().zip(&series.values) {
            if let (Some(y), Some(tone)) = (value.at, value.tone) {
                let mark = view! {
                    <svg class="chart-tone" x=percent(point.at) y=percent(y) data-tone=tone.name()>
                        <path d=tone_shape(tone)></path>
                    </svg>
                };
                all.push(mark.into_any());
            }
        }
    }
    all
}

const fn tone_shape(tone: ValueTone) -> &'static str {
    match tone {
        ValueTone::Good | ValueTone::Info => "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
        ValueTone::Warn => "M0-6 6 5h-12z",
        ValueTone::Bad => "M0-6.5 6.5 0 0 6.5-6.5 0z",
        ValueTone::Quiet => "M-6-1.5h12v3h-12z",
    }
}

/// Marks at the labelled points, so that each line has its own a few times; and at points between two gaps, which have
/// no line.
fn marks(chart: &Chart) -> impl IntoView + use<> {
    let is_single = chart.series.len() == 1;
    let is_labelled = |at: Place| chart.x_ticks.iter().any(|tick| tick.at == at);
    let all = chart.points.len() <= 12;
    let is_marked = |at: Place| !is_single && (all || is_labelled(at));
    of_lines(chart)
        .map(|(index, series)| {
            let marks: Vec<_> = stretches(chart, series)
                .into_iter()
                .flat_map(|stretch| {
                    let is_alone = stretch.len() == 1;
                    stretch.into_iter().filter(move |(x, _)| is_alone || is_marked(*x))
                })
                .map(|(x, y)| view! { <svg x=percent(x) y=percent(y)><Mark id=index/></svg> })
                .collect();
            view! { <g class=series_class(index)>{marks}</g> }
        })
        .collect::<Vec<_>>()
}
