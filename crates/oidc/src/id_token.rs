//! Validation of the ID token (OpenID Connect Core 2, 3.1.3.7 and 12.2): every rule, in the order of the specification;
//! `jws.rs` verifies the signature. No token of the response is used before this has passed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{clock::UnixSecs, secret::Secret};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::{
    jws::{Jws, UniqueClaims, Unverified, is_for_us, secs},
    logout_token::is_sid,
    quirks,
    relying_party::{ProviderError, RelyingParty},
    settings::{Alg, ClientSettings},
};

/// The accepted clock skew.
pub const LEEWAY_SECS: i64 = 60;
/// An ID token is issued for this sign-in, so it cannot be older than this.
pub(crate) const IAT_MAX_AGE_SECS: i64 = 600;
/// The longest accepted token. Every session stores it and its claims.
const TOKEN_MAX_LEN: usize = 64 * 1024;
/// OpenID Connect Core 2: `sub` is at most 255 ASCII characters.
const SUB_MAX_LEN: usize = 255;

/// Why an ID token is refused. The text is for the log: it names the rule and never quotes the token.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("{0}")]
    Refused(String),
}

/// The values that a genuine token must also match.
pub enum Expected<'a> {
    /// At sign-in: the nonce of the authorization request (OpenID Connect Core 3.1.3.7, 11).
    SignIn { nonce: &'a str },
    /// At a refresh: the same user and `auth_time`; a nonce only if it is the original one (Core 12.2).
    ///
    /// The time checks are the usual ones: `iat` is when this token was issued (12.2). A wrong clock therefore looks
    /// like a replayed token, and the session ends. The two cannot be distinguished, and with a wrong clock nobody
    /// could sign in anyway.
    Refresh { sub: &'a str, auth_time: Option<i64>, nonce: &'a str },
}

/// A validated ID token.
pub struct ValidIdToken {
    pub sub: String,
    pub sid: Option<String>,
    /// How the user authenticated (Core 2, `amr`).
    pub amr: Vec<String>,
    pub auth_time: Option<i64>,
    /// `iat`, by the provider's clock.
    pub issued_at: UnixSecs,
    /// All claims of the token.
    pub claims: Map<String, Value>,
}

impl RelyingParty {
    /// Validates an ID token that came with `access_token`. The checks that need no key come first, so that garbage
    /// causes no request to the provider. Nothing in the token is used before its signature is verified.
    ///
    /// # Errors
    /// `Refused` if a rule is broken, `Provider` if the keys are unavailable.
    pub async fn validate_id_token(
        &self,
        token: &Secret,
        access_token: &Secret,
        expected: Expected<'_>,
    ) -> Result<ValidIdToken, IdTokenError> {
        if token.expose().len() > TOKEN_MAX_LEN {
            return refuse("it is too long");
        }
        let refused = |rule: &str| IdTokenError::Refused(rule.to_owned());
        let token = Jws::parse(token.expose(), &self.settings().id_token_algs).map_err(refused)?;
        if !is_plain_type(&token) {
            return refuse("typ belongs to another kind of token");
        }
        let Some(UniqueClaims(claims)) = token.claims() else { return refuse("the claims cannot be read") };
        let now = self.clock().now();
        let valid = check_claims(self.settings(), now, token.alg, claims, access_token.expose(), &expected)?;
        match token.verify(self).await {
            Ok(()) => Ok(valid),
            Err(Unverified::Refused(rule)) => refuse(rule),
            Err(Unverified::Provider(error)) => Err(error.into()),
        }
    }
}

fn refuse<T>(rule: impl Into<String>) -> Result<T, IdTokenError> {
    Err(IdTokenError::Refused(rule.into()))
}

/// The rules for the claims. Protocol claims must have the right type; all others are accepted as they are.
fn check_claims(
    settings: &ClientSettings,
    now: UnixSecs,
    alg: Alg,
    claims: Map<String, Value>,
    access_token: &str,
    expected: &Expected<'_>,
) -> Result<ValidIdToken, IdTokenError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&settings.issuer) {
        return refuse("iss is not the issuer");
    }
    if !claims.get("aud").is_some_and(|aud| is_for_us(aud, &settings.client_id)) {
        return refuse("aud is not exactly this client");
    }
    if claims.contains_key("azp") && text("azp") != Some(&settings.client_id) {
        return refuse("azp is not this client");
    }
    let issued_at = check_times(&claims, now)?;
    check_nonce(claims.get("nonce"), expected)?;
    // Core 3.1.3.8: checked if present.
    if claims.contains_key("at_hash") && text("at_hash") != Some(&half_hash(alg, access_token)) {
        return refuse("at_hash does not match the access token");
    }
    let Some(sub) = text("sub").filter(|sub| is_sub(sub)) else {
        return refuse("sub is not 1 to 255 ASCII characters");
    };
    // Front-Channel Logout 1.0, 3: has the syntax of an OAuth client identifier. The provider could not end a session
    // whose `sid` no logout token can contain.
    let sid = match claims.get("sid") {
        None | Some(Value::Null) => None,
        Some(Value::String(sid)) if is_sid(sid) => Some(sid.clone()),
        Some(_) => return refuse("sid is not valid"),
    };
    let auth_time = match claims.get("auth_time") {
        None | Some(Value::Null) => None,
        Some(time) => match secs(Some(time)) {
            None => return refuse("auth_time is not a time"),
            time => time,
        },
    };
    if let Expected::Refresh { sub: before, auth_time: original, .. } = expected {
        if sub != *before {
            return refuse("the refresh returned another sub");
        }
        if let (Some(original), Some(now)) = (original, auth_time)
            && now != *original
        {
            return refuse("auth_time changed during a refresh");
        }
    }
    Ok(ValidIdToken { sub: sub.to_owned(), sid, amr: quirks::amr(&claims), auth_time, issued_at, claims })
}

/// `exp`, `iat` and `nbf` (Core 2 and 3.1.3.7, 9 and 10; RFC 7519 4.1.5); returns `iat`.
fn check_times(claims: &Map<String, Value>, now: UnixSecs) -> Result<UnixSecs, IdTokenError> {
    let (Some(exp), Some(iat)) = (secs(claims.get("exp")), secs(claims.get("iat"))) else {
        return refuse("iat and exp must be present as numbers");
    };
    if exp <= now - LEEWAY_SECS {
        return refuse(format!("exp was {} s ago", now - exp));
    }
    let age = now - iat;
    if age < -LEEWAY_SECS {
        return refuse(format!("iat is {} s in the future: check the clocks", -age));
    }
    if age > IAT_MAX_AGE_SECS {
        return refuse(format!("iat is {age} s ago"));
    }
    if claims.contains_key("nbf") && secs(claims.get("nbf")).is_none_or(|nbf| nbf > now + LEEWAY_SECS) {
        return refuse("nbf is in the future");
    }
    Ok(iat)
}

fn check_nonce(found: Option<&Value>, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let (Expected::SignIn { nonce } | Expected::Refresh { nonce, .. }) = expected;
    match (found, expected) {
        (None, Expected::Refresh { .. }) => Ok(()),
        (None, Expected::SignIn { .. }) => refuse("nonce is missing"),
        // Hashes are compared, so the timing reveals nothing about the nonce.
        (Some(Value::String(found)), _) if Sha256::digest(found) == Sha256::digest(nonce) => Ok(()),
        (Some(_), _) => refuse("nonce does not match this sign-in"),
    }
}

/// The left half of the hash of a token, with the hash function of the signature (Core 3.1.3.6); Ed25519 uses SHA-512
/// (RFC 8032 5.1).
fn half_hash(alg: Alg, token: &str) -> String {
    let hash = match alg {
        Alg::Rs256 | Alg::Ps256 | Alg::Es256 => Sha256::digest(token).to_vec(),
        Alg::Rs384 | Alg::Ps384 | Alg::Es384 => Sha384::digest(token).to_vec(),
        Alg::Rs512 | Alg::Ps512 | Alg::EdDsa => Sha512::digest(token).to_vec(),
    };
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2])
}

/// Whether the header has no `typ`, or that of a generic JWT (RFC 8725 3.11). An access token or logout token of the
/// same provider must not pass for an ID token or UserInfo.
pub(crate) fn is_plain_type(token: &Jws<'_>) -> bool {
    token.typ().is_none_or(|typ| ["jwt", "jose"].contains(&typ.as_str()))
}

/// Whether a text can be a `sub` (OpenID Connect Core 2). Control characters are not allowed: no identifier has them,
/// and not every store can store them.
pub(crate) fn is_sub(text: &str) -> bool {
    (1..=SUB_MAX_LEN).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_05_it_06_times_are_right_to_the_second() {
        let now = 1_000_000;
        let check = |iat: i64, exp: i64, nbf: i64| {
            let claims = json!({ "iat": iat, "exp": exp, "nbf": nbf });
            check_times(claims.as_object().unwrap(), now)
        };
        for (what, [right, wrong]) in [
            ("exp", [now - LEEWAY_SECS + 1, now - LEEWAY_SECS].map(|exp| check(now, exp, now))),
            ("iat to come", [now + LEEWAY_SECS, now + LEEWAY_SECS + 1].map(|iat| check(iat, now + 9, now))),
            ("iat of before", [600, 601].map(|age| check(now - age, now + 9, now))),
            ("nbf", [now + LEEWAY_SECS, now + LEEWAY_SECS + 1].map(|nbf| check(now, now + 9, nbf))),
        ] {
            assert!(right.is_ok() && wrong.is_err(), "{what}");
        }
    }
}
