//! Refusals of any layer as problem pages, for clients that expect a page.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, base_path, paths};
use claimcheck_server::{guard, ops, sign_in::return_to::return_target};
use claimcheck_text::{Language, t};
use serde_json::Map;

use crate::{
    components::Look,
    documents,
    handlers::{self, request::look_for, state::AppState},
};

/// Turns refusals of any layer into the designed problem page, if the client expects a page.
pub(crate) async fn designed(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    // For refusals before the session is known.
    let look = look_for(&state, &Map::new(), request.headers());
    request.extensions_mut().insert(look.clone());
    let id = request.extensions().get::<ops::request::RequestId>().cloned();
    let again = asked_again(&request);
    let asked =
        handlers::forms::accepts_page(request.headers()).then(|| guard::ResponseFormat::from(&request));
    let response = next.run(request).await;
    let look = response.extensions().get::<Look>().cloned().unwrap_or(look);
    let refusal = response.extensions().get::<guard::Refusal>().cloned();
    let refusal = refusal.or_else(|| unworded(&asked?, &response));
    match refusal {
        Some(refusal) if !refusal.json => {
            let status: StatusCode = response.status();
            let (mut parts, _) = response.into_parts();
            parts.headers.remove(header::CONTENT_TYPE);
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.remove(header::CONTENT_ENCODING);
            let reference = id.map(|id| id.to_string());
            let page = match refusal.explanation(look.language) {
                Some(words) => {
                    let link = way_out(&state, look.language, status, again);
                    documents::refusal(look, &refusal.error, words, reference, link)
                }
                None => documents::failure(look, &refusal.error, reference, again.as_deref()),
            };
            (status, parts.headers, page).into_response()
        }
        _ => response,
    }
}

/// Refusals by the framework itself: with an empty body, or with a text that is not for users.
fn unworded(asked: &guard::ResponseFormat, response: &Response) -> Option<guard::Refusal> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
    let is_unworded = kind.is_none_or(|kind| kind.starts_with(b"text/plain"));
    if !(is_unworded && (status.is_client_error() || status.is_server_error())) {
        return None;
    }
    let (error, reason) = match status {
        StatusCode::NOT_FOUND => (AppError::NotFound, "not_found"),
        StatusCode::METHOD_NOT_ALLOWED => (AppError::Invalid, "method"),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => (AppError::Busy, "busy"),
        _ if status.is_client_error() => (AppError::Invalid, "unreadable"),
        _ => (AppError::Internal, "unworded"),
    };
    tracing::warn!(status = status.as_u16(), reason, "request refused");
    Some(guard::Refusal::of(asked, status, error))
}

/// What helps with a refusal, if it is not the home page: the same page later, or under our own host name.
fn way_out(
    state: &AppState,
    language: Language,
    status: StatusCode,
    again: Option<String>,
) -> Option<(String, String)> {
    match status {
        StatusCode::MISDIRECTED_REQUEST => {
            let origin = state.settings.origin();
            let name = origin.split_once("://").map_or("", |(_, name)| name);
            Some((t!(language, "open-address", address = name), state.settings.address(paths::HOME)))
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            Some((t!(language, "try-again").to_owned(), again.unwrap_or_else(|| paths::HOME.href())))
        }
        _ => None,
    }
}

/// The URL to repeat a failed request, if it was a read of a page.
fn asked_again(request: &Request) -> Option<String> {
    let asked = &base_path::address(request.uri().path_and_query()?.as_str());
    let target = return_target(asked);
    (request.method() == axum::http::Method::GET && (target != paths::HOME.href() || *asked == target))
        .then_some(target)
}
