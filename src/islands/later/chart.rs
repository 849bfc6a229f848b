//! A chart in the page, read point by point: with a pointer over its plot, or with keys on its range input. All texts
//! and places come from the rows of its table; only attributes are changed here.

use claimcheck_model::part;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, MouseEvent};

use crate::islands::dom;

/// Replaces the drawing, read-out, texts and rows in `root` with newly rendered ones, if both are charts with points.
/// Open details stay open, and the focus stays where it is.
pub fn take_over(root: &Element, fresh: &Element) -> bool {
    let (Some(scrub), Some(new)) = (dom::part(root, part::SCRUB), dom::part(fresh, part::SCRUB)) else {
        return false;
    };
    for part in [part::SUMMARY, part::READOUT, part::DRAWING, part::NOTE, part::VALUES] {
        if let (Some(old), Some(new)) = (dom::part(root, part), dom::part(fresh, part)) {
            let _ = old.replace_with_with_node_1(&new);
        }
    }
    // If the user had not moved it, it shows the newest point; otherwise the same point.
    for name in ["max", "value"] {
        if let Some(value) = new.get_attribute(name) {
            let _ = scrub.set_attribute(name, &value);
        }
    }
    show_picked(root);
    true
}

/// Shows the point that an event of the plot or of the range input is about.
pub fn read(root: &Element, event: &Event) {
    let Some(target) = dom::target_element(event) else { return };
    if dom::is_part(&target, part::SCRUB) {
        show_picked(root);
    } else if dom::is_part(&target, part::PLOT) {
        match event.dyn_ref::<MouseEvent>() {
            Some(pointer) if event.type_() != "mouseleave" => {
                let at = 100.0 * f64::from(pointer.offset_x()) / f64::from(target.client_width());
                show(root, nearest(root, at).as_ref());
            }
            _ => show_picked(root),
        }
    }
}

/// The point selected by keyboard, else the initial one.
fn show_picked(root: &Element) {
    let Some(scrub) = dom::part(root, part::SCRUB) else { return };
    let Some(picked) = scrub.dyn_ref::<HtmlInputElement>() else { return };
    let row = picked.value().parse().ok().and_then(|index: usize| rows(root).into_iter().nth(index));
    show(root, row.as_ref());
    if let Some(read_out) = dom::part(root, part::READOUT) {
        let _ = scrub.set_attribute("aria-valuetext", &read_out.text_content().unwrap_or_default());
    }
}

/// The row of the point nearest to `at`, in percent of the plot's width.
fn nearest(root: &Element, at: f64) -> Option<Element> {
    let mut best = (f64::INFINITY, None);
    for row in rows(root) {
        let away = (js_sys::Number::parse_float(&row.get_attribute("data-x")?) - at).abs();
        if away < best.0 {
            best = (away, Some(row));
        }
    }
    best.1
}

fn show(root: &Element, row: Option<&Element>) {
    let Some(row) = row else { return };
    // Not all children: others may add cells.
    let cells = dom::all(row, ":scope>th,:scope>.num");
    if let (Some(cursor), Some(x)) = (dom::part(root, part::CURSOR), row.get_attribute("data-x")) {
        let _ = cursor.set_attribute("x", &x);
    }
    if let Some(at) = dom::part(root, part::AT) {
        at.set_text_content(cells.first().and_then(|cell| cell.text_content()).as_deref());
    }
    for (index, value) in (1..).zip(dom::parts(root, part::VALUE)) {
        value.set_text_content(cells.get(index).and_then(|cell| cell.text_content()).as_deref());
    }
    for (index, dot) in (1..).zip(dom::parts(root, part::DOT)) {
        let y = cells.get(index).and_then(|cell| cell.get_attribute("data-y"));
        dom::set_hidden(&dot, y.is_none());
        if let Some(y) = y {
            let _ = dot.set_attribute("y", &y);
        }
    }
}

fn rows(root: &Element) -> Vec<Element> {
    dom::all(root, "tr[data-x]")
}
