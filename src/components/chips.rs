//! Short words that belong together without an order: roles, scopes.

use leptos::prelude::*;

/// A list of chips, inside a `PanelFrame`.
#[component]
pub fn Chips(
    items: Vec<String>,
    /// They are names a machine reads, such as scopes.
    #[prop(optional)]
    codes: bool,
) -> impl IntoView {
    if items.is_empty() {
        return view! { <p class="chips perf muted">"None"</p> }.into_any();
    }
    let class = if codes { "chips codes perf" } else { "chips perf" };
    let items = items.into_iter().map(|item| view! { <li>{item}</li> }).collect::<Vec<_>>();
    view! { <ul class=class>{items}</ul> }.into_any()
}
