//! The link to the form of an action, and the result of the last one.

use claimcheck_model::{ActionLink, ActionResult, part};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language};

/// A link that looks like a small button. Without a script, it opens the form's own page.
#[component]
pub fn ActionLinkView(
    link: ActionLink,
    href: String,
    /// The id of the link, to restore the focus.
    id: String,
    /// The object of the action, for screen readers: "Ship" alone says too little.
    about: String,
) -> impl IntoView {
    let language = language();
    let about = match (link.is_locked, about.is_empty()) {
        (false, _) => about,
        (true, true) => t!(language, "act-link-locked").to_owned(),
        (true, false) => t!(language, "act-link-about-locked", about = about),
    };
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
