//! The sign-in with a password: shows the page and checks its form.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};

use super::{
    cookies,
    forms::Purpose,
    interaction::{self, Dialog},
    language::Language,
    pages,
    params::Params,
    people::{self, PASSWORD},
    request::Request,
    shared::Shared,
    sign_in_page::{self, Shown},
    strength::Strength,
};
use crate::{Error, crypto::same};

/// The sign-in page for a request; `refused` is the user name of a failed attempt.
pub(super) fn show(
    shared: &Shared,
    headers: &HeaderMap,
    request: &Request,
    refused: Option<&str>,
) -> Result<Response, Error> {
    let here = cookies::session(shared, headers).and_then(|session| people::by_sub(&session.sub));
    let hinted = request.params.get("login_hint").and_then(people::by_login);
    let login = match (refused, hinted) {
        (Some(login), _) => login,
        (None, Some(person)) => person.username,
        (None, None) => {
            here.filter(|_| !request.prompts("select_account")).map_or("", |person| person.username)
        }
    };
    let dialog = Dialog { purpose: Purpose::SignIn, sub: "", is_refused: refused.is_some() };
    interaction::show(shared, headers, request, &dialog, |language, hidden| {
        sign_in_page::page(Shown {
            language,
            client: &request.client.name,
            hidden,
            login,
            here,
            choose: request.prompts("select_account"),
            refused: refused.is_some(),
        })
    })
}

/// `POST /sign-in`
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form = Params::parse(&body);
    match interaction::resume(&shared, Purpose::SignIn, &headers, "", &form) {
        Ok(request) => check(&shared, &headers, &request, &form)
            .await
            .unwrap_or_else(|error| pages::fault(Language::of_form(&form, &headers), &error)),
        Err(refusal) => *refusal,
    }
}

async fn check(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    request: &Request,
    form: &Params,
) -> Result<Response, Error> {
    if form.get("action") == Some("cancel") {
        return Ok(interaction::cancel(shared, request));
    }
    let login = form.get("username").unwrap_or_default();
    let right = same(form.get("password").unwrap_or_default(), PASSWORD);
    let Some(person) = people::by_login(login).filter(|_| right) else {
        tracing::info!(client = %request.client.id, "a sign-in at the demo provider was refused");
        return show(shared, headers, request, Some(login));
    };
    let cookie = cookies::start_session(shared, headers, person.sub, Strength::Password).await?;
    Ok(interaction::restart(shared, &request.signed_in(), cookie))
}
