//! A bar chart with horizontal bars: a table with a bar in each row, so that every name and every value can be read.

use claimcheck_model::{Chart, ChartSeries, PLACE_MAX, Place, ValueTone};
use claimcheck_text::t;
use leptos::prelude::*;

use super::{
    key::{Key, Pattern},
    percent, series_class,
};
use crate::components::{language, linked, linked_shape};

/// The chart below its legend.
#[component]
pub fn HorizontalBars(title: String, id: String, chart: Chart) -> impl IntoView {
    let is_single = chart.series.len() == 1;
    let patterns: Vec<_> = (1..chart.series.len())
        .map(|index| view! { <Pattern name=format!("{id}-s{}", index + 1) id=index/> })
        .collect();
    let heads: Vec<_> = chart
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            view! {
                <th scope="col" class="num">
                    {(!is_single).then(|| view! { <Key id=index shape=chart.shape/> })}
                    <span>{series.title.clone()}</span>
                </th>
            }
        })
        .collect();
    let rows: Vec<_> = chart
        .points
        .iter()
        .enumerate()
        .map(|(point, named)| {
            let texts: Vec<_> = chart
                .series
                .iter()
                .map(|series| {
                    let value = series.values.get(point);
                    let (text, tone) =
                        (value.map(|value| value.text.clone()), value.and_then(|value| value.tone));
                    let to = value.and_then(|value| value.to.clone());
                    view! { <td class="num" data-tone=tone.map(ValueTone::name)>{linked(to, text)}</td> }
                })
                .collect();
            view! {
                <tr>
                    <th scope="row">{linked(named.to.clone(), named.label.clone())}</th>
                    <td class="horizontal-cell">{bars(&id, &chart, point)}</td>
                    {texts}
                </tr>
            }
        })
        .collect();
    view! {
        <svg class="share-patterns" aria-hidden="true">
            <defs>{patterns}</defs>
        </svg>
        <table class="horizontal">
            <caption class="visually-hidden">{title}</caption>
            <thead class=is_single.then_some("visually-hidden")>
                <tr>
                    <th scope="col">{chart.x_title.clone()}</th>
                    <th scope="col">
                        <span class="visually-hidden">{t!(language(), "chart-bars")}</span>
                    </th>
                    {heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// The bars of one point: on top of each other they continue one bar, else each has its line.
fn bars(id: &str, chart: &Chart, point: usize) -> impl IntoView + use<> {
    let zero = chart.zero.unwrap_or(PLACE_MAX);
    let lines = if chart.is_stacked { 1 } else { u32::try_from(chart.series.len().max(1)).unwrap_or(1) };
    let height = 100.0 / f64::from(lines);
    let bar = |(index, series): (usize, &ChartSeries)| {
        let value = series.values.get(point)?;
        let (at, from) = (value.at?, value.from.unwrap_or(zero));
        // Places of values are from the top, which is the right here.
        let (left, width) = (PLACE_MAX - at.max(from), at.abs_diff(from));
        let line = if chart.is_stacked { 0.0 } else { index as f64 };
        let fill = (index > 0).then(|| format!("url(#{id}-s{})", index + 1));
        let rect = view! {
            <rect
                class=format!("chart-bar {}", series_class(index))
                x=percent(left)
                width=percent(width)
                y=format!("{:.1}%", line * height)
                height=format!("{:.1}%", height * 0.86)
                fill=fill
                data-tone=value.tone.map(ValueTone::name)
            ></rect>
        };
        // The links of the table have the names.
        Some(linked_shape(chart.link(index, point), None, rect.into_any()))
    };
    let all: Vec<_> = chart.series.iter().enumerate().map(bar).collect();
    let base: Place = PLACE_MAX - zero;
    view! {
        <svg class="horizontal-bars" data-lines=lines.to_string() aria-hidden="true">
            {all}
            <line class="chart-base" x1=percent(base) x2=percent(base) y2="100%"></line>
        </svg>
    }
}
