//! The frame of a panel: a head with its title, and below a perforation whatever state it is in.
//! The part below starts with an element of class `perf`, which draws that perforation.

use leptos::prelude::*;

/// The id of a board's panel, for links that come back to it.
pub fn panel_id(panel: usize) -> String {
    format!("panel-{panel}")
}

/// A titled panel; a region of its own for screen readers.
#[component]
pub fn PanelFrame(
    #[prop(into)] title: String,
    /// An id such as [`panel_id`] gives.
    #[prop(optional, into)]
    id: Option<String>,
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="panel" id=id aria-label=label>
            <header class="panel-head">
                <h2>{title}</h2>
            </header>
            {children()}
        </section>
    }
}
