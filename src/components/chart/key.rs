//! Distinguishes series without colour: by the shape of marks, by dashes, by patterns. `style/chart.css` defines dashes
//! and fills by class.

use claimcheck_model::ChartShape;
use leptos::prelude::*;

use super::series_class;

/// The sample of a series in the legend.
#[component]
pub fn Key(
    /// The index of the series in its chart.
    id: usize,
    shape: ChartShape,
) -> impl IntoView {
    let class = format!("chart-key {}", series_class(id));
    match shape {
        ChartShape::Line => view! {
            <svg class=format!("{class} of-line") viewBox="-14 -7 28 14" aria-hidden="true">
                <path class="chart-line" d="M-14 0h28"></path>
                <Mark id/>
            </svg>
        }
        .into_any(),
        ChartShape::Bar => view! {
            <svg class=class viewBox="0 0 14 14" aria-hidden="true">
                <rect class="chart-bar" x="1" y="1" width="12" height="12" rx="2.5"></rect>
                <Stripes id/>
            </svg>
        }
        .into_any(),
    }
}

/// The mark of a series around the origin: circle, square, triangle, diamond, inverted triangle, cross, hollow circle,
/// star, hollow square, slanted cross, hollow diamond, hexagon.
#[component]
pub fn Mark(id: usize) -> impl IntoView {
    let d = match id {
        0 => "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        1 => "M-3.5-3.5h7v7h-7z",
        2 => "M0-4.5 4.5 3.5h-9z",
        3 => "M0-5 5 0 0 5-5 0z",
        4 => "M0 4.5 4.5-3.5h-9z",
        5 => "M-1.5-5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",
        6 => "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0zM-2.2 0a2.2 2.2 0 1 1 4.4 0a2.2 2.2 0 1 1-4.4 0z",
        7 => "M0-5.5 1.5-1.7 5.2-1.7 2.3.9 3.3 4.7 0 2.5-3.3 4.7-2.3.9-5.2-1.7-1.5-1.7z",
        8 => "M-4-4h8v8h-8zM-1.8-1.8v3.6h3.6v-3.6z",
        9 => "M-4.6-2.5-2.5-4.6 0-2.1 2.5-4.6 4.6-2.5 2.1 0 4.6 2.5 2.5 4.6 0 2.1-2.5 4.6-4.6 2.5-2.1 0z",
        10 => "M0-5.5 5.5 0 0 5.5-5.5 0zM0-2.5-2.5 0 0 2.5 2.5 0z",
        _ => "M-2.5-4.4h5l2.5 4.4-2.5 4.4h-5l-2.5-4.4z",
    };
    view! { <path class="chart-mark" d=d></path> }
}

/// The stripes of a bar in the legend, as [`Pattern`] draws them on the bars.
#[component]
fn Stripes(id: usize) -> impl IntoView {
    let d = match id {
        0 => return ().into_any(),
        1 => "M2.5 7.5l5-5M2.5 11.5l9-9M6.5 11.5l5-5",
        2 => "M5 2v10M9 2v10",
        3 => "M2 5h10M2 9h10",
        4 => "M2.5 6.5l5 5M2.5 2.5l9 9M6.5 2.5l5 5",
        5 => "M5 2v10M9 2v10M2 5h10M2 9h10",
        6 => "M2.5 7.5l5-5M2.5 11.5l9-9M6.5 11.5l5-5M2.5 6.5l5 5M2.5 2.5l9 9M6.5 2.5l5 5",
        7 => "M4 4h.01M9 4h.01M4 9h.01M9 9h.01",
        8 => "M7 2v10",
        9 => "M2 7h10",
        10 => "M2 9l2.5-4 2.5 4 2.5-4 2.5 4",
        _ => return ().into_any(),
    };
    view! { <path class="chart-stripe" d=d></path> }.into_any()
}

/// The pattern that fills the bars of a series after the first.
#[component]
pub fn Pattern(
    /// The pattern's id in the document.
    name: String,
    id: usize,
) -> impl IntoView {
    // The last one is the tint alone.
    let d = match id {
        1 => "M-2 8l10-10M-2 2l4-4M4 8l4-4",
        2 => "M3 0v6",
        3 => "M0 3h6",
        4 => "M-2-2l10 10M-2 4l4 4M4-2l4 4",
        5 => "M3 0v6M0 3h6",
        6 => "M-2 8l10-10M-2 2l4-4M4 8l4-4M-2-2l10 10M-2 4l4 4M4-2l4 4",
        7 => "M3 3h.01",
        8 => "M6 0v12",
        9 => "M0 6h12",
        10 => "M0 8l3-4 3 4 3-4 3 4",
        _ => "",
    };
    let class = series_class(id);
    let size = if (8..=10).contains(&id) { "12" } else { "6" };
    view! {
        <pattern id=name class=class width=size height=size patternUnits="userSpaceOnUse">
            <rect class="chart-tint" width=size height=size></rect>
            <path class="chart-stripe" d=d></path>
        </pattern>
    }
}
