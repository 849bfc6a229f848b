//! Server functions as targets of plain forms, with scripts off. leptos would respond with a redirect to the `Referer`,
//! which the request chooses, and with the error in the URL. Here the redirect goes to the function's page, and the
//! message is stored for it.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use claimcheck_base::{internal_span, traces};
use claimcheck_model::{AppError, functions, paths};
use claimcheck_server::{
    actions::BOARD,
    flash::{Flash, leave_message, take_message},
    guard::{ResponseFormat, is_server_fn},
};
use claimcheck_text::t;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use url::form_urlencoded;

use crate::{
    components::Look,
    documents::{self, Unsent},
    handlers::{
        request::{CurrentSession, language_of, look_of, refuse, signed_in, state, status},
        state::AppState,
    },
};

/// Where a function wants to redirect its form, read by this layer only. Not `Location`: the framework writes the
/// `Referer` there.
pub const ONWARD: HeaderName = HeaderName::from_static("x-onward");
/// From the function to this layer only: the action of a form no longer exists, and an earlier submission may have been done.
pub const PERHAPS_DONE: StatusCode = StatusCode::GONE;
/// More than the form of an action may contain.
const FORM_MAX_BYTES: usize = 64 * 1024;
/// The fields of a form.
type Pairs = Vec<(String, String)>;
/// Our longest error as JSON is far shorter.
const ERROR_MAX_BYTES: usize = 4096;

/// Arguments that do not parse never reach a function. The framework answers them with 500; this makes it the right
/// error.
pub async fn name_bad_arguments(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let span =
        internal_span!("render", otel.name = if is_server_fn(path) { "server function" } else { "render" });
    let mut response = traces::within(span, next.run(request)).await;
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

/// Answers a posted form with a redirect to its page, and keeps a failure for that page. A navigation to a read
/// function gets the same as a script, without a redirect.
pub async fn lead_to_page(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if is_server_fn(request.uri().path()) && request.method() != Method::POST {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    let form = posted_form(&request);
    let language = language_of(request.extensions());
    let function = functions::at(request.uri().path());
    let signed_in = request.extensions().get::<CurrentSession>().and_then(|current| current.0.clone());
    let mut unsent = match (function, form) {
        (Some(&functions::ACT), Some(_)) => match read_form(request).await {
            Ok((whole, pairs)) => {
                request = whole;
                Some((look_of(request.extensions()), pairs))
            }
            Err(refusal) => return refusal,
        },
        _ => None,
    };
    if signed_in.is_none()
        && let Some((look, pairs)) = unsent.take()
    {
        return expired_form(look, pairs);
    }
    let response = next.run(request).await;
    let Some(page) = form else { return response };
    if let Some((look, pairs)) = unsent {
        // Only the function itself says when the form may be submitted again.
        if let Some(time) = response.headers().get(header::RETRY_AFTER) {
            return unsent_again(look, pairs, response.status(), time.clone());
        }
        if matches!(response.status(), StatusCode::NOT_FOUND | PERHAPS_DONE) {
            return gone_form(&state, look, pairs, response.status() == PERHAPS_DONE);
        }
    }
    if response.status() == StatusCode::TEMPORARY_REDIRECT {
        // The function redirects the form to another of our routes; leptos itself answers forms with 302.
        return response;
    }
    if let (Some(signed_in), false) =
        (signed_in, response.status().is_success() || response.status().is_redirection())
    {
        let words = match response.status() {
            StatusCode::NOT_FOUND => t!(language, "form-target-gone"),
            _ if function.is_some_and(|function| function.may_be_half_done) => {
                t!(language, "form-half-done")
            }
            _ => t!(language, "form-failed"),
        };
        leave_message(&state.sessions, &signed_in, words).await;
    }
    let onward = response.headers().get(ONWARD).and_then(|onward| onward.to_str().ok());
    let page = onward.map_or_else(|| page.href(), str::to_owned);
    (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
}

/// The fields of a form, and the request as it was.
///
/// # Errors
/// The response to a body that is too long or breaks off.
async fn read_form(request: Request) -> Result<(Request, Pairs), Response> {
    let asked = ResponseFormat::from(&request);
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, FORM_MAX_BYTES).await;
    let body = body.map_err(|_| refuse(&asked, AppError::Invalid))?;
    let pairs = form_urlencoded::parse(&body).into_owned().collect();
    Ok((Request::from_parts(head, body.into()), pairs))
}

/// A page with all input, to be sent again after a sign-in: no session exists that could keep it.
fn expired_form(look: Look, pairs: Pairs) -> Response {
    let board = pairs.iter().find(|(name, _)| name == BOARD).map(|(_, board)| paths::board(board));
    let why = Unsent::SignedOut { board: board.unwrap_or_else(|| paths::BOARDS.href()) };
    (StatusCode::UNAUTHORIZED, documents::unsent_form(look, why, pairs)).into_response()
}

/// A page with all input, to be sent again after that time. The session does not keep it: that would cost what the limit
/// saves, or the store takes nothing.
fn unsent_again(look: Look, pairs: Pairs, status: StatusCode, time: HeaderValue) -> Response {
    let secs = time.to_str().ok().and_then(|secs| secs.parse().ok()).unwrap_or(1);
    let why = match status {
        StatusCode::TOO_MANY_REQUESTS => Unsent::TooMany { secs },
        _ => Unsent::StoreAway { secs },
    };
    (status, [(header::RETRY_AFTER, time)], documents::unsent_form(look, why, pairs)).into_response()
}

/// A page with all input, for an action that no longer exists.
fn gone_form(state: &AppState, look: Look, pairs: Pairs, may_be_done: bool) -> Response {
    let board = pairs.iter().find(|(name, _)| name == BOARD);
    let board = board.and_then(|(_, board)| state.settings.board(board)).map(|board| paths::board(&board.id));
    let why = Unsent::Gone { board, may_be_done };
    (StatusCode::NOT_FOUND, documents::unsent_form(look, why, pairs)).into_response()
}

/// The page of a function whose form was posted without scripts; `None` for a script.
fn posted_form(request: &Request) -> Option<paths::Route> {
    let path = request.uri().path();
    let is_form = request.method() == Method::POST && is_server_fn(path) && accepts_page(request.headers());
    is_form.then(|| functions::at(path).map_or(paths::HOME, |function| function.page))
}

/// Whether a page is expected: a browser without scripts has posted a form.
pub fn accepts_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The stored message of a posted form for the page that is being rendered.
pub async fn message() -> Option<Flash> {
    take_message(&state().ok()?.sessions, &signed_in().ok()?).await
}
