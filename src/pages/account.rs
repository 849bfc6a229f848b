//! Who the person is, what they may do, and the state of the session; no token.
//! Claims may be given as children, where an island shows them.

use leptos::prelude::*;

use super::answer::{set_status, sign_in_again};
use crate::{
    app::Frame,
    islands::Claims,
    server::{self, view},
    server_fns::account_details,
};

use crate::components::{Chips, ClaimsList, FactList, Notice, PanelFailure, PanelFrame, Tone};
use crate::error::AppError;
use crate::model::{Account, ClaimGroup, Markup, User};

/// The account page, with its claims alive.
#[component]
pub fn AccountPage() -> impl IntoView {
    let fetched = Suspend::new(async move {
        match account_details().await.and_then(|account| Ok((view::user(&server::signed_in()?), account))) {
            Ok((user, mut account)) => {
                account.warning = server::routes::forms::message().await.or(account.warning);
                let (groups, as_of) = (account.groups.clone(), account.as_of.clone());
                view! {
                    <AccountContent user account>
                        <Claims><ClaimsAsOf groups as_of/></Claims>
                    </AccountContent>
                }
                .into_any()
            }
            Err(error) => {
                match error {
                    AppError::SignedOut => sign_in_again(),
                    ref error => set_status(server::status(error)),
                }
                view! { <PanelFailure error retry_href=crate::paths::ACCOUNT/> }.into_any()
            }
        }
    });
    view! { <Frame title="Account"><Suspense>{fetched}</Suspense></Frame> }
}

/// The claims as the provider says them now, as markup for the island that asks for them.
pub async fn refreshed_claims() -> Result<Markup, AppError> {
    let Account { groups, as_of, .. } = server::routes::account::refresh().await?;
    Ok(Markup { html: view! { <ClaimsAsOf groups as_of/> }.to_html(), failure: None })
}

/// The claims, and when they were read.
#[component]
fn ClaimsAsOf(groups: Vec<ClaimGroup>, as_of: String) -> impl IntoView {
    view! {
        <ClaimsList groups/>
        <p class="muted num">{format!("As of {as_of}")}</p>
    }
}

/// What the account page shows.
#[component]
pub fn AccountContent(
    user: User,
    account: Account,
    /// Instead of the plain list of claims and its time.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Account { groups, roles, scopes, session, as_of, warning } = account;
    let claims = match children {
        Some(children) => children(),
        None => view! {
            <ClaimsAsOf groups as_of/>
        }
        .into_any(),
    };
    view! {
        <div class="page">
            <h1>"Account"</h1>
            {warning.map(|warning| view! { <Notice tone=Tone::Warn>{warning}</Notice> })}
            <div class="columns">
                <div>
                    <Identity user/>
                    <PanelFrame title="Roles">
                        <Chips items=roles/>
                    </PanelFrame>
                    <PanelFrame title="This session">
                        <FactList facts=session/>
                    </PanelFrame>
                    <PanelFrame title="Scopes granted">
                        <Chips items=scopes codes=true/>
                    </PanelFrame>
                </div>
                <div>{claims}</div>
            </div>
        </div>
    }
}

/// The person's own ticket.
#[component]
fn Identity(user: User) -> impl IntoView {
    let User { name, detail, initials } = user;
    view! {
        <section class="ticket wide identity" aria-label="You">
            <div class="stub">
                <span class="avatar" aria-hidden="true">
                    {initials}
                </span>
            </div>
            <div class="check">
                <p class="print">"Checked in as"</p>
                <p class="who">{name}</p>
                {detail.map(|detail| view! { <p>{detail}</p> })}
            </div>
        </section>
    }
}
