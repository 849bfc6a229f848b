//! Drafts: the user's input in the form of an action, kept in this tab's storage for that user until it is sent or they
//! sign out; restored if the action was not done. Never contains defaults, hidden fields or passwords.

use std::time::Duration;

use claimcheck_model::part;
use js_sys::Reflect;
use leptos::prelude::set_timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlFormElement, UrlSearchParams};

use crate::islands::{
    dom,
    drafts::{goes_with, of, read, remove, write},
    session_view::why_ended,
};

/// Screen readers announce a text that is set this long after its form appeared.
const SOON: Duration = Duration::from_millis(200);
/// Marks a form that was sent and may have been done: with restored input, it might be done twice.
const SENT: &str = "data-sent";
/// Marks a form that is shown again: the names of fields with the user's input, which looks like the server's.
const OWN: &str = "data-own";
const TYPED: &str = "input:not([type=hidden], [type=password]), textarea, select";

/// A form's data as it would be sent.
pub fn filled(form: &HtmlFormElement) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}

/// Stores the input.
pub fn keep(form: &HtmlFormElement) {
    // A focused field fires another change event when the page is hidden.
    if form.has_attribute(SENT) || why_ended().is_some_and(|why| goes_with(&why)) {
        return;
    }
    let Some(key) = key_of(form) else { return };
    let _ = match typed(form).filter(|text| !text.is_empty()) {
        Some(text) => write(&key, &text),
        None => remove(&key),
    };
}

/// The form is being sent: its draft must not be restored meanwhile.
pub fn send(form: &HtmlFormElement) {
    let _ = form.set_attribute(SENT, "");
    if let Some(key) = key_of(form) {
        let _ = remove(&key);
    }
}

/// It was certainly not done.
pub fn put_back(form: &HtmlFormElement) {
    let _ = form.remove_attribute(SENT);
    // The same form may have been opened and filled in again meanwhile.
    if kept(form).is_none() {
        keep(form);
    }
}

/// The submitted values of `form` are shown again, in `again`.
pub fn come_again(form: &HtmlFormElement, again: &Element) {
    if person_of(again).is_some_and(|person| person_of(form) != Some(person)) {
        return;
    }
    let own = typed_fields(form).unwrap_or_default();
    let own = own.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ");
    let _ = again.set_attribute(OWN, &own);
    if state(again).as_deref() == Some("unclear") {
        let _ = again.set_attribute(SENT, "");
    } else {
        put_back(form);
    }
}

/// Restores the input, if the form has no submitted values to show, and shows a note.
pub fn restore(form: &HtmlFormElement) {
    let text = kept(form);
    if state(form).as_deref() == Some("unclear") {
        let _ = form.set_attribute(SENT, "");
    }
    let Some(text) = text.filter(|text| typed(form).as_ref() != Some(text)) else { return };
    let Ok(kept) = UrlSearchParams::new_with_str(&text) else { return };
    let is_open = state(form).as_deref() == Some("open");
    let mut own = String::new();
    for (name, field) in fields(form) {
        let Some(value) = kept.get(&name) else { continue };
        own = own + &name + " ";
        if is_open {
            let _ = match field.get_attribute("type").as_deref() {
                Some("checkbox") => Reflect::set(&field, &"checked".into(), &(!value.is_empty()).into()),
                _ => Reflect::set(&field, &"value".into(), &value.into()),
            };
        }
    }
    if is_open {
        set_note(form, true);
    } else {
        let _ = form.set_attribute(OWN, &own);
    }
}

/// Resets the form to its initial state.
pub fn start_over(form: &HtmlFormElement) {
    form.reset();
    keep(form);
    set_note(form, false);
}

/// The user leaves for a sign-in while this form is open, and will return to it.
pub fn leave(form: &Element) {
    if let (Some(place), Some(person)) = (form.get_attribute("data-draft"), person_of(form))
        && kept(form).is_some()
    {
        let asked = value_of(form, "query").map(|asked| {
            let joint = if place.contains('?') { "&" } else { "?" };
            joint.to_owned() + &asked
        });
        let place = place + &asked.unwrap_or_default();
        let _ = write(&of(&person), &place);
    }
}

fn person_of(form: &Element) -> Option<String> {
    value_of(form, "person")
}

/// The value of a hidden field.
fn value_of(form: &Element, name: &str) -> Option<String> {
    form.query_selector(&format!("[name={name}]")).ok().flatten()?.get_attribute("value")
}

fn state(form: &Element) -> Option<String> {
    form.get_attribute("data-state")
}

fn key_of(form: &Element) -> Option<String> {
    Some(of(&person_of(form)?) + &form.get_attribute("data-draft")?)
}

fn kept(form: &Element) -> Option<String> {
    read(&key_of(form)?).ok().flatten()
}

fn fields(form: &Element) -> impl Iterator<Item = (String, Element)> {
    dom::all(form, TYPED).into_iter().filter_map(|field| Some((field.get_attribute("name")?, field)))
}

/// The fields that differ from their initial state, and their values; empty for a box that is not ticked.
fn typed_fields(form: &HtmlFormElement) -> Option<Vec<(String, String)>> {
    let at_first = form.clone_node_with_deep(true).ok()?.dyn_into::<HtmlFormElement>().ok()?;
    at_first.reset();
    let (now, at_first) = (filled(form)?, filled(&at_first)?);
    let own = form.get_attribute(OWN).unwrap_or_default();
    let typed = fields(form).filter_map(|(name, _)| {
        let value = now.get(&name);
        let is_own = own.split(' ').any(|own| own == name) || value != at_first.get(&name);
        is_own.then(|| (name, value.unwrap_or_default()))
    });
    Some(typed.collect())
}

fn typed(form: &HtmlFormElement) -> Option<String> {
    let params = UrlSearchParams::new().ok()?;
    for (name, value) in typed_fields(form)? {
        params.append(&name, &value);
    }
    Some(String::from(params.to_string()))
}

fn set_note(form: &Element, is_shown: bool) {
    let Some(note) = dom::part(form, part::DRAFT) else { return };
    dom::set_hidden(&note, !is_shown);
    // Screen readers only announce changes of an element that was already there.
    let form = form.clone();
    let words = note.first_child().filter(|_| is_shown).and_then(|words| words.text_content());
    set_timeout(move || dom::set_text(&form, part::ACT_DOING, &words.unwrap_or_default()), SOON);
}
