//! Short words in no particular order: roles, scopes.

use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// A list of chips, inside a `PanelFrame`.
#[component]
pub fn Chips(
    items: Vec<String>,
    /// They are machine-readable names, such as scopes.
    #[prop(optional)]
    codes: bool,
) -> impl IntoView {
    if items.is_empty() {
        return view! { <p class="chips perf muted">{t!(language(), "chips-none")}</p> }.into_any();
    }
    let class = if codes { "chips codes perf" } else { "chips perf" };
    let items = items.into_iter().map(|item| view! { <li>{item}</li> }).collect::<Vec<_>>();
    view! { <ul class=class>{items}</ul> }.into_any()
}
