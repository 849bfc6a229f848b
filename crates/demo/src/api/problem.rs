//! Problems as RFC 9457 describes them, and bearer challenges as RFC 6750 3 does.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use crate::reply;

/// A problem; texts are fixed, nothing of the request is repeated.
pub fn problem(status: StatusCode, detail: &str) -> Response {
    answer(status, &body(status, detail))
}

/// What a problem says (RFC 9457 3.1); members may be added to it.
pub fn body(status: StatusCode, detail: &str) -> Value {
    json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    })
}

/// A problem that says this.
pub fn answer(status: StatusCode, body: &Value) -> Response {
    reply::json_as(status, "application/problem+json; charset=utf-8", body)
}

/// A problem with a challenge: `error` and more, or nothing where there were no credentials (RFC 6750 3.1).
pub fn challenge(status: StatusCode, realm: &str, more: &str, detail: &str) -> Response {
    let seam = if more.is_empty() { "" } else { ", " };
    let line = format!("Bearer realm=\"{realm}\"{seam}{more}");
    let mut response = problem(status, detail);
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, line);
    }
    response
}

/// The parameters of a request make no sense.
pub fn bad_request(detail: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, detail)
}

pub async fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "There is nothing at this address.")
}

pub async fn wrong_method() -> Response {
    problem(StatusCode::METHOD_NOT_ALLOWED, "This resource does not know this method.")
}
