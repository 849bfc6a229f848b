//! The signing key (ES256, RFC 7518 3.4), and JSON Web Signatures: signing and verifying.

use p256::ecdsa::{
    Signature, SigningKey,
    signature::{Signer, Verifier},
};
use serde_json::{Value, json};

use crate::{
    Error,
    crypto::{b64, random, sha256_text, unb64},
};

/// The provider's key pair.
#[derive(Clone)]
pub(crate) struct Keys {
    signing: SigningKey,
    kid: String,
    x: String,
    y: String,
}

impl Keys {
    /// A new private key, in the format of the data file.
    pub(crate) fn generate() -> Result<String, Error> {
        loop {
            let bytes = random::<32>()?;
            // All but one in 2^32 are valid scalars.
            if SigningKey::from_slice(&bytes).is_ok() {
                return Ok(b64(bytes));
            }
        }
    }

    /// Reads the output of [`Keys::generate`]; `None` if it is invalid.
    pub(crate) fn load(kept: &str) -> Option<Self> {
        let signing = SigningKey::from_slice(&unb64(kept)?).ok()?;
        let point = signing.verifying_key().to_sec1_point(false);
        let (x, y) = (b64(point.x()?), b64(point.y()?));
        // The thumbprint of RFC 7638: a key has the same id after a restart.
        let kid = sha256_text(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        Some(Self { signing, kid, x, y })
    }

    /// The key set (RFC 7517 5), public parts only.
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256",
            "kid": self.kid, "x": self.x, "y": self.y,
        }] })
    }

    /// A signed token of the given type (RFC 7515 7.1).
    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": typ, "kid": self.kid });
        let signed = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let signature: Signature = self.signing.sign(signed.as_bytes());
        format!("{signed}.{}", b64(signature.to_bytes()))
    }

    /// The claims of a token of this type that this key has signed. Does not check its age.
    pub(crate) fn open(&self, typ: &str, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Value = serde_json::from_slice(&unb64(header)?).ok()?;
        if header["alg"] != "ES256" || header["typ"] != typ || header["kid"] != self.kid.as_str() {
            return None;
        }
        let signature = Signature::from_slice(&unb64(signature)?).ok()?;
        self.signing.verifying_key().verify(signed.as_bytes(), &signature).ok()?;
        serde_json::from_slice(&unb64(payload)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Keys;

    #[test]
    fn di_05_keys_are_made_here_and_published_without_private_parts() {
        let (one, two) = (Keys::generate().unwrap(), Keys::generate().unwrap());
        assert_ne!(one, two);
        let jwks = Keys::load(&one).unwrap().jwks();
        assert_eq!(jwks, Keys::load(&one).unwrap().jwks());
        assert!(jwks["keys"][0].get("d").is_none());
        assert!(!jwks["keys"][0]["kid"].as_str().unwrap().is_empty());
    }

    #[test]
    fn a_token_opens_with_its_own_key_and_type_only() {
        let keys = Keys::load(&Keys::generate().unwrap()).unwrap();
        let other = Keys::load(&Keys::generate().unwrap()).unwrap();
        let token = keys.sign("JWT", &json!({ "sub": "x" }));
        assert_eq!(keys.open("JWT", &token).unwrap()["sub"], "x");
        assert!(keys.open("at+jwt", &token).is_none());
        assert!(other.open("JWT", &token).is_none());
        assert!(keys.open("JWT", &format!("{token}x")).is_none());
    }
}
