//! Logout by the provider, server to server (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8). Only a signature
//! authenticates it: cookies are ignored, and valid tokens have no rate limit by address. A sender of too many invalid
//! tokens is blocked for a short time (OP-05).

use axum::{
    body::Bytes,
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use claimcheck_oidc::logout_token::{LogoutToken, LogoutTokenError};
use claimcheck_server::{
    audit::{AuditOutcome, Event, Occurrence},
    guard::{ClientAddress, TooMany},
    metrics::LogoutOutcome,
    requester,
};
use claimcheck_session::{EndedNow, Logout, StoreError};
use serde_json::json;
use tracing::Instrument;
use url::form_urlencoded;

use crate::handlers::state::AppState;

/// `POST /auth/back-channel-logout`: 200 if the sessions are ended now, also if they were before (2.8); 400 if the
/// token is invalid; 503 if it cannot be validated or carried out now, so that the provider may try again.
pub async fn log_out(
    State(state): State<AppState>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (outcome, response) = hear(&state, &extensions, &headers, &body).await;
    state.metrics.logged_out(outcome);
    response
}

async fn hear(
    state: &AppState,
    extensions: &Extensions,
    headers: &HeaderMap,
    body: &[u8],
) -> (LogoutOutcome, Response) {
    let client = ClientAddress::of(extensions);
    let refused = |rule: &str| {
        state.refused_logouts.refused(client);
        record_refusal(state, rule);
        (LogoutOutcome::Refused, refused(rule))
    };
    if let Err(too_many) = state.refused_logouts.hear(client) {
        return (LogoutOutcome::RateLimited, not_heard(too_many));
    }
    // A flood of tokens, while the provider's keys are slow to arrive, must not use up the capacity for users, nor that
    // for the provider.
    let Ok(_place) = state.budget.logout_token(client.ip()) else {
        return (LogoutOutcome::Busy, unavailable("too many requests at once"));
    };
    let token = match token(headers, body) {
        Ok(token) => token,
        Err(rule) => return refused(rule),
    };
    let logout = match state.relying_party.validate_logout_token(&token).await {
        Ok(token) => logout_of(token),
        Err(LogoutTokenError::Refused(rule)) => return refused(&rule),
        // The provider may retry once it has published the key. Anyone can send such a token, so it counts as refused.
        Err(error @ LogoutTokenError::UnknownKey) => {
            state.refused_logouts.refused(client);
            record_refusal(state, "the key of the token is unknown");
            tracing::warn!(event = "logout token refused", reason = %error);
            return (LogoutOutcome::UnknownKey, unavailable("the key of the token is unknown"));
        }
        Err(LogoutTokenError::Provider(error)) => {
            tracing::warn!(%error, "a logout token cannot be verified");
            record_failure(state, "back_channel", "provider_unavailable");
            let answer = unavailable("the provider's keys are unavailable");
            return (LogoutOutcome::ProviderUnavailable, answer);
        }
    };
    // Runs as its own task: if the provider disconnects, the tokens of ended sessions must still be revoked.
    requester::note_via("back_channel");
    let work = carry_out(state.clone(), logout).in_current_span();
    match state.tasks.spawn(requester::carry(work)).await {
        Ok(Ok(is_first)) => {
            let outcome = if is_first { LogoutOutcome::Done } else { LogoutOutcome::Repeated };
            (outcome, StatusCode::OK.into_response())
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "a logout by the provider cannot be carried out");
            record_failure(state, "back_channel", "store");
            (LogoutOutcome::StoreUnavailable, unavailable("the session store is not responding"))
        }
        Err(_) => (LogoutOutcome::Other, unavailable("internal")),
    }
}

/// Records a refused logout token. What follows a colon comes from the token.
fn record_refusal(state: &AppState, rule: &str) {
    let what = Occurrence::ProviderLogout { via: "back_channel" };
    let reason = rule.split(':').next().unwrap_or_default();
    state.audit.record(Event::not_done(what, AuditOutcome::Refused, reason));
}

/// Records a logout that could not be carried out, for that reason.
pub(super) fn record_failure(state: &AppState, via: &'static str, reason: &str) {
    let what = Occurrence::ProviderLogout { via };
    state.audit.record(Event::not_done(what, AuditOutcome::Failed, reason));
}

/// The logout that a token describes.
fn logout_of(token: LogoutToken) -> Logout {
    let LogoutToken { iss, sub, sid, issued_at, replay_key, remember_until } = token;
    Logout { iss, sub, sid, issued_at, replay_key: Some(replay_key), until: remember_until }
}

/// Ends the sessions that a logout covers, and revokes their tokens in the background. `false` if that was done before.
pub(super) async fn carry_out(state: AppState, logout: Logout) -> Result<bool, StoreError> {
    let by = match (&logout.sub, &logout.sid) {
        (Some(_), Some(_)) => "sub and sid",
        (None, _) => "sid",
        (Some(_), None) => "sub",
    };
    match state.sessions.log_out(&logout).await? {
        Some(ended) => {
            tracing::info!(event = "logged out by the provider", by, sessions = ended.len());
            revoke_all(&state, ended);
            Ok(true)
        }
        None => {
            tracing::info!(event = "logout heard before", by, "already carried out");
            Ok(false)
        }
    }
}

/// Revokes the tokens of ended sessions. Section 2.7 would keep refresh tokens of `offline_access`, for clients that
/// work while the user is away. This client does not: a token without its session is of use only to a thief.
fn revoke_all(state: &AppState, ended: Vec<EndedNow>) {
    let revocations = state.tokens.revoke_many();
    for tokens in ended.into_iter().filter_map(|ended| ended.tokens) {
        // The task receives while this sender exists.
        let _ = revocations.send(tokens);
    }
}

/// The only field used (2.5); others are ignored.
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
        (Some(_), Some(_)) => Err("logout_token appears twice"),
    }
}

/// 2.8: like the token endpoint's errors (RFC 6749 5.2). All descriptions are our own texts.
fn refused(rule: &str) -> Response {
    tracing::warn!(event = "logout token refused", reason = rule);
    // What follows a colon comes from the token.
    error(StatusCode::BAD_REQUEST, "invalid_request", rule.split(':').next().unwrap_or_default())
}

fn not_heard(too_many: TooMany) -> Response {
    tracing::warn!(
        event = "logout token refused",
        reason = "too many refused logout tokens from this client"
    );
    let mut response =
        error(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many refused logout tokens");
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
