//! The content of a panel of any kind: replaced when it was rendered again, and marked as stale if that failed.

use claimcheck_model::part::{self, Part};
use leptos::prelude::document;
use web_sys::Element;

use super::{chart, table::Table};
use crate::islands::dom;

/// Whether the API has responded to this panel before.
pub fn has_data(panel: &Element) -> bool {
    dom::part(panel, part::AS_OF).is_some()
}

/// Shows a newly rendered panel. Never replaces the filter field while the user types, and keeps the scroll position
/// and the focus.
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
        // The text typed while the response was on its way.
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
        // The pressed element may have disappeared with the failure that it was about.
        let again = document().get_element_by_id(&id).filter(|again| panel.contains(Some(again)));
        dom::focus(again.or_else(|| dom::part(panel, part::RELOAD)));
    }
}

fn take_parts(panel: &Element, fresh: &Element, parts: &[Part<'_>]) {
    for part in parts.iter().copied() {
        if let (Some(old), Some(new)) = (dom::part(panel, part), dom::part(fresh, part)) {
            let _ = old.replace_with_with_node_1(&new);
        }
    }
}
