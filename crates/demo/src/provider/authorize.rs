//! The authorization endpoint (Core 3.1.2): decides which dialog a request needs next, or answers it.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    consent, cookies, interaction,
    language::Language,
    pages,
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
    let params = Params::parse(&query.unwrap_or_default());
    let language = Language::choose(params.get("ui_locales"), &headers);
    match request::check(&shared, params) {
        Ok(request) => {
            decide(&shared, &headers, request).await.unwrap_or_else(|error| pages::fault(language, &error))
        }
        Err(refusal) => interaction::refuse(&shared, language, refusal),
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
            return error("login_required", "no one is signed in, or the sign-in does not meet the request");
        }
        return sign_in::show(shared, headers, &request, None);
    };
    let Some(person) = people::by_sub(&session.sub) else {
        return sign_in::show(shared, headers, &request, None);
    };
    if session.strength < request.strength {
        if silent {
            return error("login_required", "the requested acr needs a stronger sign-in");
        }
        return second_factor::show(shared, headers, &request, person, false);
    }
    let (granted, _) = scopes::grantable(&request.scope, person);
    let granted = scopes::names(&granted);
    if request.prompts("consent") || !consent::remembered(shared, &request, &session, &granted) {
        if silent {
            return error("consent_required", "the user has not allowed this access yet");
        }
        return consent::show(shared, headers, &request, person, &session);
    }
    interaction::answer(shared, &request, session, granted).await
}
