//! The second factor: asks whoever has signed in with a password for a one-time code, and takes what the page sends.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use leptos::prelude::*;

use super::{
    CODE, Shared, authorize, cookies,
    forms::{self, Hidden, Purpose},
    pages,
    params::Params,
    people::{self, Person},
    request::{self, Answer, Request},
    store::Session,
    strength::Strength,
};
use crate::{Error, crypto::same};

/// The page for a request; `refused` after a wrong code.
pub fn show(
    shared: &Shared,
    headers: &HeaderMap,
    request: &Request,
    person: &'static Person,
    refused: bool,
) -> Result<Response, Error> {
    let (browser, cookie) = cookies::form(shared, headers)?;
    let hidden = forms::hidden(shared, Purpose::Code, &browser, person.sub, request.params.encode());
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = page(&request.client.name, person, &hidden, refused);
    Ok(pages::html(status, page, &request.return_origin(), cookie))
}

fn page(client: &str, person: &'static Person, hidden: &Hidden, refused: bool) -> String {
    let title = "Confirm that it is you";
    let described = if refused { "hint refusal" } else { "hint" };
    let invalid = refused.then_some("true");
    pages::page(
        title,
        view! {
            <h1>{title}</h1>
            <p class="lead">"with a one-time code, to continue to " <strong>{client.to_owned()}</strong></p>
            {pages::who(person)}
            <form class="fields" method="post" action="code">
                {pages::hidden(hidden)}
                {refused.then(|| view! {
                    <p class="refusal" id="refusal" role="alert">"That is not the code. Try again."</p>
                })}
                <div class="field">
                    <label for="code">"One-time code"</label>
                    <input class="digits" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code"
                        required aria-invalid=invalid aria-describedby=described autofocus=true/>
                </div>
                <p class="hint" id="hint">"Six digits. Everyone’s code here is " <code>{CODE}</code></p>
                <div class="actions">
                    <button class="main" type="submit" name="action" value="confirm">"Confirm"</button>
                    <button class="quiet" type="submit" name="action" value="cancel" formnovalidate=true>"Cancel"</button>
                </div>
                <p class="aside">
                    "Not " {person.given_name} "? "
                    <button class="link" type="submit" name="action" value="switch" formnovalidate=true>
                        "Use another account"
                    </button>
                </p>
            </form>
        }
        .into_any(),
    )
}

/// `POST /code`
pub async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form = Params::parse(&body);
    let Some(session) = cookies::session(&shared, &headers) else {
        return pages::stale_form();
    };
    let Some(carried) = forms::submitted(&shared, Purpose::Code, &headers, &session.sub, &form) else {
        return pages::stale_form();
    };
    match request::check(&shared, Params::parse(&carried)) {
        Ok(request) => go_on(&shared, &headers, &request, &session, &form).await.unwrap_or_else(pages::fault),
        Err(refusal) => authorize::refuse(&shared, refusal),
    }
}

async fn go_on(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    request: &Request,
    session: &Session,
    form: &Params,
) -> Result<Response, Error> {
    let again = |params: String| pages::see_other(&shared.url(&format!("/authorize?{params}")));
    match form.get("action") {
        Some("cancel") => {
            return Ok(Answer::error(request, "access_denied", "the sign-in was cancelled").redirect(shared));
        }
        Some("switch") => return Ok(again(request.params.clone().with("prompt", "select_account").encode())),
        _ => {}
    }
    let Some(person) = people::by_sub(&session.sub) else {
        return Ok(pages::stale_form());
    };
    // The page was open for so long that the password counts no more.
    if !authorize::good_enough(shared, request, session) {
        return Ok(again(request.params.encode()));
    }
    let typed: String = form.get("code").unwrap_or_default().split_whitespace().collect();
    if !same(&typed, CODE) {
        tracing::info!(client = %request.client.id, "a one-time code was refused at the demo provider");
        return show(shared, headers, request, person, true);
    }
    let cookie = cookies::start_session(shared, headers, person.sub, Strength::SecondFactor).await?;
    let mut response = again(request.signed_in());
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
