//! The authorization endpoint (Core 3.1.2): decides which dialog a request needs next, or answers it.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    consent, cookies, interaction, pages,
    params::Params,
    people,
    request::{self, Answer, Request},
    scopes, second_factor,
    shared::Shared,
    sign_in,
};
use crate::Error;

/// `GET /authorize`
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    match request::check(&shared, Params::parse(&query.unwrap_or_default())) {
        Ok(request) => decide(&shared, &headers, request).await.unwrap_or_else(pages::fault),
        Err(refusal) => interaction::refuse(&shared, refusal),
    }
}

/// `POST /authorize`: redirects to the same request by GET, because a cross-site POST carries no cookies.
pub(super) async fn post(State(shared): State<Arc<Shared>>, body: String) -> Response {
    let params = Params::parse(&body);
    pages::see_other(&shared.url(&format!("/authorize?{}", params.encode())))
}

async fn decide(shared: &Arc<Shared>, headers: &HeaderMap, request: Request) -> Result<Response, Error> {
    let silent = request.prompts("none");
    let error = |error, description| Ok(Answer::error(&request, error, description).redirect(shared));
    let session = cookies::session(shared, headers);
    let Some(session) = session.filter(|session| interaction::good_enough(shared, &request, session)) else {
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
    interaction::answer(shared, &request, session, granted).await
}
