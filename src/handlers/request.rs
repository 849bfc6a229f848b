//! What the code below a page or server function may ask of the request that is being answered: its head, its session, its
//! locale; and how a failure is answered.

use axum::{
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, functions::Function};
use claimcheck_server::{
    guard::{self, Refusal, ResponseFormat},
    locale::LocaleFormatter,
    ops::RequestId,
};
use claimcheck_session::SignedIn;
use leptos::prelude::use_context;
use serde_json::Map;

use crate::handlers::state::AppState;

/// The session of a request, as the session layer found it: loaded once, read by everything that needs it.
#[derive(Clone)]
pub struct CurrentSession(pub Option<SignedIn>);

/// The state of the request that is being answered.
///
/// # Errors
/// `Internal` outside of a request.
pub fn state() -> Result<AppState, AppError> {
    use_context().ok_or(AppError::Internal)
}

/// The head of the request that is being answered.
///
/// # Errors
/// `Internal` outside of a request.
pub fn request() -> Result<Parts, AppError> {
    use_context().ok_or(AppError::Internal)
}

/// The session of the person who asks. The first line of everything that only a signed-in person may have.
///
/// # Errors
/// `SignedOut` where there is none.
pub fn signed_in() -> Result<SignedIn, AppError> {
    request()?
        .extensions
        .get::<CurrentSession>()
        .and_then(|current| current.0.clone())
        .ok_or(AppError::SignedOut)
}

/// Formats numbers and dates in the locale and time zone of the person who asks, signed in or not.
pub fn reader() -> LocaleFormatter {
    let Ok(request) = request() else { return LocaleFormatter::default() };
    match request.extensions.get::<CurrentSession>() {
        Some(CurrentSession(Some(current))) => LocaleFormatter::of(&current.record.claims, &request.headers),
        _ => LocaleFormatter::of(&Map::new(), &request.headers),
    }
}

/// Runs a server function: checks that there is a session where its policy asks for one, and sets the status of its answer
/// when it was called over HTTP. A page that calls it in process sets its own status.
///
/// # Errors
/// `SignedOut` where the session is missing, else the error of `work`.
pub async fn answer<T>(
    function: Function,
    work: impl Future<Output = Result<T, AppError>>,
) -> Result<T, AppError> {
    let allowed = if function.needs_session { signed_in().map(drop) } else { Ok(()) };
    let outcome = match allowed {
        Ok(()) => work.await,
        Err(error) => Err(error),
    };
    if let Err(error) = &outcome
        && let (Ok(request), Some(response)) = (request(), use_context::<leptos_axum::ResponseOptions>())
        && guard::is_server_fn(request.uri.path())
    {
        response.set_status(status(error));
    }
    outcome
}

/// The reference of the request that is being answered: the log has it on every line of the request.
pub fn reference() -> Option<String> {
    request().ok().as_ref().and_then(reference_of)
}

/// The reference of this request.
pub fn reference_of(request: &Parts) -> Option<String> {
    request.extensions.get::<RequestId>().map(ToString::to_string)
}

/// Logs that a person is shown this failure, and returns the reference to show with it.
pub fn noted(error: &AppError) -> Option<String> {
    tracing::info!(reason = error.reason(), "failure shown");
    reference()
}

/// A failure as the answer of a plain route or a layer, in the form that its sender reads.
pub fn refuse(format: &ResponseFormat, error: AppError) -> Response {
    tracing::info!(reason = error.reason(), "refused");
    Refusal::of(format, status(&error), error).into_response()
}

/// The HTTP status of a failure.
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The session store did not answer: logs the cause, which the person does not see.
pub fn store_failed(error: impl std::fmt::Display) -> AppError {
    tracing::error!(%error, "the session store does not answer");
    AppError::StoreUnavailable
}
