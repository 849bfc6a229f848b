//! The discovery document (OpenID Connect Discovery 3) and the key set (RFC 7517 5).

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::{grant_exchange, language::Language, scopes, shared::Shared, strength::Strength};
use crate::reply;

/// `GET /.well-known/openid-configuration`
pub(super) async fn document(State(shared): State<Arc<Shared>>) -> Response {
    let scopes: Vec<_> = scopes::ALL.iter().map(|scope| scope.name).collect();
    public(json!({
        "issuer": shared.options.issuer,
        "authorization_endpoint": shared.url("/authorize"),
        "token_endpoint": shared.url("/token"),
        "userinfo_endpoint": shared.url("/userinfo"),
        "jwks_uri": shared.url("/jwks"),
        "revocation_endpoint": shared.url("/revoke"),
        "end_session_endpoint": shared.url("/end-session"),
        "scopes_supported": scopes,
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "amr", "acr",
            "name", "given_name", "family_name", "preferred_username", "zoneinfo", "locale",
            "email", "email_verified", "roles", "department",
        ],
        "ui_locales_supported": Language::ALL.map(Language::tag),
        "claim_types_supported": ["normal"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", grant_exchange::GRANT_TYPE],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "acr_values_supported": Strength::ALL.map(Strength::acr),
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": false,
    }))
}

/// `GET /jwks`
pub(super) async fn jwks(State(shared): State<Arc<Shared>>) -> Response {
    public(shared.keys.jwks())
}

/// Public and cacheable for a short time. Exactly `application/json`, because strict clients compare it.
fn public(body: serde_json::Value) -> Response {
    let mut response = reply::json_as(StatusCode::OK, "application/json", &body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    response
}
