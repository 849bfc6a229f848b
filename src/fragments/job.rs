//! The state of what an API has accepted.

use claimcheck_model::{AppError, Markup};
use leptos::prelude::*;

use crate::{components::ActionResultView, handlers::jobs};

/// The message about a submission, by the address that asks for its state; empty if there is none any more.
pub async fn job_state(page: &str) -> Result<Markup, AppError> {
    let html = jobs::state_of(page).await?.map(|result| view! { <ActionResultView result/> }.to_html());
    Ok(Markup { html: html.unwrap_or_default(), failure: None })
}
