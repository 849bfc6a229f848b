//! Which key of a set verifies a signature (JD-10): by its id and purpose, whatever else is in the set.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    discovery::{A_MOMENT, accepted, refused},
    support::{
        Heard,
        hostile::{At, HostileWorld, Keys, Raw, bystanders, known_keys},
    },
};

/// Both types of key.
const ALGS: &str = "id_token_algs = \"RS256 ES256\"\n";

async fn world() -> HostileWorld {
    let world = HostileWorld::with(ALGS).await;
    let algs = json!(["RS256", "ES256", "EdDSA", "HS256", "none"]);
    world.provider.script(|script| script.metadata.set("id_token_signing_alg_values_supported", algs));
    world.services.relying_party.metadata().await.unwrap();
    world
}

/// Publishes a new set, and signs tokens with that key and this `kid` in the header, or none.
fn publish(world: &HostileWorld, keys: &[Value], signer: &Arc<Keys>, kid: Option<&str>) {
    world.provider.script(|script| {
        script.keys = Some(json!({ "keys": keys }));
        script.signer = Some(signer.clone());
        script.at_sign_in.header = Default::default();
        match kid {
            Some(kid) => script.at_sign_in.header.set("kid", kid),
            None => script.at_sign_in.header.remove("kid"),
        }
    });
    // So that the cached set is fetched again.
    world.advance(600);
}

#[tokio::test]
async fn jd_10_oidcc_client_test_kid_absent_single_jwks() {
    let (world, heard) = (HostileWorld::with("id_token_algs = \"RS256\"\n").await, Heard::begin());
    let [own, other] = [known_keys::RSA_2048, known_keys::RSA_2048_OTHER].map(Keys::rsa);
    world.provider.signs_with(&own);
    let nameless = own.public_with(&[("kid", Value::Null), ("alg", Value::Null)]);
    publish(&world, std::slice::from_ref(&nameless), &own, None);
    accepted(&world, "one key without a name").await;
    publish(&world, &[nameless], &other, None);
    refused(&world, &heard, &["id_token"], "by another key").await;
}

#[tokio::test]
async fn jd_10_oidcc_client_test_kid_absent_multiple_jwks() {
    // Refused, or tried one after the other: the suite accepts both. But another provider's key must not be accepted.
    let (world, heard) = (HostileWorld::with("id_token_algs = \"ES256\"\n").await, Heard::begin());
    let [one, two, three, forger] = [(); 4].map(|()| Arc::new(Keys::generate()));
    let nameless = |key: &Keys| key.public_with(&[("kid", Value::Null), ("alg", Value::Null)]);
    let set = [&one, &two, &three].map(|key| nameless(key));
    publish(&world, &set, &two, None);
    let (browser, page) = world.signed_in("/boards/orders").await;
    let is_in = page.status.is_success() && browser.at_app.contains_key("claimcheck");
    assert!(is_in || page.status == axum::http::StatusCode::BAD_GATEWAY, "{}", page.body);
    publish(&world, &set, &forger, None);
    refused(&world, &heard, &["id_token"], "by none of them").await;
    publish(&world, &set[1..2], &two, None);
    accepted(&world, "the only one").await;
}

#[tokio::test]
async fn jd_10_other_keys_in_the_set_neither_break_it_nor_weaken_it() {
    let (world, heard) = (world().await, Heard::begin());
    let ec = Arc::new(Keys::generate());
    let rsa = Keys::rsa(known_keys::RSA_2048);
    for own in [&ec, &rsa] {
        let name = own.kid.as_str();
        let with = |more: Vec<Value>| [more, vec![own.public()]].concat();
        let but = |members: &[(&str, Value)]| vec![own.public_with(members)];
        let null = Value::Null;
        let other = Keys::generate();
        for (what, keys, kid, is_in) in [
            ("all kinds of others", with(bystanders()), Some(name), true),
            (
                "what is no key",
                with(vec![json!(7), json!({}), json!({ "kty": 7 }), json!(null)]),
                Some(name),
                true,
            ),
            (
                "a key that is cut short",
                with(vec![own.public_with(&[("x", json!("AA")), ("n", json!("!")), ("kid", json!("cut"))])]),
                Some(name),
                true,
            ),
            (
                "one of another type by the same name",
                with(vec![if own.alg() == "ES256" {
                    rsa.public_with(&[("kid", json!(name))])
                } else {
                    other.public_with(&[("kid", json!(name))])
                }]),
                Some(name),
                true,
            ),
            (
                "members that nobody knows",
                but(&[("x5t", json!("AAAA")), ("new", json!([1]))]),
                Some(name),
                true,
            ),
            ("without alg", but(&[("alg", null.clone())]), Some(name), true),
            ("without use", but(&[("use", null.clone())]), Some(name), true),
            ("key_ops that have verify", but(&[("key_ops", json!(["verify"]))]), Some(name), true),
            ("no kid in the token, one key of its type", but(&[]), None, true),
            ("no kid in the token, others of other types", with(vec![Keys::ed25519().public()]), None, true),
            ("key_ops without verify", but(&[("key_ops", json!(["encrypt", "wrapKey"]))]), Some(name), false),
            ("key_ops that are no list", but(&[("key_ops", json!("verify"))]), Some(name), false),
            ("for encryption", but(&[("use", json!("enc"))]), Some(name), false),
            (
                "for another algorithm",
                but(&[("alg", json!(if own.alg() == "ES256" { "ES384" } else { "RS512" }))]),
                Some(name),
                false,
            ),
            ("another name", but(&[("kid", json!("another"))]), Some(name), false),
            (
                "the name in other letters",
                but(&[("kid", json!(name.to_uppercase() + "x"))]),
                Some(name),
                false,
            ),
            ("others only", bystanders(), Some(name), false),
            ("an empty set", Vec::new(), Some(name), false),
            ("an empty set, no kid", Vec::new(), None, false),
        ] {
            let case = format!("{what}, {}", own.alg());
            publish(&world, &keys, own, kid);
            if is_in {
                accepted(&world, &case).await;
            } else {
                refused(&world, &heard, &["id_token"], &case).await;
            }
        }
    }
}

#[tokio::test]
async fn jd_10_of_two_keys_by_one_name_none_lets_another_in() {
    let (world, heard) = (world().await, Heard::begin());
    let [own, other, forger] = [(); 3].map(|()| Arc::new(Keys::generate()));
    let named = |key: &Keys| key.public_with(&[("kid", json!("same"))]);
    for set in [[named(&own), named(&other)], [named(&other), named(&own)]] {
        publish(&world, &set, &own, Some("same"));
        // Refused as ambiguous, or tried one after the other.
        let (_, page) = world.signed_in("/boards/orders").await;
        assert!(
            page.status.is_success() || page.status == axum::http::StatusCode::BAD_GATEWAY,
            "{}",
            page.body
        );
        publish(&world, &set, &forger, Some("same"));
        refused(&world, &heard, &["id_token"], "by neither").await;
    }
    // A published secret is no key, whatever its name.
    let secret = Keys::secret(b"published".as_slice());
    for set in [vec![secret.public()], vec![secret.public_with(&[("kid", json!("same"))]), named(&own)]] {
        publish(&world, &set, &secret, Some("same"));
        refused(&world, &heard, &["id_token"], "a published secret").await;
    }
    publish(&world, &[named(&own)], &own, Some("same"));
    accepted(&world, "one key").await;
}

#[tokio::test]
async fn jd_10_what_is_no_set_is_none() {
    let (world, heard) = (world().await, Heard::begin());
    for set in [
        r#"{"keys":null}"#,
        r#"{"keys":{}}"#,
        r#"{"keys":"none"}"#,
        r#"{"keys":7}"#,
        "{}",
        "[]",
        "null",
        "\"keys\"",
    ] {
        world.advance(2 * 86_400);
        world.provider.script(|script| script.instead.insert(At::Keys, Raw::json(200, set)));
        refused(&world, &heard, &["misconfigured", "keys"], set).await;
        world.provider.script(|script| script.instead.clear());
        world.advance(A_MOMENT);
    }
    accepted(&world, "a set").await;
}
