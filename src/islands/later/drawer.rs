//! A row, or the form of an action, in a drawer over its board. If it cannot open, the page that its link opens says
//! why.

use claimcheck_model::{AppError, Markup, part::MAIN};
use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlAnchorElement, HtmlDialogElement};

use crate::{
    islands::{dom, session_notice},
    server_fns::row,
};

/// Fetches the row of a link, and shows it.
pub fn open(root: &Element, link: &Element) {
    let Some(link) = link.dyn_ref::<HtmlAnchorElement>().cloned() else { return };
    let (Some(board), Some(panel)) = (root.get_attribute("data-board"), root.get_attribute("data-panel"))
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

/// Shows the response for a waiting link, and returns the drawer.
pub fn came(link: &HtmlAnchorElement, came: Result<Markup, AppError>) -> Option<Element> {
    dom::set_busy(link, false);
    // The page shows that by itself, and keeps the input.
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

/// The dialog is at the end of the page, not in its panel, so that changes of the panel's rows do not affect it.
fn show(html: &str, opener: String) -> Option<Element> {
    if let Some(old) = document().query_selector("dialog").ok()? {
        // It may contain the session notice.
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
    // The panel may have been refreshed behind it, with a new link: the focus returns by id.
    let closed = Closure::<dyn FnMut()>::new(move || {
        session_notice::place();
        let opener = document().get_element_by_id(&opener);
        dom::focus(opener.clone());
        // It may be gone or hidden.
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
