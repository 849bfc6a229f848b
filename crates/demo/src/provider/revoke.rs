//! Revocation (RFC 7009): a refresh token is revoked together with its family; access tokens expire.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{client_auth, grant_refresh, shared::Shared};
use crate::reply;

/// `POST /revoke`: the response is the same whether or not there was something to revoke (RFC 7009 2.2).
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    match revoke(&shared, &headers, &body).await {
        Ok(()) => reply::json(StatusCode::OK, &json!({})),
        Err(response) => *response,
    }
}

async fn revoke(shared: &Shared, headers: &HeaderMap, body: &str) -> Result<(), Box<Response>> {
    let form = client_auth::form(headers, body)?;
    let client = client_auth::client(shared, headers, &form)?;
    let Some(token) = form.get("token") else {
        return Err(Box::new(client_auth::error("invalid_request", "token is missing")));
    };
    if shared.keys.open("at+jwt", token).is_some() {
        return Err(Box::new(client_auth::error(
            "unsupported_token_type",
            "access tokens cannot be revoked; they expire",
        )));
    }
    let revoked = shared.store.change(|data| {
        let grant = data.grants.get_mut(grant_refresh::family(token));
        if let Some(grant) = grant.filter(|grant| grant.client_id == client.id && grant.refresh.is_some()) {
            grant.revoked = true;
        }
    });
    revoked.await.map_err(|error| Box::new(client_auth::fault(error)))
}
