//! The user's claims, and when they were read.

use claimcheck_model::{Account, AppError, ClaimGroup, Markup};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{ClaimsList, language},
    handlers::account,
};

/// The provider's current claims, as markup for the island that requests them.
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
        <p class="muted num">{t!(language(), "claims-as-of", time = as_of)}</p>
    }
}
