//! A row, or the form of an action, in a drawer over its board. If it cannot open, the page that its link opens says
//! why. The row in the drawer is part of the page's address, so that a reload or a bookmark shows it again.

use std::cell::Cell;

use claimcheck_model::{
    AppError, Markup,
    part::{self, MAIN},
    paths,
};
use leptos::{
    prelude::{document, window, window_event_listener_untyped},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, HtmlAnchorElement, HtmlDialogElement, KeyboardEvent, UrlSearchParams};

use super::address;
use crate::{
    islands::{dom, session_notice, shortcuts},
    server_fns::row,
};

/// On the drawer of a row: its panel and its key, as in the address.
const ROW: &str = "data-row";
/// On any drawer: the id of the link that opened it.
const OPENER: &str = "data-opener";
/// The state of a history entry that opening a drawer has added.
const OPENED: &str = "drawer";

thread_local! {
    /// The number of the last request for a drawer.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// A drawer is requested, or was closed: responses to earlier requests are outdated. Returns the number of this request.
pub fn ask() -> u32 {
    ASKED.set(ASKED.get().wrapping_add(1));
    ASKED.get()
}

/// Fetches the row of a link, and shows it.
pub fn open(root: &Element, link: &Element) {
    let Some(link) = link.dyn_ref::<HtmlAnchorElement>().cloned() else { return };
    let (Some(board), Some(panel)) = (root.get_attribute("data-board"), root.get_attribute("data-panel"))
    else {
        return;
    };
    if dom::is_busy(&link) {
        return;
    }
    listen();
    dom::set_busy(&link, true);
    let query = link.search();
    let name = key_of(&link).map(|key| name_of(&panel, &key));
    let number = ask();
    spawn_local(async move {
        let answer = row(board, panel, query.trim_start_matches('?').to_owned()).await;
        came(&link, number, answer, name.as_deref());
    });
}

/// Opens the row that the address names, if any; closes the drawer of another one.
pub fn follow_address() {
    let (name, shown) = (address::value(paths::OPEN_ROW), drawer().and_then(|open| open.get_attribute(ROW)));
    if name == shown {
        return;
    }
    match name {
        Some(name) => open_named(&name),
        None => close(),
    }
}

/// Reacts to the browser's buttons for back and forward, from the first drawer on.
fn listen() {
    thread_local! {
        static IS_LISTENING: Cell<bool> = const { Cell::new(false) };
    }
    if !IS_LISTENING.replace(true) {
        window_event_listener_untyped("popstate", |_| follow_address());
    }
}

fn open_named(name: &str) {
    let Some((panel, key)) = name.split_once('.') else { return };
    let Some(root) = root_of(panel) else { return };
    let known = links(&root).into_iter().find(|link| key_of(link).as_deref() == Some(key));
    let Some(link) = known.or_else(|| link_to(&root, panel, key)) else { return };
    open(&root, &link);
}

/// A link for a row that is not on the page.
fn link_to(root: &Element, panel: &str, key: &str) -> Option<HtmlAnchorElement> {
    let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    let params = UrlSearchParams::new_with_str(&address::query()).ok()?;
    params.delete(paths::OPEN_ROW);
    params.set(paths::ROW_KEY, key);
    let place = paths::row(&root.get_attribute("data-board")?, panel);
    link.set_href(&[&place, "?", &String::from(params.to_string())].concat());
    Some(link)
}

/// Shows the response to the request with this number for a waiting link, and returns the drawer; for a row with its
/// name in the address.
pub fn came(
    link: &HtmlAnchorElement,
    number: u32,
    came: Result<Markup, AppError>,
    name: Option<&str>,
) -> Option<Element> {
    dom::set_busy(link, false);
    // The page shows that by itself, and keeps the input.
    if session_notice::is_ended() || came == Err(AppError::SignedOut) && session_notice::doubt() {
        return None;
    }
    // The user has asked for something else meanwhile.
    if number != ASKED.get() {
        return None;
    }
    let shown = came.ok().and_then(|markup| show(&markup.html, link, name));
    match shown {
        Some(_) => session_notice::acted(),
        None => {
            let _ = window().location().set_href(&link.href());
        }
    }
    shown
}

/// The dialog is at the end of the page, not in its panel, so that changes of the panel's rows do not affect it.
fn show(html: &str, link: &HtmlAnchorElement, name: Option<&str>) -> Option<Element> {
    let mut opener = link.id();
    let old = document().query_selector("dialog").ok()?;
    let is_same_kind = old.as_ref().is_some_and(|old| old.has_attribute(ROW)) && name.is_some();
    if let Some(old) = old {
        // An action in the drawer of a row: the focus returns to that row.
        if old.contains(Some(link)) {
            opener = old.get_attribute(OPENER).unwrap_or_default();
        }
        // It may contain the session notice.
        let old = old.unchecked_into::<HtmlDialogElement>();
        old.set_onclose(None);
        old.close();
        session_notice::place();
        old.remove();
    }
    let dialog: HtmlDialogElement = document().create_element("dialog").ok()?.dyn_into().ok()?;
    dialog.set_inner_html(html);
    let is_question = dialog.query_selector("[data-question]").ok()?.is_some();
    dialog.set_class_name(match (is_question, is_same_kind) {
        (true, _) => "drawer asks",
        (false, true) => "drawer again",
        (false, false) => "drawer",
    });
    let _ = dialog.set_attribute(OPENER, &opener);
    if let Some(title) = dialog.query_selector("h2").ok().flatten().and_then(|title| title.text_content()) {
        let _ = dialog.set_attribute("aria-label", &title);
    }
    // The panel may have been refreshed behind it, with a new link: the focus returns by id.
    let closed = Closure::<dyn FnMut()>::new(move || {
        ask();
        leave_address();
        session_notice::place();
        let opener = document().get_element_by_id(&opener).map(|link| button_of_menu(&link).unwrap_or(link));
        dom::focus(opener.clone());
        // It may be gone or hidden.
        if opener.is_none() || document().active_element() != opener {
            dom::focus(document().get_element_by_id(MAIN));
        }
    });
    dialog.set_onclose(Some(closed.into_js_value().unchecked_ref()));
    if let Some(name) = name {
        let _ = dialog.set_attribute(ROW, name);
        offer_steps(&dialog);
    }
    document().body()?.append_child(&dialog).ok()?;
    dialog.show_modal().ok()?;
    session_notice::place();
    enter_address(name);
    Some(dialog.into())
}

/// The button that opens the menu with this link, if it is in one.
fn button_of_menu(link: &Element) -> Option<Element> {
    let menu = link.closest("[popover]").ok()??;
    document().query_selector(&["[popovertarget=\"", &menu.id(), "\"]"].concat()).ok()?
}

/// Shows the buttons to the row before and the one after it, and listens to them and to their keys.
fn offer_steps(dialog: &HtmlDialogElement) {
    for (part, step) in [(part::BEFORE, -1), (part::AFTER, 1)] {
        if let Some(button) = dom::part(dialog, part) {
            dom::set_hidden(&button, neighbour(dialog, step).is_none());
        }
    }
    let drawer = dialog.clone();
    let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let Some(target) = dom::target_element(&event) else { return };
        let step = match event.dyn_ref::<KeyboardEvent>() {
            Some(key) if key.ctrl_key() || key.meta_key() || key.alt_key() => return,
            Some(_) if !shortcuts::are_on() => return,
            Some(_) if target.matches("input, textarea, select").unwrap_or_default() => return,
            Some(key) => match key.key().as_str() {
                "j" => 1,
                "k" => -1,
                _ => return,
            },
            None if dom::part_around(&target, part::AFTER).is_some() => 1,
            None if dom::part_around(&target, part::BEFORE).is_some() => -1,
            None => return,
        };
        if let Some((root, link)) = neighbour(&drawer, step) {
            event.prevent_default();
            open(&root, &link);
        }
    });
    let heard = heard.into_js_value();
    dialog.set_onclick(Some(heard.unchecked_ref()));
    dialog.set_onkeydown(Some(heard.unchecked_ref()));
}

/// The panel, and the link of the row that many rows after the one in the drawer.
fn neighbour(dialog: &Element, step: isize) -> Option<(Element, HtmlAnchorElement)> {
    let name = dialog.get_attribute(ROW)?;
    let (panel, key) = name.split_once('.')?;
    let root = root_of(panel)?;
    let links = links(&root);
    let at = links.iter().position(|link| key_of(link).as_deref() == Some(key))?;
    let link = links.into_iter().nth(at.checked_add_signed(step)?)?;
    Some((root, link))
}

/// The links of the rows that are shown, in their order.
fn links(root: &Element) -> Vec<HtmlAnchorElement> {
    let rows = dom::all(root, "tr:not([hidden])").into_iter();
    rows.filter_map(|row| dom::part(&row, part::ROW)?.dyn_into().ok()).collect()
}

fn root_of(panel: &str) -> Option<Element> {
    let body = document().body()?;
    let is_it = |root: &Element| root.get_attribute("data-panel").as_deref() == Some(panel);
    dom::all(&body, "[data-panel][data-board]").into_iter().find(is_it)
}

fn key_of(link: &HtmlAnchorElement) -> Option<String> {
    UrlSearchParams::new_with_str(&link.search()).ok()?.get(paths::ROW_KEY)
}

fn name_of(panel: &str, key: &str) -> String {
    [panel, ".", key].concat()
}

fn drawer() -> Option<Element> {
    document().query_selector("dialog[open]").ok().flatten()
}

fn close() {
    if let Some(dialog) = drawer().filter(|drawer| drawer.has_attribute(ROW)) {
        dialog.unchecked_into::<HtmlDialogElement>().close();
    }
}

/// Puts the row into the address. The first one is a new entry of the history, so that "back" closes the drawer.
fn enter_address(name: Option<&str>) {
    let before = address::value(paths::OPEN_ROW);
    if before.as_deref() == name {
        return;
    }
    let Some(url) = address::url_with(paths::OPEN_ROW, name.unwrap_or_default()) else { return };
    let Ok(history) = window().history() else { return };
    let _ = match before {
        None => history.push_state_with_url(&OPENED.into(), "", Some(&url)),
        Some(_) => history.replace_state_with_url(&history.state().unwrap_or(JsValue::NULL), "", Some(&url)),
    };
}

/// The drawer was closed: its row leaves the address.
fn leave_address() {
    if address::value(paths::OPEN_ROW).is_none() {
        return;
    }
    let Ok(history) = window().history() else { return };
    if history.state().is_ok_and(|state| state.as_string().as_deref() == Some(OPENED)) {
        let _ = history.back();
    } else if let Some(url) = address::url_with(paths::OPEN_ROW, "") {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}
