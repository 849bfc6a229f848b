//! The claims in the browser: "Refresh my details" fetches them from the provider and shows the result in place. With
//! scripts off, the same button is a form that returns to the page.

use claimcheck_model::{AppError, island_text, part};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    islands::{dom, session_notice, texts},
    server_fns::refresh_account_details,
};

/// Around the claims of the signed-in user.
#[island]
pub fn Claims(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let refresh = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(root) = root.get_untracked() else { return };
        let Some(claims) = dom::part(&root, part::CLAIMS) else { return };
        if dom::is_busy(&claims) {
            return;
        }
        dom::set_busy(&claims, true);
        let Some(status) = dom::part(&root, part::CLAIMS_STATUS) else { return };
        let own_text = |name: &str| status.get_attribute(name).unwrap_or_default();
        let done = own_text("data-done");
        let say = move |words: &str| dom::set_text(&root, part::CLAIMS_STATUS, words);
        say(&own_text("data-doing"));
        spawn_local(async move {
            match refresh_account_details().await {
                Ok(markup) => {
                    claims.set_inner_html(&markup.html);
                    say(&markup.failure.unwrap_or(done));
                }
                Err(AppError::SignedOut) => {
                    say("");
                    session_notice::doubt();
                }
                Err(error) => say(&texts::filled(&texts::text(island_text::FAILED), &texts::failure(&error))),
            }
            dom::set_busy(&claims, false);
        });
    };
    view! {
        <div node_ref=root class="cards" on:submit=refresh>
            {children()}
        </div>
    }
}
