//! Days of a chart chosen as the period of the board: by dragging over its plot with a mouse or pen, or with Shift and the
//! arrow keys on its range input and then Enter. The form of the period is filled in and sent, as with scripts off.

use std::cell::RefCell;

use claimcheck_model::part;
use js_sys::{JsString, Number};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement, HtmlInputElement, KeyboardEvent, PointerEvent};

use super::chart;
use crate::islands::dom;

/// A shorter movement of the pointer is a press, in CSS pixels.
const PRESS_MAX: i32 = 5;

/// What is being chosen, from one point to another one.
struct Choice {
    root: Element,
    begin: usize,
    end: usize,
    /// Where the pointer was pressed; `None` with keys.
    pressed_at: Option<i32>,
    /// The pointer has moved, or a key has: before that, nothing is chosen.
    has_moved: bool,
}

thread_local! {
    static CHOICE: RefCell<Option<Choice>> = const { RefCell::new(None) };
}

/// Begins a choice with the pointer at the point `at`, changes it, or ends it and sends the form.
pub fn drag(root: &Element, plot: &Element, pointer: &PointerEvent, at: usize) {
    if dom::part(root, part::RANGE).is_none() {
        return;
    }
    let kind = pointer.type_();
    if kind == "pointerdown" {
        // A finger reads the chart, or scrolls the page.
        if pointer.button() == 0 && pointer.pointer_type() != "touch" {
            let pressed_at = Some(pointer.client_x());
            let root = root.clone();
            CHOICE.set(Some(Choice { root, begin: at, end: at, pressed_at, has_moved: false }));
        }
    } else if let Some(mut choice) = take(root, false) {
        choice.end = at;
        choice.has_moved |=
            choice.pressed_at.is_some_and(|from| (from - pointer.client_x()).abs() > PRESS_MAX);
        // Without a button pressed, its release was outside the window.
        if kind == "pointerup" {
            if choice.has_moved {
                send(&choice);
            }
        } else if pointer.buttons() & 1 != 0 {
            if choice.has_moved {
                // The end may be outside the plot. A press on a link in the plot has not moved.
                let _ = plot.set_pointer_capture(pointer.pointer_id());
            }
            CHOICE.set(Some(choice));
        }
    }
    show(root);
}

/// Begins a choice by keys, sends or leaves it, before the key changes the range input.
pub fn press_key(root: &Element, scrub: &Element, key: &KeyboardEvent) {
    let name = key.key();
    let kept = take(root, true);
    if name == "Enter" {
        if let Some(choice) = kept.filter(|choice| choice.has_moved) {
            send(&choice);
        }
    } else if key.shift_key()
        && !["Tab", "Escape"].contains(&name.as_str())
        && let Some(at) = dom::part(root, part::RANGE).and_then(|_| picked(scrub))
    {
        let begins = || Choice { root: root.clone(), begin: at, end: at, pressed_at: None, has_moved: false };
        CHOICE.set(Some(kept.unwrap_or_else(begins)));
    } else if kept.is_some() {
        // Nothing is chosen any longer: screen readers hear the point again.
        chart::show_picked(root);
    }
    tell(scrub, show(root));
}

/// The range input has moved.
pub fn follow(root: &Element, scrub: &Element) {
    if let (Some(mut choice), Some(end)) = (take(root, true), picked(scrub)) {
        choice.end = end;
        choice.has_moved = choice.begin != end;
        CHOICE.set(Some(choice));
    }
    tell(scrub, show(root));
}

/// Takes what is being chosen on this chart: by keys or with the pointer.
fn take(root: &Element, by_keys: bool) -> Option<Choice> {
    CHOICE.with_borrow_mut(|choice| {
        choice.take_if(|choice| choice.root == *root && choice.pressed_at.is_none() == by_keys)
    })
}

fn picked(scrub: &Element) -> Option<usize> {
    scrub.dyn_ref::<HtmlInputElement>()?.value().parse().ok()
}

/// Marks the days that are being chosen, half of the way to the next points included. Returns their names.
fn show(root: &Element) -> Option<JsString> {
    let range = dom::part(root, part::RANGE)?;
    let rows = chart::rows(root);
    let ends = CHOICE.with_borrow(|choice| {
        let choice = choice.as_ref().filter(|choice| choice.root == *root && choice.has_moved)?;
        let (first, last) = (choice.begin.min(choice.end), choice.begin.max(choice.end));
        Some((rows.get(first)?, rows.get(last)?))
    });
    dom::set_hidden(&range, ends.is_none());
    let (first, last) = ends?;
    let half = match rows.as_slice() {
        [one, other, ..] => (place(other) - place(one)) / 2.0,
        _ => 50.0,
    };
    chart::set_style(&range, "left", &percent((place(first) - half).max(0.0)));
    chart::set_style(&range, "right", &percent((100.0 - half - place(last)).max(0.0)));
    let name = |row: &Element| JsString::from(chart::label(row).unwrap_or_default());
    let mut names = name(first);
    if first != last {
        names = names.concat(&" \u{2013} ".into()).concat(&name(last));
    }
    range.set_text_content(names.as_string().as_deref());
    Some(names)
}

/// Tells screen readers which days are being chosen.
fn tell(scrub: &Element, names: Option<JsString>) {
    if let Some(names) = names.and_then(|names| names.as_string()) {
        let _ = scrub.set_attribute("aria-valuetext", &names);
    }
}

/// The place of a point in percent of the plot's width.
fn place(row: &Element) -> f64 {
    Number::parse_float(&row.get_attribute("data-x").unwrap_or_default())
}

// By the browser: Rust's own digits of a float would add a quarter to the second file.
fn percent(number: f64) -> JsString {
    Number::from(number).to_fixed(2).unwrap_or_else(|_| "0".into()).concat(&"%".into())
}

/// Fills in the form of the period with these days, and sends it.
fn send(choice: &Choice) {
    let rows = chart::rows(&choice.root);
    let day = |index: usize, name: &str| {
        let row = rows.get(index)?;
        row.get_attribute(name).or_else(|| row.get_attribute("data-from"))
    };
    let from = day(choice.begin.min(choice.end), "data-from");
    let to = day(choice.begin.max(choice.end), "data-to");
    let form = document().query_selector(".period form").ok().flatten();
    let (Some(from), Some(to), Some(form)) = (from, to, form) else { return };
    for (name, value) in [("from", from), ("to", to)] {
        let field = dom::all(&form, "input")
            .into_iter()
            .find_map(|field| field.dyn_into::<HtmlInputElement>().ok().filter(|field| field.name() == name));
        let Some(field) = field else { return };
        // The current month ends after the last day that can be chosen.
        let last = field.max();
        field.set_value(if !last.is_empty() && value > last { &last } else { &value });
    }
    if let Ok(form) = form.dyn_into::<HtmlFormElement>() {
        let _ = form.submit();
    }
}
