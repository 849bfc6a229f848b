//! Modules of the OpenID Foundation's conformance suite for relying parties about ID tokens, by name: the Basic plan,
//! and the negative ones of FAPI 2.0. Each signs in without the fault, then with it, then without it.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{alter, is_accepted, is_refused, signature::spoil};
use crate::support::hostile::{HostileWorld, Keys, Script, bystanders, known_keys::RSA_2048};

/// The provider of the suite: it signs with this key, publishes keys of all kinds, and its metadata lists every
/// algorithm.
fn begin(world: &HostileWorld, signer: &Arc<Keys>) {
    world.provider.be_honest();
    world.provider.signs_with(signer);
    world.provider.script(|script| {
        let keys: Vec<_> =
            std::iter::once(signer.public_with(&[("alg", Value::Null)])).chain(bystanders()).collect();
        script.keys = Some(json!({ "keys": keys }));
        let all = json!([
            "none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES256K", "EdDSA"
        ]);
        script.metadata.set("id_token_signing_alg_values_supported", all);
    });
}

/// A module of the Basic plan, which is for RS256, or with these settings and this key.
async fn module_with(settings: &str, signer: Arc<Keys>, fault: impl FnOnce(&HostileWorld), cause: &str) {
    let world = HostileWorld::with(settings).await;
    begin(&world, &signer);
    is_accepted(&world, "as it should").await;
    fault(&world);
    is_refused(&world, "with the fault", cause).await;
    begin(&world, &signer);
    is_accepted(&world, "as it should again").await;
}

async fn module(fault: impl FnOnce(&HostileWorld), cause: &str) {
    module_with("id_token_algs = \"\"\n", Keys::rsa(RSA_2048), fault, cause).await;
}

/// A module of FAPI 2.0, which excludes RS256.
async fn fapi(fault: impl FnOnce(&HostileWorld), cause: &str) {
    module_with("id_token_algs = \"PS256 ES256 EdDSA\"\n", Keys::ed25519(), fault, cause).await;
}

fn issuer(world: &HostileWorld, more: &str) -> Option<Value> {
    Some(json!(format!("{}{more}", world.provider.origin())))
}

/// Changes the last byte of the signature.
fn bad_signature(world: &HostileWorld) {
    spoil(world, |token| {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut made = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        *made.last_mut().unwrap() ^= 0x5a;
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(made))
    });
}

/// `alg` is none, and the token is unsigned.
fn unsigned(world: &HostileWorld) {
    world.provider.script(|script: &mut Script| {
        script.at_sign_in.header.set("alg", "none");
        script.at_sign_in.header.remove("kid");
    });
    spoil(world, |token| format!("{}.", token.rsplit_once('.').unwrap().0));
}

const ISS: &str = "iss is not the issuer";
const AUD: &str = "aud is not exactly this client";
const ALG: &str = "alg is not one of the allowed algorithms";
const SIGNATURE: &str = "the signature is not valid";
const TIMES: &str = "iat and exp must be present";

#[tokio::test]
async fn it_01_oidcc_client_test_invalid_iss() {
    module(|world| alter(world, "iss", issuer(world, "1")), ISS).await;
}

#[tokio::test]
async fn it_04_oidcc_client_test_missing_sub() {
    module(|world| alter(world, "sub", None), "sub is not 1 to 255").await;
}

#[tokio::test]
async fn it_02_oidcc_client_test_invalid_aud() {
    module(|world| alter(world, "aud", Some(json!("app1"))), AUD).await;
}

#[tokio::test]
async fn it_02_oidcc_client_test_missing_aud() {
    module(|world| alter(world, "aud", None), AUD).await;
}

#[tokio::test]
async fn it_06_oidcc_client_test_missing_iat() {
    module(|world| alter(world, "iat", None), TIMES).await;
}

#[tokio::test]
async fn it_09_oidcc_client_test_idtoken_sig_rs256() {
    let world = HostileWorld::with("id_token_algs = \"\"\n").await;
    let rsa = Keys::rsa(RSA_2048);
    begin(&world, &rsa);
    is_accepted(&world, "RS256").await;
    // The header follows the rules of that algorithm.
    assert_eq!(rsa.header()["alg"], "RS256");
}

#[tokio::test]
async fn it_08_oidcc_client_test_idtoken_sig_none() {
    module(unsigned, ALG).await;
}

#[tokio::test]
async fn it_11_oidcc_client_test_invalid_sig_rs256() {
    module(bad_signature, SIGNATURE).await;
}

#[tokio::test]
async fn it_11_oidcc_client_test_invalid_sig_es256() {
    module_with("", Arc::new(Keys::generate()), bad_signature, SIGNATURE).await;
}

#[tokio::test]
async fn it_10_oidcc_client_test_invalid_sig_hs256() {
    // HS256 is never accepted, so both the suite's bad signature and the right one are refused.
    for is_bad in [true, false] {
        let signs = move |world: &HostileWorld| {
            let secret = Keys::secret("s:e%c&r+et");
            world.provider.script(|script| script.signer = Some(secret));
            if is_bad {
                bad_signature(world);
            }
        };
        module(signs, ALG).await;
    }
}

#[tokio::test]
async fn it_07_oidcc_client_test_nonce_invalid() {
    module(|world| alter(world, "nonce", Some(json!("nonce1"))), "nonce does not match this sign-in").await;
}

#[tokio::test]
async fn it_01_fapi2_security_profile_final_client_test_invalid_iss() {
    fapi(|world| alter(world, "iss", issuer(world, "1")), ISS).await;
}

#[tokio::test]
async fn it_02_fapi2_security_profile_final_client_test_invalid_aud() {
    fapi(|world| alter(world, "aud", Some(json!("app1"))), AUD).await;
}

#[tokio::test]
async fn it_01_fapi2_security_profile_final_client_test_invalid_missing_iss() {
    fapi(|world| alter(world, "iss", None), ISS).await;
}

#[tokio::test]
async fn it_02_fapi2_security_profile_final_client_test_invalid_missing_aud() {
    fapi(|world| alter(world, "aud", None), AUD).await;
}

#[tokio::test]
async fn it_02_fapi2_security_profile_final_client_test_invalid_secondary_aud() {
    fapi(|world| alter(world, "aud", Some(json!(["app", "unknown-client"]))), AUD).await;
}

#[tokio::test]
async fn it_02_fapi2_security_profile_final_client_test_valid_aud_as_array() {
    let world = HostileWorld::with("id_token_algs = \"PS256 ES256 EdDSA\"\n").await;
    begin(&world, &Keys::ed25519());
    alter(&world, "aud", Some(json!(["app"])));
    is_accepted(&world, "a list of one").await;
    alter(&world, "aud", Some(json!(["app1"])));
    is_refused(&world, "a list of another", AUD).await;
}

#[tokio::test]
async fn it_08_fapi2_security_profile_final_client_test_invalid_null_alg() {
    fapi(unsigned, ALG).await;
}

#[tokio::test]
async fn it_09_fapi2_security_profile_final_client_test_invalid_alternate_alg() {
    // A valid signature by a published key, with an algorithm that is not allowed for this client.
    let other = |world: &HostileWorld| {
        let rsa = Keys::rsa(RSA_2048);
        world.provider.script(|script| {
            script.keys.as_mut().unwrap()["keys"].as_array_mut().unwrap().push(rsa.public());
            script.signer = Some(rsa);
        });
        // The earlier keys are no longer cached.
        world.advance(700);
    };
    fapi(other, ALG).await;
}

#[tokio::test]
async fn it_05_fapi2_security_profile_final_client_test_invalid_expired_exp() {
    fapi(|world| alter(world, "exp", Some(json!(world.now() - 360))), "exp was 36").await;
}

#[tokio::test]
async fn it_05_fapi2_security_profile_final_client_test_invalid_missing_exp() {
    fapi(|world| alter(world, "exp", None), TIMES).await;
}

#[tokio::test]
async fn it_07_fapi2_security_profile_final_client_test_invalid_nonce() {
    fapi(|world| alter(world, "nonce", Some(json!("nonce1"))), "nonce does not match this sign-in").await;
}

#[tokio::test]
async fn it_07_fapi2_security_profile_final_client_test_invalid_missing_nonce() {
    fapi(|world| alter(world, "nonce", None), "nonce is missing").await;
}
