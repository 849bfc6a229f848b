//! A table as it stands in the page, filtered and sorted in place: rows are hidden or moved, never built anew.
//! Plain DOM work, and the few questions to it that other islands have.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, Node};

use crate::{model::is_match, paths};

/// The table of a panel, and what belongs to it.
pub struct Table<'a> {
    root: &'a Element,
}

impl<'a> Table<'a> {
    pub fn of(root: &'a Element) -> Self {
        Self { root }
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).ok().flatten()
    }

    fn all(&self, selector: &str) -> Vec<Element> {
        let Ok(found) = self.root.query_selector_all(selector) else { return Vec::new() };
        (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
    }

    /// Where the rows are; `None` where no table stands.
    pub fn body(&self) -> Option<Element> {
        self.find("tbody")
    }

    /// The keys of the columns, in order.
    pub fn keys(&self) -> Vec<String> {
        self.all("th[data-key]").iter().filter_map(|head| head.get_attribute("data-key")).collect()
    }

    fn rows(&self) -> Vec<Element> {
        self.all("tbody > tr")
    }

    fn filter_field(&self) -> Option<HtmlInputElement> {
        self.find("input[name=q]")?.dyn_into().ok()
    }

    /// Shows the rows that contain `text`.
    pub fn filter(&self, text: &str) {
        let rows = self.rows();
        let mut shown = 0;
        for row in &rows {
            let content = row.text_content().unwrap_or_default();
            let is_shown = is_match(std::iter::once(content.as_str()), text);
            set_hidden(row, !is_shown);
            shown += usize::from(is_shown);
        }
        set_hidden_opt(self.find(".table-scroll"), shown == 0);
        set_hidden_opt(self.find("[data-part=none]"), shown != 0);
        set_text(self.find("[data-part=sought]"), text);
        let words = match (text.trim().is_empty(), self.total().filter(|total| *total > rows.len())) {
            (true, Some(total)) => format!("{shown} of {total} rows"),
            (true, None) => format!("{shown} {}", rows_word(shown)),
            (false, _) => format!("{shown} {} found", rows_word(shown)),
        };
        set_text(self.find("[data-part=count]"), &words);
    }

    /// Empties the filter and gives the field the focus.
    pub fn clear_filter(&self) {
        if let Some(field) = self.filter_field() {
            field.set_value("");
            let _ = field.focus();
        }
        self.filter("");
    }

    fn total(&self) -> Option<usize> {
        self.find("[data-part=count]")?.get_attribute("data-total")?.parse().ok()
    }

    /// Sorts by the column of `head`; the other way round when it is sorted by it already.
    pub fn sort_by(&self, head: &Element) {
        let is_descending = head.get_attribute("aria-sort").as_deref() == Some("ascending");
        for other in self.all("th[aria-sort]") {
            remove_attribute(&other, "aria-sort");
        }
        let _ = head.set_attribute("aria-sort", if is_descending { "descending" } else { "ascending" });
        self.sort();
    }

    /// Sorts as the heads say.
    fn sort(&self) {
        let heads = self.all("th[data-key]");
        let (Some(body), Some(index)) =
            (self.body(), heads.iter().position(|head| head.has_attribute("aria-sort")))
        else {
            return;
        };
        let is_descending = heads[index].get_attribute("aria-sort").as_deref() == Some("descending");
        let mut keyed: Vec<_> = self.rows().into_iter().map(|row| (sort_key(&row, index), row)).collect();
        keyed.sort_by(|(a, _), (b, _)| {
            let ordering = a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
            if is_descending { ordering.reverse() } else { ordering }
        });
        for (_, row) in &keyed {
            let _ = body.append_child(row);
        }
    }

    /// After new rows: sorted, filtered and counted as the person had asked.
    pub fn arrange_as_before(&self, total: Option<u64>) {
        if let (Some(count), Some(total)) = (self.find("[data-part=count]"), total) {
            let _ = count.set_attribute("data-total", &total.to_string());
        }
        self.sort();
        self.filter(&self.filter_field().map(|field| field.value()).unwrap_or_default());
    }

    /// When the API answered.
    pub fn set_as_of(&self, as_of: &str) {
        set_text(self.find("[data-part=as-of]"), &format!("as of {as_of}"));
        set_text(self.find("[data-part=stale]"), "");
    }

    /// The rows are old, and why.
    pub fn say_stale(&self, why: &str) {
        set_text(self.find("[data-part=stale]"), &format!("{why}. These rows are older."));
    }
}

/// Numbers before words, as `data-sort` says; else the text.
#[derive(PartialEq, PartialOrd)]
enum SortKey {
    Number(f64),
    Text(String),
}

fn sort_key(row: &Element, index: usize) -> SortKey {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let Some(cell) = row.children().item(index) else { return SortKey::Text(String::new()) };
    match cell.get_attribute("data-sort").and_then(|number| number.parse().ok()) {
        Some(number) => SortKey::Number(number),
        None => SortKey::Text(cell.text_content().unwrap_or_default().to_lowercase()),
    }
}

fn rows_word(count: usize) -> &'static str {
    if count == 1 { "row" } else { "rows" }
}

/// Writes filter and order into the address, so that a reload or a bookmark shows the same.
pub fn remember(root: &Element) {
    let table = Table::of(root);
    let filter = table.filter_field().map(|field| field.value()).unwrap_or_default();
    let sorted = table.find("th[aria-sort]");
    let key = sorted.as_ref().and_then(|head| head.get_attribute("data-key")).unwrap_or_default();
    let order = match sorted.and_then(|head| head.get_attribute("aria-sort")).as_deref() {
        Some("descending") => "desc",
        Some(_) => "asc",
        None => "",
    };
    let path = window().location().pathname().unwrap_or_default();
    let address = paths::with_query(&path, &[("q", &filter), ("sort", &key), ("order", order)]);
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Path and query of this page.
pub fn here() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// The link that was clicked, or that holds what was.
pub fn link_of(event: &Event) -> Option<Element> {
    target_element(event)?.closest("a").ok().flatten()
}

/// Where an event began.
pub fn target_element(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Where an event began, as a node.
pub fn target(event: &Event) -> Option<Node> {
    event.target()?.dyn_into().ok()
}

/// Says to screen readers that a part of the page is being renewed.
pub fn set_busy(element: &Element, is_busy: bool) {
    let _ = element.set_attribute("aria-busy", if is_busy { "true" } else { "false" });
}

pub fn remove_attribute(element: &Element, name: &str) {
    let _ = element.remove_attribute(name);
}

pub fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn set_text(element: Option<Element>, text: &str) {
    if let Some(element) = element {
        element.set_text_content(Some(text));
    }
}

fn set_hidden(element: &Element, is_hidden: bool) {
    if is_hidden == element.has_attribute("hidden") {
        return;
    }
    if is_hidden {
        let _ = element.set_attribute("hidden", "");
    } else {
        let _ = element.remove_attribute("hidden");
    }
}

fn set_hidden_opt(element: Option<Element>, is_hidden: bool) {
    if let Some(element) = element {
        set_hidden(&element, is_hidden);
    }
}
