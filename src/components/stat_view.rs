//! One number, large, and its change: an arrow for the direction, and a text for the rest. Colour is only an addition.

use claimcheck_model::{Change, Direction, Place, Stat, ValueTone};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{
    cell::{inert, tone_word},
    language, linked,
};

/// The body of a stat panel.
#[component]
pub fn StatView(stat: Stat) -> impl IntoView {
    let Stat { value, unit, change, tone, trend, to } = stat;
    let unit = value
        .is_some()
        .then_some(unit)
        .flatten()
        .map(|unit| view! { <span class="unit">{format!("\u{a0}{unit}")}</span> });
    let is_empty = value.is_none();
    let value = value.unwrap_or_else(|| "\u{2013}".to_owned());
    let figure = linked(to, view! { {value} {unit} });
    view! {
        <div class="stat perf">
            <p class="figure num" data-tone=tone.map(ValueTone::name)>{figure} {inert(tone_word(tone))}</p>
            {is_empty.then(|| view! { <p class="muted">{t!(language(), "stat-empty")}</p> })}
            {change.map(|change| view! { <ChangeLine change/> })}
            {trend_line(&trend)}
        </div>
    }
}

/// The small line of a stat. It is decorative: it has no scale, and the number is above it.
fn trend_line(trend: &[(Place, Place)]) -> Option<impl IntoView + use<>> {
    let points: Vec<_> = trend.iter().map(|(x, y)| format!("{x} {y}")).collect();
    (!points.is_empty()).then(|| {
        view! {
            <svg class="trend" viewBox="0 0 10000 10000" preserveAspectRatio="none" aria-hidden="true">
                <path class="chart-line s1" d=format!("M{}", points.join(" "))></path>
            </svg>
        }
    })
}

#[component]
fn ChangeLine(change: Change) -> impl IntoView {
    let Change { direction, text, rest, is_good } = change;
    let name = match direction {
        Direction::Up => "up",
        Direction::Down => "down",
        Direction::Same => "same",
    };
    let tone = is_good.map(|is_good| if is_good { "good" } else { "bad" });
    view! {
        <p class="change" data-direction=name data-tone=tone>
            <strong class="num">{text}</strong>
            " "
            <span>{rest}</span>
        </p>
    }
}
