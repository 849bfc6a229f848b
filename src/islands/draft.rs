//! Drafts: what was typed into the form of an action, kept in this tab's storage for the person who typed it, until it is
//! done or they sign out. Never what is hidden, never a password.

use js_sys::Reflect;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::{Element, FormData, HtmlFormElement, UrlSearchParams};

use super::{dom, session_view::why_ended};

/// Before the person and the place of a draft. A place is the address of its form; that of no place names the draft that
/// was left for a sign-in.
const DRAFT: &str = "draft:";
/// The words for an end that the person wanted: what they typed goes with it.
const BY_PERSON: [&str; 2] = ["signed-out", "elsewhere"];
const NOT_TYPED: &str = "[type=hidden], [type=password]";
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
    if why_ended().is_some_and(|why| goes_with(&why)) {
        return;
    }
    if let (Some(key), Some(text)) = (key_of(form), typed(form)) {
        let _ = write(&key, &text);
    }
}

/// Puts back what was typed, into a form that has nothing of its own to show, and says so.
pub fn restore(form: &HtmlFormElement) {
    let is_open = form.get_attribute("data-state").as_deref() == Some("open");
    let Some(text) = kept(form).filter(|text| is_open && typed(form).as_ref() != Some(text)) else { return };
    let Ok(kept) = UrlSearchParams::new_with_str(&text) else { return };
    for field in dom::all(form, TYPED) {
        let value = field.get_attribute("name").and_then(|name| kept.get(&name));
        let _ = match field.get_attribute("type").as_deref() {
            Some("checkbox") => Reflect::set(&field, &"checked".into(), &value.is_some().into()),
            _ => Reflect::set(&field, &"value".into(), &value.unwrap_or_default().into()),
        };
    }
    set_note(form, true);
}

/// The form as it was at first.
pub fn begin_anew(form: &HtmlFormElement) {
    form.reset();
    forget(form);
    set_note(form, false);
}

/// It is done.
pub fn forget(form: &HtmlFormElement) {
    if let Some(key) = key_of(form) {
        let _ = remove(&key);
    }
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
        let _ = write(&of(&person), &place);
    }
}

/// The address of the form that was left, once.
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
    form.query_selector("[name=person]").ok().flatten()?.get_attribute("value")
}

fn key_of(form: &Element) -> Option<String> {
    Some(of(&person_of(form)?) + &form.get_attribute("data-draft")?)
}

fn kept(form: &Element) -> Option<String> {
    read(&key_of(form)?).ok().flatten()
}

fn typed(form: &HtmlFormElement) -> Option<String> {
    let params = filled(form)?;
    for field in dom::all(form, NOT_TYPED) {
        params.delete(&field.get_attribute("name").unwrap_or_default());
    }
    Some(String::from(params.to_string()))
}

fn set_note(form: &Element, is_shown: bool) {
    if let Some(note) = dom::part(form, "draft") {
        dom::set_hidden(&note, !is_shown);
    }
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
