//! The ID token of a refresh (OpenID Connect Core 12.2): its user, and which claims may change (RF-05, RF-06, RF-12).

use serde_json::{Value, json};

use crate::{
    refresh::{LATER_SECS, PANEL, is_data},
    support::hostile::{At, HostileWorld, Keys},
};

/// The state of a session after a refresh.
#[derive(Debug, PartialEq, Eq)]
enum Session {
    /// It continues with the new access token.
    GoesOn,
    /// It ended, and the user signed in again.
    Ended,
    /// It continues, but nothing in the response was used.
    Stands,
}

/// Refreshes once with the provider as scripted by the test.
async fn after_refresh(world: &HostileWorld, what: &str) -> Session {
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(is_data(&page), "{what}");
    if what == "the original nonce" {
        let nonce = world.provider.seen(At::Authorization)[0].param("nonce").unwrap();
        world.provider.script(|script| script.at_refresh.claims.set("nonce", nonce));
    }
    world.advance(LATER_SECS);
    let page = browser.open("/boards/orders").await;
    assert_eq!(world.provider.count(At::Refresh), 1, "{what}");
    let (fresh, signed_in) =
        (world.provider.issued()[1].access_token.clone(), world.provider.count(At::CodeExchange));
    if is_data(&page) && signed_in == 1 {
        assert!(world.api.saw(&fresh), "{what}");
        return Session::GoesOn;
    }
    assert!(!world.api.saw(&fresh), "{what}: the new access token was used");
    let asked = world.provider.seen(At::UserInfo);
    assert!(asked.iter().all(|seen| !seen.header("authorization").ends_with(&fresh)), "{what}");
    if signed_in == 2 { Session::Ended } else { Session::Stands }
}

#[tokio::test]
async fn rf_05_an_altered_id_token_ends_the_session_and_its_access_token_is_never_used() {
    type Alter = fn(&HostileWorld) -> (&'static str, Value);
    let alterations: Vec<(&str, Alter)> = vec![
        ("another iss", |_| ("iss", json!("https://evil.example"))),
        ("iss with a slash", |world| ("iss", json!(format!("{}/", world.provider.origin())))),
        ("another sub", |_| ("sub", json!("p-eve"))),
        ("sub in other case", |_| ("sub", json!("P-ADA"))),
        ("an empty sub", |_| ("sub", json!(""))),
        ("another aud", |_| ("aud", json!("other"))),
        ("a second aud", |_| ("aud", json!(["app", "other"]))),
        ("another nonce", |_| ("nonce", json!("another"))),
        ("another azp", |_| ("azp", json!("other"))),
        ("an at_hash of another token", |_| ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
    ];
    for (what, alter) in alterations {
        let world = HostileWorld::start().await;
        let (name, value) = alter(&world);
        world.provider.script(|script| script.at_refresh.claims.set(name, value));
        assert_eq!(after_refresh(&world, what).await, Session::Ended, "{what}");
    }
    for missing in ["iss", "sub", "aud"] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.at_refresh.claims.remove(missing));
        assert_eq!(after_refresh(&world, missing).await, Session::Ended, "no {missing}");
    }
}

#[tokio::test]
async fn p1_a_claim_that_cannot_be_read_ends_no_session_and_its_access_token_is_not_used() {
    for missing in ["iat", "exp"] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.at_refresh.claims.remove(missing));
        assert_eq!(after_refresh(&world, missing).await, Session::Stands, "no {missing}");
    }
    for (name, value) in [
        ("sid", json!("sid-0\0")),
        ("sid", json!(1)),
        ("auth_time", json!("now")),
        ("iat", json!("now")),
        ("exp", json!(null)),
    ] {
        let (world, what) = (HostileWorld::start().await, format!("{name}: {value}"));
        world.provider.script(|script| script.at_refresh.claims.set(name, value));
        assert_eq!(after_refresh(&world, &what).await, Session::Stands, "{what}");
    }
}

#[tokio::test]
async fn rf_05_it_16_an_id_token_that_cannot_be_read_is_not_used_and_ends_no_session() {
    for id_token in
        [json!(""), json!("a.b"), json!("a.b.c"), json!("a.b.c.d.e"), json!(1), json!({}), json!(false)]
    {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.at_refresh.answer.set("id_token", id_token.clone()));
        assert_eq!(after_refresh(&world, "unreadable").await, Session::Stands, "{id_token}");
    }
    // Unusual profile claims do not concern the protocol.
    for (name, value) in
        [("updated_at", json!("2026-03-02T14:05:00.000Z")), ("locale", json!({ "country": "US" }))]
    {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.at_refresh.claims.set(name, value));
        assert_eq!(after_refresh(&world, name).await, Session::GoesOn, "{name}");
    }
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.at_refresh.answer.set("id_token", Value::Null));
    assert_eq!(after_refresh(&world, "null is none").await, Session::GoesOn);
}

#[tokio::test]
async fn rf_05_a_forged_signature_ends_the_session() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let now = world.clock.now() + LATER_SECS;
    let claims = json!({
        "iss": world.provider.origin(), "sub": "p-ada", "aud": "app", "iat": now, "exp": now + 300,
    });
    let header = world.provider.keys().header();
    for forged in [
        Keys::generate().sign(&header, &claims),
        world.provider.keys().sign(&json!({ "alg": "none" }), &claims),
        world.provider.keys().sign(&header, &claims).rsplit_once('.').unwrap().0.to_owned() + ".",
    ] {
        world.provider.script(|script| script.at_refresh.answer.set("id_token", forged.clone()));
        world.advance(LATER_SECS);
        let page = browser.get("/boards/orders").await;
        let newest = world.provider.issued().last().unwrap().access_token.clone();
        assert!(!is_data(&page) && !world.api.saw(&newest), "{forged}");
        world.provider.be_honest();
        browser.at_app.clear();
        assert!(is_data(&browser.open("/boards/orders").await), "a new sign-in works");
    }
    let genuine = world.provider.keys().sign(
        &header,
        &json!({
            "iss": world.provider.origin(), "sub": "p-ada", "aud": "app",
            "iat": world.clock.now() + LATER_SECS, "exp": world.clock.now() + LATER_SECS + 300,
        }),
    );
    world.provider.script(|script| script.at_refresh.answer.set("id_token", genuine));
    let refreshed = world.provider.count(At::Refresh);
    world.advance(LATER_SECS);
    assert!(is_data(&browser.open("/boards/orders").await), "the same one, signed by the right key");
    assert_eq!(world.provider.count(At::Refresh), refreshed + 1);
}

#[tokio::test]
async fn rf_05_an_honest_id_token_is_taken() {
    for what in ["as it comes", "the original nonce"] {
        assert_eq!(after_refresh(&HostileWorld::start().await, what).await, Session::GoesOn, "{what}");
    }
    for (what, name, value) in [
        ("aud as a list", "aud", Some(json!(["app"]))),
        ("this client as azp", "azp", Some(json!("app"))),
        ("no auth_time", "auth_time", None),
        ("no at_hash", "at_hash", None),
        ("another sid", "sid", Some(json!("sid-9"))),
    ] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| match value {
            Some(value) => script.at_refresh.claims.set(name, value),
            None => script.at_refresh.claims.remove(name),
        });
        assert_eq!(after_refresh(&world, what).await, Session::GoesOn, "{what}");
    }
}

#[tokio::test]
async fn rf_06_no_id_token_at_a_refresh_changes_nothing_and_the_last_one_is_the_hint() {
    let hint = |page: &crate::support::Page| page.id_token_hint();
    for brings_one in [false, true] {
        let world = HostileWorld::start().await;
        let (mut browser, before) = world.signed_in("/account").await;
        world.provider.script(|script| {
            script.at_refresh.claims.set("name", "Ada Lovelace");
            if brings_one {
                script.userinfo.set("name", "Ada Lovelace");
            } else {
                script.at_refresh.answer.remove("id_token");
            }
        });
        world.advance(LATER_SECS);
        assert!(is_data(&browser.open("/boards/orders").await));
        assert_eq!(world.provider.count(At::Refresh), 1);
        let after = browser.open("/account").await;
        for text in ["p-ada@people.example", "p-ada", "orders:read"] {
            assert!(before.body.contains(text) && after.body.contains(text), "{text}");
        }
        assert_eq!(after.body.contains("Ada Okafor"), !brings_one, "the newest name is shown");
        let sign_out = browser.post("/auth/sign-out", &[]).await;
        let expected = world.provider.issued()[usize::from(brings_one)].id_token.clone();
        assert!(expected.is_some() && hint(&sign_out) == expected, "brings one: {brings_one}");
    }
}

#[tokio::test]
async fn rf_12_a_refresh_raises_neither_acr_nor_amr_nor_auth_time() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        script.at_sign_in.claims.remove("auth_time");
        script.at_refresh.claims.set("acr", "urn:example:several");
        script.at_refresh.claims.set("amr", json!(["mfa"]));
        script.at_refresh.claims.set("auth_time", world.clock.now() - 7200);
        script.at_refresh.claims.set("nickname", "the refresh was taken");
    });
    let (mut browser, _) = world.signed_in("/account").await;
    world.advance(LATER_SECS);
    assert!(is_data(&browser.fetch(PANEL).await));
    let page = browser.open("/account").await;
    assert!(page.body.contains("the refresh was taken"));
    assert!(page.body.contains("password") && !page.body.contains("multi-factor authentication"));
    assert!(!page.body.contains("Identity last confirmed"), "an auth_time came in by a refresh");
    // A sign-in may have it.
    world.provider.script(|script| script.at_sign_in.claims.set("amr", json!(["mfa"])));
    assert!(
        browser.open("/auth/sign-in?return_to=/account").await.body.contains("multi-factor authentication")
    );
}

#[tokio::test]
async fn rf_12_refreshes_do_not_move_the_absolute_end() {
    let world = HostileWorld::with("idle_secs = 600\nabsolute_secs = 3000\n").await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let exchanges = world.provider.count(At::CodeExchange);
    for _ in 0..9 {
        world.advance(300);
        assert!(is_data(&browser.open("/boards/orders").await));
    }
    assert_eq!((world.provider.count(At::Refresh), world.provider.count(At::CodeExchange)), (9, exchanges));
    world.advance(301);
    let page = browser.get("/boards/orders").await;
    assert!(page.location().as_str().starts_with(world.provider.origin()), "sign in again");
}
