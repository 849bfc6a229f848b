//! What stands in a panel of any kind: put in its place when it was rendered anew, and said to be old when it was not.

use claimcheck_model::part::{self, Part};
use leptos::prelude::document;
use web_sys::Element;

use super::{chart, dom, table::Table};

/// Whether the API has answered this panel before.
pub fn has_data(panel: &Element) -> bool {
    dom::part(panel, part::AS_OF).is_some()
}

/// Shows a panel rendered anew. The filter field is never replaced under the hands of whoever is typing, the rows
/// stay where they were scrolled to, and the focus where it was.
pub fn take_over(panel: &Element, html: &str) {
    let Ok(fresh) = document().create_element("div") else { return };
    fresh.set_inner_html(html);
    let focused = document().active_element().filter(|element| panel.contains(Some(element)));
    let focused = focused.map(|element| element.id()).filter(|id| !id.is_empty());
    let rows = || panel.query_selector(".table-scroll").ok().flatten();
    let scrolled = rows().map(|rows| (rows.scroll_left(), rows.scroll_top()));
    let _ = panel.remove_attribute("data-stale");
    take_parts(panel, &fresh, &[part::AS_OF, part::STALE]);
    if [panel, &fresh].iter().all(|panel| dom::part(panel, part::ROWS).is_some()) {
        take_parts(panel, &fresh, &[part::ROWS, part::COUNT, part::EXPORT]);
        // What was typed while the answer was on its way.
        let table = Table::of(panel);
        if let Some(field) = table.filter_field().filter(|_| !table.is_searched_by_api()) {
            table.filter(&field.value());
        }
    } else if !chart::take_over(panel, &fresh) {
        panel.set_inner_html(html);
    }
    if let (Some((left, top)), Some(rows)) = (scrolled, rows()) {
        rows.set_scroll_left(left);
        rows.set_scroll_top(top);
    }
    let now = document().active_element().map(|element| element.id());
    if let Some(id) = focused.filter(|id| now.as_ref() != Some(id)) {
        // What the person pressed may be gone with the failure that it was about.
        let again = document().get_element_by_id(&id).filter(|again| panel.contains(Some(again)));
        dom::focus(again.or_else(|| dom::part(panel, part::RELOAD)));
    }
}

/// What stands here is old, or not yet there: why, and what is done about it.
pub fn say_stale(panel: &Element, why: &str, then: &str) {
    let _ = panel.set_attribute("data-stale", "");
    for part in [part::STALE, part::WAIT] {
        dom::set_text(panel, part, &format!("{why}{then}"));
    }
}

fn take_parts(panel: &Element, fresh: &Element, parts: &[Part<'_>]) {
    for part in parts.iter().copied() {
        if let (Some(old), Some(new)) = (dom::part(panel, part), dom::part(fresh, part)) {
            let _ = old.replace_with_with_node_1(&new);
        }
    }
}
