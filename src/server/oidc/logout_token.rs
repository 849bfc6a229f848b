//! Validation of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6). The openidconnect crate knows none
//! and refuses their type, so the rules are here; signatures are verified by its keys. What needs no key is checked
//! first, so that nonsense costs the provider nothing.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    id_token::{IAT_MAX_AGE_SECS, LEEWAY_SECS, is_sub},
    jws::{Jws, Member, Unverified, is_for_us, present, secs},
    provider::{Provider, ProviderError},
};
use crate::server::{
    config::{LogoutTokenTyp, Settings},
    session::Logout,
};
use claimcheck_base::clock::UnixSecs;

/// Longest token taken.
const TOKEN_MAX_LEN: usize = 16 * 1024;
/// Longest `sid` and `jti` taken; the specification sets no bound.
const NAME_MAX_LEN: usize = 1024;
/// A logout is news: the specification wants it to expire within two minutes (2.4), and this is for slow queues.
const LIFETIME_MAX_SECS: i64 = 3600;
/// The member of `events` that says what the token is for (2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Why a logout token is refused. The text names the rule, never the token: it is for the log and for the provider.
#[derive(Debug, thiserror::Error)]
pub enum LogoutTokenError {
    /// Without the provider's keys nothing can be said of the token.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("{0}")]
    Refused(&'static str),
}

/// Validates; fetches the keys anew, once, when the token names one that is not known.
pub async fn validate(
    provider: &Provider,
    settings: &Settings,
    now: UnixSecs,
    token: &str,
) -> Result<Logout, LogoutTokenError> {
    if token.len() > TOKEN_MAX_LEN {
        return refuse("the token is too long");
    }
    let token = Jws::parse(token, &settings.id_token_algs).map_err(LogoutTokenError::Refused)?;
    if !is_of_kind(token.typ().as_deref(), settings.logout_token_typ) {
        return refuse("typ is not that of a logout token");
    }
    let logout = check_claims(settings, now, token.claims())?;
    match token.verify(provider).await {
        Ok(()) => Ok(logout),
        Err(Unverified::Refused(rule)) => refuse(rule),
        Err(Unverified::Provider(error)) => Err(error.into()),
    }
}

/// How long something that a logout bars may still arrive: a sign-in whose ID token is of before it.
pub fn bars_until(issued_at: UnixSecs) -> UnixSecs {
    issued_at + IAT_MAX_AGE_SECS + 2 * LEEWAY_SECS
}

/// Whether a text can be a `sid`: no name has control characters, and not every store could keep them.
pub fn is_sid(text: &str) -> bool {
    (1..=NAME_MAX_LEN).contains(&text.len()) && !text.contains(char::is_control)
}

fn refuse<T>(rule: &'static str) -> Result<T, LogoutTokenError> {
    Err(LogoutTokenError::Refused(rule))
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
}

/// Whether a token of that type can be one (2.4).
fn is_of_kind(typ: Option<&str>, expected: LogoutTokenTyp) -> bool {
    match typ {
        Some("logout+jwt") => true,
        Some("jwt") | None => expected == LogoutTokenTyp::Lenient,
        Some(_) => false,
    }
}

/// The rules for the claims (2.4; 2.6, 3 to 7).
fn check_claims(
    settings: &Settings,
    now: UnixSecs,
    claims: Option<Claims>,
) -> Result<Logout, LogoutTokenError> {
    let Some(claims) = claims else { return refuse("the claims cannot be read") };
    if claims.iss.as_ref().and_then(Value::as_str) != Some(&settings.issuer) {
        return refuse("iss is not the provider's");
    }
    if !claims.aud.as_ref().is_some_and(|aud| is_for_us(aud, &settings.client_id)) {
        return refuse("aud is not this client alone");
    }
    let (Some(iat), Some(exp)) = (secs(claims.iat.as_ref()), secs(claims.exp.as_ref())) else {
        return refuse("iat and exp must be there, as numbers");
    };
    if iat > now + LEEWAY_SECS || iat < now - LIFETIME_MAX_SECS - LEEWAY_SECS {
        return refuse("iat is in the future, or long ago");
    }
    if exp <= now - LEEWAY_SECS || exp > now + LIFETIME_MAX_SECS + LEEWAY_SECS {
        return refuse("exp has passed, or is far in the future");
    }
    if claims.nbf.is_some() && secs(claims.nbf.as_ref()).is_none_or(|nbf| nbf > now + LEEWAY_SECS) {
        return refuse("nbf is in the future");
    }
    let event = claims.events.as_ref().and_then(|events| events.as_object()?.get(EVENT));
    if !event.is_some_and(Value::is_object) {
        return refuse("events does not say that this is a logout");
    }
    // 2.4: so that no logout token is taken for an ID token; nor the other way round.
    if claims.nonce.is_some() {
        return refuse("a logout token has no nonce");
    }
    let Some(jti) = claims.jti.as_ref().and_then(Value::as_str).filter(|jti| is_sid(jti)) else {
        return refuse("jti is missing or not acceptable");
    };
    let mark = Sha256::digest(format!("logout token {} {}{jti}", settings.issuer.len(), settings.issuer));
    let sub = named(claims.sub, is_sub, "sub is not 1 to 255 ASCII characters")?;
    let sid = named(claims.sid, is_sid, "sid is not acceptable")?;
    if sub.is_none() && sid.is_none() {
        return refuse("there is neither sub nor sid");
    }
    Ok(Logout {
        iss: settings.issuer.clone(),
        sub,
        sid,
        issued_at: iat,
        replay_key: Some(mark.into()),
        until: bars_until(iat).max(exp + 2 * LEEWAY_SECS),
    })
}

/// A claim that may be absent, but if it is there must be such a text.
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

    const NOW: UnixSecs = 1_000_000;
    const LONGEST: i64 = LIFETIME_MAX_SECS + LEEWAY_SECS;

    fn check(iat: i64, exp: i64, nbf: Option<i64>) -> Result<Logout, LogoutTokenError> {
        let text = "public_url = \"http://localhost:3000\"\nissuer = \"https://id.example\"\nclient_id = \"app\"\n\
                    client_secret = \"s\"\napi_url = \"https://api.example\"\n";
        let settings = Settings::load(Some(text), None, []).unwrap().0;
        let mut claims = json!({
            "iss": "https://id.example", "aud": "app", "sub": "ada", "jti": "1", "iat": iat, "exp": exp, "events": { EVENT: {} },
        });
        if let Some(nbf) = nbf {
            claims["nbf"] = json!(nbf);
        }
        check_claims(&settings, NOW, serde_json::from_value(claims).ok())
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
            bars_until(NOW),
            NOW + 600 + 120,
            "ID tokens are taken for ten minutes, give or take a clock"
        );
        assert_eq!(check(NOW, NOW + 60, None).unwrap().until, NOW + 720);
        assert_eq!(check(NOW, NOW + 3600, None).unwrap().until, NOW + 3720);
    }
}
