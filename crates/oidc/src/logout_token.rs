//! Validation of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6); `jws.rs` verifies the signature.

use std::borrow::Cow;

use claimcheck_base::clock::UnixSecs;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    audience::check_audience,
    id_token::{IAT_MAX_AGE_SECS, LEEWAY_SECS, is_sub},
    jws::{Jws, Member, UNKNOWN_KEY, Unverified, present, secs},
    quirks::Quirks,
    relying_party::{ProviderError, RelyingParty},
    settings::ClientSettings,
};

/// The longest accepted token.
const TOKEN_MAX_LEN: usize = 16 * 1024;
/// The longest accepted `sid` and `jti`; the specification sets no limit.
const NAME_MAX_LEN: usize = 1024;
/// The specification recommends that a logout token expires within two minutes (2.4). This allows for slow queues.
const LIFETIME_MAX_SECS: i64 = 3600;
/// The member of `events` that marks a logout token (2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Why a logout token is refused. The text is for the log and the provider: it names the rule and never quotes the
/// token.
#[derive(Debug, thiserror::Error)]
pub enum LogoutTokenError {
    /// The provider's keys are unavailable.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// It may be signed with a key that the provider has not published yet.
    #[error("{UNKNOWN_KEY}")]
    UnknownKey,
    #[error("{0}")]
    Refused(Cow<'static, str>),
}

/// A valid logout token. It applies to one of the provider's sessions, to all sessions of a subject, or to a session
/// that must belong to a subject. `sub` or `sid` is always present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutToken {
    pub iss: String,
    pub sub: Option<String>,
    pub sid: Option<String>,
    /// `iat`, by the provider's clock.
    pub issued_at: UnixSecs,
    /// The token's key in a replay cache: a hash of `iss` and `jti`.
    pub replay_key: [u8; 32],
    /// How long to remember it: as long as the token, or the ID token of an earlier sign-in, may still arrive.
    pub remember_until: UnixSecs,
}

impl RelyingParty {
    /// Validates a logout token. The checks that need no key come first, so that garbage causes no request to the
    /// provider. The keys are refetched once if the token names an unknown one.
    ///
    /// # Errors
    /// `Refused` if a rule is broken, `UnknownKey` if its key is not published, `Provider` if the keys are unavailable.
    pub async fn validate_logout_token(&self, token: &str) -> Result<LogoutToken, LogoutTokenError> {
        if token.len() > TOKEN_MAX_LEN {
            return refuse("the token is too long");
        }
        let settings = self.settings();
        let token = Jws::parse(token, &self.accepted_algs())
            .map_err(|rule| LogoutTokenError::Refused(rule.into()))?;
        if !Quirks::of(settings, None).is_logout_typ(token.typ().as_deref()) {
            return refuse("typ is not that of a logout token");
        }
        let logout = check_claims(settings, self.clock().now(), token.claims())?;
        match token.verify(self).await {
            Ok(()) => Ok(logout),
            Err(Unverified::Refused(rule)) => refuse(rule),
            Err(Unverified::UnknownKey) => Err(LogoutTokenError::UnknownKey),
            Err(Unverified::Provider(error)) => Err(error.into()),
        }
    }
}

/// How long the logout watermark is needed: as long as the ID token of a sign-in from before the logout may still
/// arrive.
pub fn watermark_until(issued_at: UnixSecs) -> UnixSecs {
    issued_at + IAT_MAX_AGE_SECS + 2 * LEEWAY_SECS
}

/// The latest `iat` of an ID token that the provider may have issued until now: its clock may be ahead of ours.
pub fn latest_iat(now: UnixSecs) -> UnixSecs {
    now + LEEWAY_SECS
}

/// Whether a text can be a `sid`. Control characters are not allowed: no identifier has them, and not every store can
/// store them.
pub fn is_sid(text: &str) -> bool {
    (1..=NAME_MAX_LEN).contains(&text.len()) && !text.contains(char::is_control)
}

fn refuse<T>(rule: impl Into<Cow<'static, str>>) -> Result<T, LogoutTokenError> {
    Err(LogoutTokenError::Refused(rule.into()))
}

/// The claims (2.4); others are ignored.
#[derive(Deserialize)]
struct Claims {
    iss: Member,
    aud: Member,
    iat: Member,
    exp: Member,
    jti: Member,
    events: Member,
    #[serde(default, deserialize_with = "present")]
    nbf: Member,
    #[serde(default, deserialize_with = "present")]
    sub: Member,
    #[serde(default, deserialize_with = "present")]
    sid: Member,
    #[serde(default, deserialize_with = "present")]
    nonce: Member,
    #[serde(default, deserialize_with = "present")]
    tid: Member,
}

/// The rules for the claims (2.4; 2.6, 3 to 7).
fn check_claims(
    settings: &ClientSettings,
    now: UnixSecs,
    claims: Option<Claims>,
) -> Result<LogoutToken, LogoutTokenError> {
    let Some(claims) = claims else { return refuse("the claims cannot be read") };
    let iss = claims.iss.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    if !settings.is_from_issuer(claims.iss.as_ref(), claims.tid.as_ref(), false) {
        return refuse("iss is not the issuer");
    }
    if let Err(rule) = check_audience(claims.aud.as_ref(), settings) {
        return refuse(rule);
    }
    let (Some(iat), Some(exp)) = (secs(claims.iat.as_ref()), secs(claims.exp.as_ref())) else {
        return refuse("iat and exp must be present as numbers");
    };
    if iat > now + LEEWAY_SECS || iat < now - LIFETIME_MAX_SECS - LEEWAY_SECS {
        return refuse("iat is in the future or too old");
    }
    if exp <= now - LEEWAY_SECS || exp > now + LIFETIME_MAX_SECS + LEEWAY_SECS {
        return refuse("exp is in the past or too far in the future");
    }
    if claims.nbf.is_some() && secs(claims.nbf.as_ref()).is_none_or(|nbf| nbf > now + LEEWAY_SECS) {
        return refuse("nbf is in the future");
    }
    let event = claims.events.as_ref().and_then(|events| events.as_object()?.get(EVENT));
    if !event.is_some_and(Value::is_object) {
        return refuse("events does not contain the logout event");
    }
    // 2.4: prevents that a logout token is mistaken for an ID token or the other way round.
    if claims.nonce.is_some() {
        return refuse("nonce must not be present");
    }
    let Some(jti) = claims.jti.as_ref().and_then(Value::as_str).filter(|jti| is_sid(jti)) else {
        return refuse("jti is missing or not valid");
    };
    let replay_key = Sha256::digest(format!("logout token {} {iss}{jti}", iss.len()));
    let sub = named(claims.sub, is_sub, "sub is not 1 to 255 ASCII characters")?;
    let sid = named(claims.sid, is_sid, "sid is not valid")?;
    if sub.is_none() && sid.is_none() {
        return refuse("sub and sid are both missing");
    }
    Ok(LogoutToken {
        iss,
        sub,
        sid,
        issued_at: iat,
        replay_key: replay_key.into(),
        remember_until: watermark_until(iat).max(exp + 2 * LEEWAY_SECS),
    })
}

/// A claim that is optional, but must be such a text if it is present.
fn named(
    claim: Member,
    is_such: impl Fn(&str) -> bool,
    rule: &'static str,
) -> Result<Option<String>, LogoutTokenError> {
    match claim {
        None => Ok(None),
        Some(Value::String(text)) if is_such(&text) => Ok(Some(text)),
        Some(_) => refuse(rule),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ISSUER, client_settings};

    const NOW: UnixSecs = 1_000_000;
    const LONGEST: i64 = LIFETIME_MAX_SECS + LEEWAY_SECS;

    fn check(iat: i64, exp: i64, nbf: Option<i64>) -> Result<LogoutToken, LogoutTokenError> {
        let mut claims = json!({
            "iss": ISSUER, "aud": "app", "sub": "ada", "jti": "1", "iat": iat, "exp": exp, "events": { EVENT: {} },
        });
        if let Some(nbf) = nbf {
            claims["nbf"] = json!(nbf);
        }
        check_claims(&client_settings(), NOW, serde_json::from_value(claims).ok())
    }

    #[test]
    fn lo_09_times_are_right_to_the_second() {
        let soon = NOW + 60;
        for (what, [right, wrong]) in [
            ("iat to come", [NOW + LEEWAY_SECS, NOW + LEEWAY_SECS + 1].map(|iat| check(iat, soon, None))),
            ("iat of before", [NOW - LONGEST, NOW - LONGEST - 1].map(|iat| check(iat, soon, None))),
            ("exp of before", [NOW - LEEWAY_SECS + 1, NOW - LEEWAY_SECS].map(|exp| check(NOW, exp, None))),
            ("exp to come", [NOW + LONGEST, NOW + LONGEST + 1].map(|exp| check(NOW, exp, None))),
            ("nbf", [NOW + LEEWAY_SECS, NOW + LEEWAY_SECS + 1].map(|nbf| check(NOW, soon, Some(nbf)))),
        ] {
            assert!(right.is_ok() && wrong.is_err(), "{what}");
        }
    }

    #[test]
    fn lo_14_lo_15_a_logout_bars_as_long_as_what_it_bars_may_arrive_and_its_token_may_be_played_again() {
        assert_eq!(
            watermark_until(NOW),
            NOW + 600 + 120,
            "ID tokens are taken for ten minutes, give or take a clock"
        );
        assert_eq!(check(NOW, NOW + 60, None).unwrap().remember_until, NOW + 720);
        assert_eq!(check(NOW, NOW + 3600, None).unwrap().remember_until, NOW + 3720);
    }
}
