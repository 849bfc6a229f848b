//! A row, or the form of an action, in a drawer over its board. Whatever keeps it from opening, the page where its link leads
//! says why.

use claimcheck_model::{AppError, Markup};
use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlAnchorElement, HtmlDialogElement};

use crate::{
    components::MAIN,
    islands::{dom, session_notice},
    server_fns::row,
};

/// Fetches the row that a link leads to, and shows it.
pub fn open(root: &Element, link: &Element) {
    let Some(link) = link.dyn_ref::<HtmlAnchorElement>().cloned() else { return };
    let (Some(board), Some(panel)) = (root.get_attribute("data-board"), dom::number(root, "data-panel"))
    else {
        return;
    };
    let query = link.search();
    if dom::is_busy(&link) {
        return;
    }
    dom::set_busy(&link, true);
    spawn_local(async move {
        let answer = row(board, panel, query.trim_start_matches('?').to_owned()).await;
        came(&link, answer);
    });
}

/// Shows what came for a link that waits for it, and gives the drawer.
pub fn came(link: &HtmlAnchorElement, came: Result<Markup, AppError>) -> Option<Element> {
    dom::set_busy(link, false);
    // The page says so by itself, and keeps what was typed.
    if session_notice::is_ended() || came == Err(AppError::SignedOut) && session_notice::doubt() {
        return None;
    }
    let shown = came.ok().and_then(|markup| show(&markup.html, link.id()));
    match shown {
        Some(_) => session_notice::acted(),
        None => {
            let _ = window().location().set_href(&link.href());
        }
    }
    shown
}

/// The dialog stands at the end of the page, not in its panel: what the panel does with its rows is not about these.
fn show(html: &str, opener: String) -> Option<Element> {
    if let Some(old) = document().query_selector("dialog").ok()? {
        // What is said of the session may stand in it.
        old.unchecked_ref::<HtmlDialogElement>().close();
        session_notice::place();
        old.remove();
    }
    let dialog: HtmlDialogElement = document().create_element("dialog").ok()?.dyn_into().ok()?;
    dialog.set_class_name("drawer");
    dialog.set_inner_html(html);
    if let Some(title) = dialog.query_selector("h2").ok().flatten().and_then(|title| title.text_content()) {
        let _ = dialog.set_attribute("aria-label", &title);
    }
    // The panel may have been renewed behind it, and its link with it: the focus goes back by the id.
    let closed = Closure::<dyn FnMut()>::new(move || {
        session_notice::place();
        let opener = document().get_element_by_id(&opener);
        dom::focus(opener.clone());
        // It may be gone, or hidden.
        if opener.is_none() || document().active_element() != opener {
            dom::focus(document().get_element_by_id(MAIN));
        }
    });
    dialog.set_onclose(Some(closed.into_js_value().unchecked_ref()));
    document().body()?.append_child(&dialog).ok()?;
    dialog.show_modal().ok()?;
    session_notice::place();
    Some(dialog.into())
}
