//! Keys for the whole page: `/` focuses the field that filters a table, Ctrl-K or Cmd-K opens the finder. Users can switch
//! off the one without a modifier (WCAG 2.1.4).

use std::cell::RefCell;

use claimcheck_model::paths;
use leptos::prelude::{document, window};
use web_sys::{Element, KeyboardEvent};

use super::{
    dom,
    later::{self, Work},
};

/// Milliseconds: keys that are pressed later than this after the finder was requested are not for it.
const TYPED_WITHIN: f64 = 3000.0;

thread_local! {
    /// When the finder was requested, and what was typed since then. It has no field before its choices are there.
    static TYPED: RefCell<Option<(f64, String)>> = const { RefCell::new(None) };
}

/// What was typed since the finder was requested; `None` if it was not, or if the user has pressed Escape since.
pub fn take_typed() -> Option<String> {
    TYPED.take().map(|(_, typed)| typed)
}

/// Keeps a key for the finder that is about to open. Returns whether it was one.
fn keep(event: &KeyboardEvent) -> bool {
    let mut waiting = TYPED.take();
    let Some((since, typed)) = &mut waiting else { return false };
    let key = event.key();
    let has_modifier = event.ctrl_key() || event.meta_key();
    let is_soon = event.time_stamp() - *since < TYPED_WITHIN;
    match key.as_str() {
        // It does not open.
        "Escape" => return true,
        // It is requested already.
        "k" if has_modifier => {}
        // There is nothing to choose yet.
        "Enter" if is_soon => {}
        "Backspace" if is_soon => {
            typed.pop();
        }
        text if is_soon && !has_modifier && text.chars().nth(1).is_none() => typed.push_str(text),
        _ => {
            TYPED.set(waiting);
            return false;
        }
    }
    TYPED.set(waiting);
    event.prevent_default();
    true
}

/// A key was pressed anywhere.
pub fn pressed(event: &KeyboardEvent) {
    if event.default_prevented() || event.alt_key() || keep(event) {
        return;
    }
    if event.shift_key() && event.key() != "/" {
        return;
    }
    let has_modifier = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "k" if has_modifier => {
            event.prevent_default();
            if document().query_selector("dialog[open]").is_ok_and(|open| open.is_some()) {
                return;
            }
            TYPED.set(Some((event.time_stamp(), String::new())));
            later::run(Work::Find, || {
                let _ = window().location().set_href(&paths::BOARDS.href());
            });
        }
        "/" if !has_modifier && !is_typing(event) && are_on() => {
            if let Some(field) = field() {
                event.prevent_default();
                dom::focus(Some(field));
            }
        }
        _ => {}
    }
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = dom::target_element(event);
    target.is_some_and(|target| target.matches("input, textarea, select, dialog *").unwrap_or_default())
}

/// Whether the user has not switched off keys without a modifier.
pub fn are_on() -> bool {
    document().document_element().is_some_and(|root| !root.has_attribute("data-shortcuts"))
}

/// The first field for a filter, else the one that finds boards.
fn field() -> Option<Element> {
    let find = |selector| document().query_selector(selector).ok().flatten();
    find("main input[type=search]").or_else(|| find("#find"))
}
