//! A panel, alive: filters and sorts what stands in the page, fetches anew, and collects what was still loading.
//! The rows stand in the HTML once; this island reads them there, and every link it takes over works without it.

use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    mount::mount_to,
    prelude::*,
    task::spawn_local,
};
use web_sys::{Element, HtmlElement};

use super::table_dom::{self as dom, Table};
use crate::{
    components::{PanelFailure, TableRows, TableView},
    error::AppError,
    model::{PanelData, PanelState},
    server_fns::panel_when_ready,
};

/// A table panel of a board, around the content that the server rendered.
#[island]
pub fn LivePanel(
    board: String,
    panel: usize,
    title: String,
    /// The API had not answered when the page was sent: fetch at once.
    is_waiting: bool,
    /// Fetch by itself after so many seconds, while the page is in sight.
    every_secs: Option<u64>,
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let live = StoredValue::new_local(Live { board, panel, title, is_busy: false });
    Effect::new(move |_| {
        let Some(root) = root.get() else { return };
        let root: HtmlElement = root.into();
        if is_waiting {
            reload(root.clone(), live);
        }
        if let Some(every) = every_secs {
            let again = move || {
                if !document().hidden() {
                    reload(root.clone(), live);
                }
            };
            let timer = set_interval_with_handle(again, std::time::Duration::from_secs(every));
            on_cleanup(move || drop(timer.map(|timer| timer.clear())));
        }
    });
    let on_input = move |event: Event| {
        if let Some(root) = root.get_untracked() {
            Table::of(&root).filter(&event_target_value(&event));
            dom::remember(&root);
        }
    };
    let on_submit = move |event: SubmitEvent| event.prevent_default();
    let on_click = move |event: MouseEvent| {
        let (Some(root), Some(link)) = (root.get_untracked(), dom::link_of(&event)) else { return };
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        let root: HtmlElement = root.into();
        if let Some(head) = link.closest("th[data-key]").ok().flatten() {
            event.prevent_default();
            Table::of(&root).sort_by(&head);
            dom::remember(&root);
        } else if link.matches("[data-part=reload], [data-part=retry]").unwrap_or(false) {
            event.prevent_default();
            reload(root, live);
        } else if link.matches("[data-part=clear]").unwrap_or(false) {
            event.prevent_default();
            Table::of(&root).clear_filter();
            dom::remember(&root);
        }
    };
    view! {
        <div node_ref=root class="live" on:input=on_input on:submit=on_submit on:click=on_click>
            {children()}
        </div>
    }
}

/// What the island knows of its panel.
struct Live {
    board: String,
    panel: usize,
    title: String,
    is_busy: bool,
}

/// Fetches the panel and shows what came, or says that nothing did. One fetch at a time.
fn reload(root: HtmlElement, live: StoredValue<Live, LocalStorage>) {
    let asked = live.try_update_value(|live| {
        let is_first = !std::mem::replace(&mut live.is_busy, true);
        is_first.then(|| (live.board.clone(), live.panel))
    });
    let Some(Some((board, panel))) = asked else { return };
    dom::set_busy(&root, true);
    spawn_local(async move {
        let mut came = panel_when_ready(board.clone(), panel).await;
        if came == Err(AppError::SignedOut) {
            // Another tab may have signed in this very moment: asked once more before it is believed.
            came = panel_when_ready(board, panel).await;
        }
        dom::set_busy(&root, false);
        live.update_value(|live| live.is_busy = false);
        live.with_value(|live| match came {
            Ok(PanelState::Ready(data)) => show(&root, live, data),
            Ok(PanelState::Loading) => {}
            Ok(PanelState::Failed(error)) | Err(error) => fail(&root, error),
        });
    });
}

/// New rows in the table that stands there; a new table where there is none, or one with other columns.
fn show(root: &HtmlElement, live: &Live, data: PanelData) {
    let table = Table::of(root);
    let keys = data.columns.iter().map(|column| column.key.as_str());
    match table.body().filter(|_| !data.rows.is_empty() && table.keys().iter().map(String::as_str).eq(keys)) {
        Some(body) => {
            let (as_of, total) = (data.as_of, data.total);
            replace(
                &body,
                move || view! { <TableRows columns=data.columns rows=data.rows filter=String::new()/> },
            );
            table.arrange_as_before(total);
            table.set_as_of(&as_of);
        }
        None => {
            let (board, panel, title) = (live.board.clone(), live.panel, live.title.clone());
            replace(root, move || view! { <TableView board panel title data query=Default::default()/> });
        }
    }
}

/// Rows that stand there stay, with word that they are old; without any, the failure stands in their place.
/// A session that is over takes its data with it.
fn fail(root: &HtmlElement, error: AppError) {
    let table = Table::of(root);
    if table.body().is_some() && !matches!(error, AppError::SignedOut | AppError::Forbidden { .. }) {
        table.say_stale(&error.to_string());
        return;
    }
    let retry_href = dom::here();
    replace(root, move || view! { <PanelFailure error retry_href/> });
}

/// Puts a view in the place of all that `parent` holds.
fn replace<V: IntoView + 'static>(parent: &Element, view: impl FnOnce() -> V + 'static) {
    use wasm_bindgen::JsCast;
    parent.set_inner_html("");
    if let Some(parent) = parent.dyn_ref::<HtmlElement>() {
        // What is mounted holds no signal and no listener: it may go with its elements.
        mount_to(parent.clone(), view).forget();
    }
}
