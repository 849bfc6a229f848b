//! A refreshed ID token that is right about the user but cannot be checked now: a key that is not known yet, a clock
//! that is wrong (P1), another `auth_time` (R05), and the forms that have always been valid (H1 to H3).

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_session::CookieId;
use serde_json::{Value, json};

use crate::{
    refresh::{LATER_SECS, PANEL, is_data},
    support::{
        Browser, Heard,
        hostile::{At, ForwardProxy, HostileWorld, Keys, Raw, Script, known_keys},
    },
};

const BOARD: &str = "/boards/orders";
/// A claim of the refreshed ID token only.
const CLAIM: (&str, &str) = ("nickname", "taken from the refresh");

/// Signs in, and refreshes with this fault. Returns the browser, and whether the new access token was used.
async fn refreshed<'w>(
    world: &'w HostileWorld,
    fault: impl FnOnce(&mut Script),
    what: &str,
) -> (Browser<'w>, bool) {
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(is_data(&page), "{what}");
    world.provider.script(|script| {
        script.at_refresh.claims.set(CLAIM.0, CLAIM.1);
        fault(script);
    });
    world.advance(LATER_SECS);
    let page = browser.open(BOARD).await;
    assert_eq!(world.provider.count(At::Refresh), 1, "{what}");
    let fresh = world.provider.issued()[1].access_token.clone();
    assert_eq!(
        is_data(&page) && world.provider.count(At::CodeExchange) == 1,
        world.api.saw(&fresh),
        "{what}"
    );
    (browser, world.api.saw(&fresh))
}

/// The session continues: with the rotated refresh token, and when the provider is honest again, with its claims.
async fn goes_on(world: &HostileWorld, browser: &mut Browser<'_>, what: &str) {
    assert!(!browser.open("/account").await.body.contains(CLAIM.1), "{what}: a claim was taken over");
    world.provider.be_honest();
    world.provider.script(|script| script.at_refresh.claims.set(CLAIM.0, CLAIM.1));
    world.advance(LATER_SECS);
    assert!(is_data(&browser.open(BOARD).await), "{what}");
    assert_eq!((world.provider.count(At::CodeExchange), world.provider.reuses()), (1, 0), "{what}");
    assert!(browser.open("/account").await.body.contains(CLAIM.1), "{what}: and now it is");
}

#[tokio::test]
async fn p1_f1_a_key_that_is_not_published_yet_ends_no_session() {
    let other = || Some(Arc::new(Keys::generate()));
    type Fault = Box<dyn FnOnce(&mut Script)>;
    let faults: Vec<(&str, Fault)> = vec![
        ("an unknown kid", Box::new(move |script| script.signer = other())),
        (
            "no kid, and none of the keys",
            Box::new(move |script| {
                script.signer = other();
                script.at_refresh.header.remove("kid");
            }),
        ),
        (
            "keys that cannot be fetched",
            Box::new(move |script| {
                script.signer = other();
                script.instead.insert(At::Keys, Raw::text(503, "text/html", "down"));
            }),
        ),
        (
            "keys that cannot be read",
            Box::new(move |script| {
                script.signer = other();
                script.instead.insert(At::Keys, Raw::text(200, "text/html", "<h1>down</h1>"));
            }),
        ),
    ];
    for (what, fault) in faults {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let (mut browser, used) = refreshed(&world, fault, what).await;
        assert!(used, "{what}");
        assert!(heard.has(&["refreshed ID token not used", "signature could not be checked"]), "{what}");
        goes_on(&world, &mut browser, what).await;
    }
}

#[tokio::test]
async fn p1_a_key_that_is_published_by_then_is_found_by_one_refetch() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    let next = Arc::new(Keys::generate());
    let public = json!({ "keys": [world.provider.keys().public(), next.public()] });
    let fault = |script: &mut Script| {
        script.signer = Some(next);
        script.keys = Some(public);
    };
    let (mut browser, used) = refreshed(&world, fault, "published").await;
    assert!(used && !heard.has(&["refreshed ID token not used"]));
    assert!(browser.open("/account").await.body.contains(CLAIM.1), "its claims are taken over");
}

#[tokio::test]
async fn p1_r20_loopback_behind_a_proxy_is_not_this_machine() {
    let proxy = ForwardProxy::bind(None).await;
    let through = format!("proxy = \"http://{}\"\n", proxy.address());
    for (exceptions, is_used) in [("", false), ("no_proxy = \"127.0.0.0/8\"\n", true)] {
        let world = HostileWorld::with(&format!("{through}{exceptions}")).await;
        let fault = |script: &mut Script| script.signer = Some(Arc::new(Keys::generate()));
        let (mut browser, used) = refreshed(&world, fault, exceptions).await;
        assert_eq!(used, is_used, "{exceptions}");
        goes_on(&world, &mut browser, exceptions).await;
    }
}

#[tokio::test]
async fn p1_with_an_unknown_key_another_user_or_client_still_ends_the_session() {
    for (name, value) in [
        ("sub", json!("p-eve")),
        ("iss", json!("https://evil.example")),
        ("aud", json!("other")),
        ("azp", json!("other")),
        ("nonce", json!("another")),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("sub", json!(null)),
        ("sub", json!(["p-ada"])),
    ] {
        for is_known in [false, true] {
            let what = format!("{name} {value}, key known: {is_known}");
            let world = HostileWorld::start().await;
            let (mut browser, _) = world.signed_in(BOARD).await;
            world.provider.script(|script| {
                script.signer = (!is_known).then(|| Arc::new(Keys::generate()));
                // The times are wrong, too, which must hide nothing.
                script.at_refresh.claims.set("iat", 1);
                script.at_refresh.claims.set(name, value.clone());
            });
            world.advance(LATER_SECS);
            assert_eq!(browser.fetch(PANEL).await.status, 401, "{what}");
            world.drained().await;
            let fresh = world.provider.issued()[1].access_token.clone();
            assert!(!world.api.saw(&fresh), "{what}");
            let revoked = world.provider.seen(At::Revocation);
            assert!(revoked.iter().any(|seen| seen.field("token") == Some(&fresh)), "{what}: not revoked");
        }
    }
}

#[tokio::test]
async fn p1_f13_a_wrong_clock_ends_no_session_if_the_signature_is_right() {
    type At = fn(i64) -> Vec<(&'static str, Value)>;
    let times: [(&str, At); 6] = [
        ("iat 5 minutes ahead", |now| vec![("iat", json!(now + 300))]),
        ("exp 2 minutes past", |now| vec![("exp", json!(now - 120))]),
        ("both of yesterday", |now| vec![("iat", json!(now - 86_400)), ("exp", json!(now - 86_100))]),
        ("both of tomorrow", |now| vec![("iat", json!(now + 86_400)), ("exp", json!(now + 86_700))]),
        ("nbf of tomorrow", |now| vec![("nbf", json!(now + 86_400))]),
        ("issued at sign-in", |now| vec![("iat", json!(now - 7200))]),
    ];
    for (what, claims) in times {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let now = world.clock.now() + LATER_SECS;
        let fault = |script: &mut Script| {
            for (name, value) in claims(now) {
                script.at_refresh.claims.set(name, value);
            }
        };
        let (mut browser, used) = refreshed(&world, fault, what).await;
        assert!(used, "{what}");
        assert!(heard.has(&["ERROR", "refreshed ID token not used", "check the clocks"]), "{what}");
        let ready = browser.fetch("/health/ready").await.body;
        assert!(ready.contains("degraded") && ready.contains("clocks"), "{what}: {ready}");
        goes_on(&world, &mut browser, what).await;
        assert!(browser.fetch("/health/ready").await.body.contains("\"ready\""), "{what}");
    }
}

#[tokio::test]
async fn p1_a_wrong_clock_excuses_no_forged_signature_and_no_unknown_key() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let kid = world.provider.keys().kid.clone();
    world.provider.script(|script| {
        script.signer = Some(Arc::new(Keys::generate()));
        script.at_refresh.header.set("kid", kid);
        script.at_refresh.claims.set("iat", 1);
    });
    world.advance(LATER_SECS);
    assert_eq!(browser.fetch(PANEL).await.status, 401, "forged");
    let world = HostileWorld::start().await;
    let fault = |script: &mut Script| {
        script.signer = Some(Arc::new(Keys::generate()));
        script.at_refresh.claims.set("iat", 1);
    };
    let (mut browser, used) = refreshed(&world, fault, "an unknown key").await;
    assert!(!used);
    goes_on(&world, &mut browser, "an unknown key").await;
}

#[tokio::test]
async fn p1_an_id_token_that_proves_nothing_keeps_the_session_and_its_tokens_are_not_used() {
    let rsa = Keys::rsa(known_keys::RSA_2048);
    let unlisted = rsa.sign(&rsa.header(), &json!({ "sub": "p-ada" }));
    for (what, id_token) in [
        ("nothing", json!("")),
        ("no token", json!("a.b.c")),
        ("encrypted", json!("a.b.c.d.e")),
        ("no text", json!({ "a": 1 })),
        ("an algorithm outside the list", json!(unlisted)),
        ("too long", json!("a".repeat(70_000))),
    ] {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let fault = |script: &mut Script| script.at_refresh.answer.set("id_token", id_token);
        let (mut browser, used) = refreshed(&world, fault, what).await;
        assert!(!used, "{what}");
        assert!(heard.has(&["refresh failed", "refreshed ID token"]), "{what}");
        let page = browser.open(BOARD).await;
        assert!(page.body.contains("/auth/sign-in?return_to="), "{what}: no way on: {}", page.body);
        goes_on(&world, &mut browser, what).await;
    }
    let secret = Keys::secret("s:e%c&r+et");
    let claims = |world: &HostileWorld| {
        let now = world.clock.now() + LATER_SECS;
        json!({ "iss": world.provider.origin(), "sub": "p-ada", "aud": "app", "iat": now, "exp": now + 300 })
    };
    for alg in ["none", "None", "HS256", "HS512"] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let id_token = secret.sign(&json!({ "alg": alg }), &claims(&world));
        world.provider.script(|script| script.at_refresh.answer.set("id_token", id_token));
        world.advance(LATER_SECS);
        assert_eq!(browser.fetch(PANEL).await.status, 401, "{alg}");
    }
}

#[tokio::test]
async fn r05_another_auth_time_keeps_the_session_and_the_time_of_the_sign_in() {
    for (what, shift) in [("later", 300), ("much later", LATER_SECS), ("earlier", -3600)] {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let auth_time = world.clock.now() + shift;
        let (mut browser, used) =
            refreshed(&world, |script| script.at_refresh.claims.set("auth_time", auth_time), what).await;
        assert!(used, "{what}");
        assert_eq!(heard.lines(&["auth_time changed"]).len(), 1, "{what}");
        let account = browser.open("/account").await.body;
        assert!(account.contains(CLAIM.1), "{what}: the other claims are taken over");
        let id = BASE64_URL_SAFE_NO_PAD.decode(&browser.at_app["claimcheck"]).unwrap();
        let id = CookieId(id.try_into().unwrap());
        let record = world.services.sessions.current(Some(id)).await.unwrap().unwrap().record;
        assert!(record.auth_time.is_some_and(|time| (time - (auth_time - shift)).abs() < 60), "{what}");
        world.advance(LATER_SECS);
        assert!(is_data(&browser.open(BOARD).await), "{what}: and the next refresh");
        assert_eq!((world.provider.count(At::CodeExchange), world.provider.reuses()), (1, 0), "{what}");
    }
}

#[tokio::test]
async fn h1_h2_h3_a_refreshed_id_token_may_lack_nonce_and_auth_time_or_repeat_the_nonce() {
    for (what, is_valid) in
        [("no nonce", true), ("the original nonce", true), ("another nonce", false), ("no auth_time", true)]
    {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let nonce = world.provider.seen(At::Authorization)[0].param("nonce").unwrap().to_owned();
        world.provider.script(|script| match what {
            "no nonce" => script.at_refresh.claims.remove("nonce"),
            "the original nonce" => script.at_refresh.claims.set("nonce", nonce),
            "no auth_time" => script.at_refresh.claims.remove("auth_time"),
            _ => script.at_refresh.claims.set("nonce", "another"),
        });
        world.advance(LATER_SECS);
        let page = browser.fetch(PANEL).await;
        assert_eq!((is_data(&page), page.status == 401), (is_valid, !is_valid), "{what}: {}", page.body);
    }
}

#[tokio::test]
async fn h4_a_sign_in_without_offline_access_that_brings_no_refresh_token_has_a_reason_in_the_log() {
    for (scopes, reason) in [
        ("openid orders:read", Some("add offline_access to CLAIMCHECK_SCOPES")),
        ("openid offline_access orders:read", None),
    ] {
        let world = HostileWorld::with(&format!("scopes = \"{scopes}\"\n")).await;
        let heard = Heard::begin();
        assert!(is_data(&world.signed_in(BOARD).await.1), "{scopes}");
        let lines = heard.lines(&["no refresh token", reason.unwrap_or_default()]);
        assert_eq!(lines.len(), usize::from(reason.is_some()), "{scopes}: {lines:?}");
    }
}
