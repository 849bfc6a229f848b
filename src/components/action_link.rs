//! The links to the forms of actions, and the result of the last one.

use std::borrow::Cow;

use claimcheck_model::{ActionLink, ActionResult, part};
use claimcheck_text::t;
use leptos::prelude::*;
use maud::{Markup, html};

use crate::components::{Icon, icon, icon_markup, language, linked};

/// An action that is offered: its link, the URL of its form, and the id of the link, to restore the focus.
pub struct ActionOffer {
    pub link: ActionLink,
    pub href: String,
    pub id: String,
}

/// The actions of a row or a board: the first one that the user may carry out as a button, all others in a menu. The menu
/// is a popover, so it needs no script and is not cut off by the table. `about` is the object of the actions, for screen
/// readers: "Ship" alone says too little; it is empty for a board. `menu` is the id of the menu; without one, all are buttons.
pub fn action_links(mut actions: Vec<ActionOffer>, about: &str, menu: Option<&str>) -> Markup {
    let Some(menu) = menu else {
        return html! { @for offer in &actions { (action_link(offer, about)) } };
    };
    let first = actions.iter().position(|offer| !offer.link.is_locked).map(|index| actions.remove(index));
    html! {
        @if let Some(first) = &first { (action_link(first, about)) }
        @if !actions.is_empty() {
            button.tool type="button" popovertarget=(menu) aria-label=(more_label(about)) { (icon_markup(icon::MORE)) }
            div.acts-menu id=(menu) popover="auto" {
                @for offer in &actions { (action_link(offer, about)) }
            }
        }
    }
}

fn more_label(about: &str) -> String {
    match about.is_empty() {
        true => t!(language(), "act-more").to_owned(),
        false => t!(language(), "act-more-about", about = about),
    }
}

/// A link that looks like a small button. Without a script, it opens the form's own page.
fn action_link(offer: &ActionOffer, about: &str) -> Markup {
    let ActionOffer { link, href, id } = offer;
    let about = match (link.is_locked, about.is_empty()) {
        (false, _) => Cow::Borrowed(about),
        (true, true) => Cow::Borrowed(t!(language(), "act-link-locked")),
        (true, false) => Cow::Owned(t!(language(), "act-link-about-locked", about = about)),
    };
    html! {
        a.button id=(id) href=(href) data-part=(part::ACT.name()) data-locked=[link.is_locked.then_some("")] {
            @if link.is_locked { (icon_markup(icon::LOCK)) }
            (link.label)
            @if !about.is_empty() { span.visually-hidden { " " (about) } }
        }
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
