//! The user's claims: one panel per group, with the claim's own name in small print. Part of the account page, and of
//! an island that can refresh it.

use claimcheck_model::{Claim, ClaimGroup};
use leptos::prelude::*;

use crate::components::PanelFrame;

/// Claims in their groups.
#[component]
pub fn ClaimsList(groups: Vec<ClaimGroup>) -> impl IntoView {
    groups
        .into_iter()
        .map(|ClaimGroup { title, claims }| {
            let pairs = claims
                .into_iter()
                .map(|Claim { label, name, value }| {
                    view! {
                        <div>
                            <dt>{label} " " <code>{name}</code></dt>
                            <dd>{value}</dd>
                        </div>
                    }
                })
                .collect::<Vec<_>>();
            view! {
                <PanelFrame title>
                    <dl class="pairs perf">{pairs}</dl>
                </PanelFrame>
            }
        })
        .collect::<Vec<_>>()
}
