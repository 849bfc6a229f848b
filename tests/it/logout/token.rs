//! The requirements for a logout token: each fault is refused and the session continues; the same token without the
//! fault is accepted.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use openidconnect::{
    PrivateSigningKey,
    core::{CoreHmacKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};

use crate::{
    logout::{is_accepted, is_refused, is_signed_in, of_suite, post, post_of_suite},
    support::hostile::{HostileWorld, Keys, LogoutToken},
};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

type Fault = (&'static str, fn(LogoutToken, i64) -> LogoutToken);

/// Sends a valid token with each fault in turn, then without any: only the last one has an effect.
async fn each_is_refused(faults: &[Fault]) {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let right = world.provider.logout(Some("p-ada"), Some("sid-0"));
    for (what, spoil) in faults {
        let token = spoil(right.clone(), world.now()).signed(world.provider.keys());
        let page = post(&world.app, &token).await;
        assert!(is_refused(&page), "{what}: {} {}", page.status, page.body);
        assert!(is_signed_in(&mut browser).await, "{what}");
    }
    assert!(is_accepted(&post(&world.app, &right.signed(world.provider.keys())).await));
    assert!(!is_signed_in(&mut browser).await);
}

/// Sends a token of the suite with a fault, then without.
async fn module(spoil: impl Fn(LogoutToken) -> LogoutToken) {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let right = of_suite(&world, "sid-0");
    let spoilt = spoil(right.clone()).signed(world.provider.keys());
    assert!(is_refused(&post_of_suite(&world, &spoilt).await));
    assert!(is_signed_in(&mut browser).await);
    assert!(is_accepted(&post_of_suite(&world, &right.signed(world.provider.keys())).await));
    assert!(!is_signed_in(&mut browser).await);
}

/// Sends variants that are all valid, each for its own session.
async fn each_is_accepted(settings: &str, variants: &[Fault]) {
    let world = HostileWorld::with(settings).await;
    for (number, (what, vary)) in variants.iter().enumerate() {
        let (mut browser, _) = world.signed_in("/account").await;
        let token = world.provider.logout(Some("p-ada"), Some(&format!("sid-{number}")));
        let token = vary(token, world.now()).signed(world.provider.keys());
        let page = post(&world.app, &token).await;
        assert!(is_accepted(&page), "{what}: {} {}", page.status, page.body);
        assert!(!is_signed_in(&mut browser).await, "{what}");
    }
}

#[tokio::test]
async fn lo_09_iss_aud_and_times_are_checked_as_those_of_id_tokens() {
    each_is_refused(&[
        ("no iss", |token, _| token.without("iss")),
        ("another iss", |token, _| token.with("iss", "https://evil.example")),
        ("iss with a slash", |token, _| {
            let iss = format!("{}/", token.claims["iss"].as_str().unwrap());
            token.with("iss", iss)
        }),
        ("iss as a list", |token, _| {
            let iss = json!([token.claims["iss"]]);
            token.with("iss", iss)
        }),
        ("no aud", |token, _| token.without("aud")),
        ("another aud", |token, _| token.with("aud", "app1")),
        ("an empty list as aud", |token, _| token.with("aud", json!([]))),
        ("a second aud", |token, _| token.with("aud", json!(["app", "evil"]))),
        ("aud as an object", |token, _| token.with("aud", json!({ "app": 1 }))),
        ("no iat", |token, _| token.without("iat")),
        ("iat as text", |token, now| token.with("iat", now.to_string())),
        ("iat in the future", |token, now| token.with("iat", now + 70)),
        ("iat of a year ago", |token, now| token.with("iat", now - 31_536_000)),
        ("iat of no time", |token, _| token.with("iat", -1e300)),
        ("no exp", |token, _| token.without("exp")),
        ("exp as text", |token, now| token.with("exp", (now + 60).to_string())),
        ("exp has passed", |token, now| token.with("exp", now - 70)),
        ("exp in a day", |token, now| token.with("exp", now + 86_400)),
        ("exp in no time", |token, _| token.with("exp", 1e30)),
        ("nbf in an hour", |token, now| token.with("nbf", now + 3600)),
        ("nbf as text", |token, now| token.with("nbf", now.to_string())),
    ])
    .await;
    each_is_accepted(
        "",
        &[
            ("aud as a list", |token, _| token.with("aud", json!(["app"]))),
            ("a clock that is a little ahead", |token, now| {
                token.with("iat", now + 50).with("exp", now + 170)
            }),
            ("a clock that is a little behind", |token, now| {
                token.with("iat", now - 150).with("exp", now - 30)
            }),
            ("a queue of some minutes", |token, now| token.with("iat", now - 900).with("exp", now + 900)),
            ("fractions", |token, now| token.with("iat", now as f64 + 0.5).with("nbf", now as f64 - 0.5)),
        ],
    )
    .await;
}

#[tokio::test]
async fn lo_10_events_must_say_that_it_is_a_logout() {
    each_is_refused(&[
        ("no events", |token, _| token.without("events")),
        ("empty events", |token, _| token.with("events", json!({}))),
        ("another event", |token, _| {
            token.with("events", json!({ "http://schemas.openid.net/event/other": {} }))
        }),
        ("events as text", |token, _| token.with("events", EVENT)),
        ("events as a list", |token, _| token.with("events", json!([EVENT]))),
        ("the event is text", |token, _| token.with("events", json!({ EVENT: "yes" }))),
        ("the event is null", |token, _| token.with("events", json!({ EVENT: null }))),
        ("the event is a list", |token, _| token.with("events", json!({ EVENT: [] }))),
    ])
    .await;
    each_is_accepted(
        "",
        &[
            ("beside another event", |token, _| token.with("events", json!({ EVENT: {}, "urn:other": 1 }))),
            ("an event with members", |token, _| token.with("events", json!({ EVENT: { "why": "idle" } }))),
        ],
    )
    .await;
}

#[tokio::test]
async fn lo_11_a_nonce_is_refused_and_so_is_a_token_that_names_nobody() {
    each_is_refused(&[
        ("a nonce", |token, _| token.with("nonce", "n")),
        ("a nonce that is null", |token, _| token.with("nonce", Value::Null)),
        ("neither sub nor sid", |token, _| token.without("sub").without("sid")),
        ("an empty sub", |token, _| token.with("sub", "")),
        ("sub as a number", |token, _| token.with("sub", 1)),
        ("sub is null", |token, _| token.with("sub", Value::Null)),
        ("sub of 256 characters", |token, _| token.with("sub", "a".repeat(256))),
        ("sub beyond ASCII", |token, _| token.with("sub", "p-ädä")),
        ("an empty sid", |token, _| token.with("sid", "")),
        ("a control character in sid", |token, _| token.with("sid", "sid-0\0")),
        ("sid as a number", |token, _| token.with("sid", 0)),
        ("sid is null", |token, _| token.with("sid", Value::Null)),
        ("sid without end", |token, _| token.with("sid", "a".repeat(5000))),
        ("no jti", |token, _| token.without("jti")),
        ("an empty jti", |token, _| token.with("jti", "")),
        ("jti as a number", |token, _| token.with("jti", 7)),
        ("jti without end", |token, _| token.with("jti", "a".repeat(5000))),
    ])
    .await;
    each_is_accepted(
        "",
        &[
            ("sub and sid", |token, _| token),
            ("sid alone", |token, _| token.without("sub")),
            ("sub alone", |token, _| token.without("sid")),
        ],
    )
    .await;
}

#[tokio::test]
async fn lo_12_tokens_of_another_type_are_refused_and_strict_wants_the_type() {
    let others: &[Fault] = &[
        ("an access token", |token, _| token.headed("typ", "at+jwt")),
        ("another type", |token, _| token.headed("typ", "secevent+jwt")),
        ("another media type", |token, _| token.headed("typ", "text/logout+jwt")),
        ("twice application", |token, _| token.headed("typ", "application/application/jwt")),
        ("an empty type", |token, _| token.headed("typ", "")),
        ("a type that is no text", |token, _| token.headed("typ", json!(["logout+jwt"]))),
    ];
    each_is_refused(others).await;
    let typed: [Fault; 3] = [
        ("the type", |token, _| token),
        ("as a media type", |token, _| token.headed("typ", "application/logout+jwt")),
        ("in capitals", |token, _| token.headed("typ", "Logout+JWT")),
    ];
    let untyped: [Fault; 3] = [
        ("no type", |token, _| token.headed("typ", Value::Null)),
        ("JWT", |token, _| token.headed("typ", "JWT")),
        ("application/jwt", |token, _| token.headed("typ", "application/jwt")),
    ];
    each_is_accepted("", &[typed, untyped].concat()).await;
    each_is_accepted("logout_token_typ = \"strict\"\n", &typed).await;
    let strict = HostileWorld::with("logout_token_typ = \"strict\"\n").await;
    let (mut browser, _) = strict.signed_in("/account").await;
    for (what, spoil) in others.iter().chain(&untyped) {
        let token = spoil(strict.provider.logout(None, Some("sid-0")), strict.now());
        assert!(is_refused(&post(&strict.app, &token.signed(strict.provider.keys())).await), "{what}");
    }
    assert!(is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_12_a_genuine_id_token_or_access_token_is_no_logout_token() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let issued = world.provider.issued()[0].clone();
    let id_token = issued.id_token.unwrap();
    // An access token of the same provider (RFC 9068 2), and one with this client as audience by mistake.
    let claims = |aud: &str| {
        json!({ "iss": world.provider.origin(), "sub": "p-ada", "aud": aud, "iat": world.now(),
                "exp": world.now() + 120, "jti": "a", "client_id": "app", "sid": "sid-0" })
    };
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": world.provider.keys().kid });
    let access = |aud| world.provider.keys().sign(&header, &claims(aud));
    for token in [&id_token, &access("https://api.example"), &access("app"), &issued.access_token] {
        assert!(is_refused(&post(&world.app, token).await), "{token}");
    }
    // As issued at a refresh: without a nonce.
    let header = json!({ "alg": "ES256", "kid": world.provider.keys().kid });
    assert!(is_refused(&post(&world.app, &world.provider.keys().sign(&header, &claims("app"))).await));
    assert!(is_signed_in(&mut browser).await);
    let mut right = claims("app");
    right["events"] = json!({ EVENT: {} });
    assert!(is_accepted(&post(&world.app, &world.provider.keys().sign(&header, &right)).await));
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_08_no_algorithm_but_ours_and_no_key_but_the_providers() {
    each_is_refused(&[
        ("no alg", |token, _| token.headed("alg", Value::Null)),
        ("none", |token, _| token.headed("alg", "none")),
        ("None", |token, _| token.headed("alg", "None")),
        ("in small letters", |token, _| token.headed("alg", "es256")),
        ("another of ours that is not set", |token, _| token.headed("alg", "ES384")),
        ("kid as a number", |token, _| token.headed("kid", 1)),
        ("crit", |token, _| token.headed("crit", json!(["exp"]))),
        ("an empty crit", |token, _| token.headed("crit", json!([]))),
    ])
    .await;
    each_is_accepted("", &[("no kid, one key", |token, _| token.headed("kid", Value::Null))]).await;

    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let right = world.provider.logout(None, Some("sid-0"));
    // The provider may publish that key a moment later.
    let unknown = right.clone().headed("kid", "another").signed(world.provider.keys());
    assert_eq!(post(&world.app, &unknown).await.status.as_u16(), 503);
    assert!(is_signed_in(&mut browser).await);
    let signed = right.signed(world.provider.keys());
    let (message, signature) = signed.rsplit_once('.').unwrap();
    let (head, payload) = message.split_once('.').unwrap();
    let other = Keys::generate();
    let own = right.clone().headed("jwk", other.public()).headed("jku", "https://evil.example/keys");
    let hmac = |secret: &[u8]| {
        let header = json!({ "alg": "HS256", "kid": world.provider.keys().kid });
        let message = format!("{}.{payload}", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()));
        let key = CoreHmacKey::new(secret);
        let made = key.sign(&CoreJwsSigningAlgorithm::HmacSha256, message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(made))
    };
    let flipped = format!("{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..]);
    let another = world.provider.logout(None, Some("sid-9")).signed(world.provider.keys());
    let swapped = another.split('.').nth(1).unwrap();
    for (what, token) in [
        ("another key under the same kid", right.signed(&other)),
        ("a key of its own", own.signed(&other)),
        ("the client's secret", hmac(b"s:e%c&r+et")),
        ("the public key as a secret", hmac(world.provider.keys().public().to_string().as_bytes())),
        ("no signature", format!("{message}.")),
        ("two parts", message.to_owned()),
        ("five parts", format!("{message}.a.b.c")),
        ("a bit flipped", format!("{message}.{flipped}")),
        ("half a signature", format!("{message}.{}", &signature[..43])),
        ("other claims", format!("{head}.{swapped}.{signature}")),
        ("padding", format!("{message}.{signature}==")),
        ("a space", format!("{signed} ")),
        ("no JSON", format!("{head}.AAAA.{signature}")),
        ("no object", format!("{head}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode("[1]"))),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("much", "a".repeat(60_000)),
        ("deep", format!("{head}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode("[".repeat(9000)))),
    ] {
        assert!(is_refused(&post(&world.app, &token).await), "{what}");
    }
    // RFC 7519 4: a repeated claim makes the set unreadable.
    let text =
        serde_json::to_string(&right.claims).unwrap().replace("{\"iss\"", "{\"sid\":\"sid-9\",\"iss\"");
    assert!(is_refused(&post(&world.app, &world.provider.keys().sign_text(head, &text)).await));
    assert!(is_signed_in(&mut browser).await);
    assert!(is_accepted(&post(&world.app, &signed).await));
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_08_oidcc_client_test_rp_backchannel_rpinitlogout_alg_none() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let right = of_suite(&world, "sid-0");
    let signed = right.signed(world.provider.keys());
    let none = right.headed("alg", "none").headed("kid", Value::Null).signed(world.provider.keys());
    let unsigned = none.rsplit_once('.').unwrap().0;
    for token in [&none, &format!("{unsigned}.")] {
        assert!(is_refused(&post_of_suite(&world, token).await));
    }
    assert!(is_signed_in(&mut browser).await);
    assert!(is_accepted(&post_of_suite(&world, &signed).await));
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_08_oidcc_client_test_rp_backchannel_rpinitlogout_wrong_alg() {
    // The key is published and the metadata lists both: the configuration decides.
    for (algs, expected) in [("RS256", false), ("RS256 ES256", true)] {
        let world = HostileWorld::with(&format!("id_token_algs = \"{algs}\"\n")).await;
        world.provider.script(|script| {
            script.metadata.set("id_token_signing_alg_values_supported", json!(["RS256", "ES256", "none"]));
        });
        let page = post_of_suite(&world, &of_suite(&world, "sid-0").signed(world.provider.keys())).await;
        assert_eq!((is_accepted(&page), is_refused(&page)), (expected, !expected), "{algs}");
    }
}

#[tokio::test]
async fn lo_10_oidcc_client_test_rp_backchannel_rpinitlogout_no_event() {
    module(|token| token.without("events")).await;
}

#[tokio::test]
async fn lo_10_oidcc_client_test_rp_backchannel_rpinitlogout_wrong_event() {
    module(|token| token.with("events", json!({ "http://schemas.openid.net/event/wrong": {} }))).await;
}

#[tokio::test]
async fn lo_11_oidcc_client_test_rp_backchannel_rpinitlogout_with_nonce() {
    module(|token| token.with("nonce", "nonce")).await;
}

#[tokio::test]
async fn lo_09_oidcc_client_test_rp_backchannel_rpinitlogout_wrong_aud() {
    module(|token| token.with("aud", "app1")).await;
}

#[tokio::test]
async fn lo_09_oidcc_client_test_rp_backchannel_rpinitlogout_wrong_iss() {
    module(|token| {
        let iss = format!("{}1", token.claims["iss"].as_str().unwrap());
        token.with("iss", iss)
    })
    .await;
}
