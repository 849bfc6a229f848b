//! The hostile provider's endpoints except the token endpoint: discovery, keys, authorization (answered at once,
//! without a page), UserInfo, revocation, end of session. Each follows its specification, with the script's changes.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use crate::support::hostile::{HostileProvider, book::Code, token};

type Form = Vec<(String, String)>;

pub(super) fn parse(text: &str) -> Form {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

pub(super) fn one<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// OpenID Connect Discovery 3.
pub(super) async fn discovery(State(provider): State<HostileProvider>) -> Response {
    let at = |path: &str| format!("{}{path}", provider.origin());
    let mut document = json!({
        "issuer": provider.origin(),
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/keys"),
        "revocation_endpoint": at("/revoke"),
        "end_session_endpoint": at("/end-session"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    provider.read_script().metadata.apply(document.as_object_mut().unwrap());
    Json(document).into_response()
}

/// RFC 7517 5.
pub(super) async fn keys(State(provider): State<HostileProvider>) -> Response {
    let own = || json!({ "keys": [provider.keys().public()] });
    Json(provider.read_script().keys.unwrap_or_else(own)).into_response()
}

/// OpenID Connect Core 3.1.2: the script's user is signed in and consents.
pub(super) async fn authorize(
    State(provider): State<HostileProvider>,
    RawQuery(query): RawQuery,
) -> Response {
    let script = provider.read_script();
    let form = parse(query.as_deref().unwrap_or_default());
    let (Some(redirect_uri), Some(state)) = (one(&form, "redirect_uri"), one(&form, "state")) else {
        return (StatusCode::BAD_REQUEST, "redirect_uri and state are missing").into_response();
    };
    if script.redirect_uri.is_some_and(|known| known != redirect_uri) {
        // RFC 6749 4.1.2.1: no redirect to an address that is not registered.
        let page = "<h1>We are sorry</h1><p>Invalid parameter: redirect_uri</p>";
        return (StatusCode::BAD_REQUEST, Html(page)).into_response();
    }
    if script.is_nobody_there && one(&form, "prompt") == Some("none") {
        let mut location = Url::parse(redirect_uri).unwrap();
        location.query_pairs_mut().append_pair("error", "login_required").append_pair("state", state);
        return (StatusCode::FOUND, [(header::LOCATION, String::from(location))]).into_response();
    }
    let owned = |name| one(&form, name).map(str::to_owned);
    let code = Code {
        person: script.person,
        redirect_uri: redirect_uri.to_owned(),
        nonce: owned("nonce"),
        challenge: owned("code_challenge"),
        scope: script.grants.or_else(|| owned("scope")).unwrap_or_default(),
        auth_time: provider.now(),
    };
    let text = {
        let mut book = provider.book();
        let text = book.text(&script.texts.code);
        book.codes.insert(text.clone(), code);
        text
    };
    let mut answer: Map<String, Value> = Map::new();
    for (name, value) in [("code", text.as_str()), ("state", state), ("iss", provider.origin())] {
        answer.insert(name.to_owned(), json!(value));
    }
    script.callback.apply(&mut answer);
    let mut location = Url::parse(redirect_uri).unwrap();
    let pairs = answer.iter().map(|(name, value)| (name, value.as_str().unwrap_or_default()));
    location.query_pairs_mut().extend_pairs(pairs);
    (StatusCode::FOUND, [(header::LOCATION, String::from(location))]).into_response()
}

/// OpenID Connect Core 5.3.
pub(super) async fn userinfo(State(provider): State<HostileProvider>, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let person = token.and_then(|line| line.strip_prefix("Bearer ")).and_then(|token| provider.owner(token));
    let Some(person) = person else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    };
    let mut claims = person.claims;
    claims.insert("sub".to_owned(), json!(person.sub));
    provider.read_script().userinfo.apply(&mut claims);
    Json(Value::Object(claims)).into_response()
}

/// RFC 7009.
pub(super) async fn revoke(
    State(provider): State<HostileProvider>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form = parse(&body);
    if !token::is_our_client(&provider, &headers, &form) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let token = one(&form, "token").unwrap_or_default();
    let mut book = provider.book();
    let of_access = book.access_tokens.get(token).copied();
    for (number, grant) in book.grants.iter_mut().enumerate() {
        if grant.refresh_token == token || grant.spent.contains(token) || of_access == Some(number) {
            grant.revoked = true;
        }
    }
    StatusCode::OK.into_response()
}

/// RP-Initiated Logout 1.0: asks nothing, and redirects back.
pub(super) async fn end_session(RawQuery(query): RawQuery, body: String) -> Response {
    let form = parse(&format!("{}&{body}", query.unwrap_or_default()));
    let Some(back) = one(&form, "post_logout_redirect_uri") else { return "signed out".into_response() };
    let mut location = Url::parse(back).unwrap();
    if let Some(state) = one(&form, "state") {
        location.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::FOUND, [(header::LOCATION, String::from(location))]).into_response()
}
