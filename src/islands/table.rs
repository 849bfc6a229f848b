//! A table as it stands in the page, filtered and sorted in place: rows are hidden or moved, never built anew.

use std::cmp::Ordering;

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement};

use super::dom;
use crate::{model::is_match_by, paths};

/// The table of a panel, and what belongs to it.
pub struct Table<'a> {
    root: &'a Element,
}

impl<'a> Table<'a> {
    pub fn of(root: &'a Element) -> Self {
        Self { root }
    }

    pub fn has_rows(&self) -> bool {
        self.find("tbody > tr").is_some()
    }

    /// Shows the rows that contain `text`.
    pub fn filter(&self, text: &str) {
        let rows = self.all("tbody > tr");
        let mut shown = 0;
        for row in &rows {
            let content = row.text_content().unwrap_or_default();
            let is_shown = is_match_by(dom::lowercase, std::iter::once(content.as_str()), text);
            dom::set_hidden(row, !is_shown);
            shown += usize::from(is_shown);
        }
        if let (Some(table), Some(none)) = (self.find(".table-scroll"), self.find("[data-part=none]")) {
            dom::set_hidden(&table, shown == 0);
            dom::set_hidden(&none, shown != 0);
        }
        self.set_text("sought", text);
        let of = self.total().filter(|total| *total > rows.len()).map(|total| format!(" of {total}"));
        let word = if shown == 1 && of.is_none() { "row" } else { "rows" };
        self.set_text(
            "count",
            &match text.trim().is_empty() {
                true => format!("{shown}{} {word}", of.unwrap_or_default()),
                false => format!("{shown} {} found", if shown == 1 { "row" } else { "rows" }),
            },
        );
    }

    /// Empties the filter and gives the field the focus.
    pub fn clear_filter(&self) {
        if let Some(field) = self.filter_field() {
            field.set_value("");
            let _ = field.focus();
        }
        self.filter("");
    }

    /// Sorts by the column of `head`; the other way round when it is sorted by it already.
    pub fn sort_by(&self, head: &Element) {
        let is_descending = head.get_attribute("aria-sort").as_deref() == Some("ascending");
        if let Some(other) = self.find("th[aria-sort]") {
            let _ = other.remove_attribute("aria-sort");
        }
        let _ = head.set_attribute("aria-sort", if is_descending { "descending" } else { "ascending" });
        let heads = self.all("th[data-key]");
        let (Some(body), Some(index)) = (self.find("tbody"), heads.iter().position(|other| other == head))
        else {
            return;
        };
        // Each row into its place: `sort_by` would cost every visit two kilobytes, and rows are some hundreds.
        let mut keyed: Vec<(SortKey, Element)> = Vec::new();
        for row in self.all("tbody > tr") {
            let key = SortKey::of(&row, index);
            let place = keyed.partition_point(|(other, _)| {
                let ordering = other.partial_cmp(&key).unwrap_or(Ordering::Equal);
                ordering != if is_descending { Ordering::Less } else { Ordering::Greater }
            });
            keyed.insert(place, (key, row));
        }
        for (_, row) in &keyed {
            let _ = body.append_child(row);
        }
    }

    /// Takes rows, count and time out of a panel rendered anew, when both hold a table of the same columns;
    /// the new one comes arranged as the person had asked.
    pub fn take_over(&self, html: &str) -> bool {
        let Ok(fresh) = document().create_element("div") else { return false };
        fresh.set_inner_html(html);
        let new = Table::of(&fresh);
        let (Some(old_body), Some(new_body)) = (self.find("tbody"), new.find("tbody")) else { return false };
        if self.keys() != new.keys() {
            return false;
        }
        let _ = old_body.replace_with_with_node_1(&new_body);
        for part in ["count", "as-of", "stale"] {
            let selector = format!("[data-part={part}]");
            if let (Some(old), Some(new)) = (self.find(&selector), new.find(&selector)) {
                let _ = old.replace_with_with_node_1(&new);
            }
        }
        // What was typed while the answer was on its way.
        self.filter(&self.sought());
        true
    }

    /// What stands here is old, or not yet there, and why.
    pub fn say_stale(&self, why: &str) {
        self.set_text("stale", &format!("{why}. These rows are older."));
        self.set_text("wait", &format!("{why}. Reload to try again."));
    }

    /// What the person asks of this table, as the query of its page: with its question mark, or empty.
    pub fn query(&self) -> String {
        let sorted = self.find("th[aria-sort]");
        let order = match sorted.as_ref().and_then(|head| head.get_attribute("aria-sort")).as_deref() {
            None => "",
            Some("descending") => "desc",
            Some(_) => "asc",
        };
        let sort = sorted.and_then(|head| head.get_attribute("data-key")).unwrap_or_default();
        paths::with_query("", &[("q", &self.sought()), ("sort", &sort), ("order", order)])
    }

    /// Writes filter and order into the address, so that a reload or a bookmark shows the same.
    pub fn remember(&self) {
        let address = window().location().pathname().unwrap_or_default() + &self.query();
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    }

    /// What is typed into the filter.
    fn sought(&self) -> String {
        self.filter_field().map(|field| field.value()).unwrap_or_default()
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).ok().flatten()
    }

    fn all(&self, selector: &str) -> Vec<Element> {
        let Ok(found) = self.root.query_selector_all(selector) else { return Vec::new() };
        (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
    }

    fn keys(&self) -> Vec<Option<String>> {
        self.all("th[data-key]").iter().map(|head| head.get_attribute("data-key")).collect()
    }

    fn filter_field(&self) -> Option<HtmlInputElement> {
        self.find("input[name=q]")?.dyn_into().ok()
    }

    /// Rows that the API has in all.
    fn total(&self) -> Option<usize> {
        dom::number(&self.find("[data-part=count]")?, "data-total")
    }

    fn set_text(&self, part: &str, text: &str) {
        if let Some(element) = self.find(&format!("[data-part={part}]")) {
            element.set_text_content(Some(text));
        }
    }
}

/// What a row sorts by: a number where `data-sort` says one, else the text of its cell.
#[derive(PartialEq, PartialOrd)]
enum SortKey {
    Number(f64),
    Text(String),
}

impl SortKey {
    fn of(row: &Element, index: usize) -> Self {
        let cell = u32::try_from(index).ok().and_then(|index| row.children().item(index));
        let Some(cell) = cell else { return Self::Text(String::new()) };
        // The browser reads the number: Rust's own reader of floats would cost every visit some kilobytes.
        match cell.get_attribute("data-sort") {
            Some(number) => Self::Number(js_sys::Number::parse_float(&number)),
            None => Self::Text(dom::lowercase(&cell.text_content().unwrap_or_default())),
        }
    }
}
