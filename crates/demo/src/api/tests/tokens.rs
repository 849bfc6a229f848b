//! Which access tokens the API accepts (RS-01 … RS-10). Every refused request is next to the same one in its valid
//! form.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{Options, Shared, keys, router},
    AUDIENCE, Fixture, Published, new_keys,
};
use crate::{Clock, crypto::b64};

#[tokio::test]
async fn rs_01_no_credentials_are_challenged_without_an_error() {
    let fixture = Fixture::start().await;
    for none in [&[][..], &["Basic YTpi"]] {
        let reply = fixture.send("/orders", none).await;
        assert_eq!((reply.status, &*reply.challenge), (StatusCode::UNAUTHORIZED, "Bearer realm=\"orders\""));
    }
    assert_eq!(fixture.get("/orders").await.status, StatusCode::OK);
}

#[tokio::test]
async fn rs_02_malformed_credentials_are_invalid_requests_and_the_scheme_has_no_case() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let good = format!("Bearer {token}");
    let in_query = format!("/orders?access_token={token}");
    for (path, lines) in [
        ("/orders", vec!["Bearer"]),
        ("/orders", vec!["Bearer "]),
        ("/orders", vec!["Bearer a b"]),
        ("/orders", vec!["Bearer \"a\""]),
        ("/orders", vec![&*good, &*good]),
        (&*in_query, vec![]),
        (&*in_query, vec![&*good]),
    ] {
        let reply = fixture.send(path, &lines).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{lines:?}");
        assert!(reply.challenge.contains("error=\"invalid_request\""), "{}", reply.challenge);
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        assert_eq!(fixture.send("/orders", &[&format!("{scheme} {token}")]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn rs_03_only_tokens_typed_as_access_tokens_are_accepted() {
    let fixture = Fixture::start().await;
    for typ in ["JWT", "", "id+jwt", "jwt", "logout+jwt"] {
        fixture.refused(&fixture.keys.sign(typ, &fixture.claims()), typ).await;
    }
    for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        fixture.accepted(&fixture.keys.sign(typ, &fixture.claims())).await;
    }
}

#[tokio::test]
async fn rs_04_only_signatures_of_the_issuer_count() {
    let fixture = Fixture::start().await;
    let good = fixture.token();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (_, payload) = signed.split_once('.').unwrap();
    let header = |header: Value| b64(header.to_string());
    let jwk = new_keys();
    let brought = jwk.jwks()["keys"][0].clone();
    fixture
        .refused(&format!("{}.{payload}.", header(json!({ "alg": "none", "typ": "at+jwt" }))), "none")
        .await;
    let hs256 = header(json!({ "alg": "HS256", "typ": "at+jwt" }));
    fixture.refused(&format!("{hs256}.{payload}.{signature}"), "HS256").await;
    let own_key = header(json!({ "alg": "ES256", "typ": "at+jwt", "jwk": brought }));
    fixture.refused(&format!("{own_key}.{payload}.{signature}"), "jwk").await;
    fixture.refused(&jwk.sign("at+jwt", &fixture.claims()), "another key").await;
    fixture.refused(&format!("{signed}.{}", b64([1; 64])), "another signature").await;
    for nonsense in ["x", "x.y", "x.y.z", "....", "e30.e30.e30"] {
        fixture.refused(nonsense, nonsense).await;
    }
    fixture.accepted(&good).await;
}

#[tokio::test]
async fn rs_04_an_unknown_key_is_looked_for_again_but_not_at_once() {
    let fixture = Fixture::start().await;
    fixture.accepted(&fixture.token()).await;
    let next = new_keys();
    fixture.published.lock().unwrap().0 = next.jwks();
    let token = next.sign("at+jwt", &fixture.claims());
    for _ in 0..20 {
        fixture.refused(&token, "within the cooldown").await;
    }
    assert_eq!(fixture.published.lock().unwrap().1, 1);
    tokio::time::sleep(keys::COOLDOWN).await;
    fixture.accepted(&token).await;
    assert_eq!(fixture.published.lock().unwrap().1, 2);
}

#[tokio::test]
async fn rs_04_rs256_tokens_of_other_providers_are_accepted() {
    let fixture: Value = serde_json::from_str(include_str!("rs256.json")).unwrap();
    let options = Options {
        audience: AUDIENCE.into(),
        issuers: vec!["https://rsa.example".into()],
        ..Options::default()
    };
    let mut shared = Shared::new(options, Clock::default()).unwrap();
    Arc::get_mut(&mut shared).unwrap().keys.know("https://rsa.example", &fixture["jwks"]);
    let api = Fixture {
        issuer: String::new(),
        keys: new_keys(),
        published: Published::default(),
        clock: Clock::default(),
        router: router(shared),
    };
    let token = fixture["token"].as_str().unwrap();
    api.accepted(token).await;
    api.refused(&format!("{}AAAA", &token[..token.len() - 4]), "a changed signature").await;
}

#[tokio::test]
async fn rs_05_issuer_audience_and_age_must_fit() {
    let fixture = Fixture::start().await;
    let now = Clock::default().now();
    for (name, value) in [
        ("iss", json!(format!("{}/", fixture.issuer))),
        ("iss", json!("https://other.example")),
        ("aud", json!("app")),
        ("aud", json!("https://orders.example")),
        ("aud", json!(["https://other.example/"])),
        ("exp", json!(now - 3)),
        ("exp", json!("soon")),
        ("nbf", json!(now + 60)),
    ] {
        fixture.refused(&fixture.with(name, value.clone()), &format!("{name}={value}")).await;
    }
    fixture.accepted(&fixture.with("aud", json!(["https://other.example/", AUDIENCE]))).await;
    fixture.accepted(&fixture.with("nbf", json!(now))).await;
}

#[tokio::test]
async fn rs_06_every_required_claim_is_required() {
    let fixture = Fixture::start().await;
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        fixture.refused(&fixture.with(name, Value::Null), name).await;
    }
    for name in ["sub", "client_id", "jti"] {
        fixture.refused(&fixture.with(name, json!("")), name).await;
    }
    // Roles are specific to this firm: tokens without them may read orders.
    fixture.accepted(&fixture.with("roles", Value::Null)).await;
}

#[tokio::test]
async fn rs_07_refusals_repeat_nothing_of_the_token() {
    let fixture = Fixture::start().await;
    let reply = fixture.orders(&fixture.with("aud", json!("canary"))).await;
    assert!(reply.challenge.is_ascii() && !reply.challenge.contains("canary"));
    assert_eq!(reply.content_type, "application/problem+json; charset=utf-8");
    assert_eq!(reply.body["status"], 401);
    assert!(!reply.body.to_string().contains("canary"));
}

#[tokio::test]
async fn rs_08_a_missing_scope_is_named_and_scopes_are_whole_words() {
    let fixture = Fixture::start().await;
    for scope in
        [json!("orders:read:all"), json!("orders"), json!("xorders:read"), json!("ORDERS:READ"), Value::Null]
    {
        let reply = fixture.orders(&fixture.with("scope", scope.clone())).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{scope}");
        assert!(reply.challenge.contains("error=\"insufficient_scope\""));
        assert!(reply.challenge.contains("scope=\"orders:read\""));
    }
    fixture.accepted(&fixture.with("scope", json!("orders:read"))).await;

    let report = async |token: String| fixture.send("/reports/margin", &[&format!("Bearer {token}")]).await;
    let lacking = report(fixture.with("scope", json!("orders:read"))).await;
    assert_eq!(lacking.status, StatusCode::FORBIDDEN);
    assert!(lacking.challenge.contains("scope=\"reports:read\""));
    // The role belongs to the user: another scope would not help, and none is requested.
    let outside = report(fixture.with("roles", json!(["warehouse"]))).await;
    assert_eq!((outside.status, &*outside.challenge), (StatusCode::FORBIDDEN, ""));
    let inside = report(fixture.token()).await;
    assert_eq!(inside.status, StatusCode::OK);
    assert!(inside.body["months"][0]["margin"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn rs_10_tokens_bound_to_a_key_are_no_plain_bearer_tokens() {
    let fixture = Fixture::start().await;
    fixture.refused(&fixture.with("cnf", json!({ "jkt": "x" })), "cnf").await;
    fixture.accepted(&fixture.token()).await;
}
