//! Refusals: problem details (RFC 9457) and bearer challenges (RFC 6750 3).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::reply;

/// The response to a refused request. Boxed, so that results stay small.
pub(super) struct Refusal(Box<Response>);

impl Refusal {
    /// A problem. The texts are fixed and quote nothing of the request.
    pub(super) fn new(status: StatusCode, detail: &str) -> Self {
        Self::with(status, &body(status, detail))
    }

    /// A problem with this body.
    pub(super) fn with(status: StatusCode, body: &Value) -> Self {
        Self(Box::new(answer(status, body)))
    }

    /// 400: the parameters of the request are invalid.
    pub(super) fn bad_request(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// A problem with a challenge: `parameters` is empty if there were no credentials (RFC 6750 3.1).
    pub(super) fn challenge(status: StatusCode, realm: &str, parameters: &str, detail: &str) -> Self {
        let seam = if parameters.is_empty() { "" } else { ", " };
        let line = format!("Bearer realm=\"{realm}\"{seam}{parameters}");
        let mut refusal = Self::new(status, detail);
        if let Ok(line) = HeaderValue::from_str(&line) {
            refusal.0.headers_mut().insert(header::WWW_AUTHENTICATE, line);
        }
        refusal
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// The members of a problem (RFC 9457 3.1); more can be added.
pub(super) fn body(status: StatusCode, detail: &str) -> Value {
    json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    })
}

/// A response with this problem.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    reply::json_as(status, "application/problem+json; charset=utf-8", body)
}

pub(super) async fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "There is no resource at this address.")
}

pub(super) async fn wrong_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This resource does not support this method.")
}
