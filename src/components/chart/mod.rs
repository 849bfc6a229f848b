//! A chart: a summary as text, the read-out of one point, the drawing, and the table of all values. Only the server
//! renders it. The drawing is fluid while its texts keep their size, so it needs no script.

use axes::{comparison, comparison_text, line_ends, x_axis, y_axis};
use bars::Bars;
use claimcheck_model::{Chart, ChartAxis, ChartShape, Place, part};
use claimcheck_text::{Language, t};
use horizontal::HorizontalBars;
use key::{Key, Mark};
use leptos::{either::Either, prelude::*};
use lines::Lines;
use table::ChartTable;

pub use share::ShareView;

use crate::components::{TagIcon, icon, language, linked_shape};

mod axes;
mod bars;
mod horizontal;
mod key;
mod lines;
mod share;
mod table;
#[cfg(test)]
mod tests;

/// Charts of more series have a legend in columns, and higher rows of horizontal bars.
const MANY: usize = 5;

/// A chart as the body of a panel.
///
/// The browser code (`islands::chart`) finds the elements that it moves by their parts, and the values in the table's
/// rows.
#[component]
pub fn ChartView(
    /// The panel's title: names the chart for screen readers.
    #[prop(into)]
    title: String,
    /// The prefix of ids in the drawing; unique on the page.
    #[prop(into)]
    id: String,
    chart: Chart,
) -> impl IntoView {
    if chart.is_empty() {
        return view! { <ChartEmpty/> }.into_any();
    }
    let language = language();
    let summary = summary(language, &title, &chart);
    let has_many = (chart.series.len() > MANY).then_some("");
    if chart.is_horizontal {
        let note = chart.note.clone().map(|note| view! { <p class="chart-note">{note}</p> });
        let shape = chart.shape.name();
        return view! {
            <figure class="chart" data-shape=shape data-many=has_many>
                <figcaption class="visually-hidden">{summary}</figcaption>
                <HorizontalBars title id chart/>
                {note}
            </figure>
        }
        .into_any();
    }
    let read_out = read_out(&chart);
    let (drawing, is_reachable) = (drawing(&id, &chart), are_reachable(&chart));
    let scrub = scrub(language, &id, &title, &chart);
    let (note, is_whole) = (chart.note.clone(), chart.note.is_none());
    let note = view! {
        <p class="chart-note" data-part=part::NOTE hidden=is_whole>
            {note}
        </p>
    };
    let (shape, has_before) = (chart.shape.name(), chart.has_before.then_some(""));
    let has_right = (!chart.right_ticks.is_empty()).then_some("");
    view! {
        <figure class="chart" data-shape=shape data-before=has_before data-right=has_right data-many=has_many>
            <figcaption class="visually-hidden" data-part=part::SUMMARY>
                {summary}
            </figcaption>
            <p class="chart-legend" data-part=part::READOUT>
                {read_out}
            </p>
            <div class="chart-body">
                <div class="chart-drawing" data-part=part::DRAWING aria-hidden=(!is_reachable).then_some("true")>
                    {drawing}
                </div>
                {scrub}
            </div>
            {note}
            <ChartTable title chart/>
        </figure>
    }
    .into_any()
}

/// A chart without values.
#[component]
fn ChartEmpty() -> impl IntoView {
    let language = language();
    view! {
        <div class="state" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>{t!(language, "chart-empty-title")}</h3>
            <p>{t!(language, "chart-empty")}</p>
        </div>
    }
}

/// The summary for screen readers.
fn summary(language: Language, title: &str, chart: &Chart) -> String {
    let label = |point: Option<&claimcheck_model::ChartPoint>| {
        point.map(|point| point.label.clone()).unwrap_or_default()
    };
    let (first, last) = (label(chart.points.first()), label(chart.points.last()));
    let count = chart.points.len();
    let mut words = match chart.shape {
        ChartShape::Line => {
            t!(language, "chart-summary-line", title = title, count = count, first = first, last = last)
        }
        ChartShape::Bar => {
            t!(language, "chart-summary-bar", title = title, count = count, first = first, last = last)
        }
    };
    for series in &chart.series {
        words.push(' ');
        words.push_str(&series.summary);
    }
    if let Some(line) = &chart.line {
        words.push_str(&format!(" {}.", line.text));
    }
    words
}

/// The legend, which also shows the values of one point. Its whole text forms a sentence.
fn read_out(chart: &Chart) -> impl IntoView + use<> {
    let language = language();
    let label = chart.points.get(chart.shown).map(|point| point.label.clone());
    let longest = chart.points.iter().map(|point| &point.label).max_by_key(|label| label.chars().count());
    let longest = longest.cloned();
    let entries: Vec<_> = chart
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let value = series.values.get(chart.shown).map(|value| value.text.clone());
            // Shows and hides the series by CSS alone. A part of a stack would leave a hole.
            let is_choice = chart.series.len() > 1 && !chart.is_stacked;
            let choice = is_choice.then(|| {
                view! {
                    <input
                        type="checkbox"
                        data-part=part::SERIES
                        value=index.to_string()
                        autocomplete="off"
                        checked
                    />
                }
            });
            let entry = view! {
                {choice}
                <Key id=index shape=series.shape/>
                <span>{series.title.clone()}</span>
                " "
                // Has room for the longest value, so that the legend keeps its height.
                <b class="num" data-part=part::VALUE data-longest=series.longest.clone()>
                    {value}
                </b>
            };
            let entry = match is_choice {
                true => {
                    let title = t!(language, "chart-only");
                    Either::Left(view! { <label class="chart-entry" title=title>{entry}</label> })
                }
                false => Either::Right(view! { <span class="chart-entry">{entry}</span> }),
            };
            view! {
                {entry}
                <span class="visually-hidden">{(index + 1 < chart.series.len()).then_some(", ")}</span>
            }
        })
        .collect();
    view! {
        <span class="chart-at num" data-part=part::AT data-longest=longest>
            {label}
        </span>
        <span class="visually-hidden">": "</span>
        {entries}
    }
}

fn drawing(id: &str, chart: &Chart) -> impl IntoView + use<> {
    let can_choose_days = chart.points.iter().any(|point| point.days.is_some());
    let range =
        can_choose_days.then(|| view! { <div class="chart-range" data-part=part::RANGE hidden></div> });
    let bars =
        (chart.shape == ChartShape::Bar).then(|| view! { <Bars id=id.to_owned() chart=chart.clone()/> });
    let has_lines = chart.shape == ChartShape::Line || chart.is_mixed();
    let lines = has_lines.then(|| view! { <Lines id=id.to_owned() chart=chart.clone()/> });
    let hidden = are_hidden(chart);
    view! {
        {y_axis(chart, ChartAxis::Left, hidden)}
        {(!chart.right_ticks.is_empty()).then(|| y_axis(chart, ChartAxis::Right, hidden))}
        {line_ends(chart)}
        {chart.line.as_ref().map(comparison_text)}
        <div class="chart-plot" data-part=part::PLOT>
            {bars}
            {lines}
            {chart.line.as_ref().map(comparison)}
            {range}
            <div class="chart-tip num" data-part=part::TIP hidden></div>
        </div>
        {x_axis(chart, hidden)}
    }
}

/// The most links of a drawing that are in the order of the keyboard. The table has all of them.
const REACHABLE_MAX: usize = 40;

/// Whether the drawing has links for everybody; else it is for the eyes, and the table has them.
fn are_reachable(chart: &Chart) -> bool {
    let of_points = chart.points.iter().filter(|point| point.to.is_some()).count() * chart.series.len();
    let of_values =
        chart.series.iter().flat_map(|series| &series.values).filter(|value| value.to.is_some()).count();
    (1..=REACHABLE_MAX).contains(&of_points.max(of_values))
}

/// `aria-hidden` of the parts of a drawing without links, if the drawing itself is not hidden.
fn are_hidden(chart: &Chart) -> Option<&'static str> {
    are_reachable(chart).then_some("true")
}

/// The shape of a value in its link, if it has one, with a name for screen readers.
fn linked_value(chart: &Chart, series: usize, point: usize, shape: AnyView) -> AnyView {
    let name = || {
        let (series, point_label) = (chart.series.get(series)?, &chart.points.get(point)?.label);
        let value = &series.values.get(point)?.text;
        Some(format!("{point_label}: {} {value}", series.title))
    };
    let to = chart.link(series, point);
    let name = to.filter(|_| are_reachable(chart)).and_then(|_| name());
    linked_shape(to, name, shape)
}

/// Selects a point by keyboard. Pointer events go to the plot below it.
fn scrub(language: Language, id: &str, title: &str, chart: &Chart) -> Option<impl IntoView + use<>> {
    let last = chart.points.len().checked_sub(1).filter(|last| *last > 0)?;
    // Days can be chosen on a board with a period, whose form does it with scripts off.
    let can_choose_days = chart.points.iter().any(|point| point.days.is_some());
    let help = can_choose_days.then(|| format!("{id}-days"));
    let text = help.clone().map(|id| view! { <span id=id hidden>{t!(language, "chart-choose-days")}</span> });
    Some(view! {
        {text}
        <input
            type="range"
            class="chart-scrub"
            data-part=part::SCRUB
            min="0"
            max=last.to_string()
            value=chart.shown.to_string()
            autocomplete="off"
            aria-label=t!(language, "chart-read", title = title)
            aria-valuetext=spoken(chart)
            aria-describedby=help
        />
    })
}

/// The read-out as one text, as the browser also builds it.
fn spoken(chart: &Chart) -> String {
    let label = chart.points.get(chart.shown).map(|point| point.label.as_str()).unwrap_or_default();
    let values: Vec<_> = chart
        .series
        .iter()
        .map(|series| {
            let value = series.values.get(chart.shown).map(|value| value.text.as_str()).unwrap_or_default();
            format!("{} {value}", series.title)
        })
        .collect();
    format!("{label}: {}", values.join(", "))
}

/// The lines of the y ticks, and the zero line. Whole pixels would be blurred, because the height is fluid.
fn grid(chart: &Chart) -> impl IntoView + use<> {
    let zero = chart.zero;
    chart
        .y_ticks
        .iter()
        .map(|tick| {
            let class = (Some(tick.at) == zero).then_some("zero");
            let y = percent(tick.at);
            view! { <line class=class x2="100%" y1=y.clone() y2=y></line> }
        })
        .collect::<Vec<_>>()
}

/// Marks that move with the read-out, at its initial point. Bars have none, only its place in the order of series.
fn dots(chart: &Chart) -> impl IntoView + use<> {
    chart
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| {
            let at = series.values.get(chart.shown).and_then(|value| value.at);
            let mark = (series.shape == ChartShape::Line).then(|| view! { <Mark id=index/> });
            view! {
                <svg class=format!("chart-dot {}", series_class(index)) data-part=part::DOT y=at.map(percent) hidden=at.is_none()>
                    {mark}
                </svg>
            }
        })
        .collect::<Vec<_>>()
}

/// The class that gives a series its colour, line and marks.
fn series_class(index: usize) -> String {
    format!("s{}", index + 1)
}

/// A place in CSS and SVG notation: `2500` as `25%`.
pub fn percent(place: Place) -> String {
    percent_of(u32::from(place))
}

/// Hundredths of a percent in CSS and SVG notation.
fn percent_of(hundredths: u32) -> String {
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, part) if part % 10 == 0 => format!("{whole}.{}%", part / 10),
        (whole, part) => format!("{whole}.{part:02}%"),
    }
}
