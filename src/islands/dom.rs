//! The few questions to the document that islands share.

use claimcheck_model::part::{self, Part};
use leptos::{ev::MouseEvent, prelude::window};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, Event, HtmlElement, Node};

/// The link that was clicked, or that holds what was.
pub fn link_of(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("a").ok().flatten()
}

/// Where an event began.
pub fn target(event: &Event) -> Option<Node> {
    event.target()?.dyn_into().ok()
}

/// Whether a click asks the browser for another tab or window, or for a menu.
pub fn is_for_browser(event: &MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0
}

/// All elements below `root` that a selector means.
pub fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// The first such part below `root`.
pub fn part(root: &Element, part: Part<'_>) -> Option<Element> {
    root.query_selector(&part.selector()).ok().flatten()
}

/// All such parts below `root`.
pub fn parts(root: &Element, part: Part<'_>) -> Vec<Element> {
    all(root, &part.selector())
}

/// The part that an element is in, or is.
pub fn part_around(element: &Element, part: Part<'_>) -> Option<Element> {
    element.closest(&part.selector()).ok().flatten()
}

/// The name of the part that an element is; empty if it is none.
pub fn part_name(element: &Element) -> String {
    element.get_attribute(part::ATTRIBUTE).unwrap_or_default()
}

/// Whether an element is this part.
pub fn is_part(element: &Element, part: Part<'_>) -> bool {
    Part::named(&part_name(element)) == part
}

/// Sets the text of a part if it differs: screen readers would announce the same text again.
pub fn set_text(root: &Element, name: Part<'_>, text: &str) {
    if let Some(element) = part(root, name).filter(|part| part.text_content().as_deref() != Some(text)) {
        element.set_text_content(Some(text));
    }
}

/// Whether what a panel shows has become old.
pub fn is_stale(panel: &Element) -> bool {
    panel.has_attribute("data-stale")
}

/// `text` in lower case, as the browser has it: Rust's own tables would cost every visit some kilobytes.
pub fn lowercase(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The whole number that an attribute holds.
pub fn number(element: &Element, attribute: &str) -> Option<usize> {
    element.get_attribute(attribute)?.parse().ok()
}

/// Whether a part of the page is being renewed.
pub fn is_busy(element: &Element) -> bool {
    element.get_attribute("aria-busy").as_deref() == Some("true")
}

/// Says to screen readers that a part of the page is being renewed.
pub fn set_busy(element: &Element, is_busy: bool) {
    let _ = element.set_attribute("aria-busy", if is_busy { "true" } else { "false" });
}

/// Shows an element or hides it.
pub fn set_hidden(element: &Element, is_hidden: bool) {
    if is_hidden != element.has_attribute("hidden") {
        let _ = element.toggle_attribute("hidden");
    }
}

/// Gives an element the focus.
pub fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Loads the page again, whole.
pub fn reload_page() {
    let _ = window().location().reload();
}

#[wasm_bindgen]
extern "C" {
    /// `Date.prototype.toLocaleTimeString`, of which only hours and minutes are wanted.
    #[wasm_bindgen(js_namespace = ["Date", "prototype", "toLocaleTimeString"], js_name = call)]
    fn locale_time(date: &js_sys::Date, locales: &JsValue, options: &JsValue) -> String;
}

/// A time of day as this browser writes it.
pub fn clock_time(at: &js_sys::Date) -> String {
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"timeStyle".into(), &"short".into());
    locale_time(at, &JsValue::UNDEFINED, &options)
}
