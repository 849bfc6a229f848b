//! The token endpoint: its tokens, and how they are revoked.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use super::{API, Browser, Demo, ISSUER, authorize, claims, exchange, part};
use crate::crypto::{b64, sha256};

#[tokio::test]
async fn di_03_a_code_is_good_once_and_its_second_use_takes_everything_back() {
    let demo = Demo::start().await;
    let (_, code) = demo.signed_in("ada").await;
    let tokens = demo.exchange(&code).await.json();
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    assert_eq!(demo.userinfo(access).await.status, StatusCode::OK);
    assert_eq!(demo.exchange(&code).await.error(), "invalid_grant");
    assert_eq!(demo.userinfo(access).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(demo.refresh(refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn di_03_a_code_is_bound_to_client_address_and_verifier_and_lives_a_minute() {
    let demo = Demo::start().await;
    let (mut browser, code) = demo.signed_in("ada").await;
    assert_eq!(demo.as_client("other", "/token", &exchange(&code)).await.error(), "invalid_grant");
    for (name, value, error) in [
        ("redirect_uri", "http://localhost:3000/other", "invalid_grant"),
        ("redirect_uri", "", "invalid_request"),
        ("code_verifier", "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("code", "wrong", "invalid_grant"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "", "invalid_request"),
        ("resource", "https://other.example/", "invalid_target"),
    ] {
        let mut pairs: Vec<_> = exchange(&code).into_iter().filter(|(key, _)| *key != name).collect();
        pairs.push((name, value));
        assert_eq!(demo.as_client("app", "/token", &pairs).await.error(), error, "{name}={value}");
    }
    let mut twice = exchange(&code).to_vec();
    twice.push(("code", &code));
    assert_eq!(demo.as_client("app", "/token", &twice).await.error(), "invalid_request");
    assert_eq!(demo.exchange(&code).await.status, StatusCode::OK);

    let late = browser.get(&authorize(&[])).await.query("code").unwrap();
    demo.clock.advance(60);
    assert_eq!(demo.exchange(&late).await.error(), "invalid_grant");
    let fresh = browser.get(&authorize(&[])).await.query("code").unwrap();
    demo.clock.advance(50);
    assert_eq!(demo.exchange(&fresh).await.status, StatusCode::OK);
}

#[tokio::test]
async fn di_05_clients_authenticate_one_way_and_answers_are_not_stored() {
    let demo = Demo::start().await;
    let (_, code) = demo.signed_in("ada").await;
    let with = |more: &[(&'static str, &'static str)]| {
        let mut pairs: Vec<(&str, &str)> = exchange(&code).to_vec();
        pairs.extend(more);
        pairs
    };
    let wrong = demo.anonymously("/token", &with(&[("client_id", "app"), ("client_secret", "wrong")])).await;
    assert_eq!((wrong.status, &*wrong.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));
    assert!(wrong.header(header::WWW_AUTHENTICATE).starts_with("Basic "));
    let nobody = demo.anonymously("/token", &exchange(&code)).await;
    assert_eq!((nobody.status, &*nobody.error()), (StatusCode::UNAUTHORIZED, "invalid_client"));
    let both = demo.as_client("app", "/token", &with(&[("client_secret", "s:e%c&r+et")])).await;
    assert_eq!(both.error(), "invalid_request");
    let json =
        Request::post("/token").header(header::CONTENT_TYPE, "application/json").body(Body::from("{}"));
    assert_eq!(demo.send(json.unwrap()).await.error(), "invalid_request");

    let posted =
        demo.anonymously("/token", &with(&[("client_id", "app"), ("client_secret", "s:e%c&r+et")])).await;
    assert_eq!(posted.status, StatusCode::OK);
    for reply in [posted, wrong, both] {
        assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    }
}

#[tokio::test]
async fn di_05_keys_differ_between_folders_and_survive_a_restart() {
    let (mut one, two) = (Demo::start().await, Demo::start().await);
    let keys = Browser::new(&one).get("/jwks").await.json();
    assert_ne!(keys, Browser::new(&two).get("/jwks").await.json());
    assert!(keys["keys"][0].get("d").is_none());
    let refresh = one.tokens("ada").await["refresh_token"].as_str().unwrap().to_owned();
    one.restart().await;
    assert_eq!(keys, Browser::new(&one).get("/jwks").await.json());
    assert_eq!(one.refresh(&refresh).await.status, StatusCode::OK);
    assert_eq!(two.refresh(&refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn di_06_tokens_say_what_they_must() {
    let demo = Demo::start().await;
    let tokens = demo.tokens("ada").await;
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(120)));

    assert_eq!(part(&tokens["access_token"], 0)["typ"], "at+jwt");
    let access = claims(&tokens["access_token"]);
    assert_eq!((&access["iss"], &access["aud"]), (&json!(ISSUER), &json!(API)));
    assert_eq!((&access["client_id"], &access["scope"]), (&json!("app"), &tokens["scope"]));
    assert_eq!(access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap(), 120);
    for name in ["sub", "jti", "auth_time", "acr", "roles"] {
        assert!(!access[name].is_null(), "{name}");
    }

    let id = claims(&tokens["id_token"]);
    assert_eq!((&id["iss"], &id["aud"], &id["nonce"]), (&json!(ISSUER), &json!("app"), &json!("the-nonce")));
    let digest = sha256(tokens["access_token"].as_str().unwrap().as_bytes());
    assert_eq!(id["at_hash"], json!(b64(&digest[..16])));
    assert_eq!((&id["name"], &id["department"]), (&json!("Ada Okafor"), &json!("Finance")));
    assert_eq!((&id["roles"], &id["amr"]), (&json!(["orders:manager", "finance"]), &json!(["pwd"])));
    for name in ["sub", "exp", "iat", "auth_time", "sid", "acr", "email", "zoneinfo", "locale"] {
        assert!(!id[name].is_null(), "{name}");
    }
    let userinfo = demo.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!((&userinfo["sub"], &userinfo["email"]), (&id["sub"], &id["email"]));
}

#[tokio::test]
async fn di_06_people_can_hand_out_only_what_is_theirs() {
    let demo = Demo::start().await;
    for (username, scope) in [
        ("ada", "openid profile email offline_access orders:read orders:ship reports:read"),
        ("jonas", "openid profile email offline_access orders:read orders:ship"),
        ("mei", "openid profile email offline_access orders:read orders:ship"),
        ("sam", "openid profile email offline_access"),
    ] {
        assert_eq!(demo.tokens(username).await["scope"], scope);
    }
    let (mut browser, _) = demo.signed_in("ada").await;
    let code = browser.get(&authorize(&[("scope", "openid unknown:scope")])).await.query("code").unwrap();
    let tokens = demo.exchange(&code).await.json();
    assert_eq!(tokens["scope"], "openid");
    assert!(tokens.get("refresh_token").is_none());
    assert!(claims(&tokens["id_token"]).get("email").is_none());
}

#[tokio::test]
async fn di_06_refresh_tokens_rotate_and_an_old_one_ends_the_family() {
    let demo = Demo::start().await;
    let first = demo.tokens("ada").await;
    let before = claims(&first["id_token"]);
    let first = first["refresh_token"].as_str().unwrap().to_owned();
    demo.clock.advance(30);
    let second = demo.refresh(&first).await.json();
    let after = claims(&second["id_token"]);
    assert!(after.get("nonce").is_none());
    for name in ["sub", "sid", "auth_time", "aud", "iss"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert!(after["iat"].as_i64() > before["iat"].as_i64());
    let third = demo.refresh(second["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(demo.refresh(&first).await.error(), "invalid_grant");
    assert_eq!(demo.refresh(third["refresh_token"].as_str().unwrap()).await.error(), "invalid_grant");
    assert_eq!(demo.userinfo(third["access_token"].as_str().unwrap()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn di_06_scope_may_only_narrow_and_the_family_has_an_end() {
    let demo = Demo::start().await;
    let token = demo.tokens("jonas").await["refresh_token"].as_str().unwrap().to_owned();
    let grant = |scope: &'static str, token: &str| {
        let pairs = [("grant_type", "refresh_token"), ("scope", scope), ("refresh_token", token)];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = async |scope: &'static str, token: &str| {
        let pairs = grant(scope, token);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        demo.as_client("app", "/token", &pairs).await
    };
    assert_eq!(send("openid reports:read", &token).await.error(), "invalid_scope");
    let narrow = send("openid orders:read", &token).await.json();
    assert_eq!(narrow["scope"], "openid orders:read");
    let next = narrow["refresh_token"].as_str().unwrap();
    let whole = demo.refresh(next).await.json();
    assert_eq!(whole["scope"], "openid profile email offline_access orders:read orders:ship");
    let foreign =
        [("grant_type", "refresh_token"), ("refresh_token", whole["refresh_token"].as_str().unwrap())];
    assert_eq!(demo.as_client("other", "/token", &foreign).await.error(), "invalid_grant");
    demo.clock.advance(3000);
    let last = demo.refresh(whole["refresh_token"].as_str().unwrap()).await.json();
    demo.clock.advance(700);
    assert_eq!(demo.refresh(last["refresh_token"].as_str().unwrap()).await.error(), "invalid_grant");
}

#[tokio::test]
async fn di_06_a_revoked_refresh_token_takes_its_family_with_it() {
    let demo = Demo::start().await;
    let tokens = demo.tokens("ada").await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    assert_eq!(demo.as_client("other", "/revoke", &[("token", refresh)]).await.status, StatusCode::OK);
    assert_eq!(demo.userinfo(access).await.status, StatusCode::OK);
    assert_eq!(demo.anonymously("/revoke", &[("token", refresh)]).await.error(), "invalid_client");
    assert_eq!(demo.as_client("app", "/revoke", &[("token", "unknown")]).await.status, StatusCode::OK);
    assert_eq!(demo.as_client("app", "/revoke", &[("token", refresh)]).await.status, StatusCode::OK);
    assert_eq!(demo.userinfo(access).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(demo.refresh(refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn userinfo_takes_a_good_access_token_in_the_header_only() {
    let demo = Demo::start().await;
    let tokens = demo.tokens("ada").await;
    let (access, id) = (tokens["access_token"].as_str().unwrap(), tokens["id_token"].as_str().unwrap());
    let bare = demo.send(Request::get("/userinfo").body(Body::empty()).unwrap()).await;
    assert_eq!(bare.status, StatusCode::UNAUTHORIZED);
    assert!(!bare.header(header::WWW_AUTHENTICATE).contains("error"));
    let query = Request::get(format!("/userinfo?access_token={access}")).body(Body::empty()).unwrap();
    assert_eq!(demo.send(query).await.status, StatusCode::UNAUTHORIZED);
    let wrong = demo.userinfo(id).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.header(header::WWW_AUTHENTICATE).contains("error=\"invalid_token\""));
    assert_eq!(demo.userinfo(access).await.status, StatusCode::OK);
    demo.clock.advance(121);
    assert_eq!(demo.userinfo(access).await.status, StatusCode::UNAUTHORIZED);
}
