//! Signing in: shows the page, and takes what it sends.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use super::{
    PASSWORD, Shared, authorize, cookies,
    forms::{self, Purpose},
    pages,
    params::Params,
    people,
    request::{self, Answer, Request},
    sign_in_page::{self, Shown},
    strength::Strength,
};
use crate::{Error, crypto::same};

/// The sign-in page for a request; `refused` is the login of a failed try.
pub fn show(
    shared: &Shared,
    headers: &HeaderMap,
    request: &Request,
    refused: Option<&str>,
) -> Result<Response, Error> {
    let (browser, cookie) = cookies::form(shared, headers)?;
    let here = cookies::session(shared, headers).and_then(|session| people::by_sub(&session.sub));
    let hinted = request.params.get("login_hint").and_then(people::by_login);
    let login = match (refused, hinted) {
        (Some(login), _) => login,
        (None, Some(person)) => person.username,
        (None, None) => {
            here.filter(|_| !request.prompts("select_account")).map_or("", |person| person.username)
        }
    };
    let page = sign_in_page::page(Shown {
        client: &request.client.name,
        hidden: &forms::hidden(shared, Purpose::SignIn, &browser, "", request.params.encode()),
        login,
        here,
        choose: request.prompts("select_account"),
        refused: refused.is_some(),
    });
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(pages::html(status, page, &request.return_origin(), cookie))
}

/// `POST /sign-in`
pub async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form = Params::parse(&body);
    let Some(carried) = forms::submitted(&shared, Purpose::SignIn, &headers, "", &form) else {
        return pages::stale_form();
    };
    match request::check(&shared, Params::parse(&carried)) {
        Ok(request) => go_on(&shared, &headers, &request, &form).await.unwrap_or_else(pages::fault),
        Err(refusal) => authorize::refuse(&shared, refusal),
    }
}

async fn go_on(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    request: &Request,
    form: &Params,
) -> Result<Response, Error> {
    if form.get("action") == Some("cancel") {
        return Ok(Answer::error(request, "access_denied", "the sign-in was cancelled").redirect(shared));
    }
    let login = form.get("username").unwrap_or_default();
    let right = same(form.get("password").unwrap_or_default(), PASSWORD);
    let Some(person) = people::by_login(login).filter(|_| right) else {
        tracing::info!(client = %request.client.id, "a sign-in at the demo provider was refused");
        return show(shared, headers, request, Some(login));
    };
    let cookie = cookies::start_session(shared, headers, person.sub, Strength::Password).await?;
    let mut response = pages::see_other(&shared.url(&format!("/authorize?{}", request.signed_in())));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
