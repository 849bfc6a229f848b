//! The forms of actions: opened over the page, sent without leaving it, and their results shown in place.

use std::time::Duration;

use claimcheck_model::{
    AppError, Markup, island_text,
    part::{self, MAIN, Part},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlAnchorElement, HtmlDialogElement, HtmlFormElement};

use super::{draft, drawer, job};
use crate::{
    islands::{action::FORM, dom, drafts, session_notice, session_view::SHUT, texts},
    server_fns::{act, action_form},
};

/// The window event after an action was done, or may have been: panels reload.
pub const ACTED: &str = "claimcheck-acted";
/// How long a result is shown.
const SAID_FOR: Duration = Duration::from_secs(6);
const WARNED_FOR: Duration = Duration::from_secs(60);
/// The longest pause in seconds: a form without a response is sent again after one, two, four seconds and so on.
const PAUSE_MAX: u64 = 16;

/// The page opens with a form, after a form was left for a sign-in, or while an API works on what it has accepted.
pub fn resume(root: &Element) {
    let person = root.get_attribute("data-person").unwrap_or_default();
    restore(document().query_selector(FORM).ok().flatten());
    job::follow();
    if let (Some(place), Some(begun)) = (drafts::left(&person), dom::part(root, part::BEGUN)) {
        if let Ok(Some(link)) = begun.query_selector("a") {
            let _ = link.set_attribute("href", &place);
        }
        dom::set_hidden(&begun, false);
    }
}

fn restore(form: Option<Element>) {
    if let Some(form) = form.and_then(|form| form.dyn_into().ok()) {
        draft::restore(&form);
    }
}

/// A button around or in a form was pressed.
pub fn pressed(pressed: &Element) {
    match Part::named(&dom::part_name(pressed)) {
        part::CLOSE => {
            if let Some(dialog) = dialog_of(pressed) {
                dialog.close();
            }
        }
        part::BEGUN_LATER => {
            if let Some(begun) = dom::part_around(pressed, part::BEGUN) {
                dom::set_hidden(&begun, true);
            }
            dom::focus(document().get_element_by_id(MAIN));
        }
        part::ANEW => {
            let form = pressed.closest(FORM).ok().flatten();
            if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
                draft::start_over(&form);
                focus_in(&form);
            }
        }
        _ => {}
    }
}

/// Fetches the form of a link, and shows it.
pub fn open(link: HtmlAnchorElement) {
    let number = drawer::ask();
    spawn_local(async move {
        let came = action_form(link.pathname() + &link.search()).await;
        if let Some(drawer) = drawer::came(&link, number, came, None) {
            restore(drawer.query_selector(FORM).ok().flatten());
            if let Some(begun) = dom::part_around(&link, part::BEGUN) {
                dom::set_hidden(&begun, true);
            }
        }
    });
}

/// Sends a form that is marked as busy.
pub fn send(form: HtmlFormElement) {
    let Some(filled) = draft::filled(&form) else {
        let _ = form.submit();
        return;
    };
    draft::send(&form);
    let doing = label(&form) + "\u{2026}";
    if let Some(button) = dom::part(&form, part::ACT_SEND) {
        // Not `disabled`, which would remove the focus.
        let _ = button.set_attribute("aria-disabled", "true");
        button.set_text_content(Some(&doing));
    }
    dom::set_text(&form, part::ACT_DOING, &doing);
    dom::set_text(&form, part::ACT_STATUS, "");
    attempt(form, String::from(filled.to_string()), 1);
}

/// Sends the form; without a response, again after `pause` seconds. The server carries it out once, and then returns
/// the outcome.
fn attempt(form: HtmlFormElement, sent: String, pause: u64) {
    use AppError::{ApiUnavailable, Busy, Internal, Offline, SignedOut, StoreUnavailable};
    spawn_local(async move {
        match act(sent.clone()).await {
            Ok(markup) => answered(&form, &markup),
            Err(Offline | Busy | Internal | StoreUnavailable | ApiUnavailable) if pause <= PAUSE_MAX => {
                dom::set_text(&form, part::ACT_STATUS, &texts::text_of(&form, island_text::ACT_CHECKING));
                set_timeout(move || attempt(form, sent, pause * 2), Duration::from_secs(pause));
            }
            Err(error) => {
                let is_unknown = pause > 1;
                let words = match &error {
                    _ if is_unknown => texts::text_of(&form, island_text::ACT_UNKNOWN),
                    SignedOut => texts::text_of(&form, island_text::ACT_SIGNED_OUT),
                    _ => texts::filled(
                        &texts::text_of(&form, island_text::ACT_FAILED),
                        &texts::failure(&error),
                    ),
                };
                if !is_unknown && error == SignedOut {
                    draft::put_back(&form);
                }
                if !reveal(&form) {
                    let gone = is_unknown.then(|| texts::text_of(&form, island_text::ACT_UNKNOWN_GONE));
                    warn(&label(&form), gone.as_ref().unwrap_or(&words));
                }
                dom::set_text(&form, part::ACT_DOING, "");
                dom::set_text(&form, part::ACT_STATUS, &words);
                dom::set_busy(&form, false);
                if let Some(button) = dom::part(&form, part::ACT_SEND) {
                    let _ = button.remove_attribute("aria-disabled");
                    let label =
                        if is_unknown { texts::text_of(&form, island_text::ACT_AGAIN) } else { label(&form) };
                    button.set_text_content(Some(&label));
                }
                if error == SignedOut {
                    session_notice::doubt();
                }
            }
        }
    });
}

/// It was done, or the form is shown again with the reason.
fn answered(form: &HtmlFormElement, markup: &Markup) {
    session_notice::acted();
    if markup.failure.is_some() {
        let Ok(fresh) = document().create_element("div") else { return };
        fresh.set_inner_html(&markup.html);
        let Some(again) = fresh.query_selector(".act").ok().flatten() else { return };
        draft::come_again(form, &again);
        let _ = form.replace_with_with_node_1(&again);
        if reveal(&again) {
            focus_in(&again);
        } else {
            let why = again.query_selector(".why").ok().flatten().and_then(|why| why.text_content());
            warn(&label(form), &why.unwrap_or_default());
        }
        if again.get_attribute("data-state").as_deref() == Some("unclear") {
            tell_panels();
        }
        return;
    }
    let Some(dialog) = dialog_of(form) else {
        // On its own page there is nothing left to do: the board shows the result.
        if let Some(back) = dom::part(form, part::CLOSE).and_then(|back| back.get_attribute("href")) {
            let _ = window().location().set_href(&back);
        }
        return;
    };
    dialog.close();
    let is_of_row = form.query_selector("[name=panel]").ok().flatten().is_some();
    if let Some(head) = document().get_element_by_id("board-said").filter(|_| !is_of_row) {
        head.set_inner_html(&markup.html);
    }
    say_for_a_while(&markup.html);
    tell_panels();
    job::follow();
}

/// Shows a message, for longer if there is something to do in it.
pub fn say_for_a_while(html: &str) {
    say(html, if html.contains("<a ") { WARNED_FOR } else { SAID_FOR });
}

/// Opens the drawer of a form that was closed while it was being sent. `false` if it is no longer on the page.
fn reveal(form: &Element) -> bool {
    if let Some(dialog) = dialog_of(form).filter(|dialog| dialog.is_connected() && !dialog.open()) {
        if session_notice::is_ended() {
            let _ = dialog.set_attribute(SHUT, "");
        } else {
            let _ = dialog.show_modal();
            session_notice::place();
        }
    }
    form.is_connected()
}

/// Shows why the action of a closed form was not done.
fn warn(label: &str, words: &str) {
    let Ok(slip) = document().create_element("p") else { return };
    slip.set_class_name("said");
    let _ = slip.set_attribute("data-tone", "warn");
    slip.set_text_content(Some(&format!("{label}: {words}")));
    say(&slip.outer_html(), WARNED_FOR);
}

/// Shows a message for a while, over the page or in the open drawer, because everything beside that is inert.
fn say(html: &str, time: Duration) {
    if let Ok(Some(head)) = document().query_selector("dialog[open] > .panel-head") {
        let html = format!("<div class=\"told-here\" role=\"alert\">{html}</div>");
        let _ = head.insert_adjacent_html("afterend", &html);
        if let Some(told) = head.next_element_sibling() {
            set_timeout(move || told.remove(), time);
        }
        return;
    }
    let Some(told) = document().get_element_by_id("told").and_then(|told| dom::part(&told, part::TOLD))
    else {
        return;
    };
    told.set_inner_html(html);
    let said = told.inner_html();
    set_timeout(
        move || {
            if told.inner_html() == said {
                told.set_inner_html("");
            }
        },
        time,
    );
}

fn tell_panels() {
    if let Ok(event) = Event::new(ACTED) {
        let _ = window().dispatch_event(&event);
    }
}

/// Focuses the element that the server marked as first.
fn focus_in(form: &Element) {
    dom::focus(form.query_selector("[autofocus]").ok().flatten());
}

fn label(form: &Element) -> String {
    dom::part(form, part::ACT_SEND).and_then(|button| button.get_attribute("data-label")).unwrap_or_default()
}

fn dialog_of(element: &Element) -> Option<HtmlDialogElement> {
    element.closest("dialog").ok().flatten()?.dyn_into().ok()
}
