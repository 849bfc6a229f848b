//! Keys of the hostile provider (RFC 7518 3), which sign any text, and keys that it only publishes. Its own is on
//! P-256; tests that need a forged token or another algorithm create another key.

use std::{fmt, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::random;
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::known_keys::{ED25519, SECP256K1};

/// A key pair, or a secret.
pub struct Keys {
    signing: Signing,
    pub kid: String,
}

enum Signing {
    Es256(SigningKey),
    Rs256(Box<CoreRsaPrivateSigningKey>),
    EdDsa(CoreEdDsaPrivateSigningKey),
    Hs256(Vec<u8>),
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.alg(), self.kid)
    }
}

impl Keys {
    /// A new key on P-256.
    pub fn generate() -> Self {
        let signing = loop {
            if let Ok(key) = SigningKey::from_slice(&random::bytes::<32>().unwrap()) {
                break key;
            }
        };
        Self::of(Signing::Es256(signing))
    }

    /// One of the RSA keys in `known_keys.rs`.
    pub fn rsa(pem: &str) -> Arc<Self> {
        Arc::new(Self::rsa_of(pem, &random::text::<8>().unwrap()))
    }

    fn rsa_of(pem: &str, kid: &str) -> Self {
        let key = CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new(kid.to_owned()))).unwrap();
        Self { signing: Signing::Rs256(Box::new(key)), kid: kid.to_owned() }
    }

    /// Ed25519.
    pub fn ed25519() -> Arc<Self> {
        let kid = random::text::<8>().unwrap();
        let key = CoreEdDsaPrivateSigningKey::from_ed25519_pem(ED25519, Some(JsonWebKeyId::new(kid.clone())));
        Arc::new(Self { signing: Signing::EdDsa(key.unwrap()), kid })
    }

    /// These bytes as a secret for HS256.
    pub fn secret(bytes: impl Into<Vec<u8>>) -> Arc<Self> {
        Arc::new(Self::of(Signing::Hs256(bytes.into())))
    }

    fn of(signing: Signing) -> Self {
        Self { signing, kid: random::text::<8>().unwrap() }
    }

    /// Its signature algorithm.
    pub fn alg(&self) -> &'static str {
        match self.signing {
            Signing::Es256(_) => "ES256",
            Signing::Rs256(_) => "RS256",
            Signing::EdDsa(_) => "EdDSA",
            Signing::Hs256(_) => "HS256",
        }
    }

    /// The header of an honest token.
    pub fn header(&self) -> Value {
        json!({ "alg": self.alg(), "typ": "JWT", "kid": self.kid })
    }

    /// Signs exactly these texts.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&b64(header.to_string()), &claims.to_string())
    }

    /// Signs claims as written, below a header that is already encoded.
    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{header}.{}", b64(claims));
        let made = match &self.signing {
            Signing::Es256(key) => {
                let signature: Signature = key.sign(signed.as_bytes());
                signature.to_bytes().to_vec()
            }
            Signing::Rs256(key) => {
                key.sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, signed.as_bytes()).unwrap()
            }
            Signing::EdDsa(key) => key.sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap(),
            Signing::Hs256(secret) => CoreHmacKey::new(secret.clone())
                .sign(&CoreJwsSigningAlgorithm::HmacSha256, signed.as_bytes())
                .unwrap(),
        };
        format!("{signed}.{}", b64(made))
    }

    /// The public half in the format of a key set (RFC 7517 4); for a secret, all of it.
    pub fn public(&self) -> Value {
        let mut key = match &self.signing {
            Signing::Es256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                json!({
                    "kty": "EC", "crv": "P-256", "use": "sig",
                    "x": b64(point.x().unwrap()), "y": b64(point.y().unwrap()),
                })
            }
            Signing::Rs256(key) => serde_json::to_value(key.as_verification_key()).unwrap(),
            Signing::EdDsa(key) => serde_json::to_value(key.as_verification_key()).unwrap(),
            Signing::Hs256(secret) => json!({ "kty": "oct", "k": b64(secret) }),
        };
        key["kid"] = json!(self.kid);
        key["alg"] = json!(self.alg());
        key
    }

    /// The public half with members changed; `null` removes one.
    pub fn public_with(&self, members: &[(&str, Value)]) -> Value {
        let mut key = self.public();
        for (name, value) in members {
            key[*name] = value.clone();
        }
        key.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        key
    }

    /// `at_hash` (OpenID Connect Core 3.1.3.6): with the hash of the algorithm, which is SHA-512 for Ed25519.
    pub fn half_hash(&self, text: &str) -> String {
        match self.signing {
            Signing::EdDsa(_) => b64(&Sha512::digest(text.as_bytes())[..32]),
            _ => b64(&Sha256::digest(text.as_bytes())[..16]),
        }
    }
}

/// Keys in the set of a provider that does more than sign ID tokens: other curves and types, encryption keys, and one
/// that no set should contain.
pub fn bystanders() -> Vec<Value> {
    let (enc, none) = (json!("enc"), Value::Null);
    let rsa = Keys::rsa_of(super::known_keys::RSA_2048_OTHER, "bystander-rsa-enc");
    let (x, y) = SECP256K1;
    vec![
        json!({ "kty": "EC", "crv": "secp256k1", "use": "sig", "kid": "bystander-k1", "x": x, "y": y }),
        Keys::ed25519().public_with(&[("alg", none.clone()), ("kid", json!("bystander-ed"))]),
        rsa.public_with(&[("use", enc.clone()), ("alg", none.clone())]),
        rsa.public_with(&[
            ("use", none.clone()),
            ("alg", json!("RSA-OAEP")),
            ("kid", json!("bystander-oaep")),
        ]),
        Keys::generate().public_with(&[("use", enc), ("alg", none)]),
        json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "bystander-oct" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "bystander-akp", "pub": "AAAA" }),
    ]
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The PKCE transformation (RFC 7636 4.2).
pub fn challenge(verifier: &str) -> String {
    b64(Sha256::digest(verifier.as_bytes()))
}
