//! A panel, alive: filters and sorts what stands in the page, fetches anew, and collects what was still loading.
//! The rows stand in the HTML once; this island reads them there, and every link it takes over works without it.

use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
};
use web_sys::{Element, HtmlElement};

use super::{dom, table::Table};
use crate::{error::AppError, model::Markup, server_fns::panel_when_ready};

/// A table panel of a board, around the content that the server rendered.
///
/// What it is, its page says in attributes of its element, because reading props would cost every visit serde_json:
/// `data-board` and `data-panel` name it; with `data-waiting` the API had not answered when the page was sent, and it
/// fetches at once; `data-every` is after how many seconds it fetches by itself, while the page is in sight.
#[island]
pub fn LivePanel(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let Some(root) = root.get() else { return };
        let root: HtmlElement = root.into();
        if root.has_attribute("data-waiting") {
            reload(&root, Asked::ByItself);
        }
        if let Some(every) = dom::number(&root, "data-every") {
            let again = move || {
                if !document().hidden() {
                    reload(&root, Asked::ByItself);
                }
            };
            set_interval(again, std::time::Duration::from_secs(every as u64));
        }
    });
    let on_input = move |event: Event| {
        if let Some(root) = root.get_untracked() {
            let table = Table::of(&root);
            table.filter(&event_target_value(&event));
            table.remember();
        }
    };
    let on_click = move |event: MouseEvent| {
        let (Some(root), Some(link)) = (root.get_untracked(), dom::link_of(&event)) else { return };
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        let table = Table::of(&root);
        if let Some(head) = link.closest("th[data-key]").ok().flatten() {
            event.prevent_default();
            table.sort_by(&head);
            table.remember();
        } else if dom::is_part(&link, "clear") {
            event.prevent_default();
            table.clear_filter();
            table.remember();
        } else if dom::is_part(&link, "reload") || dom::is_part(&link, "retry") {
            event.prevent_default();
            reload(&root, Asked::ByPerson);
        }
    };
    view! {
        <div
            node_ref=root
            on:input=on_input
            on:submit=|event: SubmitEvent| event.prevent_default()
            on:click=on_click
        >
            {children()}
        </div>
    }
}

/// Who wants the panel anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    ByPerson,
    /// The clock. It starts no sign-in: a page left open must not open a new session when the old one has ended.
    ByItself,
}

/// Fetches the panel and shows what came, or says that nothing did. One fetch at a time.
fn reload(root: &HtmlElement, asked: Asked) {
    let (Some(board), Some(panel)) = (root.get_attribute("data-board"), dom::number(root, "data-panel"))
    else {
        return;
    };
    if dom::is_busy(root) {
        return;
    }
    dom::set_busy(root, true);
    let query = Table::of(root).query();
    let root = root.clone();
    spawn_local(async move {
        let mut came = panel_when_ready(board.clone(), panel, query.clone()).await;
        if came == Err(AppError::SignedOut) {
            // Another tab may have signed in this very moment: asked once more before it is believed.
            came = panel_when_ready(board, panel, query).await;
        }
        match came {
            Ok(markup) => show(&root, &markup),
            // The page itself knows the way through the sign-in and back.
            Err(AppError::SignedOut) if asked == Asked::ByPerson => dom::reload_page(),
            Err(error) => Table::of(&root).say_stale(&error.to_string()),
        }
        dom::set_busy(&root, false);
    });
}

/// Rows that stand there stay when a failure came, with word that they are old; the filter field is never replaced
/// under the hands of whoever is typing.
fn show(root: &Element, markup: &Markup) {
    let table = Table::of(root);
    match &markup.failure {
        Some(failure) if table.has_rows() => table.say_stale(failure),
        _ if table.take_over(&markup.html) => {}
        _ => root.set_inner_html(&markup.html),
    }
}
