//! RP-initiated logout: without a question if the hint is about this session, otherwise with one.

use axum::http::StatusCode;

use super::{Browser, Demo, HOME, authorize};
use crate::provider::params::Params;

fn end_session(pairs: &[(&str, &str)]) -> String {
    let params = pairs.iter().fold(Params::default(), |params, (name, value)| params.with(name, value));
    format!("/end-session?{}", params.encode())
}

async fn signed_in(browser: &mut Browser<'_>) -> bool {
    browser.get(&authorize(&[("prompt", "none")])).await.query("code").is_some()
}

#[tokio::test]
async fn di_08_a_hint_for_this_session_ends_it_and_returns_at_once() {
    let demo = Demo::start().await;
    let (mut browser, code) = demo.signed_in("ada").await;
    let tokens = demo.exchange(&code).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    // Age does not matter.
    demo.clock.advance(3000);
    let pairs = [("id_token_hint", hint), ("post_logout_redirect_uri", HOME), ("state", "a b")];
    let reply = browser.get(&end_session(&pairs)).await;
    assert_eq!(
        (reply.status, &*reply.location()),
        (StatusCode::SEE_OTHER, "http://localhost:3000/?state=a+b")
    );
    assert!(!signed_in(&mut browser).await);
    // Grants for offline access stay valid.
    assert_eq!(demo.refresh(tokens["refresh_token"].as_str().unwrap()).await.status, StatusCode::OK);
    // Once more, without a session.
    assert_eq!(browser.get(&end_session(&pairs)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn di_08_a_posted_request_goes_on_without_cookies_and_without_the_token_in_the_address() {
    let demo = Demo::start().await;
    let (mut browser, code) = demo.signed_in("ada").await;
    let tokens = demo.exchange(&code).await.json();
    let hint = tokens["id_token"].as_str().unwrap();
    // A foreign POST brings no cookies.
    let pairs = [("id_token_hint", hint), ("client_id", "app"), ("post_logout_redirect_uri", HOME)];
    let first = demo.anonymously("/end-session", &pairs).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    assert!(!first.location().contains(hint));
    let changed = first.location().replace("request=e", "request=f");
    assert_eq!(browser.get(&changed).await.status, StatusCode::BAD_REQUEST);
    assert!(signed_in(&mut browser).await);
    assert_eq!(browser.get(&first.location()).await.location(), HOME);
    assert!(!signed_in(&mut browser).await);
}

#[tokio::test]
async fn di_08_without_a_hint_or_with_that_of_another_the_person_is_asked() {
    let demo = Demo::start().await;
    let foreign = demo.tokens("ada").await;
    let foreign = foreign["id_token"].as_str().unwrap();
    let (mut browser, _) = demo.signed_in("mei").await;
    for pairs in [
        vec![],
        vec![("client_id", "app"), ("post_logout_redirect_uri", HOME)],
        vec![("id_token_hint", foreign), ("post_logout_redirect_uri", HOME)],
    ] {
        let page = browser.get(&end_session(&pairs)).await;
        assert!(page.shows("Sign out?"), "{pairs:?}");
        assert!(browser.answer(&page, "/sign-out", "stay").await.shows("You’re still signed in"));
        assert!(signed_in(&mut browser).await);
    }
    let page = browser.get(&end_session(&[("client_id", "app"), ("post_logout_redirect_uri", HOME)])).await;
    let mut other = Browser::new(&demo);
    assert_eq!(other.answer(&page, "/sign-out", "sign-out").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.answer(&page, "/sign-out", "sign-out").await.location(), HOME);
    assert!(!signed_in(&mut browser).await);
    assert!(browser.get("/end-session").await.shows("You’re signed out"));
}

#[tokio::test]
async fn di_08_bad_hints_and_unregistered_addresses_end_nothing_and_lead_nowhere() {
    let demo = Demo::start().await;
    let (mut browser, code) = demo.signed_in("ada").await;
    let tokens = demo.exchange(&code).await.json();
    let (hint, access) = (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());
    let (signed, signature) = hint.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    for pairs in [
        vec![("id_token_hint", &*forged), ("post_logout_redirect_uri", HOME)],
        vec![("id_token_hint", access), ("post_logout_redirect_uri", HOME)],
        vec![("id_token_hint", "nonsense")],
        vec![("id_token_hint", hint), ("client_id", "other")],
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "http://localhost:3000")],
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "http://localhost:3000/bye")],
        vec![("id_token_hint", hint), ("post_logout_redirect_uri", "http://evil.example/")],
        vec![("post_logout_redirect_uri", HOME)],
        vec![("client_id", "nobody"), ("post_logout_redirect_uri", HOME)],
    ] {
        let reply = browser.get(&end_session(&pairs)).await;
        assert_eq!((reply.status, &*reply.location()), (StatusCode::BAD_REQUEST, ""), "{pairs:?}");
        assert_eq!(browser.post("/end-session", &pairs).await.status, StatusCode::BAD_REQUEST);
        assert!(signed_in(&mut browser).await);
    }
    let right = [("id_token_hint", hint), ("client_id", "app"), ("post_logout_redirect_uri", HOME)];
    assert_eq!(browser.get(&end_session(&right)).await.location(), HOME);
    assert!(!signed_in(&mut browser).await);
}
