//! Back-channel logout from the provider's side: which client receives what, and the user's page.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};

use super::{Browser, Demo, HOME, ISSUER, authorize, claims, part};
use crate::provider::params::Params;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The notifications that clients received: the client, and the token.
type Heard = Arc<Mutex<Vec<(String, Value)>>>;

/// An endpoint for logout notifications; it responds with this status.
async fn listen(status: StatusCode) -> (String, Heard) {
    let heard = Heard::default();
    let hear = move |State(heard): State<Heard>,
                     Path(client): Path<String>,
                     headers: HeaderMap,
                     body: String| async move {
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        let form = Params::parse(&body);
        heard.lock().unwrap().push((client, json!(form.get("logout_token").unwrap())));
        status
    };
    let router = Router::new().route("/{client}", post(hear)).with_state(heard.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (origin, heard)
}

/// Waits for this number of notifications.
async fn told(heard: &Heard, count: usize) -> Vec<(String, Value)> {
    let enough = async {
        while heard.lock().unwrap().len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), enough).await.unwrap();
    heard.lock().unwrap().clone()
}

/// Gets tokens for another client in the session of this browser.
async fn visit(demo: &Demo, browser: &mut Browser<'_>, client: &str) {
    let page = browser.get(&authorize(&[("client_id", client)])).await;
    let code = match page.query("code") {
        Some(code) => code,
        None => browser.answer(&page, "/consent", "allow").await.query("code").unwrap(),
    };
    assert_eq!(demo.as_client(client, "/token", &super::exchange(&code)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn di_08_every_client_of_the_session_gets_a_logout_token_as_it_must_be() {
    let (origin, heard) = listen(StatusCode::OK).await;
    let demo = Demo::with_back_channel(Some(origin)).await;
    let metadata = Browser::new(&demo).get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);

    let (mut browser, code) = demo.signed_in("ada").await;
    let id_token = demo.exchange(&code).await.json()["id_token"].clone();
    for client in ["other", "deaf", "other"] {
        visit(&demo, &mut browser, client).await;
    }
    // Another user, who stays signed in.
    demo.tokens("mei").await;
    let params = Params::default().with("id_token_hint", id_token.as_str().unwrap());
    let params = params.with("post_logout_redirect_uri", HOME);
    assert_eq!(browser.get(&format!("/end-session?{}", params.encode())).await.location(), HOME);

    let told: BTreeMap<_, _> = told(&heard, 2).await.into_iter().collect();
    assert_eq!(told.keys().collect::<Vec<_>>(), ["app", "other"]);
    let before = claims(&id_token);
    for (client, token) in &told {
        let header = part(token, 0);
        assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("ES256")));
        let claims = claims(token);
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!(client)));
        assert_eq!((&claims["sub"], &claims["sid"]), (&before["sub"], &before["sid"]));
        assert_eq!(claims["events"], json!({ EVENT: {} }));
        let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!((1..=120).contains(&lifetime) && claims.get("nonce").is_none());
        assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() >= 16));
    }
    assert_ne!(claims(&told["app"])["jti"], claims(&told["other"])["jti"]);
    // Signing out again sends no notifications.
    browser.get("/end-session").await;
    assert_eq!(heard.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn di_08_a_client_that_does_not_answer_keeps_nobody_from_signing_out() {
    for origin in [listen(StatusCode::INTERNAL_SERVER_ERROR).await.0, "http://127.0.0.1:9".to_owned()] {
        let demo = Demo::with_back_channel(Some(origin)).await;
        let (mut browser, code) = demo.signed_in("ada").await;
        demo.exchange(&code).await;
        let page = browser.get("/account").await;
        assert!(browser.answer(&page, "/account", "here").await.shows("You’re signed out"));
        assert!(browser.get(&authorize(&[("prompt", "none")])).await.query("code").is_none());
    }
}

#[tokio::test]
async fn di_08_a_code_of_a_session_that_ended_is_worth_nothing() {
    let demo = Demo::start().await;
    for signs_out in [true, false] {
        let (mut browser, code) = demo.signed_in("ada").await;
        if signs_out {
            let page = browser.get("/account").await;
            browser.answer(&page, "/account", "here").await;
        }
        let expected = if signs_out { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        assert_eq!(demo.exchange(&code).await.status, expected);
    }
}

#[tokio::test]
async fn the_persons_page_shows_where_they_are_and_signs_out_here_or_everywhere() {
    let (origin, heard) = listen(StatusCode::OK).await;
    let demo = Demo::with_back_channel(Some(origin)).await;
    assert!(Browser::new(&demo).get("/account").await.shows("You’re not signed in"));
    let (mut one, code) = demo.signed_in("ada").await;
    let first = claims(&demo.exchange(&code).await.json()["id_token"])["sid"].clone();
    let (mut two, code) = demo.signed_in("ada").await;
    let second = claims(&demo.exchange(&code).await.json()["id_token"])["sid"].clone();
    let (mut three, _) = demo.signed_in("ada").await;
    let (mut mei, code) = demo.signed_in("mei").await;
    demo.exchange(&code).await;

    let page = one.get("/account").await;
    for text in ["Ada Okafor", "This browser", "Another browser", "Claimcheck", "No applications yet"] {
        assert!(page.shows(text), "{text}");
    }
    assert_eq!(page.body.matches("Another browser").count(), 2);
    assert!(page.body.find("This browser") < page.body.find("Another browser"));
    // No other browser can send this form, and no other form of this browser works.
    assert_eq!(two.answer(&page, "/account", "everywhere").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(one.answer(&page, "/account", "nowhere").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(one.post("/account", &[("action", "everywhere")]).await.status, StatusCode::BAD_REQUEST);
    assert!(heard.lock().unwrap().is_empty());

    let page = three.get("/account").await;
    assert!(three.answer(&page, "/account", "here").await.shows("You’re signed out"));
    assert!(three.get("/account").await.shows("You’re not signed in"));
    let page = one.get("/account").await;
    assert_eq!(page.body.matches("Another browser").count(), 1);
    assert!(one.answer(&page, "/account", "everywhere").await.shows("You’re signed out"));
    assert!(two.get("/account").await.shows("You’re not signed in"));
    assert!(mei.get("/account").await.shows("Mei Tanaka"));
    let mut sids: Vec<_> =
        told(&heard, 2).await.iter().map(|(_, token)| claims(token)["sid"].to_string()).collect();
    let mut expected = [first.to_string(), second.to_string()];
    sids.sort();
    expected.sort();
    assert_eq!(sids, expected);
}
