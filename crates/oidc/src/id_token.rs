//! Validation of the ID token (OpenID Connect Core 2, 3.1.3.7 and 12.2): every rule, in the order of the specification;
//! `jws.rs` verifies the signature. No token of the response is used before this has passed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{clock::UnixSecs, secret::Secret};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::{
    audience::{Audience, check_audience},
    jws::{Jws, ParseError, UNKNOWN_KEY, UniqueClaims, Unverified, secs},
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
const UNREADABLE: &str = "the claims cannot be read";

/// Why the ID token of a sign-in is refused. The text is for the log: it names the rule and never quotes the token.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("{0}")]
    Refused(String),
}

/// What the ID token of a refresh proves about the tokens that came with it. The texts are for the log, as in
/// [`IdTokenError`].
pub enum Refreshed {
    /// It is valid.
    Valid(ValidIdToken),
    /// It is from the provider and about this user and client, but its times do not fit this clock. Nothing is taken
    /// from it.
    Untimely(String),
    /// It is about this user and client, but its key is not known here. Only the connection can prove that it is from
    /// the provider (OpenID Connect Core 3.1.3.7, 6). Nothing is taken from it.
    Unverified(String),
    /// It cannot be read, or not be checked. It proves nothing, so the tokens must not be used.
    Unusable(String),
    /// It is about another user or client, or forged. The tokens must not be used, and the session ends (Core 12.2).
    Wrong(String),
}

/// A broken rule of the claims.
#[derive(Debug)]
enum Broken {
    /// The token is about another user, client, issuer or sign-in, or belongs to another access token.
    Wrong(String),
    /// A claim cannot be read.
    Malformed(String),
    /// A time does not fit this clock.
    Time(String),
}

impl From<Broken> for IdTokenError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Wrong(rule) | Broken::Malformed(rule) | Broken::Time(rule) => Self::Refused(rule),
        }
    }
}

/// The values that a genuine token must also match.
pub enum Expected<'a> {
    /// At sign-in: the nonce of the authorization request (OpenID Connect Core 3.1.3.7, 11).
    SignIn { nonce: &'a str },
    /// At a refresh: the same user; a nonce only if it is the original one (Core 12.2). A changed `auth_time` is no
    /// fault: the user may have authenticated again at the provider, for another application.
    Refresh { iss: &'a str, sub: &'a str, nonce: &'a str },
}

/// A validated ID token.
pub struct ValidIdToken {
    pub iss: String,
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
    /// Validates the ID token of a sign-in, which came with `access_token`. The checks that need no key come first, so
    /// that garbage causes no request to the provider. Nothing in the token is used before its signature is verified.
    ///
    /// # Errors
    /// `Refused` if a rule is broken, `Provider` if the keys are unavailable.
    pub async fn validate_id_token(
        &self,
        token: &Secret,
        access_token: &Secret,
        expected: Expected<'_>,
    ) -> Result<ValidIdToken, IdTokenError> {
        let token =
            self.parse_id_token(token).map_err(|error| IdTokenError::Refused(error.rule().to_owned()))?;
        let Some(UniqueClaims(claims)) = token.claims() else { return refuse(UNREADABLE) };
        let now = self.clock().now();
        let valid = check_claims(self.settings(), now, token.alg, claims, access_token.expose(), &expected)?;
        match token.verify(self).await {
            Ok(()) => Ok(valid),
            Err(Unverified::Refused(rule)) => refuse(rule),
            Err(Unverified::UnknownKey) => refuse(UNKNOWN_KEY),
            Err(Unverified::Provider(error)) => Err(error.into()),
        }
    }

    /// Checks the ID token of a refresh, which came with `access_token`. What must be true of this user and client is
    /// checked in any case; a missing key and a wrong clock are not the fault of the token.
    pub async fn check_refreshed_id_token(
        &self,
        token: &Secret,
        access_token: &Secret,
        expected: Expected<'_>,
    ) -> Refreshed {
        let token = match self.parse_id_token(token) {
            Ok(token) => token,
            Err(ParseError::Unsigned(rule)) => return Refreshed::Wrong(rule.to_owned()),
            Err(ParseError::Unreadable(rule)) => return Refreshed::Unusable(rule.to_owned()),
        };
        let Some(UniqueClaims(claims)) = token.claims() else {
            return Refreshed::Unusable(UNREADABLE.to_owned());
        };
        let now = self.clock().now();
        let checked = check_claims(self.settings(), now, token.alg, claims, access_token.expose(), &expected);
        if let Err(Broken::Wrong(rule)) = checked {
            return Refreshed::Wrong(rule);
        }
        let unknown = match token.verify(self).await {
            Ok(()) => None,
            Err(Unverified::Refused(rule)) => return Refreshed::Wrong(rule.to_owned()),
            Err(Unverified::UnknownKey) => Some(UNKNOWN_KEY.to_owned()),
            Err(Unverified::Provider(error)) => Some(error.to_string()),
        };
        self.report_clock(!matches!((&checked, &unknown), (Err(Broken::Time(_)), None)));
        match (checked, unknown) {
            (Ok(valid), None) => Refreshed::Valid(valid),
            (Ok(_), Some(cause)) => Refreshed::Unverified(cause),
            (Err(Broken::Time(rule)), None) => Refreshed::Untimely(rule),
            (Err(Broken::Time(rule)), Some(cause)) => Refreshed::Unusable(format!("{rule}; {cause}")),
            (Err(Broken::Malformed(rule) | Broken::Wrong(rule)), _) => Refreshed::Unusable(rule),
        }
    }

    /// The rules that need neither claims nor keys.
    fn parse_id_token<'t>(&self, token: &'t Secret) -> Result<Jws<'t>, ParseError> {
        if token.expose().len() > TOKEN_MAX_LEN {
            return Err(ParseError::Unreadable("it is too long"));
        }
        let token = Jws::parse(token.expose(), &self.accepted_algs())?;
        if !is_plain_type(&token) {
            return Err(ParseError::Unreadable("typ belongs to another kind of token"));
        }
        Ok(token)
    }
}

fn refuse<T>(rule: impl Into<String>) -> Result<T, IdTokenError> {
    Err(IdTokenError::Refused(rule.into()))
}

fn wrong<T>(rule: impl Into<String>) -> Result<T, Broken> {
    Err(Broken::Wrong(rule.into()))
}

fn untimely<T>(rule: impl Into<String>) -> Result<T, Broken> {
    Err(Broken::Time(rule.into()))
}

fn malformed<T>(rule: impl Into<String>) -> Result<T, Broken> {
    Err(Broken::Malformed(rule.into()))
}

/// The rules for the claims. Protocol claims must have the right type; all others are accepted as they are. A wrong user
/// or client is reported before anything else, and a time last.
fn check_claims(
    settings: &ClientSettings,
    now: UnixSecs,
    alg: Alg,
    claims: Map<String, Value>,
    access_token: &str,
    expected: &Expected<'_>,
) -> Result<ValidIdToken, Broken> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if !settings.is_from_issuer(claims.get("iss"), claims.get("tid"), true) {
        return wrong("iss is not the issuer");
    }
    let audience = check_audience(claims.get("aud"), settings).map_err(Broken::Wrong)?;
    match text("azp") {
        Some(azp) if azp == settings.client_id => {}
        None if !claims.contains_key("azp") && audience == Audience::Ours => {}
        // Core 3.1.3.7, 4: without it, the token may have been issued to another of its audiences.
        None if !claims.contains_key("azp") => return wrong("aud has several values, but azp is missing"),
        _ => return wrong("azp is not this client"),
    }
    check_nonce(claims.get("nonce"), expected)?;
    // Core 3.1.3.8: checked if present.
    if claims.contains_key("at_hash") && text("at_hash") != Some(&half_hash(alg, access_token)) {
        return wrong("at_hash does not match the access token");
    }
    let Some(sub) = text("sub").filter(|sub| is_sub(sub)) else {
        return wrong("sub is not 1 to 255 ASCII characters");
    };
    if let Expected::Refresh { iss: issuer, sub: before, .. } = expected {
        // With several tenants, another one of them is another issuer.
        if text("iss") != Some(issuer) {
            return wrong("iss is not the issuer");
        }
        if sub != *before {
            return wrong("the refresh returned another sub");
        }
    }
    // Front-Channel Logout 1.0, 3: has the syntax of an OAuth client identifier. The provider could not end a session
    // whose `sid` no logout token can contain.
    let sid = match claims.get("sid") {
        None | Some(Value::Null) => None,
        Some(Value::String(sid)) if is_sid(sid) => Some(sid.clone()),
        Some(_) => return malformed("sid is not valid"),
    };
    let auth_time = match claims.get("auth_time") {
        None | Some(Value::Null) => None,
        Some(time) => match secs(Some(time)) {
            None => return malformed("auth_time is not a time"),
            time => time,
        },
    };
    let issued_at = check_times(&claims, now)?;
    let iss = text("iss").unwrap_or_default().to_owned();
    Ok(ValidIdToken {
        iss,
        sub: sub.to_owned(),
        sid,
        amr: quirks::amr(&claims),
        auth_time,
        issued_at,
        claims,
    })
}

/// `exp`, `iat` and `nbf` (Core 2 and 3.1.3.7, 9 and 10; RFC 7519 4.1.5); returns `iat`.
fn check_times(claims: &Map<String, Value>, now: UnixSecs) -> Result<UnixSecs, Broken> {
    let (Some(exp), Some(iat)) = (secs(claims.get("exp")), secs(claims.get("iat"))) else {
        return malformed("iat and exp must be present as numbers");
    };
    if exp <= now - LEEWAY_SECS {
        return untimely(format!("exp was {} s ago", now - exp));
    }
    let age = now - iat;
    if age < -LEEWAY_SECS {
        return untimely(format!("iat is {} s in the future: check the clocks", -age));
    }
    if age > IAT_MAX_AGE_SECS {
        return untimely(format!("iat is {age} s ago"));
    }
    if claims.contains_key("nbf") && secs(claims.get("nbf")).is_none_or(|nbf| nbf > now + LEEWAY_SECS) {
        return untimely("nbf is in the future");
    }
    Ok(iat)
}

fn check_nonce(found: Option<&Value>, expected: &Expected<'_>) -> Result<(), Broken> {
    let (Expected::SignIn { nonce } | Expected::Refresh { nonce, .. }) = expected;
    match (found, expected) {
        (None, Expected::Refresh { .. }) => Ok(()),
        (None, Expected::SignIn { .. }) => wrong("nonce is missing"),
        // Hashes are compared, so the timing reveals nothing about the nonce.
        (Some(Value::String(found)), _) if Sha256::digest(found) == Sha256::digest(nonce) => Ok(()),
        (Some(_), _) => wrong("nonce does not match this sign-in"),
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
