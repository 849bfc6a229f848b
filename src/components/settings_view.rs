//! Panels that show what the settings say: a text and links.

use claimcheck_model::PanelLink;
use leptos::prelude::*;

use crate::components::linked;

/// The body of a text panel. The server has made the HTML from Markdown; it contains no other markup.
#[component]
pub fn TextView(html: String) -> impl IntoView {
    view! { <div class="prose perf" inner_html=html></div> }
}

/// The body of a panel of links.
#[component]
pub fn LinksView(links: Vec<PanelLink>) -> impl IntoView {
    let items = links.into_iter().map(|link| view! { <LinkItem link/> }).collect::<Vec<_>>();
    view! { <ul class="links perf">{items}</ul> }
}

#[component]
fn LinkItem(link: PanelLink) -> impl IntoView {
    let PanelLink { title, to, hint } = link;
    view! {
        <li>
            {linked(to, view! { <span>{title}</span> })}
            {hint.map(|hint| view! { <p class="note">{hint}</p> })}
        </li>
    }
}
