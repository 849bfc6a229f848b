//! The request of a refresh, and the responses that it accepts (RF-01, RF-02, RF-10). The rules for its ID token are
//! tested in `id_token.rs`, its timing in `moments.rs`.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    refresh::{LATER_SECS, PANEL, is_data},
    support::hostile::{At, HostileWorld, Listener, Raw, Rotation, bad_answers, bad_members, odd_members},
};

/// Longer than the pause after a failed refresh.
const PAUSE_SECS: i64 = 300;

#[tokio::test]
async fn rf_01_a_refresh_authenticates_like_the_exchange_and_asks_for_no_scope() {
    for (method, is_basic) in [("client_secret_basic", true), ("client_secret_post", false)] {
        let world = HostileWorld::with(&format!("client_auth = \"{method}\"\n")).await;
        world.provider.script(|script| script.texts.refresh_token = " a b+c&d%41=~%\"\\".into());
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        for _ in 0..2 {
            world.advance(LATER_SECS);
            let page = browser.open("/boards/orders").await;
            assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
        }
        let (exchanges, refreshes) =
            (world.provider.seen(At::CodeExchange), world.provider.seen(At::Refresh));
        assert_eq!((exchanges.len(), refreshes.len(), world.provider.reuses()), (1, 2, 0));
        for request in refreshes {
            assert_eq!(request.header("authorization"), exchanges[0].header("authorization"));
            assert_eq!(request.header("authorization").starts_with("Basic "), is_basic);
            assert_eq!(request.field("client_secret"), exchanges[0].field("client_secret"));
            assert_eq!((request.field("scope"), request.query.as_str()), (None, ""));
            assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/token"));
            let encoded = "refresh_token=+a+b%2Bc%26d%2541%3D%7E%25%22%5C";
            assert!(request.body.contains(encoded), "{}", request.body);
            assert_eq!(request.header("content-type"), "application/x-www-form-urlencoded");
        }
    }
}

#[tokio::test]
async fn rf_02_a_refresh_token_that_comes_replaces_the_old_one_and_none_keeps_it() {
    for (rotation, distinct) in [(Rotation::Always, 4), (Rotation::Never, 1), (Rotation::EverySecondTime, 2)]
    {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.rotation = rotation);
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        for round in 1..=4 {
            world.advance(LATER_SECS);
            assert!(is_data(&browser.open("/boards/orders").await), "{rotation:?}, round {round}");
        }
        let sent = world.provider.seen(At::Refresh);
        assert_eq!((sent.len(), world.provider.reuses()), (4, 0), "{rotation:?}");
        let mut tokens: Vec<_> = sent.iter().map(|sent| sent.field("refresh_token").unwrap()).collect();
        tokens.dedup();
        assert_eq!(tokens.len(), distinct, "{rotation:?}: {tokens:?}");
    }
}

/// The panel fails with a typed error and offers a sign-in, the user stays signed in, and when the provider is honest
/// again the data is shown.
async fn fails_and_recovers(world: &HostileWorld, what: &str) {
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(is_data(&page), "{what}");
    let cookie = browser.at_app["claimcheck"].clone();
    world.provider.script(|script| script.rotation = Rotation::Never);
    world.advance(LATER_SECS);
    let start = Instant::now();
    let page = browser.fetch(PANEL).await;
    assert!(start.elapsed() < Duration::from_secs(10), "{what}: {:?}", start.elapsed());
    assert_eq!(page.status, StatusCode::OK, "{what}: {}", page.body);
    let is_told = page.body.contains("isn’t responding") || page.body.contains("Your sign-in has expired");
    assert!(is_told && page.body.contains("/auth/sign-in?return_to="), "{what}: {}", page.body);
    assert!(!is_data(&page), "{what}: {}", page.body);
    let newest = world.provider.issued().last().unwrap().access_token.clone();
    let used = world.provider.count(At::Refresh) > 0 && world.provider.issued().len() > 1;
    assert!(!used || !world.api.saw(&newest), "{what}: a token of a bad answer was used");
    world.provider.be_honest();
    world.advance(PAUSE_SECS);
    assert!(is_data(&browser.open("/boards/orders").await), "{what}: the session was lost");
    assert_eq!(browser.at_app["claimcheck"], cookie);
}

#[tokio::test]
async fn rf_10_only_200_with_bounded_json_is_an_answer_and_no_redirect_is_followed() {
    let evil = Listener::bind().await;
    let good = r#"{"access_token":"planted","token_type":"Bearer","expires_in":120}"#;
    for (what, raw) in bad_answers(good, &evil) {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.instead.insert(At::Refresh, raw));
        fails_and_recovers(&world, what).await;
        assert!(!world.api.saw("planted"), "{what}");
    }
    assert_eq!(evil.hits(), 0, "the refresh token went elsewhere");
}

#[tokio::test]
async fn rf_10_nobody_waits_for_a_body_that_drips_and_nobody_is_signed_out_by_it() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    world.provider.script(|script| script.instead.insert(At::Refresh, Raw::drip()));
    world.advance(LATER_SECS);
    let start = Instant::now();
    let page = browser.fetch(PANEL).await;
    assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
    assert!(page.status == StatusCode::OK && page.body.contains("isn’t responding"), "{}", page.body);
    // The refresh itself continues for a while, because the provider may have invalidated the token; no other one
    // starts.
    assert!(browser.get("/account").await.body.contains("Ada Okafor"), "still signed in");
    assert_eq!(world.provider.count(At::Refresh), 1);
}

#[tokio::test]
async fn rf_10_token_type_and_tokens_are_checked_before_use() {
    for (name, value) in bad_members() {
        let what = format!("{name}: {:.40}", format!("{value:?}"));
        let world = HostileWorld::start().await;
        world.provider.script(|script| match value {
            Some(value) => script.at_refresh.answer.set(name, value),
            None => script.at_refresh.answer.remove(name),
        });
        fails_and_recovers(&world, &what).await;
    }
}

/// Members that repeat one of their own or of the honest response, in any spelling.
const REPEATED: [&str; 6] = [
    r#""x":1,"x":2"#,
    r#""access_token":"planted""#,
    r#""id_token":"a.b.c""#,
    r#""expires_in":120"#,
    r#""\u0074oken_type":"Bearer""#,
    r#""scope":"openid","y":0,"scop\u0065":"openid""#,
];

#[tokio::test]
async fn f32_a_token_response_with_a_repeated_member_is_not_used_and_ends_nothing() {
    for members in REPEATED {
        let world = HostileWorld::start().await;
        world.provider.script(|script| {
            script.before.insert(At::Refresh, members);
            script.at_refresh.claims.set("sub", "p-somebody-else");
        });
        fails_and_recovers(&world, members).await;
        assert!(!world.api.saw("planted") && world.provider.count(At::Revocation) == 0, "{members}");
    }
    for members in [r#""x":{"a":1,"a":2},"y":[{"access_token":1}]"#, r#""Access_Token":"other""#] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        world.provider.script(|script| script.before.insert(At::Refresh, members));
        world.advance(LATER_SECS);
        assert!(is_data(&browser.fetch(PANEL).await), "{members}: all members are different");
        assert!(world.api.saw(&world.provider.issued()[1].access_token), "{members}");
    }
}

#[tokio::test]
async fn f32_a_refusal_with_a_repeated_member_proves_nothing_and_ends_nothing() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let refusal = Raw::json(400, r#"{"error":"invalid_request","error":"invalid_grant"}"#);
    world.provider.script(|script| script.instead.insert(At::Refresh, refusal));
    for _ in 0..8 {
        world.advance(LATER_SECS);
        assert!(!is_data(&browser.fetch(PANEL).await));
    }
    assert!(world.provider.count(At::Refresh) > 5, "more often than refusals that end a session");
    world.provider.be_honest();
    world.advance(PAUSE_SECS);
    assert!(is_data(&browser.open("/boards/orders").await), "the session was lost");
}

#[tokio::test]
async fn rf_10_what_is_odd_but_right_is_taken() {
    let mut good = odd_members();
    good.push(("id_token", None));
    for (name, value) in good {
        let what = format!("{name}: {:.40}", format!("{value:?}"));
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        world.provider.script(|script| match value {
            Some(value) => script.at_refresh.answer.set(name, value),
            None => script.at_refresh.answer.remove(name),
        });
        world.advance(LATER_SECS);
        assert!(is_data(&browser.fetch(PANEL).await), "{what}");
        assert!(world.api.saw(&world.provider.issued()[1].access_token), "{what}");
    }
}

#[tokio::test]
async fn r34_a_lifetime_as_text_or_fraction_counts_at_a_refresh() {
    for (lifetime, secs) in [
        (json!("120"), 120),
        (json!("0120"), 120),
        (json!(120.7), 120),
        (json!("99999999999999999999"), 30 * 86_400),
        (json!("5184000"), 30 * 86_400),
    ] {
        let world = HostileWorld::with("idle_secs = 9000000\nabsolute_secs = 9000000\n").await;
        world.provider.script(|script| script.at_refresh.answer.set("expires_in", lifetime.clone()));
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        world.advance(LATER_SECS);
        for (later_secs, refreshes) in [(0, 1), (secs / 2, 1), (secs / 2 + 1, 2)] {
            world.advance(later_secs);
            assert!(is_data(&browser.fetch(PANEL).await), "{lifetime}");
            assert_eq!(world.provider.count(At::Refresh), refreshes, "{lifetime}");
        }
    }
}

#[tokio::test]
async fn rf_10_odd_lifetimes_never_panic_and_make_no_immortal_token() {
    // Either the response is refused and the session continues, or it is accepted and its token expires some day.
    for lifetime in
        [json!(-1), json!("soon"), json!(u64::MAX), json!(i64::MAX), json!(1e30), json!([]), json!(true)]
    {
        let world = HostileWorld::with("idle_secs = 9000000\nabsolute_secs = 9000000\n").await;
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        world.provider.script(|script| {
            script.rotation = Rotation::Never;
            script.at_refresh.answer.set("expires_in", lifetime.clone());
        });
        world.advance(LATER_SECS);
        let page = browser.fetch(PANEL).await;
        assert_eq!(page.status, StatusCode::OK, "{lifetime}: {}", page.body);
        assert!(is_data(&page) || page.body.contains("isn’t responding"), "{lifetime}: {}", page.body);
        let before = world.provider.count(At::Refresh);
        world.provider.be_honest();
        world.advance(60 * 86_400);
        assert!(is_data(&browser.open("/boards/orders").await), "{lifetime}: the session was lost");
        assert!(world.provider.count(At::Refresh) > before, "{lifetime}: a token that never ends");
    }
}
