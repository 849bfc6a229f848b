//! Client authentication (RFC 6749 2.3.1, Core 9) and the error responses of the endpoints for clients (RFC 6749 5.2).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use url::form_urlencoded;

use super::{clients::Client, params::Params, shared::Shared};
use crate::{Error, crypto::same, reply};

/// An error as JSON.
pub(super) fn error(error: &str, description: &str) -> Response {
    reply::json(StatusCode::BAD_REQUEST, &json!({ "error": error, "error_description": description }))
}

/// An internal error.
pub(super) fn fault(cause: Error) -> Response {
    tracing::error!(error = %cause, "the demo provider failed");
    reply::json(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "error": "server_error" }))
}

fn refused() -> Response {
    let body = json!({ "error": "invalid_client", "error_description": "client authentication failed" });
    let mut response = reply::json(StatusCode::UNAUTHORIZED, &body);
    let challenge = HeaderValue::from_static("Basic realm=\"Harbour ID\", charset=\"UTF-8\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// The form of a request, if it is valid and repeats no parameter.
pub(super) fn form(headers: &HeaderMap, body: &str) -> Result<Params, Box<Response>> {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Box::new(error("invalid_request", "the body must be form-encoded")));
    }
    let params = Params::parse(body);
    if params.repeated() {
        return Err(Box::new(error("invalid_request", "a parameter is repeated")));
    }
    Ok(params)
}

/// The authenticated client, by `client_secret_basic` or `client_secret_post`, never both.
pub(super) fn client<'a>(
    shared: &'a Shared,
    headers: &HeaderMap,
    form: &Params,
) -> Result<&'a Client, Box<Response>> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (id, secret) = match (lines.next(), lines.next()) {
        (None, _) => match (form.get("client_id"), form.get("client_secret")) {
            (Some(id), Some(secret)) => (id.to_owned(), secret.to_owned()),
            _ => return Err(Box::new(refused())),
        },
        (Some(_), Some(_)) => {
            return Err(Box::new(error("invalid_request", "more than one Authorization header")));
        }
        (Some(line), None) => {
            if form.get("client_secret").is_some() {
                return Err(Box::new(error("invalid_request", "more than one client authentication method")));
            }
            line.to_str().ok().and_then(basic).ok_or_else(|| Box::new(refused()))?
        }
    };
    if form.get("client_id").is_some_and(|named| named != id) {
        return Err(Box::new(error("invalid_request", "client_id is not the client that authenticated")));
    }
    shared.client(&id).filter(|client| same(&client.secret, &secret)).ok_or_else(|| Box::new(refused()))
}

/// Both halves are form-encoded before they are joined (RFC 6749 2.3.1).
fn basic(line: &str) -> Option<(String, String)> {
    let (scheme, credentials) = line.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decode = |half: &str| {
        form_urlencoded::parse(format!("v={}", half.replace('&', "%26")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}
