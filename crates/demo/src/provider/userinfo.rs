//! UserInfo (Core 5.3): the claims for the access token's scopes. The token is accepted in the header only.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{people, shared::Shared};
use crate::reply;

/// `GET /userinfo`, and `POST`, as Core 5.3.1 requires.
pub(super) async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let token = match (lines.next(), lines.next()) {
        (None, _) => return challenge(StatusCode::UNAUTHORIZED, "Bearer realm=\"Harbour ID\""),
        (Some(line), None) => line.to_str().ok().and_then(bearer),
        _ => None,
    };
    let Some(token) = token else {
        return challenge(
            StatusCode::BAD_REQUEST,
            "Bearer realm=\"Harbour ID\", error=\"invalid_request\", error_description=\"one bearer token is required\"",
        );
    };
    match claims(&shared, token) {
        Some(claims) => reply::json(StatusCode::OK, &claims),
        None => challenge(
            StatusCode::UNAUTHORIZED,
            "Bearer realm=\"Harbour ID\", error=\"invalid_token\", error_description=\"the access token is invalid\"",
        ),
    }
}

fn bearer(line: &str) -> Option<&str> {
    let (scheme, token) = line.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains([' ', ',']))
        .then_some(token)
}

fn challenge(status: StatusCode, line: &'static str) -> Response {
    let headers = [
        (header::WWW_AUTHENTICATE, HeaderValue::from_static(line)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers).into_response()
}

fn claims(shared: &Shared, token: &str) -> Option<Value> {
    let token = shared.keys.open("at+jwt", token)?;
    if token["iss"] != shared.options.issuer.as_str() || token["exp"].as_i64()? <= shared.clock.now() {
        return None;
    }
    let grant_id = token["jti"].as_str()?.split_once('.')?.0;
    shared.store.read(|data| data.grants.get(grant_id).filter(|grant| !grant.revoked).map(|_| ()))?;
    let scopes: Vec<String> = token["scope"].as_str()?.split(' ').map(str::to_owned).collect();
    let person = people::by_sub(token["sub"].as_str()?).filter(|_| scopes.iter().any(|s| s == "openid"))?;
    let mut claims = person.claims(&scopes, &shared.roles);
    claims.insert("sub".to_owned(), json!(person.sub));
    Some(Value::Object(claims))
}
