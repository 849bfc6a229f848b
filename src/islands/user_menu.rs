//! The user menu, and what else opens over the page without a script: closes on Escape and on clicks elsewhere.

use leptos::{ev, prelude::*};
use web_sys::Element;

use super::dom;

/// Around the menu of the signed-in user.
#[island]
pub fn UserMenu(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let on_key = window_event_listener(ev::keydown, |event| {
            if let Some(sheet) = open_sheets().pop().filter(|_| event.key() == "Escape") {
                let _ = sheet.remove_attribute("open");
                dom::focus(sheet.query_selector("summary").ok().flatten());
            }
        });
        // Not when the pointer goes down: that also begins a scroll.
        let on_click = window_event_listener(ev::click, |event| {
            let target = dom::target(&event);
            let leads_here = |sheet: &Element| {
                let link = dom::link_of(&event).and_then(|link| link.get_attribute("href"));
                link.is_some_and(|href| href.strip_prefix('#') == Some(&sheet.id()))
            };
            let is_left = |sheet: &Element| !sheet.contains(target.as_ref()) && !leads_here(sheet);
            for sheet in open_sheets().into_iter().filter(is_left) {
                let _ = sheet.remove_attribute("open");
            }
        });
        on_cleanup(move || {
            on_key.remove();
            on_click.remove();
        });
    });
    view! {
        <div node_ref=root class="menu-place">
            {children()}
        </div>
    }
}

/// The user menu, the dates of a period, the filters, and hints, as far as they are open.
fn open_sheets() -> Vec<Element> {
    let root = document().document_element();
    root.map(|root| dom::all(&root, ":is(.menu, .own, .filter-set, .hint)[open]")).unwrap_or_default()
}
