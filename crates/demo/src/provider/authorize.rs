//! The authorization endpoint (Core 3.1.2): decides what stands between a request and its answer, and answers.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    Shared, consent, cookies, pages,
    params::Params,
    people,
    request::{self, Answer, Refusal, Request},
    scopes, second_factor, sign_in,
    store::{Code, Session},
};
use crate::{
    Error,
    crypto::{random_text, sha256_text},
};

/// `GET /authorize`
pub async fn get(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    match request::check(&shared, Params::parse(&query.unwrap_or_default())) {
        Ok(request) => decide(&shared, &headers, request).await.unwrap_or_else(pages::fault),
        Err(refusal) => refuse(&shared, refusal),
    }
}

/// `POST /authorize`: the same, asked again by GET, because cookies do not come along with a foreign POST.
pub async fn post(State(shared): State<Arc<Shared>>, body: String) -> Response {
    let params = Params::parse(&body);
    pages::see_other(&shared.url(&format!("/authorize?{}", params.encode())))
}

/// Tells the client where that is safe, else the person.
pub fn refuse(shared: &Shared, refusal: Refusal) -> Response {
    match refusal {
        Refusal::Client(answer) => answer.redirect(shared),
        Refusal::Person(why) => pages::bad_request("This sign-in cannot go on", why),
    }
}

async fn decide(shared: &Arc<Shared>, headers: &HeaderMap, request: Request) -> Result<Response, Error> {
    let silent = request.prompts("none");
    let error = |error, description| Ok(Answer::error(&request, error, description).redirect(shared));
    let session = cookies::session(shared, headers);
    let Some(session) = session.filter(|session| good_enough(shared, &request, session)) else {
        if silent {
            return error("login_required", "nobody is signed in here, or not as asked for");
        }
        return sign_in::show(shared, headers, &request, None);
    };
    let Some(person) = people::by_sub(&session.sub) else {
        return sign_in::show(shared, headers, &request, None);
    };
    if session.strength < request.strength {
        if silent {
            return error("login_required", "nobody is signed in here as strongly as asked for");
        }
        return second_factor::show(shared, headers, &request, person, false);
    }
    let (granted, _) = scopes::grantable(&request.scope, person);
    let granted = scopes::names(&granted);
    if request.prompts("consent") || !consent::remembered(shared, &request, &session, &granted) {
        if silent {
            return error("consent_required", "this has not been allowed yet");
        }
        return consent::show(shared, headers, &request, person, &session);
    }
    answer(shared, &request, session, granted).await
}

/// Whether a session does for this request, or the person has to sign in (Core 3.1.2.1, 3.1.2.3). Says nothing of the
/// second factor.
pub fn good_enough(shared: &Shared, request: &Request, session: &Session) -> bool {
    if request.prompts("login") || request.prompts("select_account") {
        return false;
    }
    if request.max_age.is_some_and(|max_age| shared.clock.now() - session.auth_time > max_age || max_age == 0)
    {
        return false;
    }
    match request.params.get("id_token_hint") {
        Some(hint) => {
            shared.keys.open("JWT", hint).is_some_and(|claims| claims["sub"] == session.sub.as_str())
        }
        None => true,
    }
}

/// Sends the client its code.
pub async fn answer(
    shared: &Arc<Shared>,
    request: &Request,
    session: Session,
    scopes: Vec<String>,
) -> Result<Response, Error> {
    let code = random_text::<32>()?;
    let kept = Code {
        client_id: request.client.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        session,
        scopes,
        named: request.named.clone(),
        issued: shared.clock.now(),
        used_for: None,
    };
    let key = sha256_text(&code);
    shared.store.change(move |data| data.codes.insert(key, kept)).await?;
    Ok(Answer::code(request, code).redirect(shared))
}
