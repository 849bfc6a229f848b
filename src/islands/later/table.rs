//! A table in the page, filtered and sorted in place: rows are hidden or moved, never created.

use std::cmp::Ordering;

use claimcheck_model::{island_text, part};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, Node};

use crate::islands::{dom, texts};

/// The table of a panel and its controls.
pub struct Table<'a> {
    root: &'a Element,
}

impl<'a> Table<'a> {
    pub fn of(root: &'a Element) -> Self {
        Self { root }
    }

    pub fn is_sorted_by_api(&self) -> bool {
        self.find("[data-sorted-by-api]").is_some()
    }

    pub fn is_searched_by_api(&self) -> bool {
        self.find("[data-remote]").is_some()
    }

    /// Whether the rows are sorted by this column in ascending order.
    pub fn is_ascending(head: &Element) -> bool {
        head.get_attribute("aria-sort").as_deref() == Some("ascending")
    }

    /// Shows the rows that contain `text`.
    pub fn filter(&self, text: &str) {
        let rows = self.rows();
        let mut shown = 0;
        // As `claimcheck_model::is_match` on the server, with the browser's functions: Rust's would be one of the largest
        // parts of the download.
        let sought = String::from(dom::lowercase(text.trim()));
        for row in &rows {
            let is_match =
                |node: &Node| dom::lowercase(&node.text_content().unwrap_or_default()).includes(&sought, 0);
            // The whole row is checked first: if it does not contain the text, no cell does.
            let is_shown = is_match(row) && cells(row).iter().any(|cell| is_match(cell));
            dom::set_hidden(row, !is_shown);
            shown += usize::from(is_shown);
        }
        if let (Some(table), Some(none)) = (self.find(".table-scroll"), dom::part(self.root, part::NONE)) {
            dom::set_hidden(&table, shown == 0);
            dom::set_hidden(&none, shown != 0);
        }
        dom::set_text(self.root, part::SOUGHT, text);
        let count = match shown {
            _ if text.trim().is_empty() => {
                dom::part(self.root, part::COUNT).and_then(|count| count.get_attribute("data-all"))
            }
            1 => Some(texts::text(island_text::ROW_FOUND)),
            _ => Some(texts::filled(&texts::text(island_text::ROWS_FOUND), &shown.to_string())),
        };
        dom::set_text(self.root, part::COUNT, &count.unwrap_or_default());
    }

    /// Clears the filter and focuses the field. Returns the field's name.
    pub fn clear_filter(&self) -> Option<String> {
        let field = self.filter_field()?;
        field.set_value("");
        let _ = field.focus();
        if !self.is_searched_by_api() {
            self.filter("");
        }
        Some(field.name())
    }

    /// Sorts by the column of `head`; reverses the order if it is already sorted by it.
    pub fn sort_by(&self, head: &Element) {
        let is_descending = Self::is_ascending(head);
        if let Some(other) = self.find("th[aria-sort]") {
            let _ = other.remove_attribute("aria-sort");
        }
        let _ = head.set_attribute("aria-sort", if is_descending { "descending" } else { "ascending" });
        let heads = self.all("th[data-key]");
        let (Some(body), Some(index)) =
            (self.find(&(part::ROWS.selector() + " tbody")), heads.iter().position(|other| other == head))
        else {
            return;
        };
        // Insertion sort: `sort_by` would add two kilobytes to every visit, and there are only some hundred rows.
        let mut keyed: Vec<(SortKey, Element)> = Vec::new();
        for row in self.rows() {
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

    fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).ok().flatten()
    }

    fn all(&self, selector: &str) -> Vec<Element> {
        dom::all(self.root, selector)
    }

    fn rows(&self) -> Vec<Element> {
        self.all(&(part::ROWS.selector() + " tbody > tr"))
    }

    /// The field for the filter text.
    pub fn filter_field(&self) -> Option<HtmlInputElement> {
        self.find("input[type=search]")?.dyn_into().ok()
    }
}

/// The cells of a row, one for each column: by their classes (`kind_class`), because others may add cells.
fn cells(row: &Element) -> Vec<Element> {
    dom::all(row, ":scope>:is(.num,.text,.date,.word)")
}

/// The sort key of a row: the number in `data-sort`, else the text of its cell.
#[derive(PartialEq, PartialOrd)]
enum SortKey {
    Number(f64),
    Text(String),
}

impl SortKey {
    fn of(row: &Element, index: usize) -> Self {
        let Some(cell) = cells(row).into_iter().nth(index) else { return Self::Text(String::new()) };
        // The browser parses the number: Rust's float parser would add some kilobytes to every visit.
        match cell.get_attribute("data-sort") {
            Some(number) => Self::Number(js_sys::Number::parse_float(&number)),
            None => Self::Text(dom::lowercase(&cell.text_content().unwrap_or_default()).into()),
        }
    }
}
