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
            <svg class=class viewBox="-14 -7 28 14" aria-hidden="true">
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

/// The mark of a series around the origin: circle, square, triangle, diamond, inverted triangle.
#[component]
pub fn Mark(id: usize) -> impl IntoView {
    let d = match id {
        0 => "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        1 => "M-3.5-3.5h7v7h-7z",
        2 => "M0-4.5 4.5 3.5h-9z",
        3 => "M0-5 5 0 0 5-5 0z",
        _ => "M0 4.5 4.5-3.5h-9z",
    };
    view! { <path class="chart-mark" d=d></path> }
}

/// The stripes of a bar in the legend, as [`pattern`] draws them on the bars.
#[component]
fn Stripes(id: usize) -> impl IntoView {
    let d = match id {
        0 => return ().into_any(),
        1 => "M2.5 7.5l5-5M2.5 11.5l9-9M6.5 11.5l5-5",
        2 => "M5 2v10M9 2v10",
        3 => "M2 5h10M2 9h10",
        _ => "M2.5 6.5l5 5M2.5 2.5l9 9M6.5 2.5l5 5",
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
    let d = match id {
        1 => "M-2 8l10-10M-2 2l4-4M4 8l4-4",
        2 => "M3 0v6",
        3 => "M0 3h6",
        _ => "M-2-2l10 10M-2 4l4 4M4-2l4 4",
    };
    let class = series_class(id);
    view! {
        <pattern id=name class=class width="6" height="6" patternUnits="userSpaceOnUse">
            <rect class="chart-tint" width="6" height="6"></rect>
            <path class="chart-stripe" d=d></path>
        </pattern>
    }
}
