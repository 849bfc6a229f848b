//! The claims of the person, and when they were read.

use claimcheck_model::{Account, AppError, ClaimGroup, Markup};
use leptos::prelude::*;

use crate::{components::ClaimsList, handlers::account};

/// The claims as the provider says them now, as markup for the island that asks for them.
pub async fn refreshed_claims() -> Result<Markup, AppError> {
    let (Account { groups, as_of, .. }, nothing_newer) = account::refresh().await?;
    let failure = nothing_newer.map(str::to_owned);
    Ok(Markup { html: view! { <ClaimsAsOf groups as_of/> }.to_html(), failure })
}

/// The claims, and when they were read.
#[component]
pub fn ClaimsAsOf(groups: Vec<ClaimGroup>, as_of: String) -> impl IntoView {
    view! {
        <ClaimsList groups/>
        <p class="muted num">{format!("As of {as_of}")}</p>
    }
}
