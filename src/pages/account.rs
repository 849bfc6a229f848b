//! Who the person is, what they may do, and the state of the session; no token.

use leptos::prelude::*;

use super::{
    answer::{contained, fail},
    said::Said,
};
use crate::{
    app::Frame,
    components::{Chips, ClaimsList, FactList, Notice, PanelFailure, PanelFrame, Tone},
    islands::Claims,
    model::{Account, ApiScopes, AppError, ClaimGroup, Markup, User},
    paths,
    server::{self, routes::forms::Flash, view},
    server_fns::account_details,
};

/// The account page, with its claims alive.
#[component]
pub fn AccountPage() -> impl IntoView {
    let fetched = Suspend::new(contained(async move {
        match account_details().await.and_then(|account| Ok((view::user(&server::signed_in()?), account))) {
            Ok((user, account)) => {
                let message = server::routes::forms::message().await;
                view! { <AccountContent user account message/> }.into_any()
            }
            Err(error) => {
                let reference = fail(&error);
                view! { <PanelFailure error retry_href=paths::ACCOUNT reference/> }.into_any()
            }
        }
    }));
    view! { <Frame title="Account"><Suspense>{fetched}</Suspense></Frame> }
}

/// The claims as the provider says them now, as markup for the island that asks for them.
pub async fn refreshed_claims() -> Result<Markup, AppError> {
    let (Account { groups, as_of, .. }, nothing_newer) = server::routes::account::refresh().await?;
    let failure = nothing_newer.map(str::to_owned);
    Ok(Markup { html: view! { <ClaimsAsOf groups as_of/> }.to_html(), failure })
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
    /// What a form that was posted from here has to say.
    message: Option<Flash>,
) -> impl IntoView {
    let Account { groups, roles, scopes, session, as_of, warning } = account;
    let scopes = scopes.into_iter().map(|ApiScopes { api, scopes }| {
        let title = api.map_or("Scopes granted".to_owned(), |api| format!("Scopes granted at {api}"));
        view! {
            <PanelFrame title>
                <Chips items=scopes codes=true/>
            </PanelFrame>
        }
    });
    let scopes = scopes.collect::<Vec<_>>();
    view! {
        <div class="page">
            <h1>"Account"</h1>
            <Said message/>
            {warning.map(|warning| view! { <Notice tone=Tone::Warn>{warning}</Notice> })}
            <div class="columns">
                <div>
                    <Identity user/>
                    <PanelFrame title="Roles">
                        <Chips items=roles/>
                    </PanelFrame>
                    <PanelFrame title="This session">
                        <FactList facts=session/>
                        <p class="more">
                            <a href=paths::SESSIONS>"All your sessions"</a>
                        </p>
                    </PanelFrame>
                    {scopes}
                </div>
                <div>
                    <Claims><ClaimsAsOf groups as_of/></Claims>
                </div>
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
