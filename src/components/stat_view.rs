//! One number, large, and its change: an arrow for the direction, and a text for the rest. Colour is only an addition.

use claimcheck_model::{Change, Direction, Stat};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// The body of a stat panel.
#[component]
pub fn StatView(stat: Stat) -> impl IntoView {
    let Stat { value, unit, change } = stat;
    let unit = value
        .is_some()
        .then_some(unit)
        .flatten()
        .map(|unit| view! { <span class="unit">{format!("\u{a0}{unit}")}</span> });
    let is_empty = value.is_none();
    view! {
        <div class="stat perf">
            <p class="figure num">{value.unwrap_or_else(|| "\u{2013}".to_owned())} {unit}</p>
            {is_empty.then(|| view! { <p class="muted">{t!(language(), "stat-empty")}</p> })}
            {change.map(|change| view! { <ChangeLine change/> })}
        </div>
    }
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
