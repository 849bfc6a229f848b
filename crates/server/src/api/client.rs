//! One call to the person's API: bearer token in the header (RFC 6750 2.1), one refresh and one repeat on a 401,
//! no redirect, no header of the browser's, nothing of the answer's but its JSON.

use std::{collections::BTreeMap, time::Duration};

use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use claimcheck_base::{
    http_out::{API_TIMEOUT, HttpOut, HttpOutError, media_type},
    secret::Secret,
};
use claimcheck_model::AppError;
use claimcheck_session::SignedIn;
use serde_json::Value;

use crate::{
    api::{ApiClient, challenge, problem},
    config::Api,
    tokens::Need,
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
    pub(super) token: Secret,
}

impl Answer {
    /// The API's own words about what it refuses, as plain text: of a problem (RFC 9457 3), not of any other body.
    pub fn words(&self) -> Option<String> {
        let is_problem = media_type(self.response.headers())? == "application/problem+json";
        let body = is_problem.then(|| serde_json::from_slice(self.response.body()).ok()).flatten()?;
        problem::words(&body, self.token.expose())
    }

    /// And about what was filled in, by the names of the members.
    pub fn field_problems(&self) -> BTreeMap<String, String> {
        self.json().map(|body| problem::fields(&body)).unwrap_or_default()
    }

    /// The body, if it is JSON that may be shown: in a browser no token may be.
    fn json(&self) -> Option<Value> {
        let is_json = |kind: &str| {
            kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
        };
        let kind = media_type(self.response.headers())?;
        let body = is_json(&kind).then(|| serde_json::from_slice(self.response.body()).ok()).flatten()?;
        (!holds(&body, self.token.expose())).then_some(body)
    }

    fn unusable(&self, cause: &str) -> AppError {
        tracing::warn!(status = %self.response.status(), cause, "the API's answer cannot be used");
        AppError::ApiUnavailable
    }
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
/// As [`ApiClient::send`]; `Forbidden` when the API refuses this person, `StepUp` when it demands another sign-in,
/// `NotFound` when it has nothing there, `ApiUnavailable` for anything else.
pub(super) async fn get(
    client: &ApiClient,
    signed_in: &SignedIn,
    api: &Api,
    path: &str,
) -> Result<Value, AppError> {
    let answer = client.send(signed_in, api, &Call::get(path)).await.map_err(|error| match error {
        NoAnswer::NoToken(error) => error,
        NoAnswer::Http(error) => {
            tracing::warn!(%error, api = api.id, path, "the API gives no answer");
            AppError::ApiUnavailable
        }
    })?;
    match client.refusal(signed_in, api, &answer) {
        Some(error) => Err(error),
        None => read(&answer),
    }
}

impl ApiClient {
    /// Makes a call to this API, with the token that is for it and no other. Once more with another token where the API refuses
    /// the first as no longer good, and so has done nothing (RFC 6750 3.1); for no other reason, whatever the method.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn send(&self, signed_in: &SignedIn, api: &Api, call: &Call) -> Result<Answer, NoAnswer> {
        let token =
            |need| async { self.tokens.access_token(signed_in, api, need).await.map_err(NoAnswer::NoToken) };
        let mut used = token(Need::Usable).await?;
        let mut response = send_once(&self.http, api, call, &used).await?;
        if response.status() == StatusCode::UNAUTHORIZED
            && challenge::may_be_invalid_token(response.headers())
        {
            // The API may know more than the expiry says: a key was rotated, a token revoked. Once.
            used = token(Need::OtherThan(used)).await?;
            response = send_once(&self.http, api, call, &used).await?;
        }
        Ok(Answer { response, token: used })
    }
}

async fn send_once(
    http: &HttpOut,
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
    http.send_within(request, call.patience).await.map_err(NoAnswer::Http)
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

fn read(answer: &Answer) -> Result<Value, AppError> {
    match answer.response.status() {
        StatusCode::OK => {
            answer.json().ok_or_else(|| answer.unusable("it is not JSON, or repeats the access token"))
        }
        // Refused twice, the second time with a fresh token: not ours to mend by signing in again.
        StatusCode::UNAUTHORIZED => Err(answer.unusable("it refuses a fresh token")),
        StatusCode::NOT_FOUND => Err(AppError::NotFound),
        _ => Err(answer.unusable("unexpected status")),
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
