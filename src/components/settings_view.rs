//! Panels that show what the settings say: a text and links.

use claimcheck_model::PanelLink;
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language};

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
    let PanelLink { title, href, hint, is_outside } = link;
    let (target, rel) = (is_outside.then_some("_blank"), is_outside.then_some("noopener noreferrer"));
    let outside = is_outside.then(|| {
        view! {
            <Icon d=icon::OUTSIDE/>
            <span class="visually-hidden">{t!(language(), "link-outside")}</span>
        }
    });
    view! {
        <li>
            <a href=href target=target rel=rel>
                <span>{title}</span>
                {outside}
            </a>
            {hint.map(|hint| view! { <p class="note">{hint}</p> })}
        </li>
    }
}
