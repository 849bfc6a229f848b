//! Which of the provider's keys may verify a signature, and which are too weak (IT-16; the set itself: RFC 7517 4 and
//! 5), with the sets of the OpenID Foundation's suite.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{is_accepted, is_refused};
use crate::support::hostile::{
    HostileWorld, Keys, bystanders,
    known_keys::{RSA_512, RSA_1024, RSA_2048, RSA_2048_OTHER},
};

const NO_KEY: &str = "none of the provider's keys matches the signature";
const RS256: &str = "id_token_algs = \"RS256\"\n";

/// The provider publishes these keys, and signs with this one and such a header.
fn publish(world: &HostileWorld, signer: &Arc<Keys>, keys: &[Value], kid: Option<&str>) {
    world.provider.be_honest();
    world.provider.signs_with(signer);
    world.provider.script(|script| {
        script.keys = Some(json!({ "keys": keys }));
        match kid {
            Some(kid) => script.at_sign_in.header.set("kid", kid),
            None => script.at_sign_in.header.remove("kid"),
        }
    });
    // The earlier set is no longer cached.
    world.advance(700);
}

#[tokio::test]
async fn it_16_a_key_that_is_too_short_signs_nothing() {
    let world = HostileWorld::with(RS256).await;
    for (what, pem) in [("512 bits", RSA_512), ("1024 bits", RSA_1024)] {
        let weak = Keys::rsa(pem);
        for kid in [Some(weak.kid.as_str()), None] {
            publish(&world, &weak, &[weak.public()], kid);
            is_refused(&world, what, NO_KEY).await;
        }
        // As long as a valid one if leading zeros are counted.
        let n = weak.public()["n"].as_str().unwrap().to_owned();
        let padded = weak.public_with(&[("n", json!(format!("{:A<340}", "") + &n))]);
        publish(&world, &weak, &[padded], Some(&weak.kid));
        is_refused(&world, &format!("{what}, with zeros before them"), NO_KEY).await;
        // A good key beside it does not help, even with the same id.
        let good = Keys::rsa(RSA_2048);
        let same = good.public_with(&[("kid", json!(weak.kid))]);
        publish(&world, &weak, &[weak.public(), same.clone()], Some(&weak.kid));
        is_refused(&world, &format!("{what}, beside a good one"), "the signature is not valid").await;
        publish(&world, &good, &[weak.public(), same], Some(&weak.kid));
        is_accepted(&world, "2048 bits").await;
    }
}

#[tokio::test]
async fn it_11_oidcc_client_test_kid_absent_single_jwks() {
    let world = HostileWorld::with(RS256).await;
    let rsa = Keys::rsa(RSA_2048);
    let nameless = rsa.public_with(&[("kid", Value::Null), ("alg", Value::Null)]);
    publish(&world, &rsa, &[nameless], None);
    is_accepted(&world, "one key, no name").await;
    publish(&world, &Keys::rsa(RSA_2048_OTHER), &[rsa.public()], None);
    is_refused(&world, "another key's", NO_KEY).await;
}

#[tokio::test]
async fn it_11_oidcc_client_test_kid_absent_multiple_jwks() {
    let world = HostileWorld::with(RS256).await;
    let (rsa, other) = (Keys::rsa(RSA_2048), Keys::rsa(RSA_2048_OTHER));
    let nameless = |key: &Keys| key.public_with(&[("kid", Value::Null), ("alg", Value::Null)]);
    for signer in [&rsa, &other] {
        publish(&world, signer, &[nameless(&rsa), nameless(&other)], None);
        is_accepted(&world, "each is tried").await;
    }
    publish(&world, &rsa, &[nameless(&other)], None);
    is_refused(&world, "none of them fits", NO_KEY).await;
}

#[tokio::test]
async fn it_12_the_set_of_the_suite_with_keys_for_everything_else_changes_nothing() {
    // Two RSA, two P-256, secp256k1, Ed25519, none with `alg`, and encryption keys: the set of each of its modules.
    let (rsa, other) = (Keys::rsa(RSA_2048), Keys::rsa(RSA_2048_OTHER));
    let (ec, second) = (Arc::new(Keys::generate()), Arc::new(Keys::generate()));
    let own = [&rsa, &other, &ec, &second].map(|key| key.public_with(&[("alg", Value::Null)]));
    let set: Vec<_> = own.into_iter().chain(bystanders()).collect();
    for (settings, signers, stranger) in [
        (RS256, [&rsa, &other], Keys::rsa(RSA_1024)),
        ("", [&ec, &second], Arc::new(Keys::generate())),
        ("id_token_algs = \"EdDSA ES256 RS256\"\n", [&rsa, &ec], Arc::new(Keys::generate())),
    ] {
        let world = HostileWorld::with(settings).await;
        for signer in signers {
            for kid in [Some(signer.kid.as_str()), None] {
                publish(&world, signer, &set, kid);
                is_accepted(&world, &format!("{signer:?} by {kid:?}")).await;
            }
        }
        for kid in [Some(stranger.kid.as_str()), None] {
            publish(&world, &stranger, &set, kid);
            is_refused(&world, &format!("a stranger by {kid:?}"), NO_KEY).await;
        }
        // Its id is that of a key with another purpose.
        for name in ["bystander-k1", "bystander-rsa-enc", "bystander-oaep", "bystander-oct", "bystander-akp"]
        {
            publish(&world, signers[0], &set, Some(name));
            is_refused(&world, name, NO_KEY).await;
        }
    }
    // A key published for encryption verifies nothing.
    let world = HostileWorld::with(RS256).await;
    for members in [("use", json!("enc")), ("alg", json!("RSA-OAEP")), ("alg", json!("RS512"))] {
        publish(&world, &rsa, &[rsa.public_with(&[("alg", Value::Null), members.clone()])], Some(&rsa.kid));
        is_refused(&world, &format!("{members:?}"), NO_KEY).await;
    }
}

#[tokio::test]
async fn it_11_two_keys_of_one_name_are_told_apart_by_what_they_have_signed() {
    let world = HostileWorld::start().await;
    let (one, two) = (Arc::new(Keys::generate()), Arc::new(Keys::generate()));
    let set = [one.public_with(&[("kid", json!("same"))]), two.public_with(&[("kid", json!("same"))])];
    for signer in [&one, &two] {
        publish(&world, signer, &set, Some("same"));
        is_accepted(&world, &format!("{signer:?}")).await;
    }
    publish(&world, &Arc::new(Keys::generate()), &set, Some("same"));
    is_refused(&world, "a third", "the signature is not valid").await;
}
