//! Signed JWTs of the provider (RFC 7515, RFC 7519): parsing, and verification with the provider's keys. The rules for
//! the claims of each kind are in `id_token.rs`, `logout_token.rs` and `userinfo.rs`.

use std::{borrow::Cow, fmt};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::clock::UnixSecs;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    key_set::{Key, KeySet},
    relying_party::{ProviderError, RelyingParty},
    settings::Alg,
};

/// Why a signature is not accepted. The texts are for the log.
pub(crate) enum Unverified {
    /// The provider's keys are unavailable.
    Provider(ProviderError),
    /// None of the provider's keys is the one that the token names, also after a refetch. Or the token names none, and
    /// none verifies it.
    UnknownKey,
    Refused(&'static str),
}

/// The text for [`Unverified::UnknownKey`].
pub(crate) const UNKNOWN_KEY: &str = "none of the provider's keys matches the signature";

/// Why a text is not a token with an acceptable header. The rules are for the log.
pub(crate) enum ParseError {
    /// It claims to need no key of the provider, or has no signature: nobody but a forger does that.
    Unsigned(&'static str),
    Unreadable(&'static str),
}

impl From<ParseError> for Cow<'static, str> {
    fn from(error: ParseError) -> Self {
        error.rule().into()
    }
}

impl ParseError {
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            Self::Unsigned(rule) | Self::Unreadable(rule) => rule,
        }
    }
}

/// A member whose presence matters, even if it is `null`. A repeated member makes the whole object unreadable.
pub(crate) type Member = Option<Value>;

/// For `#[serde(default, deserialize_with)]` of a [`Member`].
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Member, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The header (RFC 7515 4.1). Keys in it or referenced by it (`jwk`, `jku`, `x5u`, `x5c`) are not even read.
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

/// A parsed token with an acceptable header. Its claims are unverified until [`Jws::verify`] succeeds.
pub(crate) struct Jws<'a> {
    pub alg: Alg,
    kid: Option<String>,
    typ: Member,
    payload: &'a str,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Parses a token signed with one of these algorithms (RFC 8725 3.1).
    pub(crate) fn parse(token: &'a str, algs: &[Alg]) -> Result<Self, ParseError> {
        use ParseError::{Unreadable, Unsigned};
        let parts: Vec<_> = token.splitn(6, '.').collect();
        let [head, payload, signature] = parts[..] else { return Err(Unreadable("it is not a signed JWT")) };
        let Some(header) = json::<Header>(head) else { return Err(Unreadable("the header cannot be read")) };
        let Some(alg) = Alg::from_name(&header.alg).filter(|alg| algs.contains(alg)) else {
            let rule = "alg is not one of the allowed algorithms";
            return Err(if is_unsigned(&header.alg) { Unsigned(rule) } else { Unreadable(rule) });
        };
        // RFC 7515 4.1.11: no extension is supported here.
        if header.crit.is_some() {
            return Err(Unreadable("crit names an unsupported extension"));
        }
        // RFC 7519 5.2: nested JWTs are not supported.
        if header.cty.is_some() {
            return Err(Unreadable("cty declares a nested token"));
        }
        let Some(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature).ok().filter(|made| !made.is_empty())
        else {
            return Err(Unsigned("the signature is missing"));
        };
        let signed = &token[..head.len() + 1 + payload.len()];
        Ok(Self { alg, kid: header.kid, typ: header.typ, payload, signed, signature })
    }

    /// The type in the header, in lower case and without the optional prefix `application/` (RFC 7515 4.1.9). `None` if
    /// there is none; a value that is not a string becomes the empty type.
    pub(crate) fn typ(&self) -> Option<String> {
        let typ = self.typ.as_ref()?.as_str().unwrap_or_default().to_ascii_lowercase();
        Some(typ.strip_prefix("application/").unwrap_or(&typ).to_owned())
    }

    /// The claims; `None` if they cannot be read.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        json(self.payload)
    }

    /// Verifies the signature. Refetches the keys once if the key is unknown (OpenID Connect Core 10.1.1).
    pub(crate) async fn verify(&self, relying_party: &RelyingParty) -> Result<(), Unverified> {
        let keys = relying_party.keys().await.map_err(Unverified::Provider)?;
        // With the keys, the provider's list of algorithms is known, too.
        if !relying_party.accepted_algs().contains(&self.alg) {
            return Err(Unverified::Refused("alg is not one of the allowed algorithms"));
        }
        // The keys of several tenants come from one document, so each must belong to the tenant.
        let iss = relying_party.settings().has_tenants().then(|| self.iss());
        let is_of = |keys: &KeySet| {
            keys.has_signed(iss.as_deref(), self.alg, self.kid.as_deref(), self.signed, &self.signature)
        };
        let verified = match is_of(&keys) {
            None => is_of(&*relying_party.refetch_keys().await.map_err(Unverified::Provider)?),
            verified => verified,
        };
        match verified {
            Some(true) => Ok(()),
            Some(false) => Err(Unverified::Refused("the signature is not valid")),
            None => Err(Unverified::UnknownKey),
        }
    }

    /// Whether these keys contain the one that the token names; a token that names none may be of any.
    pub(crate) fn is_key_among(&self, keys: &KeySet) -> bool {
        let is_it = |known: &Key| known.key.kid() == self.kid.as_deref();
        self.kid.is_none() || keys.0.iter().any(is_it)
    }

    /// The claimed issuer; empty if there is none.
    fn iss(&self) -> String {
        let claims = self.claims::<UniqueClaims>();
        let iss = claims.as_ref().and_then(|claims| claims.0.get("iss")).and_then(Value::as_str);
        iss.unwrap_or_default().to_owned()
    }
}

/// Whether an `alg` needs no key of the provider: `none` in any case of letters, or a secret (RFC 7518 3.1).
fn is_unsigned(alg: &str) -> bool {
    let alg = alg.trim().to_ascii_lowercase();
    alg == "none" || alg.starts_with("hs")
}

/// One of the two JSON parts of a token.
fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Claims without repeated names: a set with a repeated name is unreadable (RFC 7519 4).
#[derive(Debug)]
pub(crate) struct UniqueClaims(pub Map<String, Value>);

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

/// A NumericDate (RFC 7519 2), truncated to seconds.
pub(crate) fn secs(date: Option<&Value>) -> Option<UnixSecs> {
    let secs = date?.as_f64().filter(|secs| secs.abs() < 1e15)?;
    Some(secs.floor() as UnixSecs)
}

#[cfg(test)]
mod tests {
    use super::*;

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
