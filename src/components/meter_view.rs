//! A number and its target: as text, and as a bar with a mark. The bar is an addition.

use claimcheck_model::{Meter, PLACE_MAX, ValueTone};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{
    cell::{inert, tone_word},
    chart::percent,
    language, linked,
};

/// The text of a number that is not there.
const NONE: &str = "\u{2013}";

/// The body of a meter.
#[component]
pub fn MeterView(meter: Meter) -> impl IntoView {
    let Meter { value, unit, of_target, bar, target, tone, verdict, to } = meter;
    let Some(value) = value else {
        return view! {
            <div class="stat perf">
                <p class="figure num">{NONE}</p>
                <p class="muted">{t!(language(), "stat-empty")}</p>
            </div>
        }
        .into_any();
    };
    let word = inert(tone_word(tone.filter(|_| verdict.is_none())));
    let unit = unit.map(|unit| view! { <span class="unit">{format!("\u{a0}{unit}")}</span> });
    let figure = linked(to, view! { {value} {unit} });
    // At the end of the bar the mark would be cut in half.
    let mark = target.filter(|target| *target < PLACE_MAX);
    let drawing = target.map(|_| {
        view! {
            <svg class="meter" aria-hidden="true">
                <rect class="meter-whole" width="100%" height="100%" rx="4"></rect>
                <rect class="meter-part" width=percent(bar) height="100%" rx="4"></rect>
                {mark.map(|at| view! { <line class="meter-mark" x1=percent(at) x2=percent(at) y2="100%"></line> })}
            </svg>
        }
    });
    view! {
        <div class="stat perf" data-tone=tone.map(ValueTone::name)>
            <p class="figure num">{figure} {word}</p>
            {drawing}
            <p class="change num">
                {of_target} {verdict.map(|verdict| view! { " " <strong>{verdict}</strong> })}
            </p>
        </div>
    }
    .into_any()
}
