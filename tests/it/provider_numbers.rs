//! Fractional numbers and numbers with exponents in what a provider sends. API answers need numbers with their own text,
//! which serde_json keeps for the whole program; this must not change what is read of token responses, ID tokens,
//! UserInfo and metadata, also where they are read through `#[serde(flatten)]`.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::hostile::{At, HostileWorld};

const BOARD: &str = "/boards/orders";
const NUMBERS: &str = r#"[1.5,1e3,1.5E-7,-0.0,9007199254740993,0.10000000000000000555,12345678901234567890123,1e400,
    {"deep":[2.5e0]}]"#;

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn f10_numbers_of_every_form_beside_what_is_read_of_a_provider_change_nothing() {
    let world = HostileWorld::start().await;
    let now = world.now();
    world.provider.script(|script| {
        for (index, number) in value(NUMBERS).as_array().unwrap().iter().enumerate() {
            let name = format!("x_number_{index}");
            for tokens in [&mut script.at_sign_in, &mut script.at_refresh] {
                tokens.claims.set(&name, number.clone());
                tokens.answer.set(&name, number.clone());
            }
            script.userinfo.set(&name, number.clone());
            script.metadata.set(&name, number.clone());
        }
        script.at_sign_in.claims.set("exp", value(&format!("{}.75", now + 300)));
        script.at_sign_in.claims.set("iat", value(&format!("{}.25e0", now)));
        script.userinfo.set("updated_at", value("1.7724603e9"));
    });
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
    let account = browser.get("/account").await;
    assert!(account.body.contains("p-ada") && account.status.is_success(), "{}", account.body);
    world.advance(180);
    assert!(browser.open(BOARD).await.body.contains("Customer of p-ada"));
    assert_eq!(world.provider.count(At::Refresh), 1, "the session goes on with the new tokens");
}

#[tokio::test]
async fn f10_a_lifetime_may_be_a_fraction_or_have_an_exponent() {
    for (written, secs) in [("60.5", 60), ("6e1", 60), ("6.0E+1", 60), ("1.2e2", 120)] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.at_sign_in.answer.set("expires_in", value(written)));
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(page.body.contains("Customer of p-ada"), "{written}: {}", page.body);
        world.advance(secs - secs / 2 - 1);
        browser.open(BOARD).await;
        world.advance(secs);
        assert!(browser.open(BOARD).await.body.contains("Customer of p-ada"), "{written}");
        assert_eq!(world.provider.count(At::Refresh), 1, "{written}");
    }
}

#[tokio::test]
async fn f10_times_of_an_id_token_that_are_out_of_bounds_are_refused_however_they_are_written() {
    for (name, written, good) in [("exp", "1e3", "4e9"), ("exp", "1e400", "4.0e9"), ("iat", "9e99", "")] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.at_sign_in.claims.set(name, value(written)));
        let (_, page) = world.signed_in(BOARD).await;
        assert!(!page.body.contains("Customer of p-ada"), "{name} {written}");
        if !good.is_empty() {
            world.provider.script(|script| script.at_sign_in.claims.set(name, value(good)));
            let (_, page) = world.signed_in(BOARD).await;
            assert!(page.body.contains("Customer of p-ada"), "{name} {good}: {}", page.body);
        }
    }
}

#[test]
fn f10_numbers_read_through_flatten_keep_their_value() {
    #[derive(Deserialize)]
    struct Outer {
        expires_in: u64,
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Deserialize)]
    struct Inner {
        issued_at: i64,
        #[serde(flatten)]
        rest: Map<String, Value>,
    }
    let text =
        r#"{"expires_in":60,"issued_at":-5,"a":1.5,"b":1E3,"c":0.10000000000000000555,"d":{"e":2.50}}"#;
    let outer: Outer = serde_json::from_str(text).unwrap();
    assert_eq!((outer.expires_in, outer.inner.issued_at), (60, -5));
    let number = |name: &str| outer.inner.rest[name].as_f64();
    assert_eq!([number("a"), number("b"), number("c")], [Some(1.5), Some(1000.0), Some(0.1)]);
    assert_eq!(outer.inner.rest["d"]["e"].to_string(), "2.50");
}
