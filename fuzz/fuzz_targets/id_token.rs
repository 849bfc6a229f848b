//! ID tokens with any content, signed with the provider's real key: a sign-in succeeds exactly if OpenID Connect Core 2
//! and 3.1.3.7 accept the token for this sign-in.
#![no_main]

use std::cell::RefCell;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_fuzz::{
    json,
    upstream::{CLIENT, KID},
    world::{NONCE, SESSION, World},
};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

thread_local!(static WORLD: RefCell<World> = RefCell::new(World::with("")));

fuzz_target!(|data: &[u8]| {
    WORLD.with_borrow_mut(|world| {
        world.wears();
        let _ = sign_in(world, &mut Unstructured::new(data));
    });
});

fn at_hash() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(b"an-access-token-of-the-provider")[..16])
}

fn sign_in(world: &World, u: &mut Unstructured<'_>) -> Result<()> {
    let now = world.services.clock.now();
    let header = [("alg", json!("ES256")), ("typ", json!("JWT")), ("kid", json!(KID))];
    let other_headers = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("kid", json!("k2")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("jwk", json!({ "kty": "oct", "k": "AA" })),
    ];
    let mut claims = world.claims();
    claims.push(("at_hash", json!(at_hash())));
    claims.push(("auth_time", json!(now - 5)));
    claims.push(("acr", json!("urn:example:password")));
    claims.push(("amr", json!(["pwd"])));
    claims.push(("name", json!("Ada <b>Okafor</b>")));
    let other_claims = [
        ("aud", json!([CLIENT])),
        ("aud", json!([CLIENT, "other"])),
        ("aud", json!([])),
        ("azp", json!(CLIENT)),
        ("azp", json!("other")),
        ("azp", Value::Null),
        ("iat", json!(now + 61)),
        ("iat", json!(now - 700)),
        ("exp", json!(now - 61)),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("nbf", json!(now + 61)),
        ("nonce", json!("another")),
        ("sub", json!("é")),
        ("sub", json!(1)),
        ("sid", json!("s-1")),
        ("email", json!("a@b")),
        ("email_verified", json!("true")),
        ("picture", json!("javascript:alert(1)")),
        ("updated_at", json!("2026-01-01")),
        ("name#de", json!("Ada")),
        ("roles", json!(["a", 1, null])),
    ];
    let (header, is_right_header) = json::near(u, &header, &other_headers)?;
    let (claims, is_right) = json::near(u, &claims, &other_claims)?;
    world.upstream.set_token(world.token_answer(&world.upstream.sign(&header, &claims)));
    let page = world.call_back();
    page.check(&format!("{}/authorize?", world.upstream.origin()));
    let sessions = page.sets(SESSION);
    match &sessions[..] {
        [_] => {
            assert_eq!((page.status, page.header("location")), (303, "/account"), "{page:?}");
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(
                faults(&read(&header), &read(&claims), world, now),
                Vec::<&str>::new(),
                "{header} {claims}"
            );
            if json::seldom(u, 4)? {
                let cookie = format!("{SESSION}={}", sessions[0]);
                let request = claimcheck_fuzz::browser::navigation("/account").header("cookie", cookie);
                let account = world.ask(request.body(axum::body::Body::empty()).unwrap());
                account.check("");
                assert_eq!(account.status, 200, "{account:?}");
                assert!(!account.body.contains("<b>Okafor"), "a claim is markup");
            }
        }
        [] => {
            assert!(page.status >= 400, "{page:?}");
            assert!(!(is_right && is_right_header), "what is right is refused: {header} {claims} {page:?}");
        }
        _ => panic!("several session cookies: {page:?}"),
    }
    Ok(())
}

/// The rules, derived from the specification and not from the program; less strict where the program may be stricter.
fn faults(header: &Value, claims: &Value, world: &World, now: i64) -> Vec<&'static str> {
    let aud = match &claims["aud"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let is_absent = |name: &str| claims.get(name).is_none();
    let sub = claims["sub"].as_str().unwrap_or_default();
    let rules = [
        ("alg", header["alg"] == "ES256"),
        ("crit", header.get("crit").is_none() || header["crit"].is_null()),
        ("kid", header.get("kid").is_none() || header["kid"].is_null() || header["kid"] == KID),
        ("iss", claims["iss"] == world.upstream.origin()),
        ("aud", !aud.is_empty() && aud.iter().all(|one| one == CLIENT)),
        ("azp", is_absent("azp") || claims["azp"] == CLIENT),
        (
            "iat",
            claims["iat"].as_f64().is_some_and(|iat| iat <= (now + 65) as f64 && iat >= (now - 700) as f64),
        ),
        ("exp", claims["exp"].as_f64().is_some_and(|exp| exp >= (now - 65) as f64)),
        ("nbf", is_absent("nbf") || claims["nbf"].as_f64().is_some_and(|nbf| nbf <= (now + 65) as f64)),
        ("nonce", claims["nonce"] == NONCE),
        ("sub", (1..=255).contains(&sub.len()) && sub.is_ascii()),
        (
            "at_hash",
            is_absent("at_hash") || claims["at_hash"].is_null() || claims["at_hash"] == at_hash().as_str(),
        ),
    ];
    rules.into_iter().filter(|(_, holds)| !holds).map(|(rule, _)| rule).collect()
}
