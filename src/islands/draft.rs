//! Drafts: what was typed into the form of an action, kept in this tab's storage for the person who typed it, until it is
//! sent or they sign out; again when it was not done. Never what nobody typed, what is hidden, or a password.

use std::time::Duration;

use claimcheck_model::part;
use js_sys::Reflect;
use leptos::prelude::set_timeout;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, FormData, HtmlFormElement, UrlSearchParams};

use crate::islands::{dom, session_view::why_ended};

/// Before the person and the place of a draft. A place is the address of its form; that of no place names the draft that
/// was left for a sign-in.
const DRAFT: &str = "draft:";
/// The words for an end that the person wanted: what they typed goes with it.
const BY_PERSON: [&str; 2] = ["signed-out", "elsewhere"];
/// What is said so long after its form came is read out.
const SOON: Duration = Duration::from_millis(200);
/// On a form that was sent, and may have been done: filled in once more it would be done twice.
const SENT: &str = "data-sent";
/// On a form that came again: the fields that the person had filled in, which look as if they were the server's.
const OWN: &str = "data-own";
const TYPED: &str = "input:not([type=hidden], [type=password]), textarea, select";

// Each fails where the browser has no storage for us, or no room.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = getItem)]
    fn read(key: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = setItem)]
    fn write(key: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = removeItem)]
    fn remove(key: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = key)]
    fn key_at(index: u32) -> Result<Option<String>, JsValue>;
}

/// A form as it would be sent.
pub fn filled(form: &HtmlFormElement) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}

/// Whether drafts go with an end of the session for this reason.
pub fn goes_with(why: &str) -> bool {
    BY_PERSON.contains(&why)
}

/// Keeps what is typed.
pub fn keep(form: &HtmlFormElement) {
    // A field that loses the focus as the page is hidden says once more that it was changed.
    if form.has_attribute(SENT) || why_ended().is_some_and(|why| goes_with(&why)) {
        return;
    }
    let Some(key) = key_of(form) else { return };
    let _ = match typed(form).filter(|text| !text.is_empty()) {
        Some(text) => write(&key, &text),
        None => remove(&key),
    };
}

/// It is on its way to be done: whoever finds the form again must not find it filled in.
pub fn send(form: &HtmlFormElement) {
    let _ = form.set_attribute(SENT, "");
    if let Some(key) = key_of(form) {
        let _ = remove(&key);
    }
}

/// It was not done, for sure.
pub fn put_back(form: &HtmlFormElement) {
    let _ = form.remove_attribute(SENT);
    // The same form may have been opened and filled in anew meanwhile.
    if kept(form).is_none() {
        keep(form);
    }
}

/// What was sent from `form` came again, for the person to look at.
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

/// Fills in what was typed, where a form has nothing of its own to show, and says so.
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

/// The form as it was at first.
pub fn start_over(form: &HtmlFormElement) {
    form.reset();
    keep(form);
    set_note(form, false);
}

/// Whoever was here before has left nothing for this person to see.
pub fn forget_others(person: &str) {
    let own = of(person);
    remove_all(|key| !key.starts_with(&own));
}

/// The person signs out, or did.
pub fn forget_all() {
    remove_all(|_| true);
}

/// The person leaves for a sign-in while this form is open: it is what they come back for.
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

/// The address of the form that was left, once, with what its board was asked.
pub fn left(person: &str) -> Option<String> {
    let key = of(person);
    let place = read(&key).ok().flatten()?;
    let _ = remove(&key);
    Some(place)
}

fn of(person: &str) -> String {
    format!("{DRAFT}{person}:")
}

fn person_of(form: &Element) -> Option<String> {
    value_of(form, "person")
}

/// What a hidden field holds.
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

/// The fields that are not as they were at first, and their values; that of a box without its tick is empty.
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
    if let Some(note) = dom::part(form, part::DRAFT) {
        dom::set_hidden(&note, !is_shown);
    }
    // A screen reader hears of it only where it listened already.
    let form = form.clone();
    let words = if is_shown { "Filled in again with what you had typed." } else { "" };
    set_timeout(move || dom::set_text(&form, part::ACT_DOING, words), SOON);
}

fn remove_all(is_meant: impl Fn(&str) -> bool) {
    let mut index = 0;
    while let Ok(Some(key)) = key_at(index) {
        if key.starts_with(DRAFT) && is_meant(&key) && remove(&key).is_ok() {
            continue;
        }
        index += 1;
    }
}
