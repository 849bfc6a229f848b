//! Signature algorithms without a setting (P2): those of the metadata that are supported, for ID tokens, signed UserInfo
//! and logout tokens alike.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{is_accepted, is_refused};
use crate::{
    logout,
    support::hostile::{At, HostileWorld, Keys, Raw, known_keys::RSA_2048},
};

const UNSET: &str = "id_token_algs = \"\"\n";
const ALG: &str = "alg is not one of the allowed algorithms";

fn list(world: &HostileWorld, algs: Value) {
    world.provider.script(|script| script.metadata.set("id_token_signing_alg_values_supported", algs));
}

#[tokio::test]
async fn p2_an_algorithm_of_the_metadata_needs_no_setting_and_no_other_is_accepted() {
    let world = HostileWorld::with(UNSET).await;
    for key in [Arc::new(Keys::generate()), Keys::ed25519(), Keys::rsa(RSA_2048)] {
        // Publishes this key, and lists its algorithm only.
        world.provider.signs_with(&key);
        world.advance(700);
        is_accepted(&world, &format!("{} alone", key.alg())).await;
        list(&world, json!(["none", "HS256", "XX999", "PS384", key.alg(), 7]));
        world.advance(700);
        is_accepted(&world, &format!("{} beside others", key.alg())).await;
        list(&world, json!(["PS384", "ES384"]));
        world.advance(700);
        is_refused(&world, &format!("{} is not listed", key.alg()), ALG).await;
    }
}

#[tokio::test]
async fn p2_neither_none_nor_a_secret_is_accepted_although_it_is_listed() {
    let world = HostileWorld::with(UNSET).await;
    let honest = || {
        world.provider.be_honest();
        list(&world, json!(["none", "HS256", "ES256"]));
    };
    honest();
    is_accepted(&world, "ES256").await;
    for alg in ["none", "None", "HS256"] {
        world.provider.script(|script| script.at_sign_in.header.set("alg", alg));
        is_refused(&world, alg, ALG).await;
        honest();
    }
    let secret = Keys::secret(*b"s:e%c&r+et");
    world.provider.script(|script| script.signer = Some(secret));
    is_refused(&world, "signed with the client's secret", ALG).await;
    honest();
    is_accepted(&world, "ES256 again").await;
}

#[tokio::test]
async fn p2_userinfo_and_logout_tokens_follow_the_same_list() {
    let world = HostileWorld::with(UNSET).await;
    let [listed, other] = [Keys::ed25519(), Arc::new(Keys::generate())];
    let publish = || {
        world.provider.script(|script| {
            script.signer = Some(listed.clone());
            script.keys = Some(json!({ "keys": [listed.public(), other.public()] }));
        });
        list(&world, json!([listed.alg()]));
    };
    publish();
    for (key, is_right) in [(&listed, true), (&other, false)] {
        let claims = json!({
            "iss": world.provider.origin(), "aud": "app", "sub": "p-ada", "nickname": "said-by-userinfo",
        });
        let signed = Raw::text(200, "application/jwt", &key.sign(&key.header(), &claims));
        world.provider.script(|script| _ = script.instead.insert(At::UserInfo, signed));
        let (mut browser, page) = world.signed_in("/account").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.contains("said-by-userinfo"), is_right, "{}: {}", key.alg(), page.body);
        let token = world.provider.logout(Some("p-ada"), None);
        let token = token.headed("alg", key.alg()).headed("kid", key.kid.as_str()).signed(key);
        let page = logout::post(&world.app, &token).await;
        assert_eq!(
            (logout::is_accepted(&page), logout::is_refused(&page)),
            (is_right, !is_right),
            "{}",
            key.alg()
        );
        assert_eq!(logout::is_signed_in(&mut browser).await, !is_right);
        world.provider.be_honest();
        publish();
        // Longer than a logout bars sign-ins that began before it.
        world.advance(300);
    }
}

#[tokio::test]
async fn p2_a_logout_token_is_checked_before_anything_else_was_fetched() {
    // The process has just started: the list comes with the keys.
    let world = HostileWorld::with(UNSET).await;
    let [listed, other] = [Arc::new(Keys::generate()), Keys::ed25519()];
    world.provider.script(|script| script.keys = Some(json!({ "keys": [listed.public(), other.public()] })));
    list(&world, json!([listed.alg()]));
    for (key, is_right) in [(&other, false), (&listed, true)] {
        let token = world.provider.logout(Some("p-ada"), None);
        let token = token.headed("alg", key.alg()).headed("kid", key.kid.as_str()).signed(key);
        let page = logout::post(&world.app, &token).await;
        assert_eq!(
            (logout::is_accepted(&page), logout::is_refused(&page)),
            (is_right, !is_right),
            "{}",
            page.body
        );
    }
}
