//! UserInfo as a signed JWT (UI-03; OpenID Connect Core 5.3.2): the rules of ID tokens apply to its signature, with the
//! same list of algorithms and the same keys.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{SAID, claims, is_accepted, is_unused, is_used};
use crate::support::hostile::{
    At, HostileWorld, Keys, Raw,
    known_keys::{RSA_512, RSA_2048, RSA_2048_OTHER},
};

/// A signed response: these claims, signed with this key.
fn signed(world: &HostileWorld, key: &Keys, change: impl FnOnce(&mut Value, &mut Value)) -> Raw {
    let (mut header, mut all) = (key.header(), claims());
    all["iss"] = json!(world.provider.origin());
    all["aud"] = json!("app");
    change(&mut header, &mut all);
    all.as_object_mut().unwrap().retain(|_, value| *value != json!("(none)"));
    Raw::text(200, "application/jwt", &key.sign(&header, &all))
}

#[tokio::test]
async fn ui_03_oidcc_client_test_userinfo_signed() {
    let rsa = Keys::rsa(RSA_2048);
    for (settings, key, others) in [
        // The module: RS256, which the provider lists.
        ("id_token_algs = \"\"\n", rsa.clone(), [Keys::rsa(RSA_2048_OTHER), Keys::ed25519()]),
        ("id_token_algs = \"ES256\"\n", Arc::new(Keys::generate()), [Arc::new(Keys::generate()), rsa]),
    ] {
        let world = HostileWorld::with(settings).await;
        world.provider.signs_with(&key);
        let now = world.now();
        is_used(&world, "signed", signed(&world, &key, |_, _| {})).await;
        is_used(&world, "in a list", signed(&world, &key, |_, all| all["aud"] = json!(["app"]))).await;
        is_used(&world, "with an end to come", signed(&world, &key, |_, all| all["exp"] = json!(now + 60)))
            .await;

        type Change = fn(&mut Value, &mut Value);
        let changes: [(&str, Change); 17] = [
            ("another iss", |_, all| all["iss"] = json!("https://evil.example")),
            ("no iss", |_, all| all["iss"] = json!("(none)")),
            ("another aud", |_, all| all["aud"] = json!("other")),
            ("a second aud", |_, all| all["aud"] = json!(["app", "other"])),
            ("no aud", |_, all| all["aud"] = json!("(none)")),
            ("another sub", |_, all| all["sub"] = json!("p-eve")),
            ("no sub", |_, all| all["sub"] = json!("(none)")),
            ("an end that has passed", |_, all| all["exp"] = json!(1_000_000)),
            ("an end that is no time", |_, all| all["exp"] = json!("soon")),
            ("alg none", |header, _| header["alg"] = json!("none")),
            ("alg None", |header, _| header["alg"] = json!("None")),
            ("HS256", |header, _| header["alg"] = json!("HS256")),
            ("an algorithm that is not set", |header, _| header["alg"] = json!("PS512")),
            ("crit", |header, _| header["crit"] = json!(["x"])),
            ("a JWT in it", |header, _| header["cty"] = json!("JWT")),
            ("an access token's type", |header, _| header["typ"] = json!("at+jwt")),
            ("another kid", |header, _| header["kid"] = json!("another")),
        ];
        for (what, change) in changes {
            is_unused(&world, what, signed(&world, &key, change)).await;
        }
        let claims =
            json!({ "iss": world.provider.origin(), "aud": "app", "sub": "p-ada", "nickname": SAID });
        let right = key.sign(&key.header(), &claims);
        let (message, signature) = right.rsplit_once('.').unwrap();
        let none_header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let payload = message.split_once('.').unwrap().1;
        let mut own = key.header();
        own["jwk"] = others[0].public();
        let hmac = Keys::secret("s:e%c&r+et");
        for (what, text) in [
            ("no signature", format!("{message}.")),
            ("unsigned", format!("{none_header}.{payload}.")),
            ("two parts", message.to_owned()),
            ("five parts", format!("{message}.a.b.{signature}")),
            ("another key under its kid", others[0].sign(&key.header(), &claims)),
            ("a key that it brings along", others[0].sign(&own, &claims)),
            ("another key", others[0].sign(&others[0].header(), &claims)),
            ("another kind of key", others[1].sign(&others[1].header(), &claims)),
            ("the client's secret", hmac.sign(&hmac.header(), &claims)),
            ("plain JSON", claims.to_string()),
            ("nothing", String::new()),
            (
                "a bit flipped",
                format!(
                    "{message}.{}{}",
                    if signature.starts_with('A') { 'B' } else { 'A' },
                    &signature[1..]
                ),
            ),
        ] {
            is_unused(&world, what, Raw::text(200, "application/jwt", &text)).await;
        }
        // A token is not JSON, whatever its content type says.
        is_unused(&world, "called JSON", Raw::json(200, &right)).await;
        is_used(&world, "as it was", Raw::text(200, "application/jwt", &right)).await;
    }
    // RFC 7518 3.3.
    let world = HostileWorld::with("id_token_algs = \"ES256 RS256\"\n").await;
    let (weak, strong) = (Keys::rsa(RSA_512), Keys::rsa(RSA_2048));
    let set = json!({ "keys": [world.provider.keys().public(), weak.public(), strong.public()] });
    world.provider.script(|script| script.keys = Some(set));
    is_unused(&world, "512 bits", signed(&world, &weak, |_, _| {})).await;
    is_used(&world, "2048 bits", signed(&world, &strong, |_, _| {})).await;
}

#[tokio::test]
async fn ui_03_keys_that_have_changed_since_are_fetched_for_a_signed_answer() {
    let world = HostileWorld::start().await;
    is_accepted(&world, "the keys are known").await;
    let next = Keys::generate();
    let set = json!({ "keys": [world.provider.keys().public(), next.public()] });
    world.provider.script(|script| script.keys = Some(set));
    world.advance(10);
    let before = world.provider.count(At::Keys);
    is_used(&world, "a new key", signed(&world, &next, |_, _| {})).await;
    assert_eq!(world.provider.count(At::Keys), before + 1);
}
