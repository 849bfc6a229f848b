//! The links to the forms of actions, and the result of the last one.

use claimcheck_model::{ActionLink, ActionResult, part};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language, linked};

/// An action that is offered: its link, the URL of its form, and the id of the link, to restore the focus.
pub struct ActionOffer {
    pub link: ActionLink,
    pub href: String,
    pub id: String,
}

/// The actions of a row or a board: the first one that the user may carry out as a button, all others in a menu. The menu
/// is a popover, so it needs no script and is not cut off by the table.
#[component]
pub fn ActionLinks(
    actions: Vec<ActionOffer>,
    /// The object of the actions, for screen readers: "Ship" alone says too little. Empty for a board.
    about: String,
    /// The id of the menu. Without one, all are buttons.
    #[prop(optional)]
    menu: String,
) -> impl IntoView {
    let mut others = actions;
    if menu.is_empty() {
        return others
            .into_iter()
            .map(|offer| action_link(offer, about.clone()))
            .collect::<Vec<_>>()
            .into_any();
    }
    let first = others.iter().position(|offer| !offer.link.is_locked).map(|index| others.remove(index));
    let first = first.map(|offer| action_link(offer, about.clone()));
    if others.is_empty() {
        return first.into_any();
    }
    let label = match about.is_empty() {
        true => t!(language(), "act-more").to_owned(),
        false => t!(language(), "act-more-about", about = about.as_str()),
    };
    let others = others.into_iter().map(|offer| action_link(offer, about.clone())).collect::<Vec<_>>();
    let id = menu.clone();
    view! {
        {first}
        <button class="tool" type="button" popovertarget=menu aria-label=label>
            <Icon d=icon::MORE/>
        </button>
        <div class="acts-menu" id=id popover="auto">
            {others}
        </div>
    }
    .into_any()
}

/// A link that looks like a small button. Without a script, it opens the form's own page.
fn action_link(offer: ActionOffer, about: String) -> impl IntoView {
    let ActionOffer { link, href, id } = offer;
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

/// The result of an action. While the API works on it, `data-job` is the URL that asks for its state, and `data-wait` the
/// seconds until then; without such a URL, the panels are read again then.
#[component]
pub fn ActionResultView(result: ActionResult) -> impl IntoView {
    let ActionResult { text, is_done, link, job } = result;
    let (drawing, tone) = match (&job, is_done) {
        (Some(_), _) => (icon::RELOAD, "warn"),
        (None, true) => (icon::DONE, "good"),
        (None, false) => (icon::WARNING, "warn"),
    };
    let link = link.map(|(title, target)| linked(Some(target), title));
    let job = job.unwrap_or_default();
    let check = job.check.clone().map(|href| view! { <a href=href>{t!(language(), "act-job-check")}</a> });
    let address = job.wait_secs.map(|_| job.check.unwrap_or_default());
    view! {
        <p class="said" data-tone=tone data-job=address data-wait=job.wait_secs.map(|secs| secs.to_string())>
            <Icon d=drawing/>
            <span>{text} " " {link} {check}</span>
        </p>
    }
}
