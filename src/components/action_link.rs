//! The link to the form of an action, and the result shown where one was done.

use claimcheck_model::{ActionLink, ActionResult, part};
use leptos::prelude::*;

use crate::components::{Icon, icon};

/// A link that looks like a small button; without a script it leads to the form's own page.
#[component]
pub fn ActionLinkView(
    link: ActionLink,
    href: String,
    /// By which the focus finds it again.
    id: String,
    /// What it is about: "Ship" alone tells a screen reader too little.
    about: String,
) -> impl IntoView {
    let about = [about.as_str(), if link.is_locked { "locked" } else { "" }].into_iter();
    let about = about.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    let about = (!about.is_empty()).then(|| view! { <span class="visually-hidden">" " {about}</span> });
    view! {
        <a class="button" id=id href=href data-part=part::ACT data-locked=link.is_locked.then_some("")>
            {link.is_locked.then(|| view! { <Icon d=icon::LOCK/> })}
            {link.label}
            {about}
        </a>
    }
}

/// The result of an action.
#[component]
pub fn ActionResultView(result: ActionResult) -> impl IntoView {
    let ActionResult { text, is_done } = result;
    let drawing = if is_done { icon::DONE } else { icon::WARNING };
    view! {
        <p class="said" data-tone=if is_done { "good" } else { "warn" }>
            <Icon d=drawing/>
            {text}
        </p>
    }
}
