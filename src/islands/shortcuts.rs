//! Keys for the whole page: `/` focuses the field that filters a table, Ctrl-K or Cmd-K opens the finder. Users can switch
//! off the one without a modifier (WCAG 2.1.4).

use claimcheck_model::paths;
use leptos::prelude::{document, window};
use web_sys::{Element, KeyboardEvent};

use super::{
    dom,
    later::{self, Work},
};

/// A key was pressed anywhere.
pub fn pressed(event: &KeyboardEvent) {
    if event.default_prevented() || event.alt_key() || event.shift_key() && event.key() != "/" {
        return;
    }
    let has_modifier = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "k" if has_modifier => {
            event.prevent_default();
            later::run(Work::Find, || {
                let _ = window().location().set_href(paths::BOARDS);
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
