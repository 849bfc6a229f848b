//! Who the person is, what they may do, and the state of the session; no token.

use claimcheck_model::{Account, ApiScopes, User, paths};
use claimcheck_server::{flash::Flash, view};
use leptos::prelude::*;

use crate::{
    components::{Chips, FactList, Notice, PanelFailure, PanelFrame, Tone},
    fragments::claims::ClaimsAsOf,
    handlers::{forms, request},
    islands::Claims,
    pages::{
        answer::{contained, fail},
        frame::Frame,
        said::Said,
    },
    server_fns::account_details,
};

/// The account page, with its claims alive.
#[component]
pub fn AccountPage() -> impl IntoView {
    let fetched = Suspend::new(contained(async move {
        match account_details().await.and_then(|account| Ok((view::user(&request::signed_in()?), account))) {
            Ok((user, account)) => {
                let message = forms::message().await;
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
