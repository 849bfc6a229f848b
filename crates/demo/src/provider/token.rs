//! The token endpoint (RFC 6749 3.2, Core 3.1.3): authenticates the client and selects the grant. Each grant has its
//! own file.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::{client_auth, grant_code, grant_exchange, grant_refresh, params::Refused, shared::Shared};
use crate::reply;

/// `POST /token`
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    exchange(&shared, &headers, &body).await.unwrap_or_else(|refusal| *refusal)
}

async fn exchange(shared: &Arc<Shared>, headers: &HeaderMap, body: &str) -> Result<Response, Box<Response>> {
    let form = client_auth::form(headers, body)?;
    let client = client_auth::client(shared, headers, &form)?;
    let refuse = |(error, description): Refused| Box::new(client_auth::error(error, description));
    let outcome = match form.get("grant_type") {
        Some("authorization_code") => grant_code::exchange(shared, client, &form).await,
        Some("refresh_token") => grant_refresh::exchange(shared, client, &form).await,
        Some(grant_exchange::GRANT_TYPE) => grant_exchange::exchange(shared, client, &form),
        Some(_) => {
            return Err(refuse((
                "unsupported_grant_type",
                "authorization_code, refresh_token or token exchange",
            )));
        }
        None => return Err(refuse(("invalid_request", "grant_type is missing"))),
    };
    let answer = outcome.map_err(|error| Box::new(client_auth::fault(error)))?.map_err(refuse)?;
    let mut response = reply::json(StatusCode::OK, &answer);
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(response)
}
