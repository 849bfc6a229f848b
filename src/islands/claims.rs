//! The claims, alive: "Refresh my details" asks the provider anew and shows the answer in place.
//! With scripts off the same button is a form that comes back to the page.

use claimcheck_model::{AppError, functions};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    islands::{dom, session_notice},
    server_fns::refresh_account_details,
};

/// Around the claims of the signed-in person.
#[island]
pub fn Claims(children: Children) -> impl IntoView {
    let claims = NodeRef::<leptos::html::Div>::new();
    let said = NodeRef::<leptos::html::P>::new();
    let refresh = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(claims), Some(said)) = (claims.get_untracked(), said.get_untracked()) else { return };
        if dom::is_busy(&claims) {
            return;
        }
        dom::set_busy(&claims, true);
        said.set_text_content(Some("Asking your provider…"));
        spawn_local(async move {
            match refresh_account_details().await {
                Ok(markup) => {
                    claims.set_inner_html(&markup.html);
                    let words = markup.failure.as_deref().unwrap_or("These are your details now.");
                    said.set_text_content(Some(words));
                }
                Err(AppError::SignedOut) => {
                    said.set_text_content(None);
                    session_notice::doubt();
                }
                Err(error) => said.set_text_content(Some(&format!("{error}. What you see is older."))),
            }
            dom::set_busy(&claims, false);
        });
    };
    view! {
        <div node_ref=claims class="cards">{children()}</div>
        <form class="renew" method="post" action=functions::REFRESH_ACCOUNT.path on:submit=refresh>
            <button class="button" type="submit">"Refresh my details"</button>
            <p node_ref=said class="muted" role="status"></p>
        </form>
    }
}
