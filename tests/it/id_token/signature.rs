//! The signature (IT-08 … IT-13): only with an algorithm of the settings, only with a key of the provider's set, and
//! always required. The choice of the key is tested in `keys.rs`.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{is_accepted, is_refused};
use crate::support::{
    hostile::{
        HostileWorld, Keys, Listener, Spoil,
        known_keys::{RSA_2048, RSA_2048_OTHER, RSA_2048_PUBLIC},
    },
    load_settings,
};

const ALG: &str = "alg is not one of the allowed algorithms";
const SIGNATURE: &str = "the signature is not valid";
const NO_SIGNATURE: &str = "the signature is missing";
const NO_KEY: &str = "none of the provider's keys matches the signature";

/// Changes the next ID tokens after they are signed.
pub fn spoil(world: &HostileWorld, by: impl Fn(&str) -> String + Send + Sync + 'static) {
    world.provider.script(|script| script.at_sign_in.spoil = Spoil::by(by));
}

fn b64(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

/// The signed part of a token, and the signature.
fn parts(token: &str) -> (&str, &str) {
    token.rsplit_once('.').unwrap()
}

fn head(world: &HostileWorld, name: &str, value: impl Into<Value>) {
    world.provider.script(|script| match value.into() {
        Value::Null => script.at_sign_in.header.remove(name),
        value => script.at_sign_in.header.set(name, value),
    });
}

/// A world whose provider signs with RSA, the usual default of providers.
async fn with_rsa(settings: &str) -> (HostileWorld, Arc<Keys>) {
    let world = HostileWorld::with(settings).await;
    let rsa = Keys::rsa(RSA_2048);
    world.provider.signs_with(&rsa);
    (world, rsa)
}

#[tokio::test]
async fn it_08_none_is_no_algorithm_in_any_spelling_and_a_signature_is_there() {
    let world = HostileWorld::start().await;
    // A provider that would do so.
    world.provider.script(|script| {
        script.metadata.set("id_token_signing_alg_values_supported", json!(["none", "ES256"]));
    });
    for alg in ["none", "None", "nOnE", "NONE", "none ", "", "null"] {
        for is_signed in [true, false] {
            head(&world, "alg", alg);
            spoil(&world, move |token| if is_signed { token.into() } else { format!("{}.", parts(token).0) });
            is_refused(&world, &format!("{alg:?}, signed: {is_signed}"), ALG).await;
        }
    }
    for (what, alg) in [("no alg", Value::Null), ("a list", json!(["ES256"])), ("a number", json!(0))] {
        head(&world, "alg", alg);
        is_refused(&world, what, "the header cannot be read").await;
    }
    world.provider.be_honest();
    spoil(&world, |token| format!("{}.", parts(token).0));
    is_refused(&world, "an empty signature", NO_SIGNATURE).await;
    spoil(&world, |token| parts(token).0.to_owned());
    is_refused(&world, "no third part", "it is not a signed JWT").await;
    world.provider.be_honest();
    is_accepted(&world, "signed").await;

    let (world, _) = with_rsa("id_token_algs = \"RS256\"\n").await;
    spoil(&world, |token| format!("{}.", parts(token).0));
    is_refused(&world, "RS256 with an empty signature", NO_SIGNATURE).await;
    world.provider.script(|script| script.at_sign_in.spoil = None);
    is_accepted(&world, "RS256").await;
}

#[tokio::test]
async fn it_09_the_algorithm_is_of_the_settings_whatever_the_metadata_lists() {
    let all = json!(["none", "HS256", "RS256", "PS256", "ES256", "ES384", "EdDSA"]);
    // Without the setting, the metadata decides: see P2.
    let rsa = Keys::rsa(RSA_2048);
    for (algs, takes) in [
        ("RS256", ["RS256"].as_slice()),
        ("ES256", &["ES256"]),
        ("PS256 ES384", &[]),
        ("EdDSA RS256", &["EdDSA", "RS256"]),
    ] {
        let world = HostileWorld::with(&format!("id_token_algs = \"{algs}\"\n")).await;
        for key in [rsa.clone(), Keys::ed25519(), Arc::new(Keys::generate())] {
            world.provider.signs_with(&key);
            world.provider.script(|script| {
                script.metadata.set("id_token_signing_alg_values_supported", all.clone());
            });
            // Each has a published key that differs from the one before.
            world.advance(700);
            let what = format!("{} where {algs:?} is set", key.alg());
            match takes.contains(&key.alg()) {
                true => is_accepted(&world, &what).await,
                false => is_refused(&world, &what, ALG).await,
            }
        }
    }
}

#[tokio::test]
async fn it_10_no_secret_makes_a_signature_not_the_clients_and_not_the_public_key() {
    let secret = "a client secret of more than 32 octets";
    let settings = "id_token_algs = \"RS256\"\n";
    let world = HostileWorld::with_secret(secret, settings).await;
    let rsa = Keys::rsa(RSA_2048);
    let public = rsa.public();
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(public["n"].as_str().unwrap()).unwrap();
    for (what, bytes) in [
        ("the client secret", secret.as_bytes().to_vec()),
        ("the public key as PEM", RSA_2048_PUBLIC.as_bytes().to_vec()),
        ("the public key as PEM with a line after it", format!("{RSA_2048_PUBLIC}\n").into_bytes()),
        ("the public key as JWK", public.to_string().into_bytes()),
        ("the modulus", modulus),
        ("the modulus as text", public["n"].as_str().unwrap().into()),
        ("nothing", Vec::new()),
    ] {
        let forger = Keys::secret(bytes);
        world.provider.signs_with(&rsa);
        world.advance(700);
        world.provider.script(|script| {
            let all = json!(["HS256", "RS256"]);
            script.metadata.set("id_token_signing_alg_values_supported", all);
            script.signer = Some(forger.clone());
            script.at_sign_in.header.set("kid", rsa.kid.clone());
        });
        is_refused(&world, what, ALG).await;
        // As if it were the other type: the key's own type counts.
        head(&world, "alg", "RS256");
        is_refused(&world, &format!("{what}, called RS256"), SIGNATURE).await;
        // Even if the provider publishes it as a verification key.
        world.provider.be_honest();
        let mut published = forger.public_with(&[("alg", Value::Null), ("kid", json!(rsa.kid))]);
        for alg in ["HS256", "RS256"] {
            published["use"] = json!("sig");
            world.provider.script(|script| {
                script.signer = Some(forger.clone());
                script.at_sign_in.header.set("kid", rsa.kid.clone());
                script.at_sign_in.header.set("alg", alg);
                script.keys = Some(json!({ "keys": [published] }));
            });
            world.advance(700);
            let cause = if alg == "HS256" { ALG } else { NO_KEY };
            is_refused(&world, &format!("{what}, published, {alg}"), cause).await;
        }
        world.provider.be_honest();
    }
    world.provider.signs_with(&rsa);
    world.advance(700);
    is_accepted(&world, "RS256").await;
}

#[test]
fn it_10_an_algorithm_with_a_secret_cannot_be_set() {
    let load = |algs: &str| load_settings(&format!("id_token_algs = \"{algs}\"\n"), None);
    for alg in ["HS256", "HS384", "HS512", "hs256"] {
        for algs in [alg.to_owned(), format!("RS256 {alg}")] {
            let errors = load(&algs).err().unwrap().to_string();
            assert!(errors.contains("id_token_algs") && errors.contains("symmetric algorithm"), "{errors}");
        }
    }
    let errors = load("none").err().unwrap().to_string();
    assert!(errors.contains("id_token_algs") && errors.contains("unsigned"), "{errors}");
    assert!(load("RS256").is_ok());
}

#[tokio::test]
async fn it_11_a_signature_is_verified_to_the_bit() {
    for (settings, rsa) in [("", None), ("id_token_algs = \"RS256\"\n", Some(Keys::rsa(RSA_2048)))] {
        let world = HostileWorld::with(settings).await;
        let be_honest = || {
            world.provider.be_honest();
            rsa.iter().for_each(|rsa| world.provider.signs_with(rsa));
        };
        be_honest();
        is_accepted(&world, "an honest one").await;
        let flip = |token: &str, at: usize| {
            let (signed, signature) = parts(token);
            let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= 1;
            format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
        };
        for at in [0, 20, 40, usize::MAX] {
            spoil(&world, move |token| flip(token, at));
            is_refused(&world, &format!("a bit flipped at {at}"), SIGNATURE).await;
        }
        spoil(&world, |token| format!("{}.{}", parts(token).0, &parts(token).1[..40]));
        is_refused(&world, "half a signature", SIGNATURE).await;
        spoil(&world, |token| {
            let zeros = BASE64_URL_SAFE_NO_PAD.decode(parts(token).1).unwrap().len();
            format!("{}.{}", parts(token).0, BASE64_URL_SAFE_NO_PAD.encode(vec![0; zeros]))
        });
        is_refused(&world, "nothing but zeros", SIGNATURE).await;
        // The same claims and one more: all of them valid, none of them signed.
        spoil(&world, |token| {
            let parts: Vec<_> = token.split('.').collect();
            let mut claims: Value =
                serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
            claims["roles"] = json!(["administrator"]);
            format!("{}.{}.{}", parts[0], b64(&claims.to_string()), parts[2])
        });
        is_refused(&world, "other claims", SIGNATURE).await;
        // The same header and one more member.
        spoil(&world, |token| {
            let (head, rest) = token.split_once('.').unwrap();
            let mut header: Value =
                serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
            header["x"] = json!(1);
            format!("{}.{rest}", b64(&header.to_string()))
        });
        is_refused(&world, "another header", SIGNATURE).await;
        be_honest();
        let (own, forger) = match &rsa {
            Some(rsa) => (rsa.kid.clone(), Keys::rsa(RSA_2048_OTHER)),
            None => (world.provider.keys().kid.clone(), Arc::new(Keys::generate())),
        };
        world.provider.script(|script| {
            script.signer = Some(forger.clone());
            script.at_sign_in.header.set("kid", own);
        });
        is_refused(&world, "another key under a kid that is known", SIGNATURE).await;
        world.provider.script(|script| script.at_sign_in.header.set("kid", forger.kid.clone()));
        is_refused(&world, "another key under its own", NO_KEY).await;
        world.provider.script(|script| script.at_sign_in.header.remove("kid"));
        is_refused(&world, "another key under none", NO_KEY).await;
        be_honest();
        is_accepted(&world, "an honest one").await;
    }
}

#[tokio::test]
async fn it_12_keys_in_a_header_are_neither_believed_nor_fetched_and_crit_is_refused() {
    let world = HostileWorld::start().await;
    let listener = Listener::bind().await;
    let forger = Arc::new(Keys::generate());
    let (jwk, address) = (forger.public(), format!("{}/keys", listener.origin()));
    let kids = [Some(forger.kid.clone()), Some(world.provider.keys().kid.clone()), None];
    for (name, value) in [
        ("jwk", jwk.clone()),
        ("jku", json!(address)),
        ("x5u", json!(address)),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
    ] {
        for kid in &kids {
            world.provider.script(|script| {
                script.signer = Some(forger.clone());
                script.at_sign_in.header.set(name, value.clone());
                match kid {
                    Some(kid) => script.at_sign_in.header.set("kid", kid.clone()),
                    None => script.at_sign_in.header.remove("kid"),
                }
            });
            let is_known = *kid == kids[1];
            let cause = if is_known { SIGNATURE } else { NO_KEY };
            is_refused(&world, &format!("{name} under {kid:?}"), cause).await;
            world.provider.be_honest();
        }
        // Beside a valid signature it is irrelevant.
        head(&world, name, value);
        is_accepted(&world, name).await;
        world.provider.be_honest();
    }
    assert_eq!(listener.hits(), 0);
    for crit in [json!(["exp"]), json!(["b64"]), json!(["x"]), json!([]), json!("exp"), json!({})] {
        head(&world, "crit", crit.clone());
        is_refused(&world, &format!("crit {crit}"), "crit names an unsupported extension").await;
    }
    world.provider.be_honest();
    head(&world, "x-not-critical", "whatever");
    is_accepted(&world, "a member of no specification").await;
}

#[tokio::test]
async fn it_13_a_token_of_another_kind_is_no_id_token() {
    let world = HostileWorld::start().await;
    let cause = "typ belongs to another kind of token";
    for typ in [
        json!("at+jwt"),
        json!("application/at+jwt"),
        json!("AT+JWT"),
        json!("logout+jwt"),
        json!("secevent+jwt"),
        json!("token-introspection+jwt"),
        json!("dpop+jwt"),
        json!("text/jwt"),
        json!(""),
        json!(1),
        json!(["JWT"]),
    ] {
        head(&world, "typ", typ.clone());
        is_refused(&world, &typ.to_string(), cause).await;
    }
    for typ in [json!("JWT"), json!("jwt"), json!("application/jwt"), Value::Null] {
        head(&world, "typ", typ.clone());
        is_accepted(&world, &typ.to_string()).await;
    }
    world.provider.be_honest();
    head(&world, "cty", "JWT");
    is_refused(&world, "a JWT in a JWT", "cty declares a nested token").await;
    world.provider.be_honest();
    // Core 3.1.3.7 (1): encrypted tokens are not supported by this client.
    spoil(&world, |token| {
        let header = b64(r#"{"alg":"RSA-OAEP","enc":"A256GCM","typ":"JWT"}"#);
        format!("{header}.AAAA.AAAA.{}.AAAA", parts(token).1)
    });
    is_refused(&world, "five parts", "it is not a signed JWT").await;
    spoil(&world, |token| format!("{}.{token}", b64(r#"{"alg":"dir","enc":"A256GCM"}"#)));
    is_refused(&world, "four parts", "it is not a signed JWT").await;
    world.provider.be_honest();
    head(&world, "alg", "dir");
    is_refused(&world, "three parts with an algorithm to encrypt", ALG).await;
    world.provider.be_honest();
    is_accepted(&world, "an ID token").await;
}
