//! The provider's keys (RFC 7517 5). Entra's key set for several tenants says of each key whose tokens it signs.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    issuer::TENANT,
    quirks::{issuer_of_key, may_verify},
    settings::Alg,
    verifying_key::VerifyingKey,
};

/// A key, and the issuer that it belongs to if the key set says so.
pub(crate) struct Key {
    pub key: VerifyingKey,
    issuer: Option<String>,
}

/// Keys that may verify signatures.
pub struct KeySet(pub(crate) Vec<Key>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a key set. Keys that cannot be read, or cannot verify signatures, are left out.
    ///
    /// # Errors
    /// The document has no list of keys.
    pub(crate) fn read(document: Value) -> Result<Self, serde_json::Error> {
        let Document { keys } = serde_json::from_value(document)?;
        let keys = keys.into_iter().filter(may_verify).filter_map(|key| {
            let issuer = issuer_of_key(&key);
            Some(Key { key: VerifyingKey::read(&key)?, issuer })
        });
        Ok(Self(keys.collect()))
    }

    /// Whether a signature was made with one of these keys; `None` if none of them can be the right one. If several can,
    /// each is tried. With `iss`, keys that belong to another issuer verify nothing.
    pub(crate) fn has_signed(
        &self,
        iss: Option<&str>,
        alg: Alg,
        kid: Option<&str>,
        signed: &str,
        signature: &[u8],
    ) -> Option<bool> {
        let mut verified = None;
        for known in self.0.iter().filter(|known| kid.is_none_or(|kid| known.key.kid() == Some(kid))) {
            // If no key is named, the right one may still be unknown.
            let refused = kid.map(|_| false);
            if iss.is_some_and(|iss| !known.is_of(iss)) {
                verified = refused;
                continue;
            }
            match known.key.has_signed(alg, signed, signature) {
                Some(true) => return Some(true),
                Some(false) => verified = refused,
                // A key for something else.
                None => {}
            }
        }
        verified
    }
}

impl Key {
    /// Whether it may sign tokens of this issuer. An issuer with a place for the tenant is that of any tenant; which of
    /// them are accepted is decided by the claims.
    pub(crate) fn is_of(&self, iss: &str) -> bool {
        let Some(issuer) = &self.issuer else { return true };
        match issuer.split_once(TENANT) {
            Some((before, after)) => {
                let tenant = iss.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                tenant.is_some_and(|tenant| !tenant.is_empty() && !tenant.contains('/'))
            }
            None => issuer == iss,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ec(issuer: Value) -> Value {
        let (x, y) =
            ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
        let mut key = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "1", "use": "sig" });
        key["issuer"] = issuer;
        key
    }

    #[test]
    fn it_01_a_key_with_an_issuer_signs_for_that_issuer_only() {
        let read = |issuer: Value| KeySet::read(json!({ "keys": [ec(issuer)] })).unwrap().0.remove(0);
        let one = "https://login.example/t-1/v2.0";
        let key = read(json!(one));
        assert!(key.is_of(one));
        for other in ["https://login.example/t-2/v2.0", "https://login.example/t-1/v2.0/", ""] {
            assert!(!key.is_of(other), "{other}");
        }
        let any = read(json!("https://login.example/{tenantid}/v2.0"));
        assert!(any.is_of(one) && any.is_of("https://login.example/t-2/v2.0"));
        for other in [
            "https://evil.example/t-1/v2.0",
            "https://login.example//v2.0",
            "https://login.example/v2.0",
            "https://login.example/t-1/x/v2.0",
            "https://login.example/t-1/v1.0",
            "https://login.example/v2.0/v2.0/",
        ] {
            assert!(!any.is_of(other), "{other}");
        }
    }

    #[test]
    fn it_01_a_key_without_an_issuer_signs_for_any() {
        for none in
            [json!(null), json!(7), json!(["https://login.example"]), json!(""), json!("CN=Example CA")]
        {
            let keys = KeySet::read(json!({ "keys": [ec(none.clone()), { "kty": "?" }, 7] })).unwrap();
            assert!(keys.0.len() == 1 && keys.0[0].is_of("https://a.example"), "{none}");
        }
        for document in [json!({}), json!([]), json!({ "keys": {} })] {
            assert!(KeySet::read(document.clone()).is_err(), "{document}");
        }
    }
}
