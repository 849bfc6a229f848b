//! One call to the person's API: bearer token in the header (RFC 6750 2.1), one refresh and one repeat on a 401,
//! no redirect, no header of the browser's, nothing of the answer's but its JSON.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::Value;

use super::challenge;
use crate::{
    error::AppError,
    model::Lack,
    server::{
        Context,
        config::Api,
        http_out::{API_TIMEOUT, HttpOutError},
        secret::Secret,
        session::SignedIn,
        tokens::{Need, access_token},
    },
};

/// Access tokens are longer than this (RFC 6749 10.10 wants them beyond guessing).
const TOKEN_MIN_BYTES: usize = 16;

/// One request to an API.
pub struct Call {
    pub method: Method,
    /// Path and query below its base URL.
    pub path: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Vec<u8>,
    /// How long the whole answer may take.
    pub patience: Duration,
}

impl Call {
    /// A `GET`.
    pub fn get(path: &str) -> Self {
        let path = path.to_owned();
        Self { method: Method::GET, path, headers: Vec::new(), body: Vec::new(), patience: API_TIMEOUT }
    }
}

/// What the API said, and the token that it was asked with.
pub struct Answer {
    pub response: Response<Vec<u8>>,
    token: Secret,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// There is no token to ask with: nothing was sent.
    NoToken(AppError),
    /// Nothing could be sent, or nothing came back.
    Http(HttpOutError),
}

/// `GET` of a configured path.
///
/// # Errors
/// As `tokens::access_token`; `Forbidden` when the API refuses this person, `NotFound` when it has nothing there,
/// `ApiUnavailable` for anything else.
pub async fn get(context: &Context, signed_in: &SignedIn, api: &Api, path: &str) -> Result<Value, AppError> {
    let answer = send(context, signed_in, api, &Call::get(path)).await.map_err(|error| match error {
        NoAnswer::NoToken(error) => error,
        NoAnswer::Http(error) => {
            tracing::warn!(%error, api = api.id, path, "the API gives no answer");
            AppError::ApiUnavailable
        }
    })?;
    read(&answer.response, &answer.token)
}

/// Makes a call to this API, with the token that is for it and no other. Once more with another token where the API refuses
/// the first as no longer good, and so has done nothing (RFC 6750 3.1); for no other reason, whatever the method.
pub async fn send(
    context: &Context,
    signed_in: &SignedIn,
    api: &Api,
    call: &Call,
) -> Result<Answer, NoAnswer> {
    let token = |need| async { access_token(context, signed_in, api, need).await.map_err(NoAnswer::NoToken) };
    let mut used = token(Need::Usable).await?;
    let mut response = send_once(context, api, call, &used).await?;
    if response.status() == StatusCode::UNAUTHORIZED && challenge::may_be_invalid_token(response.headers()) {
        // The API may know more than the expiry says: a key rolled, a token revoked. Once.
        used = token(Need::OtherThan(used)).await?;
        response = send_once(context, api, call, &used).await?;
    }
    Ok(Answer { response, token: used })
}

async fn send_once(
    context: &Context,
    api: &Api,
    call: &Call,
    token: &Secret,
) -> Result<Response<Vec<u8>>, NoAnswer> {
    let base = api.url.as_str().trim_end_matches('/');
    let mut request = Request::builder()
        .method(&call.method)
        .uri(format!("{base}{}", call.path))
        .header(header::ACCEPT, "application/json")
        .header(header::AUTHORIZATION, bearer(token).map_err(NoAnswer::NoToken)?);
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let request = request.body(call.body.clone()).map_err(|_| NoAnswer::NoToken(AppError::Internal))?;
    context.api.send_within(request, call.patience).await.map_err(NoAnswer::Http)
}

/// Marked sensitive, so that no layer below prints it.
fn bearer(token: &Secret) -> Result<HeaderValue, AppError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
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
            let scope = scope.filter(|scope| !scope.contains(token.expose()));
            return Err(AppError::Forbidden(scope.map_or(Lack::Unsaid, Lack::Scope)));
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
