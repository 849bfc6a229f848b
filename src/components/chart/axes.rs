//! What is beside the plot of a chart: the labels of its axes, the titles at the ends of lines, and the text of a target.

use claimcheck_model::{
    Chart, ChartAxis, ChartLine, ChartSeries, ChartTick, NamesLayout, TickRoom, TickSide,
};
use leptos::{either::Either, prelude::*};

use super::{
    key::{Key, Mark},
    percent, series_class,
};

/// The labels of a value axis. With a second axis, the keys of its series are above them.
pub fn y_axis(chart: &Chart, axis: ChartAxis, hidden: Option<&'static str>) -> impl IntoView + use<> {
    let ticks = if axis == ChartAxis::Left { &chart.y_ticks } else { &chart.right_ticks };
    let ticks: Vec<_> = ticks.iter().map(|tick| view! { <span>{tick.text.clone()}</span> }).collect();
    let has_both = !chart.right_ticks.is_empty();
    let keys = has_both.then(|| {
        let series = chart.series.iter().enumerate().filter(|(_, series)| series.axis == axis);
        let keys = series.map(|(index, series)| view! { <Key id=index shape=series.shape/> });
        view! { <div class="chart-axis">{keys.collect::<Vec<_>>()}</div> }
    });
    view! {
        <div class="chart-y num" data-axis=has_both.then(|| axis.name()) aria-hidden=hidden>
            {keys}
            {ticks}
        </div>
    }
}

/// The titles of series at the right ends of their lines, in charts that are wide enough.
pub fn line_ends(chart: &Chart) -> Option<impl IntoView + use<>> {
    let label = |(index, series): (usize, &ChartSeries)| {
        let end = series.end.as_ref()?;
        Some(view! {
            <svg class=series_class(index) y=percent(end.at)>
                <Mark id=index/>
                <text x="10" dy=".35em">{end.text.clone()}</text>
            </svg>
        })
    };
    let labels: Vec<_> = chart.series.iter().enumerate().filter_map(label).collect();
    (!labels.is_empty()).then(|| view! { <svg class="chart-ends" aria-hidden="true">{labels}</svg> })
}

/// The labels below the plot: of points at their places, with days below times of day; or the names of all bars.
pub fn x_axis(chart: &Chart, hidden: Option<&'static str>) -> impl IntoView + use<> {
    if let Some(layout) = chart.names {
        let slanted = match layout {
            NamesLayout::Level => None,
            NamesLayout::SlantedAt(TickRoom::Any) => Some("any"),
            NamesLayout::SlantedAt(TickRoom::Some) => Some("some"),
            NamesLayout::SlantedAt(TickRoom::More) => Some("more"),
        };
        let names = chart.x_ticks.iter().zip(&chart.points).enumerate().map(|(index, (tick, point))| {
            let is_shown = !tick.text.is_empty();
            let class = room_class(tick.room).filter(|_| is_shown);
            // At the edge of the chart there is less room for a slanted name.
            let is_cut = is_shown && (index == 0 || tick.text != point.label);
            let title = is_cut.then(|| point.label.clone());
            view! { <span class=class title=title><span>{tick.text.clone()}</span></span> }
        });
        let names = names.collect::<Vec<_>>();
        return Either::Left(
            view! { <div class="chart-names" data-slanted=slanted aria-hidden=hidden>{names}</div> },
        );
    }
    let labels: Vec<_> = chart.x_ticks.iter().map(x_label).collect();
    let days = chart.x_days.iter().map(|day| {
        let anchor = if day.at == 0 { None } else { Some("start") };
        view! { <text class="chart-day" x=percent(day.at) y="2.5em" text-anchor=anchor>{day.text.clone()}</text> }
    });
    let days = days.collect::<Vec<_>>();
    let has_days = (!days.is_empty()).then_some("");
    Either::Right(
        view! { <svg class="chart-x num" data-days=has_days aria-hidden=hidden>{labels} {days}</svg> },
    )
}

/// The line of a target.
pub fn comparison(line: &ChartLine) -> impl IntoView + use<> {
    let y = percent(line.at);
    view! {
        <svg class="chart-target" aria-hidden="true">
            <line x2="100%" y1=y.clone() y2=y></line>
        </svg>
    }
}

/// The text of a target: above the plot, where no bar covers it, with a sample of the line.
pub fn comparison_text(line: &ChartLine) -> impl IntoView + use<> {
    view! {
        <div class="chart-target num" aria-hidden="true">
            <svg viewBox="0 0 28 14">
                <line x2="28" y1="7" y2="7"></line>
            </svg>
            {line.text.clone()}
        </div>
    }
}

/// The class of labels that a narrower chart has no room for.
const fn room_class(room: TickRoom) -> Option<&'static str> {
    match room {
        TickRoom::Any => None,
        TickRoom::Some => Some("some"),
        TickRoom::More => Some("more"),
    }
}

fn x_label(tick: &ChartTick) -> impl IntoView + use<> {
    let anchor = match tick.side() {
        TickSide::Start => Some("start"),
        TickSide::Middle => None,
        TickSide::End => Some("end"),
    };
    let class = room_class(tick.room);
    view! {
        <text x=percent(tick.at) y="1em" text-anchor=anchor class=class>
            {tick.text.clone()}
        </text>
    }
}
