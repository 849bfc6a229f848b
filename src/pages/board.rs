//! A board: its title and its panels, one below the other.

use leptos::prelude::*;

/// A board; its children are panels in their frames.
#[component]
pub fn BoardContent(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="page">
            <h1>{title}</h1>
            <div class="panels">{children()}</div>
        </div>
    }
}
