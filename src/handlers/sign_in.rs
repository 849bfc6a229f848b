//! Sign-in: the route that starts it, the layer that starts it where a session is required, and its completion.

use axum::{
    body::to_bytes,
    extract::{RawQuery, Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use claimcheck_model::{
    AppError, SignInOutcome,
    functions::{self, Limit},
    paths,
};
use claimcheck_server::{
    guard::{ClientAddress, Refusal, is_navigation},
    sign_in::{
        authorization_options::AuthorizationOptions,
        authorization_request, callback,
        link::{self, SignInLink},
        pause,
        problem::{SignInProblem, Ways},
        return_to::return_target,
    },
    view,
};

use claimcheck_session::SignedIn;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use tower_sessions::Session;
use tracing::{Instrument, Span};

use crate::{
    components::Remedy,
    documents,
    handlers::{
        request::{CurrentSession, here, language_of, look_of, reference_of, refuse, request, state},
        state::AppState,
        zone::by_way_of_zone,
    },
};

/// The longest form of another site.
const FORM_MAX_LEN: usize = 16 * 1024;

/// `GET /auth/sign-in`: redirects to the provider; the sign-in then returns to the page that the link names. A link from
/// elsewhere leads a signed-in user straight to that page, or asks first if it may be about another account.
pub async fn start(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    if !is_navigation(request.headers()) {
        return refuse(&(&request).into(), AppError::SignedOut);
    }
    let by = request.into_parts().0;
    let link = match SignInLink::parse(query.as_deref().unwrap_or_default(), &state.settings) {
        Ok(link) => link,
        Err(problem) => return failed(&state, &by, &problem, Ways::from_nowhere()),
    };
    let target = link.target(&state.settings);
    let signed_in = by.extensions.get::<CurrentSession>().and_then(|current| current.0.as_ref());
    if let Some(current) = signed_in.filter(|_| link.begins_elsewhere()) {
        if !link.names_another() {
            return Redirect::to(&target).into_response();
        }
        if !link.is_confirmed(&state.sign_in, current) {
            return ask_to_replace(&state, &by, &link, current, target);
        }
    }
    let asked = link.options(&state.sign_in, signed_in);
    to_provider(&state, &by, target, asked).await
}

/// `POST /auth/sign-in`: the form with which another site starts a sign-in (OpenID Connect Core 4). It redirects to the
/// same as a `GET`, so that this request needs no cookie.
pub async fn start_by_form(State(state): State<AppState>, request: Request) -> Response {
    let (by, body) = request.into_parts();
    let body = to_bytes(body, FORM_MAX_LEN).await.unwrap_or_default();
    match link::of_form(&state.sign_in, &by, &body) {
        Ok(link) => Redirect::to(&link).into_response(),
        Err(problem) => failed(&state, &by, &problem, Ways::from_nowhere()),
    }
}

fn ask_to_replace(
    state: &AppState,
    by: &Parts,
    link: &SignInLink,
    current: &SignedIn,
    target: String,
) -> Response {
    let Some(go_on) = link.to_confirm(&state.sign_in, current) else {
        let problem = SignInProblem::Internal("the link could not be sealed".to_owned());
        return failed(state, by, &problem, Ways::from_nowhere());
    };
    let name = view::user(current).name;
    documents::replace_session(look_of(&by.extensions), name, go_on, target).into_response()
}

/// Refuses too frequent refreshes, because each sends a request to the provider.
fn renews_too_often(state: &AppState, request: &Request) -> Option<Response> {
    let limit = functions::at(request.uri().path()).map(|function| function.limit);
    if request.method() != Method::POST || limit != Some(Limit::Renewals) {
        return None;
    }
    let too_many = state.renewals.count(ClientAddress::of(request.extensions())).err()?;
    tracing::warn!(reason = "too_many", "claims are refreshed too often");
    let mut answer =
        Refusal::of(&request.into(), StatusCode::TOO_MANY_REQUESTS, AppError::Busy).into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, too_many.retry_after_secs.into());
    Some(answer)
}

/// Lets signed-in users pass. Redirects other navigations to the provider, and refuses everything else.
pub async fn required(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Some(refused) = renews_too_often(&state, &request) {
        return refused;
    }
    let is_signed_in =
        request.extensions().get::<CurrentSession>().is_some_and(|current| current.0.is_some());
    if is_signed_in || !paths::needs_session(request.uri().path()) {
        return next.run(request).await;
    }
    if !is_navigation(request.headers()) {
        return refuse(&(&request).into(), AppError::SignedOut);
    }
    let target = return_target(&here(request.uri()));
    to_provider(&state, &request.into_parts().0, target, AuthorizationOptions::default()).await
}

async fn to_provider(state: &AppState, by: &Parts, target: String, asked: AuthorizationOptions) -> Response {
    let again = asked.link(&state.sign_in, &target);
    let signed_in = by.extensions.get::<CurrentSession>().and_then(|current| current.0.as_ref());
    let session = signed_in.map(|current| current.key.as_str().to_owned());
    let ways = Ways { again, back: signed_in.map(|_| target.clone()) };
    match authorization_request::start(&state.sign_in, by, target, asked, 0, session).await {
        Ok(start) => {
            let headers = [(header::LOCATION, start.location), (header::SET_COOKIE, start.cookie)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error) => {
            let mut response = failed(state, by, &error.into(), ways);
            if let Some(cookie) = pause::cookie(&state.settings) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
    }
}

/// The problem page.
pub fn failed(state: &AppState, by: &Parts, problem: &SignInProblem, ways: Ways) -> Response {
    note(state, problem);
    let current = by.extensions.get::<CurrentSession>().and_then(|current| current.0.as_ref());
    state.sign_in.record_unstarted(problem, current);
    let page = problem.to_page(language_of(&by.extensions), ways, reference_of(by));
    let retry_after = problem.retry_after().map(|time| [(header::RETRY_AFTER, time)]);
    (problem.status(), retry_after, documents::problem_page(look_of(&by.extensions), page)).into_response()
}

/// Completes the sign-in of the current request.
pub async fn complete(query: &str) -> Result<SignInOutcome, AppError> {
    let (state, request) = (state()?, request()?);
    let session = request.extensions.get::<Session>().cloned().ok_or(AppError::Internal)?;
    let signed_in = request.extensions.get::<CurrentSession>().and_then(|current| current.0.clone());
    // A task without the request's span may continue to render the page; its log lines must still belong to the
    // request.
    let span = Span::current();
    let completion = callback::complete(&state.sign_in, &session, &request, query, signed_in.as_ref());
    let outcome = completion.instrument(span.clone()).await;
    match outcome {
        Ok(onward) => {
            let cookie = onward.cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok());
            if let (Some(cookie), Some(response)) = (cookie, use_context::<ResponseOptions>()) {
                response.append_header(header::SET_COOKIE, cookie);
            }
            let location = by_way_of_zone(&state, &request.headers, onward.location);
            Ok(SignInOutcome::Onward { location })
        }
        Err(callback::Failed { problem, ways, is_of_run }) => {
            span.in_scope(|| note(&state, &problem));
            if let (Some(time), Some(response)) = (problem.retry_after(), use_context::<ResponseOptions>()) {
                response.insert_header(header::RETRY_AFTER, time);
            }
            if let (Some(cookie), Some(response)) =
                (pause::cookie(&state.settings), use_context::<ResponseOptions>())
            {
                response.append_header(header::SET_COOKIE, cookie);
            }
            let language = language_of(&request.extensions);
            let mut page = problem.to_page(language, ways, reference_of(&request));
            if is_of_run {
                let (label, href) = Remedy::Home.link(language, &paths::HOME.href());
                (page.action, page.back) = (Some((label.to_owned(), href)), None);
            }
            Ok(SignInOutcome::Problem { status: problem.status().as_u16(), problem: page })
        }
    }
}

fn note(state: &AppState, problem: &SignInProblem) {
    state.metrics.sign_in_failed(problem.reason());
    tracing::warn!(event = "sign-in failed", reason = problem.reason(), cause = %problem);
}
