//! The claims in the browser: "Refresh my details" fetches them from the provider and shows the result in place. With
//! scripts off, the same button is a form that returns to the page.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    dom,
    later::{self, Work},
};

/// Around the claims of the signed-in user.
#[island]
pub fn Claims(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let refresh = move |event: SubmitEvent| {
        let Some(root) = root.get_untracked() else { return };
        event.prevent_default();
        later::run(Work::RefreshClaims(root.into()), move || dom::send_form(&event));
    };
    view! {
        <div node_ref=root class="cards" on:submit=refresh>
            {children()}
        </div>
    }
}
