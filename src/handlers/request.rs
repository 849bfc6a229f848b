//! Data of the current request for pages and server functions: its head, its session, its locale; and how to respond
//! with a failure.

use std::sync::LazyLock;

use axum::{
    http::{Extensions, HeaderMap, StatusCode, Uri, request::Parts},
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, base_path, functions::Function, paths};
use claimcheck_server::{
    guard::{self, Refusal, ResponseFormat},
    locale::{self, LocaleFormatter, ZoneCookie},
    ops::RequestId,
    preferences::Preferences,
    requester::{self, Requester},
};
use claimcheck_session::SignedIn;
use claimcheck_text::Language;
use leptos::prelude::{use_context, with_context};
use serde_json::{Map, Value};

use crate::{components::Look, handlers::state::AppState};

/// The session of a request, as the session layer found it: loaded once, and read wherever it is needed.
#[derive(Clone)]
pub struct CurrentSession(pub Option<SignedIn>);

/// The state of the current request.
///
/// # Errors
/// `Internal` outside of a request.
pub fn state() -> Result<AppState, AppError> {
    use_context().ok_or(AppError::Internal)
}

/// The head of the current request.
///
/// # Errors
/// `Internal` outside of a request.
pub fn request() -> Result<Parts, AppError> {
    use_context().ok_or(AppError::Internal)
}

/// Reads from the head of the current request, without a copy of all its headers. `read` must not use the context.
///
/// # Errors
/// `Internal` outside of a request.
pub fn of_request<T>(read: impl FnOnce(&Parts) -> T) -> Result<T, AppError> {
    with_context(read).ok_or(AppError::Internal)
}

/// Marks a request whose session cookie belongs to no session that still runs.
#[derive(Clone, Copy)]
pub struct EndedSession;

/// Whether the current request has the cookie of a session that has ended.
pub fn has_dead_session() -> bool {
    of_request(|request| request.extensions.get::<EndedSession>().is_some()).unwrap_or_default()
}

/// The session of the user. The first line of all code that requires a signed-in user.
///
/// # Errors
/// `SignedOut` if there is none.
pub fn signed_in() -> Result<SignedIn, AppError> {
    let current = of_request(|request| request.extensions.get::<CurrentSession>().cloned())?;
    current.and_then(|current| current.0).ok_or(AppError::SignedOut)
}

/// The language of the pages, and numbers and dates in the user's locale and time zone, signed in or not.
pub fn reader() -> LocaleFormatter {
    let Ok(state) = state() else { return LocaleFormatter::default() };
    of_request(|request| reader_of(&state, claims_of(&request.extensions), &request.headers))
        .unwrap_or_default()
}

/// The cookie in which the scripts of a page keep the time zone.
pub fn zone_cookie() -> ZoneCookie {
    ZoneCookie::new(state().is_ok_and(|state| state.settings.is_https()))
}

/// The same for a request with these claims and headers.
pub fn reader_of(state: &AppState, claims: &Map<String, Value>, headers: &HeaderMap) -> LocaleFormatter {
    LocaleFormatter::of(claims, headers, state.settings.language, state.settings.is_https())
        .at(state.boards.now())
}

/// The language of the pages for the current request.
pub fn language() -> Language {
    look().language
}

/// The language of the pages for a request, as determined by the layers.
pub fn language_of(extensions: &Extensions) -> Language {
    look_of(extensions).language
}

/// The look of the response to the current request.
pub fn look() -> Look {
    of_request(|request| look_of(&request.extensions)).unwrap_or_default()
}

/// The look of the response to a request from the user with these claims, for the layers.
pub fn look_for(state: &AppState, claims: &Map<String, Value>, headers: &HeaderMap) -> Look {
    let is_https = state.settings.is_https();
    let preferences = Preferences::of(headers, is_https);
    let language = locale::language(claims, headers, state.settings.language, preferences.language);
    state.looks.of(language, preferences)
}

/// The look of the response to a request, as determined by the layers.
pub fn look_of(extensions: &Extensions) -> Look {
    extensions.get::<Look>().cloned().unwrap_or_default()
}

/// The claims of the user who sent a request; empty without a session.
pub fn claims_of(extensions: &Extensions) -> &Map<String, Value> {
    static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    let current = extensions.get::<CurrentSession>().and_then(|current| current.0.as_ref());
    current.map_or(&*NOTHING, |current| &current.record.claims)
}

/// Runs a server function: checks that there is a session if its policy requires one, and sets the response status if
/// it was called over HTTP. A page that calls it in process sets its own status.
///
/// # Errors
/// `SignedOut` if the session is missing, else the error of `work`.
pub async fn answer<T>(
    function: Function,
    work: impl Future<Output = Result<T, AppError>>,
) -> Result<T, AppError> {
    let allowed = if function.needs_session { signed_in().map(drop) } else { Ok(()) };
    let outcome = match allowed {
        // The task that renders a page is not the one of the request.
        Ok(()) => {
            let by = of_request(|request| request.extensions.get::<Requester>().cloned());
            requester::within(by.ok().flatten(), work).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = &outcome
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && of_request(|request| guard::is_server_fn(request.uri.path())).unwrap_or_default()
    {
        response.set_status(status(error));
    }
    outcome
}

/// The address of a request, as its browser knows it.
pub fn here(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| paths::HOME.href(), |asked| base_path::address(asked.as_str()))
}

/// The reference of the current request, which is in all its log lines.
pub fn reference() -> Option<String> {
    of_request(reference_of).ok().flatten()
}

/// The reference of this request.
pub fn reference_of(request: &Parts) -> Option<String> {
    request.extensions.get::<RequestId>().map(ToString::to_string)
}

/// Logs that a failure is shown to the user, and returns the reference to show with it.
pub fn noted(error: &AppError) -> Option<String> {
    tracing::info!(reason = error.reason(), "failure shown");
    reference()
}

/// The response of a plain route or a layer with a failure, in the format that its sender reads.
pub fn refuse(format: &ResponseFormat, error: AppError) -> Response {
    tracing::info!(reason = error.reason(), "refused");
    Refusal::of(format, status(&error), error).into_response()
}

/// The HTTP status of a failure.
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The session store did not respond: logs the cause, which users do not see.
pub fn store_failed(error: impl std::fmt::Display) -> AppError {
    tracing::error!(%error, "the session store is not responding");
    AppError::StoreUnavailable
}
