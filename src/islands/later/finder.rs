//! The finder: boards, actions, and the rows on the page, in a dialog that selects while the user types. Without it, its
//! page does the same for boards and actions.

use claimcheck_model::{AppError, part, paths};
use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::{
    islands::{dom, session_notice, shortcuts},
    server_fns::find,
};

/// The class of the dialog.
const FINDER: &str = "finder";
/// How many cells of a row are shown.
const CELLS: usize = 4;

/// Fetches the choices and shows them; if that fails, opens their page.
pub fn open() {
    spawn_local(async {
        let came = find().await;
        // What was typed meanwhile; nothing if the user has changed their mind, or opened something else.
        let Some(typed) = shortcuts::take_typed() else { return };
        if session_notice::is_ended() || came == Err(AppError::SignedOut) && session_notice::doubt() {
            return;
        }
        if document().query_selector("dialog[open]").ok().flatten().is_some() {
            return;
        }
        if came.ok().and_then(|markup| show(&markup.html, &typed)).is_none() {
            let _ = window().location().set_href(&paths::BOARDS.href());
        }
    });
}

fn show(html: &str, typed: &str) -> Option<()> {
    let dialog: HtmlDialogElement = document().create_element("dialog").ok()?.dyn_into().ok()?;
    dialog.set_class_name(FINDER);
    dialog.set_inner_html(html);
    let title = dialog.query_selector("h2").ok()??.text_content()?;
    dialog.set_attribute("aria-label", &title).ok()?;
    add_rows(&dialog);
    // One for each kind of event, because a key can cause a click.
    let heard = || {
        let dialog = dialog.clone();
        Closure::<dyn FnMut(Event)>::new(move |event: Event| hear(&dialog, &event)).into_js_value()
    };
    dialog.set_oninput(Some(heard().unchecked_ref()));
    dialog.set_onclick(Some(heard().unchecked_ref()));
    dialog.set_onkeydown(Some(heard().unchecked_ref()));
    let closed = {
        let dialog = dialog.clone();
        Closure::<dyn FnMut()>::new(move || {
            session_notice::place();
            dialog.remove();
        })
        .into_js_value()
    };
    dialog.set_onclose(Some(closed.unchecked_ref()));
    document().body()?.append_child(&dialog).ok()?;
    dialog.show_modal().ok()?;
    session_notice::place();
    let field: HtmlInputElement = dialog.query_selector("input").ok()??.dyn_into().ok()?;
    let _ = field.focus();
    if !typed.is_empty() {
        field.set_value(typed);
        select(&dialog, typed);
    }
    Some(())
}

/// The rows that are on the page, below the title of their table.
fn add_rows(dialog: &Element) {
    let Some(body) = document().body() else { return };
    for table in dom::all(&body, &(part::ROWS.selector() + " table")) {
        let Ok(section) = document().create_element("section") else { return };
        section.set_class_name("panel");
        let title = table.query_selector("caption").ok().flatten().and_then(|title| title.text_content());
        add(&section, "h2", "", &title.unwrap_or_default());
        let Some(list) = add(&section, "ul", "entries", "") else { return };
        for link in dom::all(&table, &part::ROW.selector()) {
            let row = link.closest("tr").ok().flatten();
            let Some(entry) = row.zip(add(&list, "li", "", "")) else { continue };
            let (row, entry) = entry;
            let cells = dom::all(&row, ":scope > *").into_iter().skip(1).take(CELLS);
            let cells: Vec<String> = cells.filter_map(|cell| cell.text_content()).collect();
            let Some(copy) = add(&entry, "a", "label", &link.text_content().unwrap_or_default()) else {
                return;
            };
            for (name, value) in [("href", link.get_attribute("href")), ("data-row", Some(link.id()))] {
                let _ = copy.set_attribute(name, &value.unwrap_or_default());
            }
            add(&entry, "span", "note", cells.join(" \u{b7} ").trim());
        }
        if list.child_element_count() > 0 {
            let _ = dialog.append_child(&section);
        }
    }
}

fn add(parent: &Element, name: &str, class: &str, text: &str) -> Option<Element> {
    let element = document().create_element(name).ok()?;
    element.set_class_name(class);
    element.set_text_content(Some(text));
    parent.append_child(&element).ok()?;
    Some(element)
}

fn hear(dialog: &HtmlDialogElement, event: &Event) {
    let Some(target) = dom::target_element(event) else { return };
    match event.type_().as_str() {
        "input" => {
            if let Some(field) = target.dyn_ref::<HtmlInputElement>() {
                select(dialog, &field.value());
            }
        }
        // The drawer of a row, as its own link opens it.
        "click" => match dom::link_of(event).and_then(|link| link.get_attribute("data-row")) {
            Some(id) => {
                if let Some(link) = document().get_element_by_id(&id) {
                    event.prevent_default();
                    dialog.close();
                    link.unchecked_into::<HtmlElement>().click();
                }
            }
            // Outside of it.
            None if target.is_same_node(Some(dialog)) => dialog.close(),
            None => {}
        },
        _ => {
            if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
                press(dialog, &target, key);
            }
        }
    }
}

/// Hides what does not contain all words.
fn select(dialog: &Element, text: &str) {
    let sought = String::from(dom::lowercase(text));
    for section in dom::all(dialog, "section") {
        let mut is_any = false;
        for entry in dom::all(&section, "li") {
            let text = dom::lowercase(&entry.text_content().unwrap_or_default());
            let is_match = sought.split_whitespace().all(|word| text.includes(word, 0));
            dom::set_hidden(&entry, !is_match);
            is_any |= is_match;
        }
        dom::set_hidden(&section, !is_any);
    }
}

/// The arrows move through the choices; Enter in the field takes the first one.
fn press(dialog: &Element, target: &Element, key: &KeyboardEvent) {
    let name = key.key();
    let step: isize = match name.as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        "Enter" if target.has_attribute("name") => 0,
        _ => return,
    };
    let links = dom::all(dialog, "section:not([hidden]) li:not([hidden]) a");
    let at = links.iter().position(|link| link == target);
    let next = match (at, step) {
        (None, -1) => None,
        (None, _) => Some(0),
        (Some(at), step) => at.checked_add_signed(step),
    };
    let next = next.and_then(|next| links.get(next));
    match (next, step) {
        (Some(first), 0) => first.unchecked_ref::<HtmlElement>().click(),
        // The page of the finder says that there is nothing.
        (None, 0) => return,
        (Some(next), _) => dom::focus(Some(next.clone())),
        (None, -1) => dom::focus(dialog.query_selector("input").ok().flatten()),
        (None, _) => {}
    }
    key.prevent_default();
}
