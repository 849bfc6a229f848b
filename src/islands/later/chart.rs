//! A chart in the page, read point by point: with a pointer over its plot, or with keys on its range input. All texts
//! and places come from the rows of its table; only attributes are changed here.

use claimcheck_model::part;
use js_sys::{JsString, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, PointerEvent};

use super::chart_days;
use crate::islands::dom;

/// On a chart that shows the point of another one.
const SHARED: &str = "data-shared";

/// Replaces the drawing, read-out, texts and rows in `root` with newly rendered ones, if both are charts with points.
/// Open details stay open, and the focus stays where it is.
pub fn take_over(root: &Element, fresh: &Element) -> bool {
    let (Some(scrub), Some(new)) = (dom::part(root, part::SCRUB), dom::part(fresh, part::SCRUB)) else {
        return false;
    };
    for (old, new) in dom::parts(root, part::SERIES).iter().zip(dom::parts(fresh, part::SERIES)) {
        if let Some(new) = new.dyn_ref::<HtmlInputElement>() {
            new.set_checked(is_checked(old));
        }
    }
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

/// Shows the point that an event of the plot or of the range input is about, and chooses days with it; or shows one series
/// of the legend only.
pub fn read(root: &Element, event: &Event) {
    let Some(target) = dom::target_element(event) else { return };
    let key = event.dyn_ref::<KeyboardEvent>();
    if dom::is_part(&target, part::SCRUB) {
        if let Some(key) = key {
            return chart_days::press_key(root, &target, key);
        }
        let picked = show_picked(root);
        show_tip(root, picked.as_ref());
        share(root, picked.as_ref());
        chart_days::follow(root, &target);
    } else if let Some(plot) = dom::part_around(&target, part::PLOT) {
        if let Some(pointer) = event.dyn_ref::<PointerEvent>() {
            let Some((at, row)) = nearest(root, &plot, pointer) else { return };
            show(root, Some(&row));
            show_tip(root, Some(&row));
            share(root, Some(&row));
            chart_days::drag(root, &plot, pointer, at);
        } else if plot == target {
            show_picked(root);
            show_tip(root, None);
            share(root, None);
        }
    } else if key.is_none_or(|key| key.key() == "Enter")
        && let Ok(Some(entry)) = target.closest(".chart-entry")
    {
        show_only(root, &entry);
    }
}

/// Shows one series only; all of them, if it is the only one already.
fn show_only(root: &Element, entry: &Element) {
    let Some(only) = dom::part(entry, part::SERIES) else { return };
    let all = dom::parts(root, part::SERIES);
    let is_alone = all.iter().all(|choice| is_checked(choice) == (*choice == only));
    for choice in &all {
        if let Some(field) = choice.dyn_ref::<HtmlInputElement>() {
            field.set_checked(is_alone || *choice == only);
        }
    }
}

/// Shows the label of a point beside it: the values from the highest to the lowest, as they are drawn.
fn show_tip(root: &Element, row: Option<&Element>) {
    let Some(tip) = dom::part(root, part::TIP) else { return };
    dom::set_hidden(&tip, row.is_none());
    let (Some(row), Some(read_out)) = (row, dom::part(root, part::READOUT)) else { return };
    tip.set_text_content(None);
    if let Some(at) = dom::part(&read_out, part::AT).and_then(|at| copy(&at)) {
        let _ = tip.append_child(&at);
    }
    let cells = cells(row);
    let mut lines: Vec<(f64, Element)> = Vec::new();
    for (entry, cell) in dom::all(&read_out, ".chart-entry").iter().zip(cells.iter().skip(1)) {
        let is_hidden = dom::part(entry, part::SERIES).is_some_and(|choice| !is_checked(&choice));
        let place = cell.get_attribute("data-y").filter(|_| !is_hidden);
        if let (Some(place), Some(line)) = (place, copy(entry)) {
            let place = js_sys::Number::parse_float(&place);
            lines.insert(lines.partition_point(|(other, _)| *other <= place), (place, line));
        }
    }
    for (_, line) in lines {
        let _ = tip.append_child(&line);
    }
    let x = row.get_attribute("data-x").unwrap_or_default();
    let is_right = js_sys::Number::parse_float(&x) > 50.0;
    let _ = tip.set_attribute("data-side", if is_right { "before" } else { "after" });
    set_style(&tip, "left", &x.into());
}

/// Sets a style through the object model, because the policy forbids the attribute.
pub fn set_style(element: &Element, name: &str, value: &JsString) {
    if let Ok(style) = Reflect::get(element, &"style".into()) {
        let _ = Reflect::set(&style, &name.into(), value);
    }
}

/// A copy without names of parts, which are looked up.
fn copy(element: &Element) -> Option<Element> {
    let copy: Element = element.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    let _ = copy.remove_attribute(part::ATTRIBUTE);
    for inner in dom::all(&copy, "[data-part]") {
        match inner.has_attribute("value") {
            true => inner.remove(),
            false => {
                let _ = inner.remove_attribute(part::ATTRIBUTE);
            }
        }
    }
    Some(copy)
}

fn is_checked(choice: &Element) -> bool {
    choice.dyn_ref::<HtmlInputElement>().is_none_or(HtmlInputElement::checked)
}

/// All other charts of the page show the point with the same label: a day, a month, a category.
fn share(root: &Element, row: Option<&Element>) {
    let Some(body) = document().body() else { return };
    let label = row.and_then(label);
    for figure in dom::all(&body, ".chart").into_iter().filter(|figure| !root.contains(Some(figure))) {
        let row = rows(&figure).into_iter().find(|row| label.is_some() && self::label(row) == label);
        if row.is_some() {
            show(&figure, row.as_ref());
            let _ = figure.set_attribute(SHARED, "");
        } else if figure.has_attribute(SHARED) {
            let _ = figure.remove_attribute(SHARED);
            show_picked(&figure);
        }
    }
}

/// The label of a point.
pub fn label(row: &Element) -> Option<String> {
    row.query_selector("th").ok()??.text_content()
}

/// The point selected by keyboard, else the initial one.
pub fn show_picked(root: &Element) -> Option<Element> {
    let scrub = dom::part(root, part::SCRUB)?;
    let picked = scrub.dyn_ref::<HtmlInputElement>()?;
    let row = picked.value().parse().ok().and_then(|index: usize| rows(root).into_iter().nth(index));
    show(root, row.as_ref());
    if let Some(read_out) = dom::part(root, part::READOUT) {
        let _ = scrub.set_attribute("aria-valuetext", &read_out.text_content().unwrap_or_default());
    }
    row
}

/// The point nearest to the pointer: its index and its row.
fn nearest(root: &Element, plot: &Element, pointer: &PointerEvent) -> Option<(usize, Element)> {
    // The pointer may be over a link in the plot, to which its own offset refers.
    let bounds = plot.unchecked_ref::<Placed>().bounds();
    let at = 100.0 * (f64::from(pointer.client_x()) - bounds.left()) / bounds.width();
    let mut best = (f64::INFINITY, None);
    for (index, row) in rows(root).into_iter().enumerate() {
        let away = (js_sys::Number::parse_float(&row.get_attribute("data-x")?) - at).abs();
        if away < best.0 {
            best = (away, Some((index, row)));
        }
    }
    best.1
}

fn show(root: &Element, row: Option<&Element>) {
    let Some(row) = row else { return };
    let cells = cells(row);
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

/// The cells of a row: not all children, because others may add cells.
fn cells(row: &Element) -> Vec<Element> {
    dom::all(row, ":scope>th,:scope>.num")
}

/// The rows of the points.
pub fn rows(root: &Element) -> Vec<Element> {
    dom::all(root, "tr[data-x]")
}

#[wasm_bindgen]
extern "C" {
    /// An element with its place in the window.
    type Placed;
    /// `DOMRect`.
    type Bounds;
    #[wasm_bindgen(method, js_name = getBoundingClientRect)]
    fn bounds(this: &Placed) -> Bounds;
    #[wasm_bindgen(method, getter)]
    fn left(this: &Bounds) -> f64;
    #[wasm_bindgen(method, getter)]
    fn width(this: &Bounds) -> f64;
}
