//! Logout tokens and the provider's keys: a rotation is noticed, and a flood of unknown keys does not reach the
//! provider (JD-07, JD-08).

use std::time::Duration;

use axum::http::StatusCode;
use futures::{StreamExt, stream};
use serde_json::json;

use crate::{
    logout::{is_accepted, is_refused, is_signed_in, post},
    support::{
        Page,
        hostile::{At, HostileWorld, Keys, Raw},
        until,
    },
};

/// Not believed now; the provider may try again.
fn is_postponed(page: &Page) -> bool {
    page.status == StatusCode::SERVICE_UNAVAILABLE && page.header("retry-after") == "5"
}

#[tokio::test]
async fn jd_08_a_thousand_tokens_with_random_kids_make_a_handful_of_key_requests() {
    let world = HostileWorld::with("sign_in_rate = 0\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let fetched = world.provider.count(At::Keys);
    let forger = Keys::generate();
    let flood = stream::iter(0..1000).map(|number| {
        let token = world.provider.logout(Some("p-ada"), None).headed("kid", format!("kid-{number}"));
        let token = token.signed(&forger);
        let world = &world;
        async move { is_postponed(&post(&world.app, &token).await) }
    });
    let refused: Vec<_> = flood.buffer_unordered(50).collect().await;
    assert_eq!(refused.iter().filter(|refused| **refused).count(), 1000);
    let asked = world.provider.count(At::Keys) - fetched;
    assert!((1..=8).contains(&asked), "{asked} requests");
    assert!(is_signed_in(&mut browser).await);
    // In the middle of it, the provider really rotates its key.
    let next = Keys::generate();
    let set = json!({ "keys": [world.provider.keys().public(), next.public()] });
    world.provider.script(|script| script.keys = Some(set));
    world.advance(3);
    let token = world.provider.logout(None, Some("sid-0")).headed("kid", next.kid.clone());
    assert!(is_accepted(&post(&world.app, &token.signed(&next)).await));
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn jd_07_a_token_by_a_new_key_is_verified_after_one_refetch() {
    let world = HostileWorld::start().await;
    world.signed_in("/account").await;
    let fetched = world.provider.count(At::Keys);
    let next = Keys::generate();
    world.provider.script(|script| script.keys = Some(json!({ "keys": [next.public()] })));
    let new = |sid| world.provider.logout(None, Some(sid)).headed("kid", next.kid.clone()).signed(&next);
    assert!(is_accepted(&post(&world.app, &new("sid-0")).await));
    assert_eq!(world.provider.count(At::Keys), fetched + 1);
    assert!(is_accepted(&post(&world.app, &new("sid-1")).await));
    assert_eq!(world.provider.count(At::Keys), fetched + 1, "kept");
    world.advance(3);
    let old = world.provider.logout(None, Some("sid-0")).signed(world.provider.keys());
    assert!(is_postponed(&post(&world.app, &old).await), "a key that was taken away");
}

#[tokio::test]
async fn jd_08_what_is_no_logout_token_asks_the_provider_nothing() {
    let world = HostileWorld::start().await;
    let forger = Keys::generate();
    let right = world.provider.logout(Some("p-ada"), None);
    for token in [
        right.clone().with("aud", "other").signed(&forger),
        right.clone().with("exp", 1).signed(&forger),
        right.clone().without("events").signed(&forger),
        right.clone().headed("alg", "none").signed(&forger),
        "nonsense".to_owned(),
    ] {
        assert!(is_refused(&post(&world.app, &token).await));
    }
    assert_eq!(world.provider.everything().len(), 0);
    assert!(is_accepted(&post(&world.app, &right.signed(world.provider.keys())).await));
    assert_eq!((world.provider.count(At::Discovery), world.provider.count(At::Keys)), (1, 1));
}

#[tokio::test]
async fn jd_10_keys_for_something_else_or_too_weak_verify_nothing() {
    let world = HostileWorld::start().await;
    let own = world.provider.keys().public();
    let but = |name: &str, value: &str| {
        let mut key = own.clone();
        key[name] = json!(value);
        key
    };
    for (what, keys, expected) in [
        ("for encryption", vec![but("use", "enc")], false),
        ("for another algorithm", vec![but("alg", "ES384")], false),
        ("of another name", vec![but("kid", "another")], false),
        ("none", vec![], false),
        ("beside others", vec![but("use", "enc"), Keys::generate().public(), own.clone()], true),
    ] {
        world.provider.script(|script| script.keys = Some(json!({ "keys": keys })));
        world.advance(700);
        let token = world.provider.logout(Some("p-ada"), None).signed(world.provider.keys());
        let page = post(&world.app, &token).await;
        assert_eq!((is_accepted(&page), is_postponed(&page)), (expected, !expected), "{what}: {}", page.body);
    }
}

#[tokio::test]
async fn f01_a_logout_token_with_an_unknown_key_may_be_sent_again() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let next = Keys::generate();
    let token = |number: u32| {
        let token = world.provider.logout(None, Some("sid-0")).with("jti", format!("logout-{number}"));
        token.headed("kid", next.kid.clone()).signed(&next)
    };
    assert!(is_postponed(&post(&world.app, &token(1)).await));
    assert!(is_signed_in(&mut browser).await, "it is not believed");
    let set = json!({ "keys": [world.provider.keys().public(), next.public()] });
    world.provider.script(|script| script.keys = Some(set));
    world.advance(3);
    assert!(is_accepted(&post(&world.app, &token(1)).await));
    assert!(!is_signed_in(&mut browser).await);
    let forged = world.provider.logout(None, Some("sid-1")).signed(&Keys::generate());
    assert!(is_refused(&post(&world.app, &forged).await), "a known key that did not sign it");
}

#[tokio::test]
async fn f06_a_slow_key_set_and_tokens_with_unknown_keys_hold_up_no_sign_in_and_no_refresh() {
    let world = HostileWorld::with("sign_in_rate = 20\nprovider_timeout = \"30s\"\n").await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    world.provider.script(|script| script.delays.insert(At::Keys, Duration::from_secs(10)));
    let (forger, before) = (Keys::generate(), world.provider.count(At::Keys));
    let token = |number| {
        let token = world.provider.logout(Some("p-ada"), None).headed("kid", format!("kid-{number}"));
        token.signed(&forger)
    };
    let flood = futures::future::join_all((0..40).map(|number| {
        let token = token(number);
        let world = &world;
        async move { post(&world.app, &token).await }
    }));
    let users = async {
        until(|| world.provider.count(At::Keys) > before).await;
        let begun = std::time::Instant::now();
        world.advance(180);
        assert!(browser.open("/boards/orders").await.body.contains("Customer of"), "a refresh");
        assert!(world.signed_in("/boards/orders").await.1.body.contains("Customer of"), "a sign-in");
        begun.elapsed()
    };
    let (answers, waited) = tokio::join!(flood, users);
    assert!(waited < Duration::from_secs(9), "{waited:?}");
    assert!(answers.iter().all(|page| [503, 429].contains(&page.status.as_u16())));
    assert!(world.provider.count(At::Keys) <= 3, "{}", world.provider.count(At::Keys));
    // They count against their sender, like tokens that are refused.
    let refused = post(&world.app, &token(1000)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn lo_08_without_keys_nothing_is_believed_and_the_provider_may_try_again() {
    let world = HostileWorld::with("store = \"memory:\"\n").await;
    let token = || world.provider.logout(Some("p-ada"), None).signed(world.provider.keys());
    for (at, raw) in [(At::Discovery, Raw::text(503, "text/plain", "down")), (At::Keys, Raw::json(500, "{}"))]
    {
        world.provider.script(|script| script.instead.insert(at, raw));
        let page = post(&world.app, &token()).await;
        assert_eq!(
            (page.status, page.header("retry-after")),
            (StatusCode::SERVICE_UNAVAILABLE, "5"),
            "{at:?}"
        );
        world.provider.be_honest();
        world.advance(3);
    }
    world.provider.script(|script| script.delays.insert(At::Keys, Duration::from_millis(50)));
    assert!(is_accepted(&post(&world.app, &token()).await));
}
