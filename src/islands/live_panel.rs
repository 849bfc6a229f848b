//! A panel in the browser: filters and sorts its content, refreshes it, loads it if it was not ready, and marks it as
//! stale. The data is in the HTML only once, and every link it handles works without it.

use std::time::Duration;

use claimcheck_model::{
    AppError, Markup, island_text,
    part::{self, Part},
};
use leptos::{
    ev::{self, Event, MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
};
use web_sys::{Element, HtmlElement, HtmlInputElement};

use crate::{
    islands::{action::ACTED, address, chart, content, dom, drawer, session_notice, table::Table, texts},
    server_fns::panel_when_ready,
};

/// The pause in typing after which the API is searched.
const TYPING_RESTS: Duration = Duration::from_millis(300);
/// After a failure, a panel retries by itself.
const RETRY: Duration = Duration::from_secs(10);

/// A panel of a board, around the content that the server rendered.
///
/// The panel's properties are attributes of its element, because reading props would add serde_json to every visit:
/// `data-board` and `data-panel` identify it; with `data-waiting`, the API had not responded when the page was sent,
/// and the panel is fetched at once; `data-failure` is the title of the failure that it shows; `data-every` is the interval in seconds at which it is refreshed while the page is
/// visible.
#[island]
pub fn LivePanel(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let typed = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let Some(root) = root.get() else { return };
        let root: HtmlElement = root.into();
        chart::listen(&root);
        if root.has_attribute("data-waiting") {
            reload(&root, Trigger::ByItself);
        }
        if has_failed(&root) {
            retry(root.clone());
        }
        // Visible or online again: stale content is refreshed.
        let again = root.clone();
        let again = move || {
            if !document().hidden() && (has_failed(&again) || again.has_attribute("data-every")) {
                reload(&again, Trigger::ByItself);
            }
        };
        let on_sight = window_event_listener(ev::visibilitychange, {
            let again = again.clone();
            move |_| again()
        });
        let on_online = window_event_listener(ev::online, move |_| again());
        let woken = root.clone();
        let on_wake = window_event_listener_untyped(session_notice::WAKE, move |_| {
            reload(&woken, Trigger::ByItself);
        });
        let changed = root.clone();
        let on_acted = window_event_listener_untyped(ACTED, move |_| reload(&changed, Trigger::ByPerson));
        let left = root.clone();
        let on_offline = window_event_listener(ev::offline, move |_| {
            content::say_stale(&left, &texts::text(island_text::OFFLINE));
        });
        on_cleanup(move || {
            on_sight.remove();
            on_online.remove();
            on_wake.remove();
            on_acted.remove();
            on_offline.remove();
        });
        if let Some(every) = dom::number(&root, "data-every") {
            let again = move || {
                if !document().hidden() {
                    reload(&root, Trigger::ByItself);
                }
            };
            set_interval(again, Duration::from_secs(every as u64));
        }
    });
    let on_input = move |_: Event| {
        let Some(root) = root.get_untracked() else { return };
        let table = Table::of(&root);
        let Some(field) = table.filter_field() else { return };
        if !table.is_searched_by_api() {
            let text = field.value();
            table.filter(&text);
            address::set(&[(&field.name(), text.trim())]);
            return;
        }
        typed.update_value(|count| *count += 1);
        let count = typed.get_value();
        let root: HtmlElement = root.into();
        set_timeout(
            move || {
                if typed.get_value() == count {
                    search(&root, &field);
                }
            },
            TYPING_RESTS,
        );
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(root) = root.get_untracked() else { return };
        let root: HtmlElement = root.into();
        let table = Table::of(&root);
        // A filter that the browser applies works while the user types.
        if let Some(field) = table.filter_field().filter(|_| table.is_searched_by_api()) {
            typed.update_value(|count| *count += 1);
            search(&root, &field);
        }
    };
    let on_click = move |event: MouseEvent| {
        let (Some(root), Some(link)) = (root.get_untracked(), dom::link_of(&event)) else { return };
        if dom::is_for_browser(&event) {
            return;
        }
        let root: HtmlElement = root.into();
        let (table, page) = (Table::of(&root), parameter("page", &root));
        let name = dom::part_name(&link);
        if link.has_attribute("aria-disabled") {
            // It is disabled.
        } else if let Some(head) = link.closest("th[data-key]").ok().flatten() {
            let key = head.get_attribute("data-key").unwrap_or_default();
            let word = if Table::is_ascending(&head) { "desc" } else { "asc" };
            let (sort, order) = (parameter("sort", &root), parameter("order", &root));
            address::set(&[(&sort, &key), (&order, word)]);
            if table.is_sorted_by_api() {
                address::set(&[(&page, "")]);
                reload(&root, Trigger::ByPerson);
            } else {
                table.sort_by(&head);
            }
        } else {
            match Part::named(&name) {
                part::CLEAR => {
                    let name = table.clear_filter();
                    address::set(&[(&name.unwrap_or_default(), "")]);
                    if table.is_searched_by_api() {
                        address::set(&[(&page, "")]);
                        reload(&root, Trigger::ByPerson);
                    }
                }
                part::PAGE => {
                    address::set(&[(&page, &link.get_attribute("data-page").unwrap_or_default())]);
                    reload(&root, Trigger::ByPerson);
                }
                part::ROW => drawer::open(&root, &link),
                part::RELOAD | part::RETRY => reload(&root, Trigger::ByPerson),
                _ => return,
            }
        }
        event.prevent_default();
    };
    view! {
        <div
            node_ref=root
            class="live"
            on:input=on_input
            on:submit=on_submit
            on:click=on_click
        >
            {children()}
        </div>
    }
}

/// Searches the API for the text in the field, from the first page.
fn search(root: &HtmlElement, field: &HtmlInputElement) {
    address::set(&[(&field.name(), field.value().trim()), (&parameter("page", root), "")]);
    reload(root, Trigger::ByPerson);
}

/// The title of the failure that the panel shows.
const FAILURE: &str = "data-failure";

/// Marks the panel while the user waits for it.
const BY_PERSON: &str = "data-by-person";

/// The reason for refreshing a panel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    ByPerson,
    /// The timer, which does not count as activity.
    ByItself,
}

/// The name of one of this panel's query parameters.
fn parameter(name: &str, root: &Element) -> String {
    claimcheck_model::parameter(name, &root.get_attribute("data-panel").unwrap_or_default())
}

/// Fetches the panel and shows the result, or marks it as stale. One fetch at a time.
fn reload(root: &HtmlElement, asked: Trigger) {
    let (Some(board), Some(panel)) = (root.get_attribute("data-board"), root.get_attribute("data-panel"))
    else {
        return;
    };
    // The query is in the URL: the page fetches it when its session runs again.
    if session_notice::is_ended() {
        return;
    }
    if asked == Trigger::ByPerson {
        let _ = root.set_attribute(BY_PERSON, "");
    }
    if dom::is_busy(root) {
        return;
    }
    dom::set_busy(root, true);
    let root = root.clone();
    spawn_local(async move {
        // If the query changes while the response is on its way, that response is outdated.
        let came = loop {
            let (question, by_person) = (address::asked_of(&panel), root.has_attribute(BY_PERSON));
            let ask = || panel_when_ready(board.clone(), panel.clone(), address::query(), by_person);
            let mut came = ask().await;
            if came == Err(AppError::SignedOut) {
                // Another tab may have signed in just now, so this is checked once more.
                came = ask().await;
            }
            // A response to the timer's request does not answer the user's: their activity has to be recorded.
            if question == address::asked_of(&panel) && by_person == root.has_attribute(BY_PERSON) {
                break came;
            }
        };
        dom::set_busy(&root, false);
        let by_person = root.has_attribute(BY_PERSON);
        let _ = root.remove_attribute(BY_PERSON);
        match came {
            Ok(markup) => {
                if by_person {
                    session_notice::acted();
                }
                match show(&root, &markup) {
                    Some(why) => stale(root, &why),
                    None if has_failed(&root) => retry(root),
                    None => {}
                }
            }
            // The page's notice checks that, shows the result, and triggers this again. No input is lost.
            Err(AppError::SignedOut) => {
                content::say_stale(&root, "");
                if session_notice::doubt() {
                    retry(root);
                } else if by_person {
                    // The page itself redirects through the sign-in and back.
                    dom::reload_page();
                }
            }
            Err(error) => stale(root, &texts::failure(&error)),
        }
    });
}

/// Marks the content as stale, and retries later; one timer per panel.
fn stale(root: HtmlElement, why: &str) {
    content::say_stale(&root, &texts::filled(&texts::text(island_text::RETRYING), why));
    retry(root);
}

/// Whether its content is old, or a failure.
fn has_failed(root: &Element) -> bool {
    dom::is_stale(root) || root.has_attribute(FAILURE)
}

/// Retries later, if the content is stale or a failure then.
fn retry(root: HtmlElement) {
    if root.has_attribute("data-retrying") {
        return;
    }
    let _ = root.set_attribute("data-retrying", "");
    set_timeout(
        move || {
            let _ = root.remove_attribute("data-retrying");
            if has_failed(&root) && !document().hidden() {
                reload(&root, Trigger::ByItself);
            }
        },
        RETRY,
    );
}

/// Shows the response. If it is a failure and there is data, the data stays, and the failure is returned. A failure
/// that is already shown is not announced again.
fn show(root: &Element, markup: &Markup) -> Option<String> {
    let failure = markup.failure.clone();
    if failure.is_some() && content::has_data(root) {
        return failure;
    }
    let said = root.get_attribute(FAILURE);
    if failure.is_none() || failure != said || dom::is_stale(root) {
        content::take_over(root, &markup.html);
    }
    let _ = match &failure {
        Some(failure) => root.set_attribute(FAILURE, failure),
        None => root.remove_attribute(FAILURE),
    };
    None
}
