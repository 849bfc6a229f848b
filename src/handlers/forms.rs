//! Server functions as the target of plain forms, with scripts off. leptos would answer with a redirect to the `Referer`,
//! which the request chooses, and with the error in the URL; here it leads to the function's page, and the message waits there.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, functions, paths};
use claimcheck_server::{
    actions::BOARD,
    flash::{Flash, leave_message, take_message},
    guard::{ResponseFormat, is_server_fn},
};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use url::form_urlencoded;

use crate::{
    documents,
    handlers::{
        request::{CurrentSession, refuse, signed_in, state, status},
        state::AppState,
    },
};

/// Where a function wants its form to lead, for this layer alone. Not `Location`: there the framework writes the `Referer`.
pub const ONWARD: HeaderName = HeaderName::from_static("x-onward");
/// More than an action's form may hold.
const FORM_MAX_BYTES: usize = 64 * 1024;
/// The longest error of ours as JSON is far shorter.
const ERROR_MAX_BYTES: usize = 4096;
/// What the page says after a form that means something which is not there, or no longer.
const NOT_THERE: &str = "That is not there any more. Nothing was changed.";
/// After one that may have failed in the middle.
const HALF_DONE: &str = "That did not work to the end. Look at what is left; wait a moment and try again.";
/// After any other that failed.
const FAILED: &str = "That did not work. Nothing was changed; wait a moment and try again.";

/// Arguments that do not parse never reach a function: the framework answers them with its 500, which they are not.
pub async fn name_bad_arguments(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER)
    {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, ERROR_MAX_BYTES).await.unwrap_or_default();
        let error = serde_json::from_slice(&body).unwrap_or(AppError::Internal);
        response = Response::from_parts(parts, body.into());
        *response.status_mut() = status(&error);
    }
    response
}

/// Answers a posted form with a redirect to its page, and keeps a failure for that page. A navigation to a reading function gets
/// what a script gets, without a redirect.
pub async fn lead_to_page(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if is_server_fn(request.uri().path()) && request.method() != Method::POST {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    let form = posted_form(&request);
    let function = functions::at(request.uri().path());
    let signed_in = request.extensions().get::<CurrentSession>().and_then(|current| current.0.clone());
    if let (Some(&functions::ACT), None, Some(_)) = (function, &signed_in, form) {
        return expired_form(request).await;
    }
    let response = next.run(request).await;
    let Some(page) = form else { return response };
    if response.status() == StatusCode::TEMPORARY_REDIRECT {
        // The function hands the form on to another route of ours; leptos itself answers forms with 302.
        return response;
    }
    if let (Some(signed_in), false) =
        (signed_in, response.status().is_success() || response.status().is_redirection())
    {
        let words = match response.status() {
            StatusCode::NOT_FOUND => NOT_THERE,
            _ if function.is_some_and(|function| function.may_be_half_done) => HALF_DONE,
            _ => FAILED,
        };
        leave_message(&state.sessions, &signed_in, words).await;
    }
    let page = response.headers().get(ONWARD).cloned().unwrap_or_else(|| HeaderValue::from_static(page));
    (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
}

/// A page with what was filled in, to be sent again after a sign-in: there is no session yet that could keep it.
async fn expired_form(request: Request) -> Response {
    let asked = ResponseFormat::from(&request);
    let Ok(body) = axum::body::to_bytes(request.into_body(), FORM_MAX_BYTES).await else {
        return refuse(&asked, AppError::Invalid);
    };
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let board = pairs.iter().find(|(name, _)| name == BOARD).map(|(_, board)| paths::board(board));
    let page = documents::expired_form(pairs, board.unwrap_or_else(|| paths::BOARDS.to_owned()));
    (StatusCode::UNAUTHORIZED, page).into_response()
}

/// The page of a function whose form was posted without scripts; `None` for what a script sends.
fn posted_form(request: &Request) -> Option<&'static str> {
    let path = request.uri().path();
    let is_form = request.method() == Method::POST && is_server_fn(path) && accepts_page(request.headers());
    is_form.then(|| functions::at(path).map_or(paths::HOME, |function| function.page))
}

/// Whether a page is wanted: a browser without scripts has posted a form.
pub fn accepts_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The message that a posted form left for the page that is being rendered.
pub async fn message() -> Option<Flash> {
    take_message(&state().ok()?.sessions, &signed_in().ok()?).await
}
