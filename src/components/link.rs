//! Links that the settings define for rows, numbers and charts. Those that lead out of this program say so.

use claimcheck_model::LinkTarget;
use claimcheck_text::t;
use leptos::prelude::*;
use maud::{Markup, html};

use crate::components::{
    Icon,
    cell::{inert, spoken},
    drawn, icon, language,
};

/// Why a link sends no referrer, and what it opens cannot reach this page.
const REL: &str = "noopener noreferrer";

/// A content in its link, if it has one.
pub fn linked(to: Option<LinkTarget>, content: impl IntoView + 'static) -> AnyView {
    match to {
        None => content.into_any(),
        Some(LinkTarget { href, is_outside: false }) => view! { <a href=href>{content}</a> }.into_any(),
        Some(LinkTarget { href, is_outside: true }) => view! {
            <a href=href target="_blank" rel=REL>
                {content}
                <Icon d=icon::OUTSIDE class="outside"/>
                {inert(spoken(t!(language(), "link-outside")))}
            </a>
        }
        .into_any(),
    }
}

/// The same in a template, for contents that have one.
pub fn link_markup(to: &LinkTarget, content: &Markup) -> Markup {
    let LinkTarget { href, is_outside } = to;
    html! {
        @match is_outside {
            false => a href=(href) { (content) },
            true => a href=(href) target="_blank" rel=(REL) {
                (content)
                (drawn("outside", icon::OUTSIDE))
                (spoken(t!(language(), "link-outside")))
            },
        }
    }
}

/// A shape of a drawing in its link, if it has one. Without a `name`, it is for pointers only: a link with the same
/// address is beside the drawing.
pub fn linked_shape(to: Option<&LinkTarget>, name: Option<String>, shape: AnyView) -> AnyView {
    let Some(LinkTarget { href, is_outside }) = to.cloned() else { return shape };
    let (target, rel) = (is_outside.then_some("_blank"), is_outside.then_some(REL));
    let tabindex = name.is_none().then_some("-1");
    view! {
        <a href=href target=target rel=rel aria-label=name tabindex=tabindex>
            {shape}
        </a>
    }
    .into_any()
}
