//! The account page: the user, their access, and the state of the session. Contains no token.

use claimcheck_model::{Account, ApiScopes, User, functions, part, paths};
use claimcheck_server::{flash::Flash, view};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{Chips, FactList, Notice, PanelFailure, PanelFrame, Tone, language},
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

/// The account page, with claims that can be refreshed in place.
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
                view! { <PanelFailure error retry_href=paths::ACCOUNT.href() reference/> }.into_any()
            }
        }
    }));
    view! { <Frame title=t!(language(), "account")><Suspense>{fetched}</Suspense></Frame> }
}

/// The content of the account page.
#[component]
pub fn AccountContent(
    user: User,
    account: Account,
    /// The message of a form posted from here.
    message: Option<Flash>,
) -> impl IntoView {
    let language = language();
    let Account { groups, roles, scopes, session, as_of, warning } = account;
    let scopes = scopes.into_iter().map(|ApiScopes { api, scopes }| {
        let title = match api {
            None => t!(language, "account-scopes").to_owned(),
            Some(api) => t!(language, "account-scopes-at", api = api),
        };
        view! {
            <PanelFrame title>
                <Chips items=scopes codes=true/>
            </PanelFrame>
        }
    });
    let scopes = scopes.collect::<Vec<_>>();
    view! {
        <div class="page">
            <h1>{t!(language, "account")}</h1>
            <Said message/>
            {warning.map(|warning| view! { <Notice tone=Tone::Warn>{warning}</Notice> })}
            <div class="columns">
                <div>
                    <Identity user/>
                    <PanelFrame title=t!(language, "account-roles")>
                        <Chips items=roles/>
                    </PanelFrame>
                    <PanelFrame title=t!(language, "session-this")>
                        <FactList facts=session/>
                        <p class="more">
                            <a href=paths::SESSIONS.href()>{t!(language, "account-all-sessions")}</a>
                        </p>
                    </PanelFrame>
                    {scopes}
                </div>
                <div>
                    <Claims>
                        <div class="cards" data-part=part::CLAIMS>
                            <ClaimsAsOf groups as_of/>
                        </div>
                        <form class="renew" method="post" action=functions::REFRESH_ACCOUNT.path.href()>
                            <button class="button" type="submit">
                                {t!(language, "account-refresh")}
                            </button>
                            <p
                                class="muted"
                                role="status"
                                data-part=part::CLAIMS_STATUS
                                data-doing=t!(language, "account-refreshing")
                                data-done=t!(language, "account-refreshed")
                            ></p>
                        </form>
                    </Claims>
                </div>
            </div>
        </div>
    }
}

/// The user's ticket.
#[component]
fn Identity(user: User) -> impl IntoView {
    let User { name, detail, initials } = user;
    let signed_in_as = t!(language(), "account-signed-in-as");
    view! {
        <section class="ticket wide identity" aria-label=signed_in_as>
            <div class="stub">
                <span class="avatar" aria-hidden="true">
                    {initials}
                </span>
            </div>
            <div class="check">
                <p class="print">{signed_in_as}</p>
                <p class="who">{name}</p>
                {detail.map(|detail| view! { <p>{detail}</p> })}
            </div>
        </section>
    }
}
