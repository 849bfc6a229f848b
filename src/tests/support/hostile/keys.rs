//! The hostile provider's signing key (ES256, RFC 7518 3.4), which signs whatever it is given.
//! Tests that want a forged token make another key.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::server::random;

/// A key pair.
pub struct Keys {
    signing: SigningKey,
    pub kid: String,
}

impl Keys {
    pub fn generate() -> Self {
        let signing = loop {
            if let Ok(key) = SigningKey::from_slice(&random::bytes::<32>().unwrap()) {
                break key;
            }
        };
        Self { signing, kid: random::text::<8>().unwrap() }
    }

    /// The header of an honest token.
    pub fn header(&self) -> Value {
        json!({ "alg": "ES256", "typ": "JWT", "kid": self.kid })
    }

    /// Signs these very texts.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&b64(header.to_string()), &claims.to_string())
    }

    /// Signs claims as they are written, below a header that is encoded already.
    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{header}.{}", b64(claims));
        let signature: Signature = self.signing.sign(signed.as_bytes());
        format!("{signed}.{}", b64(signature.to_bytes()))
    }

    /// The public half, as a key set holds it (RFC 7517 4).
    pub fn public(&self) -> Value {
        let point = self.signing.verifying_key().to_sec1_point(false);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": b64(point.x().unwrap()), "y": b64(point.y().unwrap()),
        })
    }
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// `at_hash` (OpenID Connect Core 3.1.3.6).
pub fn half_hash(text: &str) -> String {
    b64(&Sha256::digest(text.as_bytes())[..16])
}

/// The PKCE transformation (RFC 7636 4.2).
pub fn challenge(verifier: &str) -> String {
    b64(Sha256::digest(verifier.as_bytes()))
}
