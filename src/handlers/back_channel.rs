//! Logout by the provider, server to server (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8). Who may say so is proven
//! by a signature alone: cookies count for nothing, and a provider is never limited by its address. Who sends tokens that are
//! not to be believed is not heard for a moment, once there were too many (OP-05).

use axum::{
    body::Bytes,
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use claimcheck_oidc::logout_token::{LogoutToken, LogoutTokenError};
use claimcheck_server::guard::{ClientAddress, TooMany};
use claimcheck_session::{EndedNow, Logout, StoreError};
use serde_json::json;
use tokio::sync::Semaphore;
use tracing::Instrument;
use url::form_urlencoded;

use crate::handlers::state::AppState;

/// Looked at at once: whoever sends tokens by the thousand, while the provider's keys are slow to come, must not take the
/// place of people.
const MAX_CONCURRENT: usize = 128;
static SLOTS: Semaphore = Semaphore::const_new(MAX_CONCURRENT);

/// `POST /auth/back-channel-logout`: 200 if what the token says is so now, also if it was before (2.8); 400 if the token is
/// not to be believed; 503 if that cannot be told or done now, so that a provider that tries again may be heard.
pub async fn log_out(
    State(state): State<AppState>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let client = ClientAddress::of(&extensions);
    let refused = |rule| {
        state.refused_logouts.refused(client);
        refused(rule)
    };
    if let Err(too_many) = state.refused_logouts.hear(client) {
        return not_heard(too_many);
    }
    let Ok(_slot) = SLOTS.try_acquire() else { return unavailable("too many at once") };
    let token = match token(&headers, &body) {
        Ok(token) => token,
        Err(rule) => return refused(rule),
    };
    let logout = match state.relying_party.validate_logout_token(&token).await {
        Ok(token) => logout_of(token),
        Err(LogoutTokenError::Refused(rule)) => return refused(rule),
        Err(LogoutTokenError::Provider(error)) => {
            tracing::warn!(%error, "a logout token cannot be verified");
            return unavailable("the keys of the provider are not there");
        }
    };
    // A task of its own: a provider that hangs up in between must not leave tokens that nobody has and nobody revokes.
    match state.tasks.spawn(carry_out(state.clone(), logout).in_current_span()).await {
        Ok(Ok(())) => StatusCode::OK.into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "a logout by the provider cannot be carried out");
            unavailable("the session store does not answer")
        }
        Err(_) => unavailable("internal"),
    }
}

/// What a logout token means for the sessions.
fn logout_of(token: LogoutToken) -> Logout {
    let LogoutToken { iss, sub, sid, issued_at, replay_key, remember_until } = token;
    Logout { iss, sub, sid, issued_at, replay_key: Some(replay_key), until: remember_until }
}

/// Ends the sessions that a logout means, and gives their tokens back in the background.
pub(super) async fn carry_out(state: AppState, logout: Logout) -> Result<(), StoreError> {
    let by = match (&logout.sub, &logout.sid) {
        (Some(_), Some(_)) => "sub and sid",
        (None, _) => "sid",
        (Some(_), None) => "sub",
    };
    match state.sessions.log_out(&logout).await? {
        Some(ended) => {
            tracing::info!(event = "logged out by the provider", by, sessions = ended.len());
            revoke_all(&state, ended);
        }
        None => tracing::info!(event = "logout heard before", by, "nothing is done twice"),
    }
    Ok(())
}

/// Revokes the tokens of ended sessions. Section 2.7 would keep refresh tokens of `offline_access`, for clients that work while
/// the user is away. This one does not: a token without its session is useful to nobody but a thief.
fn revoke_all(state: &AppState, ended: Vec<EndedNow>) {
    let revocations = state.tokens.revoke_many();
    for tokens in ended.into_iter().filter_map(|ended| ended.tokens) {
        // The task receives for as long as this sender lives.
        let _ = revocations.send(tokens);
    }
}

/// The one field that counts (2.5); others are ignored.
fn token(headers: &HeaderMap, body: &[u8]) -> Result<String, &'static str> {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let is_form = match (kinds.next(), kinds.next()) {
        (Some(kind), None) => {
            let essence = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
            essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
        }
        _ => false,
    };
    if !is_form {
        return Err("the body must be a form");
    }
    let mut tokens = form_urlencoded::parse(body).filter(|(name, _)| name == "logout_token");
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => Ok(token.into_owned()),
        (None, _) => Err("logout_token is missing"),
        (Some(_), Some(_)) => Err("logout_token is there twice"),
    }
}

/// 2.8: as the token endpoint's errors (RFC 6749 5.2). The descriptions are all our own texts.
fn refused(rule: &'static str) -> Response {
    tracing::warn!(event = "logout token refused", reason = rule);
    error(StatusCode::BAD_REQUEST, "invalid_request", rule)
}

fn not_heard(too_many: TooMany) -> Response {
    tracing::warn!(event = "logout token refused", reason = "too many of this client were refused");
    let mut response =
        error(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many were refused");
    response.headers_mut().insert(header::RETRY_AFTER, too_many.retry_after_secs.into());
    response
}

fn unavailable(why: &'static str) -> Response {
    let mut response = error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", why);
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    response
}

fn error(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
