//! JSON responses of both demo servers, which are never cached.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

/// JSON with a given content type, not to be cached.
pub(crate) fn json_as(status: StatusCode, content_type: &'static str, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Plain JSON, not to be cached.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    json_as(status, "application/json; charset=utf-8", body)
}
