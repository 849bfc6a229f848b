//! The user menu in the browser: closes on Escape and on clicks elsewhere. Opening it needs no script.

use leptos::{ev, prelude::*};

use super::dom;

/// Around the menu of the signed-in user.
#[island]
pub fn UserMenu(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let Some(root) = root.get() else { return };
        let menu = move || root.query_selector("details[open]").ok().flatten();
        let on_key = {
            let menu = menu.clone();
            window_event_listener(ev::keydown, move |event| {
                if let Some(menu) = menu().filter(|_| event.key() == "Escape") {
                    let _ = menu.remove_attribute("open");
                    dom::focus(menu.query_selector("summary").ok().flatten());
                }
            })
        };
        let on_click = window_event_listener(ev::pointerdown, move |event| {
            let target = dom::target(&event);
            if let Some(menu) = menu().filter(|menu| !menu.contains(target.as_ref())) {
                let _ = menu.remove_attribute("open");
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
