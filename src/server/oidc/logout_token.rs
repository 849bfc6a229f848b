//! Validation of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6). The openidconnect crate knows none
//! and refuses their type, so the rules are here; signatures are verified by its keys. What needs no key is checked
//! first, so that nonsense costs the provider nothing.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey, SignatureVerificationError,
    core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    id_token::{IAT_MAX_AGE_SECS, LEEWAY_SECS, core_alg, is_strong, is_sub},
    provider::{Provider, ProviderError},
};
use crate::server::{
    clock::UnixSecs,
    config::{Alg, LogoutTokenTyp, Settings},
    session::Logout,
};

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
    let token = Token::parse(token, settings)?;
    let logout = check_claims(settings, now, token.payload)?;
    let verified = match token.verify(&*provider.keys().await?) {
        None => token.verify(&*provider.keys_anew().await?),
        verified => verified,
    };
    match verified {
        Some(true) => Ok(logout),
        Some(false) => refuse("the signature is not right"),
        None => refuse("no key of the provider's fits the signature"),
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

/// A member whose presence counts, also as `null`. Members that are named here and repeated make the whole unreadable.
type Member = Option<Value>;

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Member, D::Error> {
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
    crit: Member,
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

/// A token whose header is acceptable, taken apart.
struct Token<'a> {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    payload: &'a str,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    fn parse(token: &'a str, settings: &Settings) -> Result<Self, LogoutTokenError> {
        if token.len() > TOKEN_MAX_LEN {
            return refuse("the token is too long");
        }
        let parts: Vec<_> = token.split('.').collect();
        let [head, payload, signature] = parts[..] else { return refuse("it is not a signed JWT") };
        let Some(header) = json::<Header>(head) else { return refuse("the header cannot be read") };
        let Some(alg) = Alg::from_name(&header.alg).filter(|alg| settings.id_token_algs.contains(alg)) else {
            return refuse("alg is not among the algorithms of this client");
        };
        // RFC 7515 4.1.11: no extension is understood here.
        if header.crit.is_some() {
            return refuse("crit names what is not understood");
        }
        if !is_of_kind(header.typ.as_ref(), settings.logout_token_typ) {
            return refuse("typ is not that of a logout token");
        }
        let Some(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature).ok().filter(|made| !made.is_empty())
        else {
            return refuse("there is no signature");
        };
        let signed = &token[..head.len() + 1 + payload.len()];
        Ok(Self { alg: core_alg(alg), kid: header.kid, payload, signed, signature })
    }

    /// Whether the signature is of one of these keys; `None` if none of them could have made it.
    fn verify(&self, keys: &CoreJsonWebKeySet) -> Option<bool> {
        let is_named = |key: &CoreJsonWebKey| match &self.kid {
            Some(kid) => key.key_id().is_some_and(|id| id.as_str() == kid),
            None => true,
        };
        let mut verified = None;
        for key in keys.keys().iter().filter(|key| is_named(key) && is_strong(key)) {
            match key.verify_signature(&self.alg, self.signed.as_bytes(), &self.signature) {
                Ok(()) => return Some(true),
                // A key for something else: another use, another algorithm.
                Err(SignatureVerificationError::InvalidKey(_)) => {}
                Err(_) => verified = Some(false),
            }
        }
        verified
    }
}

/// One of the two JSON parts of a token.
fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// RFC 7515 4.1.9: `application/` may be left out, and case means nothing.
fn is_of_kind(typ: Option<&Value>, expected: LogoutTokenTyp) -> bool {
    let is_lenient = expected == LogoutTokenTyp::Lenient;
    let Some(typ) = typ else { return is_lenient };
    let typ = typ.as_str().unwrap_or_default().to_ascii_lowercase();
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        "logout+jwt" => true,
        "jwt" => is_lenient,
        _ => false,
    }
}

/// The rules for the claims (2.4; 2.6, 3 to 7).
fn check_claims(settings: &Settings, now: UnixSecs, payload: &str) -> Result<Logout, LogoutTokenError> {
    let Some(claims) = json::<Claims>(payload) else { return refuse("the claims cannot be read") };
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
        mark: Some(mark.into()),
        until: bars_until(iat).max(exp + 2 * LEEWAY_SECS),
    })
}

/// As ID tokens: this client and nobody else (OpenID Connect Core 3.1.3.7, 3).
fn is_for_us(aud: &Value, client_id: &str) -> bool {
    match aud {
        Value::Array(all) => !all.is_empty() && all.iter().all(|one| one.as_str() == Some(client_id)),
        one => one.as_str() == Some(client_id),
    }
}

/// A NumericDate (RFC 7519 2), without its fraction.
fn secs(date: Option<&Value>) -> Option<UnixSecs> {
    let secs = date?.as_f64().filter(|secs| secs.abs() < 1e15)?;
    Some(secs as UnixSecs)
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
