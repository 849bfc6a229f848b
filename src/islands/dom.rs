//! Shared helpers for the document.

use claimcheck_model::part::{self, Part};
use leptos::{ev::MouseEvent, prelude::window};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, Event, HtmlAnchorElement, HtmlElement, HtmlFormElement, Node};

/// The clicked link, or the link around the clicked element.
pub fn link_of(event: &Event) -> Option<Element> {
    target_element(event)?.closest("a").ok().flatten()
}

/// The element that an event is about.
pub fn target_element(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The target of an event.
pub fn target(event: &Event) -> Option<Node> {
    event.target()?.dyn_into().ok()
}

/// Whether a click opens another tab, a window or a menu in the browser.
pub fn is_for_browser(event: &MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0
}

/// All elements below `root` that match a selector.
pub fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// The first element below `root` with this part.
pub fn part(root: &Element, part: Part<'_>) -> Option<Element> {
    root.query_selector(&part.selector()).ok().flatten()
}

/// All elements below `root` with this part.
pub fn parts(root: &Element, part: Part<'_>) -> Vec<Element> {
    all(root, &part.selector())
}

/// The closest element with this part: the element itself or an ancestor.
pub fn part_around(element: &Element, part: Part<'_>) -> Option<Element> {
    element.closest(&part.selector()).ok().flatten()
}

/// The name of an element's part; empty if it has none.
pub fn part_name(element: &Element) -> String {
    element.get_attribute(part::ATTRIBUTE).unwrap_or_default()
}

/// Whether an element is this part.
pub fn is_part(element: &Element, part: Part<'_>) -> bool {
    Part::named(&part_name(element)) == part
}

/// Sets the text of a part if it differs, because screen readers would announce the same text again.
pub fn set_text(root: &Element, name: Part<'_>, text: &str) {
    if let Some(element) = part(root, name).filter(|part| part.text_content().as_deref() != Some(text)) {
        element.set_text_content(Some(text));
    }
}

/// Whether the content of a panel is stale.
pub fn is_stale(panel: &Element) -> bool {
    panel.has_attribute("data-stale")
}

/// Shows that the content of a panel is stale or not loaded yet, with the reason and what happens next.
pub fn say_stale(panel: &Element, why: &str) {
    let _ = panel.set_attribute("data-stale", "");
    for part in [part::STALE, part::WAIT] {
        set_text(panel, part, why);
    }
}

/// `text` in lower case, by the browser: Rust's own tables would add some kilobytes to every visit.
pub fn lowercase(text: &str) -> js_sys::JsString {
    js_sys::JsString::from(text).to_lower_case()
}

/// The whole number in an attribute.
pub fn number(element: &Element, attribute: &str) -> Option<usize> {
    element.get_attribute(attribute)?.parse().ok()
}

/// Whether a part of the page is being refreshed.
pub fn is_busy(element: &Element) -> bool {
    element.get_attribute("aria-busy").as_deref() == Some("true")
}

/// Tells screen readers whether a part of the page is being refreshed.
pub fn set_busy(element: &Element, is_busy: bool) {
    let _ = element.set_attribute("aria-busy", if is_busy { "true" } else { "false" });
}

/// Shows or hides an element.
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

/// The query of this page, with its question mark.
pub fn query() -> js_sys::JsString {
    window().location().search().unwrap_or_default().into()
}

/// Opens the page of a link, as with scripts off; reloads this one for anything else.
pub fn follow(element: &Element) {
    match element.dyn_ref::<HtmlAnchorElement>() {
        Some(link) => {
            let _ = window().location().set_href(&link.href());
        }
        None => reload_page(),
    }
}

/// Sends the form of an event to its page, as with scripts off.
pub fn send_form(event: &Event) {
    if let Some(form) = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
        let _ = form.submit();
    }
}

/// Reloads the whole page.
pub fn reload_page() {
    let _ = window().location().reload();
}

#[wasm_bindgen]
extern "C" {
    /// `Date.prototype.toLocaleTimeString`, used for hours and minutes only.
    #[wasm_bindgen(js_namespace = ["Date", "prototype", "toLocaleTimeString"], js_name = call)]
    fn locale_time(date: &js_sys::Date, locales: &JsValue, options: &JsValue) -> String;
}

/// A time of day in this browser's format.
pub fn clock_time(at: &js_sys::Date) -> String {
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"timeStyle".into(), &"short".into());
    locale_time(at, &JsValue::UNDEFINED, &options)
}
