//! A panel in the browser: filters and sorts its content, refreshes it, loads it if it was not ready, and marks it as
//! stale. The data is in the HTML only once, and every link it handles works without it.

use std::time::Duration;

use claimcheck_model::{
    island_text,
    part::{self, Part},
};
use leptos::{
    ev::{self, Event, MouseEvent, SubmitEvent},
    prelude::*,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement};

use super::{
    dom,
    later::{self, ACTED, Work},
    session_notice, texts,
};

/// The title of the failure that the panel shows.
pub const FAILURE: &str = "data-failure";

/// A panel of a board, around the content that the server rendered.
///
/// The panel's properties are attributes of its element, because reading props would add serde_json to every visit:
/// `data-board` and `data-panel` identify it; with `data-waiting`, the API had not responded when the page was sent,
/// and the panel is fetched at once; `data-failure` is the title of the failure that it shows; `data-every` is the interval in seconds at which it is refreshed while the page is
/// visible.
#[island]
pub fn LivePanel(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let Some(root) = root.get() else { return };
        let root: HtmlElement = root.into();
        listen_to_chart(&root);
        if root.has_attribute("data-waiting") {
            reload(&root, false);
        }
        if has_failed(&root) {
            later::run(Work::RetryPanel(root.clone()), || ());
        }
        // Visible or online again: stale content is refreshed.
        let again = root.clone();
        let again = move || {
            if !document().hidden() && (has_failed(&again) || again.has_attribute("data-every")) {
                reload(&again, false);
            }
        };
        let on_sight = window_event_listener(ev::visibilitychange, {
            let again = again.clone();
            move |_| again()
        });
        let on_online = window_event_listener(ev::online, move |_| again());
        let woken = root.clone();
        let on_wake = window_event_listener_untyped(session_notice::WAKE, move |_| reload(&woken, false));
        let changed = root.clone();
        let on_acted = window_event_listener_untyped(ACTED, move |_| reload(&changed, true));
        let left = root.clone();
        let on_offline = window_event_listener(ev::offline, move |_| {
            dom::say_stale(&left, &texts::text(island_text::OFFLINE));
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
                    reload(&root, false);
                }
            };
            set_interval(again, Duration::from_secs(every as u64));
        }
    });
    let on_input = move |event: Event| {
        let is_filter = dom::target_element(&event)
            .is_some_and(|field| field.matches("input[type=search]").unwrap_or_default());
        if let Some(root) = root.get_untracked().filter(|_| is_filter) {
            later::run(Work::TypeFilter(root.into()), || ());
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(root) = root.get_untracked() {
            later::run(Work::SendFilter(root.into()), move || dom::send_form(&event));
        }
    };
    let on_click = move |event: MouseEvent| {
        let (Some(root), Some(link)) = (root.get_untracked(), dom::link_of(&event)) else { return };
        if dom::is_for_browser(&event) {
            return;
        }
        if dom::part_around(&link, part::EXPORT).is_some()
            && let Ok(Some(menu)) = link.closest("[popover]")
        {
            later::run(Work::CloseMenu(menu), || ());
        }
        let is_disabled = link.has_attribute("aria-disabled");
        let is_own = match Part::named(&dom::part_name(&link)) {
            part::CLEAR | part::PAGE | part::ROW | part::RELOAD | part::RETRY => true,
            _ => link.closest("th[data-key]").is_ok_and(|head| head.is_some()),
        };
        if is_disabled || is_own {
            event.prevent_default();
        }
        if is_own && !is_disabled {
            later::run(Work::PressPanel(root.into(), link.clone()), move || dom::follow(&link));
        }
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

/// Whether its content is old, or a failure.
pub fn has_failed(root: &Element) -> bool {
    dom::is_stale(root) || root.has_attribute(FAILURE)
}

/// Fetches the panel again. If that is impossible, its content is stale.
fn reload(root: &HtmlElement, by_person: bool) {
    let stale = root.clone();
    later::run(Work::ReloadPanel(root.clone(), by_person), move || {
        dom::say_stale(&stale, &texts::text(island_text::OFFLINE));
    });
}

/// A chart is read point by point, with a pointer or with keys.
fn listen_to_chart(root: &HtmlElement) {
    // Captured, because leaving the plot is not reported to its ancestors in any other way.
    let chart = root.clone();
    let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let places = match event.type_().as_str() {
            "dblclick" | "keydown" => ".chart-scrub,.chart-entry",
            _ => ".chart-scrub,.chart-plot",
        };
        let is_chart = dom::target_element(&event)
            .is_some_and(|target| target.closest(places).is_ok_and(|place| place.is_some()));
        if is_chart && event.type_() == "dragstart" {
            // A link in a plot is not carried away: days are chosen over it.
            event.prevent_default();
        } else if is_chart {
            later::run(Work::ReadChart(chart.clone(), event), || ());
        }
    });
    for name in
        ["pointermove", "pointerdown", "pointerup", "mouseleave", "input", "keydown", "dblclick", "dragstart"]
    {
        let _ = root.add_event_listener_with_callback_and_bool(name, heard.as_ref().unchecked_ref(), true);
    }
    // Lives as long as the page, like the panel.
    heard.forget();
}
