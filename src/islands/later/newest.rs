//! The time of the data on a board: one in its head, and one of a panel whose data are much older. As the server decides
//! it for the page (`pages::newest`).

use claimcheck_model::{AsOf, part};
use leptos::prelude::document;
use web_sys::Element;

use crate::islands::dom;

/// Shows the times after the data of a panel have changed.
pub fn show() {
    let Some(body) = document().body() else { return };
    let at = |time: &Element| dom::number(time, "data-at").unwrap_or_default();
    let times = dom::parts(&body, part::AS_OF);
    let newest = times.iter().max_by_key(|time| at(time));
    if let Some(text) = newest.and_then(|newest| newest.text_content()) {
        dom::set_text(&body, part::NEWEST, &text);
    }
    let newest = newest.map(at).unwrap_or_default();
    for time in &times {
        let panel = time.closest("[data-panel]").ok().flatten();
        let every = panel.as_ref().and_then(|panel| dom::number(panel, "data-every")).unwrap_or_default();
        // A panel that is being refreshed is about to have newer data.
        let is_busy = panel.is_some_and(|panel| dom::is_busy(&panel));
        let is_old = newest - at(time) > every.max(AsOf::OLDER_MAX_SECS as usize) && !is_busy;
        let _ = time.toggle_attribute_with_force("data-shown", is_old);
    }
}
