//! Signed JWTs of the provider's (RFC 7515, RFC 7519): taken apart, and verified with its keys by the crypto of the
//! openidconnect crate. What each kind must say is for those who read it: ID tokens, logout tokens, UserInfo.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey, SignatureVerificationError,
    core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::provider::{Provider, ProviderError};
use crate::server::config::Alg;
use claimcheck_base::clock::UnixSecs;

/// RFC 7518 3.3 and 3.5: RSA keys have this many bits or more.
const RSA_MIN_BITS: usize = 2048;

/// Why a signature does not count.
pub enum Unverified {
    /// Without the provider's keys nothing can be said of it.
    Provider(ProviderError),
    Refused(&'static str),
}

/// A member whose presence counts, also as `null`. Members that are named and repeated make the whole unreadable.
pub type Member = Option<Value>;

/// For `#[serde(default, deserialize_with)]` of a [`Member`].
pub fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Member, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The header (RFC 7515 4.1). Keys in it or named by it (`jwk`, `jku`, `x5u`, `x5c`) are not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    typ: Member,
    #[serde(default, deserialize_with = "present")]
    cty: Member,
    #[serde(default, deserialize_with = "present")]
    crit: Member,
}

/// A token whose header is acceptable, taken apart. Nothing it says is proven before [`Jws::verify`].
pub struct Jws<'a> {
    pub alg: Alg,
    kid: Option<String>,
    typ: Member,
    payload: &'a str,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads a token that is signed with one of these algorithms, which are ours and not the metadata's (RFC 8725 3.1).
    pub fn parse(token: &'a str, algs: &[Alg]) -> Result<Self, &'static str> {
        let parts: Vec<_> = token.splitn(6, '.').collect();
        let [head, payload, signature] = parts[..] else { return Err("it is not a signed JWT") };
        let Some(header) = json::<Header>(head) else { return Err("the header cannot be read") };
        let Some(alg) = Alg::from_name(&header.alg).filter(|alg| algs.contains(alg)) else {
            return Err("alg is not among the algorithms of this client");
        };
        // RFC 7515 4.1.11: no extension is understood here.
        if header.crit.is_some() {
            return Err("crit names what is not understood");
        }
        // RFC 7519 5.2: a JWT within a JWT is not understood either.
        if header.cty.is_some() {
            return Err("cty says that there is something within it");
        }
        let Some(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature).ok().filter(|made| !made.is_empty())
        else {
            return Err("there is no signature");
        };
        let signed = &token[..head.len() + 1 + payload.len()];
        Ok(Self { alg, kid: header.kid, typ: header.typ, payload, signed, signature })
    }

    /// The type that the header names, in small letters and without `application/`, which may be left out (RFC 7515
    /// 4.1.9). `None` where it names none; what is no text is the type ``.
    pub fn typ(&self) -> Option<String> {
        let typ = self.typ.as_ref()?.as_str().unwrap_or_default().to_ascii_lowercase();
        Some(typ.strip_prefix("application/").unwrap_or(&typ).to_owned())
    }

    /// What it says; `None` if that cannot be read.
    pub fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        json(self.payload)
    }

    /// Verifies the signature; fetches the keys anew, once, when it is of a key that is not known (OpenID Connect Core
    /// 10.1.1).
    pub async fn verify(&self, provider: &Provider) -> Result<(), Unverified> {
        let verified = match self.is_of(&*provider.keys().await.map_err(Unverified::Provider)?) {
            None => self.is_of(&*provider.refetch_keys().await.map_err(Unverified::Provider)?),
            verified => verified,
        };
        match verified {
            Some(true) => Ok(()),
            Some(false) => Err(Unverified::Refused("the signature is not right")),
            None => Err(Unverified::Refused("no key of the provider's fits the signature")),
        }
    }

    /// Whether the signature is of one of these keys; `None` if none of them can be the one that is meant. Where several
    /// can, each is tried.
    fn is_of(&self, keys: &CoreJsonWebKeySet) -> Option<bool> {
        let is_named = |key: &CoreJsonWebKey| match &self.kid {
            Some(kid) => key.key_id().is_some_and(|id| id.as_str() == kid),
            None => true,
        };
        let mut verified = None;
        for key in keys.keys().iter().filter(|key| is_named(key) && is_strong(key)) {
            match key.verify_signature(&core_alg(self.alg), self.signed.as_bytes(), &self.signature) {
                Ok(()) => return Some(true),
                // A key for something else: another use, another algorithm.
                Err(SignatureVerificationError::InvalidKey(_)) => {}
                // Where none is named, one may be meant that is not known yet.
                Err(_) => verified = self.kid.as_ref().map(|_| false),
            }
        }
        verified
    }
}

/// An algorithm of ours in the crate's terms.
fn core_alg(alg: Alg) -> CoreJwsSigningAlgorithm {
    match alg {
        Alg::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        Alg::Rs384 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
        Alg::Rs512 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
        Alg::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        Alg::Ps384 => CoreJwsSigningAlgorithm::RsaSsaPssSha384,
        Alg::Ps512 => CoreJwsSigningAlgorithm::RsaSsaPssSha512,
        Alg::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        Alg::Es384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        Alg::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
    }
}

/// Whether a key is long enough; zeros before the modulus do not make it longer. The openidconnect crate takes any.
fn is_strong(key: &CoreJsonWebKey) -> bool {
    let modulus = serde_json::to_value(key).ok().and_then(|key| key.get("n")?.as_str().map(str::to_owned));
    modulus.is_none_or(|n| BASE64_URL_SAFE_NO_PAD.decode(n).is_ok_and(|n| bits(&n) >= RSA_MIN_BITS))
}

/// The length of a number in bits, the most significant byte first.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

/// One of the two JSON parts of a token.
fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Claims, each of them once: a set that says one twice says nothing (RFC 7519 4).
#[derive(Debug)]
pub struct UniqueClaims(pub Map<String, Value>);

impl<'de> Deserialize<'de> for UniqueClaims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = UniqueClaims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<UniqueClaims, A::Error> {
                let mut all = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if all.insert(name, value).is_some() {
                        return Err(de::Error::custom("a claim is repeated"));
                    }
                }
                Ok(UniqueClaims(all))
            }
        }

        deserializer.deserialize_map(Each)
    }
}

/// Whether an audience is this client and nobody else (OpenID Connect Core 3.1.3.7, 3).
pub fn is_for_us(aud: &Value, client_id: &str) -> bool {
    match aud {
        Value::Array(all) => !all.is_empty() && all.iter().all(|one| one.as_str() == Some(client_id)),
        one => one.as_str() == Some(client_id),
    }
}

/// A NumericDate (RFC 7519 2), without its fraction.
pub fn secs(date: Option<&Value>) -> Option<UnixSecs> {
    let secs = date?.as_f64().filter(|secs| secs.abs() < 1e15)?;
    Some(secs.floor() as UnixSecs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_16_zeros_before_a_modulus_do_not_make_it_longer() {
        let mut modulus = vec![0xff; 256];
        assert_eq!(bits(&modulus), 2048);
        modulus[0] = 0x7f;
        assert_eq!(bits(&modulus), 2047);
        modulus[..128].fill(0);
        assert_eq!(bits(&modulus), 1024);
        assert_eq!((bits(&[]), bits(&[0, 0])), (0, 0));
    }

    #[test]
    fn it_16_a_claim_that_is_there_twice_makes_all_of_them_unreadable() {
        let read = |text: &str| serde_json::from_str::<UniqueClaims>(text);
        assert!(read(r#"{"a":1,"b":{"a":1}}"#).is_ok());
        for text in [r#"{"a":1,"b":2,"a":1}"#, r#"{"a":1,"\u0061":null}"#, "[]", "\"a\"", "null"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_numeric_date_is_a_number_of_this_age() {
        let of = |text: &str| secs(serde_json::from_str(text).ok().as_ref());
        assert_eq!((of("5"), of("5.9"), of("-0.5"), of("1e30")), (Some(5), Some(5), Some(-1), None));
        for text in ["\"5\"", "null", "[5]", "true"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
