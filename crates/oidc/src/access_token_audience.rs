//! The audience of an access token, if it shows one. It only detects a token that is for another API than it was
//! requested for; nothing is granted because of it, so the signature is not verified.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::secret::Secret;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::jws::UniqueClaims;

/// The `aud` of an access token that is a JWT (RFC 9068 2.2). `None` if it is opaque, encrypted, or has no `aud`. An
/// `aud` that cannot be read names nobody.
pub fn audience_of(token: &Secret) -> Option<Vec<String>> {
    let parts: Vec<_> = token.expose().splitn(6, '.').collect();
    let [header, payload, _] = parts[..] else { return None };
    json::<Map<String, Value>>(header)?.get("alg")?;
    match json(payload) {
        Some(UniqueClaims(mut claims)) => claims.remove("aud").map(names),
        // Repeated claims: another reader may see another audience.
        None => json::<Map<String, Value>>(payload).map(|_| Vec::new()),
    }
}

fn names(aud: Value) -> Vec<String> {
    match aud {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A part of a token. Some writers pad it.
fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(header), encode(payload))
    }

    #[test]
    fn fs1_the_audience_of_a_jwt_is_read_and_that_of_other_tokens_is_unknown() {
        let of = |token: &str| audience_of(&Secret::new(token));
        let jwt = |payload: &str| of(&token(r#"{"alg":"RS256","typ":"at+jwt"}"#, payload));
        let list = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(jwt(r#"{"aud":"orders"}"#), list(&["orders"]));
        assert_eq!(jwt(r#"{"aud":["orders","warehouse"]}"#), list(&["orders", "warehouse"]));
        assert_eq!(of(&token(r#"{"alg":"none"}"#, r#"{"aud":"orders"}"#)), list(&["orders"]));
        for odd in [r#"{"aud":[]}"#, r#"{"aud":7}"#, r#"{"aud":null}"#, r#"{"aud":"a","aud":"b"}"#] {
            assert_eq!(jwt(odd), list(&[]), "{odd}");
        }
        for payload in ["{}", r#"{"sub":"ada"}"#, "[]", "no JSON"] {
            assert_eq!(jwt(payload), None, "{payload}");
        }
        let good = token(r#"{"alg":"ES256"}"#, r#"{"aud":"orders"}"#);
        for opaque in ["", "abc", "a.b.c", &format!("{good}.x.y"), &token("{}", r#"{"aud":"orders"}"#)] {
            assert_eq!(of(opaque), None, "{opaque}");
        }
    }
}
