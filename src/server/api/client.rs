//! One call to the person's API: bearer token in the header (RFC 6750 2.1), one refresh and one repeat on a 401,
//! no redirect, no header of the browser's, nothing of the answer's but its JSON.

use axum::http::{Request, Response, StatusCode, header};
use serde_json::Value;

use super::challenge;
use crate::{
    error::AppError,
    server::{
        Context,
        http_out::HttpOutError,
        secret::Secret,
        session::SignedIn,
        tokens::{Need, access_token},
    },
};

/// Access tokens are longer than this (RFC 6749 10.10 wants them beyond guessing).
const TOKEN_MIN_BYTES: usize = 16;

/// `GET` of a configured path.
///
/// # Errors
/// As `tokens::access_token`; `Forbidden` when the API refuses this person, `NotFound` when it has nothing there,
/// `ApiUnavailable` for anything else.
pub async fn get(context: &Context, signed_in: &SignedIn, path: &str) -> Result<Value, AppError> {
    let mut token = access_token(context, signed_in, Need::Usable).await?;
    let mut answer = call(context, path, &token).await?;
    if answer.status() == StatusCode::UNAUTHORIZED && challenge::may_be_invalid_token(answer.headers()) {
        // The API may know more than the expiry says: a key rolled, a token revoked. Once.
        token = access_token(context, signed_in, Need::OtherThan(token)).await?;
        answer = call(context, path, &token).await?;
    }
    read(&answer, &token)
}

async fn call(context: &Context, path: &str, token: &Secret) -> Result<Response<Vec<u8>>, AppError> {
    let base = context.settings.api_url.as_str().trim_end_matches('/');
    let request = Request::get(format!("{base}{path}"))
        .header(header::ACCEPT, "application/json")
        .header(header::AUTHORIZATION, bearer(token)?)
        .body(Vec::new())
        .map_err(|_| AppError::Internal)?;
    context.api.send(request).await.map_err(|error: HttpOutError| {
        tracing::warn!(%error, path, "the API gives no answer");
        AppError::ApiUnavailable
    })
}

/// Marked sensitive, so that no layer below prints it.
fn bearer(token: &Secret) -> Result<header::HeaderValue, AppError> {
    let mut value = header::HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
        tracing::error!("the access token is not a legal header value");
        AppError::Internal
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn read(answer: &Response<Vec<u8>>, token: &Secret) -> Result<Value, AppError> {
    let unusable = |cause: &str| {
        tracing::warn!(status = %answer.status(), cause, "the API's answer cannot be used");
        Err(AppError::ApiUnavailable)
    };
    match answer.status() {
        StatusCode::OK => {}
        // Refused twice, the second time with a fresh token: not ours to mend by signing in again.
        StatusCode::UNAUTHORIZED => return unusable("it refuses a fresh token"),
        StatusCode::FORBIDDEN => {
            // Shown to the person: an API that repeats what it was sent must not show them the token.
            let scope = challenge::missing_scope(answer.headers());
            return Err(AppError::Forbidden { scope: scope.filter(|scope| !scope.contains(token.expose())) });
        }
        StatusCode::NOT_FOUND => return Err(AppError::NotFound),
        _ => return unusable("unexpected status"),
    }
    let is_json =
        answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(
            |value| {
                value == "application/json" || (value.starts_with("application/") && value.ends_with("+json"))
            },
        );
    if !is_json {
        return unusable("it is not JSON");
    }
    match serde_json::from_slice(answer.body()) {
        // Rows are shown to the person, in a browser where no token may be.
        Ok(value) if holds(&value, token.expose()) => unusable("it repeats the access token"),
        Ok(value) => Ok(value),
        Err(_) => unusable("its JSON does not parse"),
    }
}

/// A token too short to be one may stand in any text.
fn repeats(text: &str, token: &str) -> bool {
    token.len() >= TOKEN_MIN_BYTES && text.contains(token)
}

/// Whether a text or a name of the answer holds the token.
fn holds(value: &Value, token: &str) -> bool {
    match value {
        Value::String(text) => repeats(text, token),
        Value::Array(items) => items.iter().any(|item| holds(item, token)),
        Value::Object(members) => {
            members.iter().any(|(name, value)| repeats(name, token) || holds(value, token))
        }
        _ => false,
    }
}
