//! Input of the back channel: raw bodies, and tokens with any content, signed with the provider's real key. 200 only
//! for a logout token according to Back-Channel Logout 1.0, 2.4 and 2.6, otherwise 400.
#![no_main]

use std::cell::RefCell;

use axum::body::Body;
use claimcheck_fuzz::{
    browser, json,
    upstream::{CLIENT, KID},
    world::World,
};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use serde_json::{Value, json};
use url::form_urlencoded;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

thread_local!(static WORLD: RefCell<World> = RefCell::new(World::with("")));

fuzz_target!(|data: &[u8]| {
    WORLD.with_borrow_mut(|world| {
        world.wears();
        match data.split_first() {
            Some((how, body)) if how % 4 == 0 => drop(send(world, body.to_vec())),
            Some((how, text)) if how % 4 == 1 => drop(send(world, form(&String::from_utf8_lossy(text)))),
            Some((_, bytes)) => drop(signed(world, &mut Unstructured::new(bytes)).ok()),
            None => {}
        }
    });
});

fn form(token: &str) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish().into_bytes()
}

/// Whether it is accepted.
fn send(world: &World, body: Vec<u8>) -> bool {
    let page = world.ask(browser::post("/auth/back-channel-logout").body(Body::from(body)).unwrap());
    assert!(matches!(page.status, 200 | 400), "{page:?}");
    page.check("");
    assert!(page.cookies().is_empty());
    if page.status == 400 {
        let said: Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(said["error"], "invalid_request");
        assert!(page.body.len() < 300 && page.body.is_ascii());
    }
    page.status == 200
}

fn signed(world: &World, u: &mut Unstructured<'_>) -> Result<()> {
    let now = world.services.clock.now();
    let header = [("alg", json!("ES256")), ("typ", json!("logout+jwt")), ("kid", json!(KID))];
    let other_headers = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("es256")),
        ("typ", json!("at+jwt")),
        ("typ", json!("JWT")),
        ("typ", json!("application/logout+jwt")),
        ("kid", json!("k2")),
        ("crit", json!(["exp"])),
        ("jwk", json!({ "kty": "oct", "k": "AA" })),
        ("jku", json!("https://evil.example/keys")),
    ];
    let claims = [
        ("iss", json!(world.upstream.origin())),
        ("aud", json!(CLIENT)),
        ("iat", json!(now)),
        ("exp", json!(now + 120)),
        ("jti", json!("a-name-of-this-token")),
        ("events", json!({ EVENT: {} })),
        ("sub", json!("p-ada")),
        ("sid", json!("s-1")),
    ];
    let other_claims = [
        ("events", json!({ EVENT: "" })),
        ("events", json!({ "http://schemas.openid.net/event/other": {} })),
        ("events", json!([EVENT])),
        ("aud", json!([CLIENT])),
        ("aud", json!([CLIENT, "other"])),
        ("aud", json!("app2")),
        ("iat", json!(now + 61)),
        ("iat", json!(now - 3700)),
        ("exp", json!(now - 61)),
        ("exp", json!(now + 3700)),
        ("exp", json!(1e300)),
        ("nbf", json!(now + 61)),
        ("nbf", json!(now)),
        ("nonce", json!("n")),
        ("nonce", Value::Null),
        ("jti", json!("a\u{0}b")),
        ("sub", json!("é")),
        ("sid", json!("\u{7f}")),
    ];
    let (header, is_right_header) = json::near(u, &header, &other_headers)?;
    let (claims, is_right) = json::near(u, &claims, &other_claims)?;
    let token = world.upstream.sign(&header, &claims);
    let is_accepted = send(world, form(&token));
    if is_accepted {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(
            faults(&read(&header), &read(&claims), world, now),
            Vec::<&str>::new(),
            "{header} {claims}"
        );
        assert!(send(world, form(&token)), "2.8: a logout that was heard before is as good");
        // The same content signed with another key is refused.
        let mut forged = token.into_bytes();
        let last = forged.len() - 20;
        forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
        assert!(!send(world, form(&String::from_utf8(forged).unwrap())), "a wrong signature");
    } else {
        assert!(!(is_right && is_right_header), "what is right is refused: {header} {claims}");
    }
    Ok(())
}

/// The rules, derived from the specification and not from the program; less strict where the program may be stricter.
fn faults(header: &Value, claims: &Value, world: &World, now: i64) -> Vec<&'static str> {
    let aud = match &claims["aud"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let is_text = |name: &str| claims[name].as_str().is_some_and(|text| !text.is_empty());
    let is_absent = |name: &str| claims.get(name).is_none();
    let typ = header["typ"].as_str().unwrap_or("jwt").to_ascii_lowercase();
    let rules = [
        ("alg", header["alg"] == "ES256"),
        ("crit", header.get("crit").is_none()),
        ("kid", header.get("kid").is_none() || header["kid"].is_null() || header["kid"] == KID),
        ("typ", ["jwt", "logout+jwt", "application/jwt", "application/logout+jwt"].contains(&typ.as_str())),
        ("iss", claims["iss"] == world.upstream.origin()),
        ("aud", !aud.is_empty() && aud.iter().all(|one| one == CLIENT)),
        (
            "iat",
            claims["iat"].as_f64().is_some_and(|iat| iat <= (now + 65) as f64 && iat >= (now - 4000) as f64),
        ),
        ("exp", claims["exp"].as_f64().is_some_and(|exp| exp >= (now - 65) as f64)),
        ("nbf", is_absent("nbf") || claims["nbf"].as_f64().is_some_and(|nbf| nbf <= (now + 65) as f64)),
        ("events", claims["events"][EVENT].is_object()),
        ("nonce", is_absent("nonce")),
        ("jti", is_text("jti")),
        ("sub or sid", is_text("sub") || is_text("sid")),
        ("sub", is_absent("sub") || (is_text("sub") && claims["sub"].as_str().unwrap().len() <= 255)),
        ("sid", is_absent("sid") || is_text("sid")),
    ];
    rules.into_iter().filter(|(_, holds)| !holds).map(|(rule, _)| rule).collect()
}
