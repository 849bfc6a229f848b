//! Any `WWW-Authenticate` headers of an API that refuses: the resulting request to the user is limited, valid in an
//! authorization request, and contains nothing that the API did not send.
//!
//! One byte selects the status and the request; the rest is one header per line.
#![no_main]

use std::cell::RefCell;

use axum::body::Body;
use claimcheck_fuzz::{
    browser,
    upstream::Canned,
    world::{SESSION, World},
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
"#;

thread_local!(static WORLD: RefCell<(World, String)> = RefCell::new({
    let world = World::with(BOARDS);
    let session = world.sign_in();
    (world, session)
}));

fuzz_target!(|data: &[u8]| {
    let Some((how, text)) = data.split_first() else { return };
    WORLD.with_borrow_mut(|(world, session)| {
        if world.wears() {
            *session = world.sign_in();
        }
        ask(world, session, *how, text);
    });
});

fn ask(world: &World, session: &str, how: u8, text: &[u8]) {
    // HTTP clients reject responses with more than a hundred header lines.
    let headers = text.split(|byte| *byte == b'\n').take(64).map(|line| ("www-authenticate", line.to_vec()));
    let status = if how & 1 == 0 { 401 } else { 403 };
    world.upstream.set_api(Canned { status, headers: headers.collect(), body: Vec::new() });
    // A 401 may be about the token, so another one is requested.
    let number = world.upstream.token_requests();
    let token = json!({ "token_type": "Bearer", "expires_in": 3600, "access_token": format!("access-token-number-{number}") });
    world.upstream.set_token(Canned::json(token.to_string()));
    let cookie = format!("{SESSION}={session}");
    if how & 14 == 14 {
        let page = world
            .ask(browser::navigation("/boards/orders").header("cookie", cookie).body(Body::empty()).unwrap());
        page.check("");
        assert_eq!(page.status, 200, "{page:?}");
        return;
    }
    let request = browser::fetch("/api/panel?board=orders&panel=orders").header("cookie", cookie);
    let page = world.ask(request.body(Body::empty()).unwrap());
    page.check("");
    let said: Value = serde_json::from_str(&page.body).unwrap();
    let error = said.get("Failed").unwrap_or(&said);
    if error == "SignedOut" {
        panic!("signed out by an API: {page:?}");
    }
    assert!(page.body.len() < 4096);
    let words = String::from_utf8_lossy(text).replace('\\', "");
    let is_of_api = |value: &str| words.contains(value);
    let is_scope = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let scope_is_legal = |scope: &str| {
        !scope.trim().is_empty()
            && scope.len() <= 600
            && scope.bytes().all(|byte| byte == b' ' || is_scope(byte))
            && is_of_api(scope)
    };
    if let Some(demand) = error.get("StepUp") {
        assert_eq!(status, 401);
        let classes: Vec<&str> =
            demand["acr_values"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(classes.len() <= 8);
        for class in &classes {
            assert!(
                (1..=128).contains(&class.len()) && class.bytes().all(is_scope) && is_of_api(class),
                "{class:?}"
            );
        }
        match demand["max_age_secs"].as_u64() {
            Some(secs) => assert!(
                secs <= 315_360_000
                    && (is_of_api(&secs.to_string()) || classes.is_empty() || has_zeroes(&words, secs))
            ),
            None => assert!(!classes.is_empty(), "nothing is demanded"),
        }
        if let Some(scope) = demand["scope"].as_str() {
            assert!(scope_is_legal(scope), "{scope:?}");
        }
    } else if let Some(lack) = error.get("Forbidden") {
        if let Some(scope) = lack.get("Scope") {
            assert!(scope_is_legal(scope.as_str().unwrap()), "{scope:?}");
        }
    } else {
        assert!(status == 401 && error == "ApiUnavailable", "{page:?}");
    }
}

/// `max_age=007` is 7.
fn has_zeroes(words: &str, secs: u64) -> bool {
    words.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.parse() == Ok(secs))
}
