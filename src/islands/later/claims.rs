//! The claims are refetched from the provider, and shown in place.

use claimcheck_model::{AppError, island_text, part};
use leptos::task::spawn_local;
use web_sys::Element;

use crate::{
    islands::{dom, session_notice, texts},
    server_fns::refresh_account_details,
};

/// Refetches the claims below `root`, once at a time.
pub fn refresh(root: Element) {
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
}
