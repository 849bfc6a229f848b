//! Consent: describes what a client requests, and stores what the user has allowed.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use leptos::prelude::*;

use super::{
    cookies,
    forms::{Hidden, Purpose},
    interaction::{self, Dialog},
    language::Language,
    pages,
    params::Params,
    people::{self, Person},
    request::{Answer, Request},
    scopes::{self, Scope},
    shared::Shared,
    store::Session,
    texts,
};
use crate::Error;

fn key(sub: &str, client: &str) -> String {
    format!("{sub} {client}")
}

/// Whether this user has allowed this client all of these scopes.
pub(super) fn remembered(shared: &Shared, request: &Request, session: &Session, granted: &[String]) -> bool {
    let key = key(&session.sub, &request.client.id);
    shared.store.read(|data| {
        data.consents.get(&key).is_some_and(|allowed| granted.iter().all(|scope| allowed.contains(scope)))
    })
}

/// The consent page.
pub(super) fn show(
    shared: &Shared,
    headers: &HeaderMap,
    request: &Request,
    person: &'static Person,
    session: &Session,
) -> Result<Response, Error> {
    let dialog = Dialog { purpose: Purpose::Consent, sub: &session.sub, is_refused: false };
    let (granted, withheld) = scopes::grantable(&request.scope, person);
    interaction::show(shared, headers, request, &dialog, |language, hidden| {
        page(language, &request.client.name, person, hidden, &granted, &withheld)
    })
}

fn page(
    language: Language,
    client: &str,
    person: &'static Person,
    hidden: &Hidden,
    granted: &[&'static Scope],
    withheld: &[&'static Scope],
) -> String {
    let line = |scope: &&'static Scope| {
        let (title, detail) = (scope.title.get(language), scope.detail.get(language));
        view! { <li><span class="what">{title}</span> <span class="detail">{detail}</span></li> }
    };
    let allowed = granted.iter().map(line).collect_view();
    let missing = (!withheld.is_empty()).then(|| {
        let lines = withheld.iter().map(line).collect_view();
        view! {
            <h2 id="withheld">{texts::CONSENT_WITHHELD.get(language)}</h2>
            <ul class="scopes withheld" aria-labelledby="withheld">{lines}</ul>
        }
    });
    pages::page(
        language,
        texts::CONSENT,
        view! {
            <h1>{texts::CONSENT.get(language)}</h1>
            <p class="lead">{pages::with_client(language, texts::CONSENT_LEAD, client)}</p>
            {pages::who(person)}
            <h2 id="granted">{texts::CONSENT_GRANTED.with(language, "client", client)}</h2>
            <ul class="scopes" aria-labelledby="granted">{allowed}</ul>
            {missing}
            <form method="post" action="consent">
                {pages::hidden(hidden)}
                <div class="actions">
                    <button class="main" type="submit" name="action" value="allow">{texts::ALLOW.get(language)}</button>
                    <button class="quiet" type="submit" name="action" value="deny">{texts::DENY.get(language)}</button>
                </div>
                {pages::switch_account(language, person)}
            </form>
        }
        .into_any(),
    )
}

/// `POST /consent`
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form = Params::parse(&body);
    let language = Language::of_form(&form, &headers);
    let Some(session) = cookies::session(&shared, &headers) else {
        return pages::stale_form(language);
    };
    match interaction::resume(&shared, Purpose::Consent, &headers, &session.sub, &form) {
        Ok(request) => decided(&shared, &request, session, &form)
            .await
            .unwrap_or_else(|error| pages::fault(language, &error)),
        Err(refusal) => *refusal,
    }
}

async fn decided(
    shared: &Arc<Shared>,
    request: &Request,
    session: Session,
    form: &Params,
) -> Result<Response, Error> {
    match (form.get("action"), people::by_sub(&session.sub)) {
        (Some("allow"), Some(person)) => {
            let (granted, _) = scopes::grantable(&request.scope, person);
            let granted = scopes::names(&granted);
            let (key, allowed) = (key(&session.sub, &request.client.id), granted.clone());
            shared.store.change(move |data| data.consents.entry(key).or_default().extend(allowed)).await?;
            interaction::answer(shared, request, session, granted).await
        }
        (Some("switch"), _) => Ok(interaction::switch_account(shared, request)),
        _ => Ok(Answer::error(request, "access_denied", "the user denied access").redirect(shared)),
    }
}
