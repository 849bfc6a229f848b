//! The authorization request (LR-01 to LR-06, LR-11, LR-12).

use std::collections::{BTreeMap, HashSet};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_server::sign_in::{
    authorization_options::AuthorizationOptions,
    authorization_request::start,
    transaction::{Opened, Transaction},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::support::{
    APP, Page,
    hostile::{At, HostileWorld},
    log::Listening,
};

const BOARD: &str = "/boards/orders";
/// All parameters of a request; `prompt` only if offline access is requested.
const NAMES: [&str; 10] = [
    "response_type",
    "client_id",
    "state",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "scope",
    "nonce",
    "prompt",
    "ui_locales",
];

/// The parameters of a redirect to the provider, each of which must occur once.
fn params(page: &Page) -> BTreeMap<String, String> {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    let location = page.location();
    let all: BTreeMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!(all.len(), location.query_pairs().count(), "a parameter is repeated: {location}");
    all
}

/// No browser is redirected to a provider with this metadata, and the log says why.
async fn cannot_begin(name: &str, value: Value) {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.metadata.set(name, value.clone()));
    for address in ["/auth/sign-in", BOARD] {
        let log = Listening::begin();
        let mut browser = world.browser();
        let page = browser.get(address).await;
        let log = String::from_utf8(log.text()).unwrap();
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{name} {value}: {}", page.body);
        assert!(page.headers.get("location").is_none() && browser.at_app.is_empty(), "{name} {value}");
        let reference = page.header("x-request-id");
        assert!(
            page.body.contains("isn’t set up correctly") && page.body.contains(reference),
            "{}",
            page.body
        );
        let is_told = |line: &str| line.contains(reference) && line.contains("reason=\"misconfigured\"");
        assert!(log.lines().any(is_told), "{name} {value}");
    }
    assert_eq!(world.provider.count(At::Authorization), 0);
    assert_eq!(world.browser().get("/").await.status, StatusCode::OK, "home serves");
}

#[tokio::test]
async fn lr_01_the_request_is_for_a_code_and_holds_nothing_else() {
    let world = HostileWorld::start().await;
    let sent = params(&world.browser().get("/auth/sign-in").await);
    assert_eq!(sent.keys().map(String::as_str).collect::<HashSet<_>>(), NAMES.into());
    assert_eq!((sent["response_type"].as_str(), sent["client_id"].as_str()), ("code", "app"));
    assert_eq!(sent["redirect_uri"], format!("{APP}/auth/callback"));
    assert_eq!(sent["code_challenge_method"], "S256");
}

#[tokio::test]
async fn lr_02_the_scopes_are_the_configured_ones_and_offline_access_comes_with_consent() {
    for (settings, scope, prompt) in [
        ("scopes = \"openid\"", "openid", None),
        ("scopes = \"openid profile\"", "openid profile", None),
        ("scopes = \"openid offline_access\"", "openid offline_access", Some("consent")),
        // A `prompt` set by the operator takes precedence.
        (
            "scopes = \"openid offline_access\"\nauthorize_params = \"prompt=login\"",
            "openid offline_access",
            Some("login"),
        ),
    ] {
        let world = HostileWorld::with(&format!("{settings}\n")).await;
        for address in ["/auth/sign-in", "/auth/sign-in?scope=admin&scope=offline_access&prompt=none", BOARD]
        {
            let sent = params(&world.browser().get(address).await);
            assert_eq!(sent["scope"], scope, "{settings} {address}");
            assert_eq!(sent.get("prompt").map(String::as_str), prompt, "{settings} {address}");
        }
    }
}

/// Whether ones and zeros are equally frequent, as in random bits.
fn is_noise<'a>(texts: impl Iterator<Item = &'a String>) -> bool {
    let bytes: Vec<u8> = texts.flat_map(|text| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()).collect();
    let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
    (0.495..0.505).contains(&(f64::from(ones) / (8.0 * bytes.len() as f64)))
}

#[tokio::test]
async fn lr_04_lr_05_lr_06_state_nonce_and_verifier_are_long_random_and_fresh_ten_thousand_times() {
    let world = HostileWorld::with("sign_in_rate = 0\n").await;
    let by = Request::builder().uri("/auth/sign-in").body(Body::empty()).unwrap().into_parts().0;
    let (mut states, mut nonces, mut verifiers) = (HashSet::new(), HashSet::new(), HashSet::new());
    for _ in 0..10_000 {
        let begun =
            start(&world.services.sign_in, &by, "/canary".into(), AuthorizationOptions::default(), 0, None)
                .await
                .unwrap();
        let sent: BTreeMap<_, _> = Url::parse(&begun.location).unwrap().query_pairs().into_owned().collect();
        let [state, nonce, challenge] = ["state", "nonce", "code_challenge"].map(|name| sent[name].clone());
        assert!(state.len() >= 22 && (22..=64).contains(&nonce.len()), "{state} {nonce}");
        assert!(state != nonce && nonce != challenge && state != challenge);
        assert!(!state.contains(&nonce) && !begun.location.contains("canary"));
        // Only the server can read a state; it contains what was requested.
        let cookie = begun.cookie.split(['=', ';']).nth(1).unwrap();
        let opened = Transaction::open(&state, Some(cookie), world.services.sessions.keyring(), world.now());
        let Opened::Usable(transaction) = opened else { panic!("{opened:?}") };
        assert_eq!((&transaction.nonce, transaction.target.as_str()), (&nonce, "/canary"));
        let verifier = transaction.code_verifier.expose().to_owned();
        let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!((43..=128).contains(&verifier.len()) && verifier.chars().all(is_unreserved), "{verifier}");
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)), challenge);
        states.insert(state);
        nonces.insert(nonce);
        verifiers.insert(verifier);
    }
    for (what, all) in [("states", &states), ("nonces", &nonces), ("verifiers", &verifiers)] {
        assert_eq!(all.len(), 10_000, "{what} repeat");
        assert!(is_noise(all.iter()), "{what} are not noise");
    }
}

#[tokio::test]
async fn lr_05_lr_06_a_token_endpoint_that_recomputes_the_challenge_and_returns_the_nonce_is_content() {
    // RFC 8414 2: a provider that does not say may support PKCE all the same.
    for methods in [None, Some(json!(["S256"])), Some(json!(["plain", "S256"])), Some(json!(null))] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| match &methods {
            Some(methods) => script.metadata.set("code_challenge_methods_supported", methods.clone()),
            None => script.metadata.remove("code_challenge_methods_supported"),
        });
        for _ in 0..2 {
            let (_, page) = world.signed_in(BOARD).await;
            assert!(page.body.contains("<tbody>"), "{methods:?}: {}", page.body);
        }
        let asked = world.provider.seen(At::Authorization);
        for name in ["state", "nonce", "code_challenge"] {
            assert_ne!(asked[0].param(name), asked[1].param(name), "{name} is fresh");
        }
        for (asked, exchange) in asked.iter().zip(world.provider.seen(At::CodeExchange)) {
            assert_eq!(asked.param("code_challenge_method").as_deref(), Some("S256"), "{methods:?}");
            let hash = Sha256::digest(exchange.field("code_verifier").unwrap());
            assert_eq!(asked.param("code_challenge"), Some(BASE64_URL_SAFE_NO_PAD.encode(hash)));
        }
    }
}

#[tokio::test]
async fn lr_06_a_provider_that_offers_pkce_without_s256_is_refused() {
    for methods in [json!(["plain"]), json!([]), json!(["s256"])] {
        cannot_begin("code_challenge_methods_supported", methods).await;
    }
}

#[tokio::test]
async fn lr_11_the_endpoints_own_query_is_kept_and_nothing_in_it_may_be_ours() {
    let world = HostileWorld::start().await;
    let endpoint = |more: &str| json!(format!("{}/authorize{more}", world.provider.origin()));
    let own = endpoint("?tenant=a&x=%26%20b");
    world.provider.script(|script| script.metadata.set("authorization_endpoint", own));
    let page = world.browser().get("/auth/sign-in").await;
    let sent = params(&page);
    assert!(page.location().as_str().contains("/authorize?tenant=a&x=%26%20b&"), "{}", page.location());
    assert_eq!((sent["tenant"].as_str(), sent["x"].as_str(), sent.len()), ("a", "& b", NAMES.len() + 2));
    assert!(world.signed_in(BOARD).await.1.body.contains("<tbody>"), "and it works");
    for more in ["?client_id=evil", "?tenant=a&response_type=token", "?tenant=a&tenant=b", "#a"] {
        cannot_begin("authorization_endpoint", json!(format!("https://login.example/authorize{more}"))).await;
    }
}

#[tokio::test]
async fn lr_11_nothing_that_a_browser_sends_changes_the_request_and_it_is_never_sent_as_307() {
    let world = HostileWorld::start().await;
    let evil = "client_id=x&redirect_uri=https://evil.example&prompt=none&scope=admin&state=s&nonce=n\
                &response_type=token&response_mode=fragment&code_challenge=c&code_challenge_method=plain&request=a\
                &request_uri=urn:a&resource=urn:b&audience=c&claims={}&acr_values=d&max_age=0&login_hint=eve\
                &organization=o&target_link_uri=https://evil.example";
    let honest = params(&world.browser().get("/auth/sign-in").await);
    let fixed = |mut sent: BTreeMap<String, String>| {
        for fresh in ["state", "nonce", "code_challenge"] {
            assert!(sent.remove(fresh).is_some_and(|value| value.len() >= 22), "{fresh}");
        }
        sent
    };
    let honest = fixed(honest);
    for address in ["/auth/sign-in", BOARD, "/account", "/auth/callback"] {
        let mut browser = world.browser();
        let mut target = format!("{address}?{evil}");
        if address == "/auth/callback" {
            // A lost transaction is restarted from here.
            let start = browser.get(BOARD).await;
            browser.at_app.clear();
            target =
                format!("{address}?code=a&state={}&client_id=x&prompt=none", start.sent("state").unwrap());
        }
        let page = browser.get(&target).await;
        assert_eq!(fixed(params(&page)), honest, "{address}");
        assert!(page.location().as_str().starts_with(&format!("{}/authorize?", world.provider.origin())));
    }
    let headers = [("sec-fetch-site", "same-origin")];
    let page = world.browser().send(Method::PUT, "/auth/sign-in", &headers, Some(String::new())).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    let page = world.browser().send(Method::POST, "/auth/sign-in", &headers, Some(evil.to_owned())).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "see `elsewhere.rs`");
}

#[tokio::test]
async fn lr_12_a_provider_that_demands_pushed_requests_is_refused_and_one_that_takes_them_is_not() {
    cannot_begin("require_pushed_authorization_requests", json!(true)).await;
    let world = HostileWorld::start().await;
    let endpoint = format!("{}/par", world.provider.origin());
    world.provider.script(|script| {
        script.metadata.set("require_pushed_authorization_requests", false);
        script.metadata.set("pushed_authorization_request_endpoint", endpoint);
    });
    assert!(world.signed_in(BOARD).await.1.body.contains("<tbody>"));
    assert_eq!(world.provider.count(At::Elsewhere), 0, "nothing is pushed");
}

#[tokio::test]
async fn lr_12_a_resource_is_sent_to_authorization_exchange_and_refresh_alike() {
    for (settings, expected) in [
        ("resource = \"https://orders.example/api?v=1\"\n", Some("https://orders.example/api?v=1")),
        ("resource = \"urn:example:orders\"\n", Some("urn:example:orders")),
        ("", None),
    ] {
        let world = HostileWorld::with(settings).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        world.advance(180);
        assert!(browser.open(BOARD).await.body.contains("<tbody>"), "{settings}");
        let asked = world.provider.seen(At::Authorization)[0].param("resource");
        assert_eq!(asked.as_deref(), expected);
        for at in [At::CodeExchange, At::Refresh] {
            let seen = world.provider.seen(at);
            assert_eq!((seen.len(), seen[0].field("resource")), (1, expected), "{at:?}");
        }
    }
}
