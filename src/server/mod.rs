//! What the server knows and the browser must not: the context of a request, and the rooms behind it.

use std::{ops::Deref, sync::Arc};

use axum::{
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use claimcheck_base::{clock::Clock, http_out::HttpOut};
use leptos::prelude::use_context;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::model::AppError;

/// What people do through boards.
pub mod actions;
/// The client of the person's API.
pub mod api;
/// The embedded site.
pub mod assets;
/// From what a person asks of a board to what its panels show.
pub mod boards;
/// Settings from file and environment, checked.
pub mod config;
/// What a request must be before anything happens, and what every answer carries.
pub mod guard;
/// Connections, and what each may cost.
pub mod http_server;
/// Numbers and dates as the person reads them.
pub mod locale;
/// The relying party.
pub mod oidc;
/// What an operator may do: see who is signed in, end sessions.
pub mod operator;
/// Health, log, request ids, shutdown.
pub mod ops;
/// What somebody may see or do, as far as the settings say.
pub mod rights;
/// Assembly: pages, server functions, routes, layers.
pub mod router;
/// The plain routes under `/auth/`.
pub mod routes;
/// Words of others.
pub mod sanitize;
/// The session: record, stores, sealing, cookie.
pub mod session;
/// The session cookie and its layer.
pub mod session_layer;
/// Work under way that several wait for.
pub mod single_flight;
/// How many event streams are open.
pub mod sse_limit;
/// The only way to a usable access token.
pub mod tokens;
/// From claims and sessions to what a page shows.
pub mod view;

/// All that the program has, made once at start. One pointer: every layer of every request has a clone.
#[derive(Clone)]
pub struct Context(Arc<Installation>);

impl Deref for Context {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.0
    }
}

impl From<Installation> for Context {
    fn from(installation: Installation) -> Self {
        Self(Arc::new(installation))
    }
}

/// What a running program consists of.
pub struct Installation {
    pub settings: Arc<config::Settings>,
    pub clock: Clock,
    pub sessions: session::Sessions,
    pub provider: Arc<oidc::provider::Provider>,
    pub api: HttpOut,
    /// What goes on without a browser that waits for it; the end of the program waits for these.
    pub tasks: TaskTracker,
    /// Cancelled when the program begins to stop: answers that would not end by themselves end with it.
    pub stopping: CancellationToken,
    pub exchanges: oidc::callback::Exchanges,
    pub refreshes: tokens::Refreshes,
    pub fetches: api::Fetches,
    pub acts: actions::Submissions,
    pub sign_ins: guard::RateLimit,
    /// As many as sign-ins, of whom each ends with one.
    pub callbacks: guard::RateLimit,
    /// As many as sign-ins: nobody has to sign out more often.
    pub front_channel_logouts: guard::RateLimit,
    /// As many as sign-ins: how often the provider is asked anew who people are.
    pub renewals: guard::RateLimit,
    /// Logout tokens that were not to be believed; those that are count for nothing.
    pub refused_logouts: guard::FailureRateLimit,
    pub streams: sse_limit::Streams,
}

/// The running session of a request, as the session layer found it: loaded once, read by all who ask.
#[derive(Clone)]
pub struct CurrentSession(pub Option<session::SignedIn>);

/// The context of the request that is being answered.
pub fn context() -> Result<Context, AppError> {
    use_context().ok_or(AppError::Internal)
}

/// The head of the request that is being answered.
pub fn request() -> Result<Parts, AppError> {
    use_context().ok_or(AppError::Internal)
}

/// The session of the person who asks. The first line of everything that only a signed-in person may have.
pub fn signed_in() -> Result<session::SignedIn, AppError> {
    request()?
        .extensions
        .get::<CurrentSession>()
        .and_then(|current| current.0.clone())
        .ok_or(AppError::SignedOut)
}

/// How the person who asks reads, signed in or not: numbers and dates in their locale and zone.
pub fn reader() -> locale::LocaleFormatter {
    let Ok(request) = request() else { return locale::LocaleFormatter::default() };
    match request.extensions.get::<CurrentSession>() {
        Some(CurrentSession(Some(current))) => {
            locale::LocaleFormatter::of(&current.record.claims, &request.headers)
        }
        _ => locale::LocaleFormatter::of(&serde_json::Map::new(), &request.headers),
    }
}

/// What a server function answers, with the status that belongs to it when it was called over HTTP.
/// A page that calls it in process sets its own status.
pub fn answer<T>(outcome: Result<T, AppError>) -> Result<T, AppError> {
    if let Err(error) = &outcome
        && let (Ok(request), Some(response)) = (request(), use_context::<leptos_axum::ResponseOptions>())
        && guard::is_server_fn(request.uri.path())
    {
        response.set_status(status(error));
    }
    outcome
}

/// Under which the log has the request that is being answered.
pub fn reference() -> Option<String> {
    request().ok()?.extensions.get::<ops::RequestId>().map(ToString::to_string)
}

/// Writes down that a person is shown this failure, and returns the reference to show with it.
pub fn noted(error: &AppError) -> Option<String> {
    tracing::info!(reason = reason(error), "failure shown");
    reference()
}

/// A short word for the log: what a person meets, beside the cause, which is logged where it is known.
pub fn reason(error: &AppError) -> &'static str {
    match error {
        AppError::SignedOut => "signed_out",
        AppError::NotSameOrigin => "not_same_origin",
        AppError::Forbidden(_) => "forbidden",
        AppError::StepUp(_) => "step_up",
        AppError::NotFound => "not_found",
        AppError::Invalid => "invalid",
        AppError::ApiUnavailable => "api_unavailable",
        AppError::ProviderUnavailable => "provider_unavailable",
        AppError::StoreUnavailable => "store_unavailable",
        AppError::Busy => "busy",
        AppError::Offline => "offline",
        AppError::Internal => "internal",
    }
}

/// A failure as the answer of a plain route or a layer, in the form that its sender reads.
pub fn refuse(asked: &guard::Asked, error: AppError) -> Response {
    tracing::info!(reason = reason(&error), "refused");
    guard::Refusal::of(asked, status(&error), error).into_response()
}

/// The HTTP status of a failure.
pub fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::SignedOut => StatusCode::UNAUTHORIZED,
        AppError::NotSameOrigin | AppError::Forbidden(_) | AppError::StepUp(_) => StatusCode::FORBIDDEN,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Invalid => StatusCode::BAD_REQUEST,
        AppError::ApiUnavailable => StatusCode::BAD_GATEWAY,
        AppError::ProviderUnavailable | AppError::StoreUnavailable | AppError::Busy => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        AppError::Offline | AppError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
