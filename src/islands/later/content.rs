//! The content of a panel of any kind: replaced when it was rendered again, and marked as stale if that failed.

use std::time::Duration;

use claimcheck_model::part::{self, Part};
use leptos::prelude::{document, set_timeout};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{chart, newest, table::Table};
use crate::islands::dom;

const OPEN_HINT: &str = ".hint[open]";
/// How long a row, or the place above the rows, shows that an action was done.
const SAID_FOR: Duration = Duration::from_secs(8);

/// Whether the API has responded to this panel before.
pub fn has_data(panel: &Element) -> bool {
    dom::part(panel, part::AS_OF).is_some()
}

/// Shows a newly rendered panel. Never replaces the filter field while the user types, and keeps the scroll position
/// and the focus.
pub fn take_over(panel: &Element, html: &str) {
    let Ok(fresh) = document().create_element("div") else { return };
    fresh.set_inner_html(html);
    if let Some(name) = dom::part(&fresh, part::NAME).and_then(|name| name.text_content()) {
        name_page(&name);
    }
    let focused = document().active_element().filter(|element| panel.contains(Some(element)));
    let has_open_hint = is_any(panel, OPEN_HINT);
    let rows = || panel.query_selector(".table-scroll").ok().flatten();
    let scrolled = rows().map(|rows| (rows.scroll_left(), rows.scroll_top()));
    let _ = panel.remove_attribute("data-stale");
    take_parts(panel, &fresh, &[part::AS_OF, part::STALE]);
    if [panel, &fresh].iter().all(|panel| dom::part(panel, part::ROWS).is_some()) {
        take_parts(panel, &fresh, &[part::ROWS, part::COUNT, part::EXPORT]);
        // The text typed while the response was on its way.
        let table = Table::of(panel);
        if let Some(field) = table.filter_field().filter(|_| !table.is_searched_by_api()) {
            table.filter(&field.value());
        }
    } else if !chart::take_over(panel, &fresh) {
        panel.set_inner_html(html);
    }
    newest::show();
    if let (Some((left, top)), Some(rows)) = (scrolled, rows()) {
        rows.set_scroll_left(left);
        rows.set_scroll_top(top);
    }
    if let Some(hint) = panel.query_selector(".hint").ok().flatten().filter(|_| has_open_hint) {
        let _ = hint.set_attribute("open", "");
    }
    if let Some(old) = focused.filter(|old| !panel.contains(Some(old))) {
        let by_id = document().get_element_by_id(&old.id()).filter(|again| panel.contains(Some(again)));
        let same = || {
            let others = dom::all(panel, "a, button, summary, [tabindex]");
            others.into_iter().find(|other| other.is_equal_node(Some(&old)))
        };
        // The pressed element may have disappeared with the failure that it was about.
        dom::focus(by_id.or_else(same).or_else(|| dom::part(panel, part::RELOAD)));
    }
    let done = dom::all(panel, ".said[data-tone=good]:not(:has(a))");
    if !done.is_empty() {
        set_timeout(move || done.iter().for_each(Element::remove), SAID_FOR);
    }
}

/// The page was sent before the name of what it is about was known.
fn name_page(name: &str) {
    if let Ok(Some(heading)) = document().query_selector("h1[data-late]") {
        let _ = heading.remove_attribute("data-late");
        heading.set_text_content(Some(name));
        document().set_title(&[name, " \u{b7} ", &document().title()].concat());
    }
}

/// Closes the menu around a link that starts a download, which leaves the page as it is.
pub fn close_menu(menu: &Element) {
    if let Some(menu) = menu.dyn_ref::<HtmlElement>() {
        let _ = menu.hide_popover();
    }
}

/// Whether a menu is open in a panel: it would close, or move away from the pointer, with its row.
pub fn has_open_menu(panel: &Element) -> bool {
    is_any(panel, ":popover-open")
}

fn is_any(panel: &Element, selector: &str) -> bool {
    panel.query_selector(selector).is_ok_and(|found| found.is_some())
}

fn take_parts(panel: &Element, fresh: &Element, parts: &[Part<'_>]) {
    for part in parts.iter().copied() {
        if let (Some(old), Some(new)) = (dom::part(panel, part), dom::part(fresh, part)) {
            let _ = old.replace_with_with_node_1(&new);
        }
    }
}
