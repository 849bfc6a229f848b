//! One call to the user's API: bearer token in the header (RFC 6750 2.1), one refresh and one retry on a 401, no
//! redirects, none of the browser's headers, and only the JSON of the response.

use std::{collections::BTreeMap, time::Duration};

use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use claimcheck_base::{
    http_out::{HttpOut, HttpOutError, media_type},
    secret::Secret,
};
use claimcheck_model::AppError;
use claimcheck_session::SignedIn;
use serde_json::Value;

use crate::{
    api::{ApiClient, challenge, json, problem},
    config::Api,
    tokens::Need,
};

/// Access tokens are longer than this (RFC 6749 10.10: they must be impossible to guess).
const TOKEN_MIN_BYTES: usize = 16;

/// One request to an API.
pub struct Call {
    pub method: Method,
    /// Path and query below its base URL.
    pub path: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Vec<u8>,
    /// The least timeout for the complete response; that of the API applies if it is longer.
    pub patience: Duration,
}

impl Call {
    /// A `GET`.
    pub fn get(path: &str) -> Self {
        let path = path.to_owned();
        Self { method: Method::GET, path, headers: Vec::new(), body: Vec::new(), patience: Duration::ZERO }
    }
}

/// The API's response, and the token of the request.
pub struct Answer {
    pub response: Response<Vec<u8>>,
    pub(super) token: Secret,
}

impl Answer {
    /// The API's own explanation of a refusal, as plain text. Only from problem details (RFC 9457 3), not from any
    /// other body.
    pub fn words(&self) -> Option<String> {
        let is_problem = media_type(self.response.headers())? == "application/problem+json";
        let body = is_problem.then(|| serde_json::from_slice(self.response.body()).ok()).flatten()?;
        problem::words(&body, self.token.expose())
    }

    /// The problems with submitted values, by the names of the members.
    pub fn field_problems(&self) -> BTreeMap<String, String> {
        self.json().map(|body| problem::fields(&body)).unwrap_or_default()
    }

    /// The body, if it is JSON without the token: no token may reach a browser.
    fn json(&self) -> Option<Value> {
        let is_json = |kind: &str| {
            kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
        };
        let kind = media_type(self.response.headers())?;
        let body = is_json(&kind).then(|| json::parse(self.response.body()).ok()).flatten()?;
        (!holds(&body, self.token.expose())).then_some(body)
    }

    fn unusable(&self, cause: &str) -> AppError {
        tracing::warn!(status = %self.response.status(), cause, "the API's response cannot be used");
        AppError::ApiUnavailable
    }
}

/// Why there is no response.
#[derive(Debug)]
pub enum NoAnswer {
    /// There is no token, so nothing was sent.
    NoToken(AppError),
    /// Nothing was sent, or no response arrived.
    Http(HttpOutError),
}

/// `GET` of a configured path.
///
/// # Errors
/// As [`ApiClient::send`]; `Forbidden` if the API denies this user access, `StepUp` if it requires another sign-in,
/// `NotFound` if there is nothing, `ApiUnavailable` for anything else.
pub(super) async fn get(
    client: &ApiClient,
    signed_in: &SignedIn,
    api: &Api,
    path: &str,
) -> Result<Value, AppError> {
    let answer = client.send(signed_in, api, &Call::get(path)).await.map_err(|error| match error {
        NoAnswer::NoToken(error) => error,
        NoAnswer::Http(error) => {
            tracing::warn!(%error, api = api.id, path, "no response from the API");
            AppError::ApiUnavailable
        }
    })?;
    match client.refusal(signed_in, api, &answer) {
        Some(error) => Err(error),
        None => read(&answer),
    }
}

impl ApiClient {
    /// Sends a call to this API, with the token that is meant for it. If the API rejects the token as no longer valid,
    /// and so has done nothing (RFC 6750 3.1), sends it once more with another token. No other failure causes a retry,
    /// whatever the method.
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
            // The API may know more than the expiry time: a key was rotated, or the token revoked. One retry.
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
    let timeout = api.timeout.unwrap_or(http.timeout());
    http.send_within(request, timeout.max(call.patience)).await.map_err(NoAnswer::Http)
}

/// Marked as sensitive, so that no lower layer prints it.
fn bearer(token: &Secret) -> Result<HeaderValue, AppError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
        tracing::error!("the access token is not a valid header value");
        AppError::Internal
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn read(answer: &Answer) -> Result<Value, AppError> {
    match answer.response.status() {
        StatusCode::OK => {
            answer.json().ok_or_else(|| answer.unusable("not JSON, or contains the access token"))
        }
        // Rejected twice, the second time with a fresh token: signing in again would not help.
        StatusCode::UNAUTHORIZED => Err(answer.unusable("a fresh token was rejected")),
        StatusCode::NOT_FOUND => Err(AppError::NotFound),
        _ => Err(answer.unusable("unexpected status")),
    }
}

/// A text this short may appear anywhere by chance, so it is not treated as the token.
fn repeats(text: &str, token: &str) -> bool {
    token.len() >= TOKEN_MIN_BYTES && text.contains(token)
}

/// Whether a text or a name in the response contains the token.
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
