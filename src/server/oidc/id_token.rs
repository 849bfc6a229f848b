//! Validation of the ID token (OpenID Connect Core 3.1.3.7 and 12.2): what the openidconnect crate does, then the
//! rules it leaves to the relying party. No token of the answer is used before this has passed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, Nonce, SignatureVerificationError,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde_json::{Map, Value};

use super::provider::{Provider, ProviderError, issuer_url};
use crate::server::{
    clock::UnixSecs,
    config::{Alg, Settings},
};

/// Clocks may differ by this much.
pub const LEEWAY_SECS: i64 = 60;
/// An ID token is issued for this sign-in, not found in a drawer.
pub(super) const IAT_MAX_AGE_SECS: i64 = 600;
/// OpenID Connect Core 2: `sub` is at most 255 ASCII characters.
const SUB_MAX_LEN: usize = 255;

/// Why an ID token is refused. The text is for the log: it names the rule, never the token.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("{0}")]
    Refused(String),
}

/// What the token must say beyond being genuine.
pub enum Expected<'a> {
    /// At sign-in: the nonce of the authorization request (OpenID Connect Core 3.1.3.7, 11).
    SignIn { nonce: &'a str },
    /// At a refresh: the same person, `auth_time` unchanged, a nonce only if it is the original (Core 12.2).
    Refresh { sub: &'a str, auth_time: Option<i64>, nonce: &'a str },
}

/// A validated ID token.
pub struct ValidIdToken {
    pub sub: String,
    pub sid: Option<String>,
    pub auth_time: Option<i64>,
    /// `iat`, by the provider's clock.
    pub issued_at: UnixSecs,
    /// Every claim of the token.
    pub claims: Map<String, Value>,
}

/// Validates; fetches the keys anew, once, when the token names one that is not known.
pub async fn validate(
    provider: &Provider,
    settings: &Settings,
    now: UnixSecs,
    token: &CoreIdToken,
    access_token: &AccessToken,
    expected: Expected<'_>,
) -> Result<ValidIdToken, IdTokenError> {
    let keys = provider.keys().await?;
    match check(settings, &keys, now, token, access_token, &expected) {
        Err(Refusal::UnknownKey) => {
            let keys = provider.keys_anew().await?;
            check(settings, &keys, now, token, access_token, &expected)
        }
        outcome => outcome,
    }
    .map_err(|refusal| match refusal {
        Refusal::UnknownKey => IdTokenError::Refused("no key of the provider's fits the signature".into()),
        Refusal::Rule(rule) => IdTokenError::Refused(rule),
        Refusal::Provider(error) => IdTokenError::Provider(error),
    })
}

enum Refusal {
    UnknownKey,
    Rule(String),
    Provider(ProviderError),
}

fn refuse<T>(rule: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Rule(rule.into()))
}

fn check(
    settings: &Settings,
    keys: &CoreJsonWebKeySet,
    now: UnixSecs,
    token: &CoreIdToken,
    access_token: &AccessToken,
    expected: &Expected<'_>,
) -> Result<ValidIdToken, Refusal> {
    let verifier = verifier(settings, keys, now)?;
    let claims = match token.claims(&verifier, |nonce: Option<&Nonce>| check_nonce(nonce, expected)) {
        Ok(claims) => claims,
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            return Err(Refusal::UnknownKey);
        }
        Err(error) => return refuse(error.to_string()),
    };
    // Core 3.1.3.8: compared where it is present.
    if let Some(at_hash) = claims.access_token_hash() {
        let actual = token
            .signing_alg()
            .and_then(|alg| Ok((alg, token.signing_key(&verifier)?)))
            .and_then(|(alg, key)| AccessTokenHash::from_token(access_token, alg, key).map_err(other))
            .or_else(|error| refuse(format!("at_hash cannot be computed: {error}")))?;
        if actual != *at_hash {
            return refuse("at_hash is not of the access token");
        }
    }
    let all = payload(token)?;
    let auth_time = claims.auth_time().map(|time| time.timestamp());
    check_rules(settings, now, &all, auth_time, expected)?;
    Ok(ValidIdToken {
        sub: claims.subject().to_string(),
        sid: all.get("sid").and_then(Value::as_str).map(str::to_owned),
        auth_time,
        issued_at: claims.issue_time().timestamp(),
        claims: all,
    })
}

fn other(error: impl ToString) -> SignatureVerificationError {
    SignatureVerificationError::Other(error.to_string())
}

/// The crate's own checks, with our algorithms rather than the metadata's (RFC 8725 3.1).
fn verifier<'a>(
    settings: &Settings,
    keys: &CoreJsonWebKeySet,
    now: UnixSecs,
) -> Result<CoreIdTokenVerifier<'a>, Refusal> {
    let strong = keys.keys().iter().filter(|key| is_strong(key)).cloned().collect();
    let issuer = issuer_url(&settings.issuer).map_err(Refusal::Provider)?;
    // A public client's verifier: no algorithm that takes the client secret as its key can ever pass.
    Ok(CoreIdTokenVerifier::new_public_client(
        ClientId::new(settings.client_id.clone()),
        issuer,
        CoreJsonWebKeySet::new(strong),
    )
    .set_allowed_algs(settings.id_token_algs.iter().map(|alg| core_alg(*alg)))
    .set_time_fn(move || at(now - LEEWAY_SECS))
    .set_issue_time_verifier_fn(move |issued| {
        let age = now - issued.timestamp();
        match age {
            _ if age < -LEEWAY_SECS => Err(format!("iat is {} s in the future: a clock is wrong", -age)),
            _ if age > IAT_MAX_AGE_SECS => Err(format!("iat is {age} s ago")),
            _ => Ok(()),
        }
    }))
}

/// An algorithm of ours in the crate's terms.
pub(super) fn core_alg(alg: Alg) -> CoreJwsSigningAlgorithm {
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

fn at(secs: UnixSecs) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(secs, 0).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC)
}

/// RFC 7518 3.3: RSA keys have 2048 bits or more. The openidconnect crate takes any.
pub(super) fn is_strong(key: &CoreJsonWebKey) -> bool {
    let modulus = serde_json::to_value(key).ok().and_then(|key| key.get("n")?.as_str().map(str::to_owned));
    modulus.is_none_or(|n| BASE64_URL_SAFE_NO_PAD.decode(n).is_ok_and(|n| n.len() >= 256))
}

fn check_nonce(nonce: Option<&Nonce>, expected: &Expected<'_>) -> Result<(), String> {
    use openidconnect::NonceVerifier;
    match (expected, nonce) {
        (Expected::Refresh { .. }, None) => Ok(()),
        (Expected::SignIn { nonce: original } | Expected::Refresh { nonce: original, .. }, found) => {
            NonceVerifier::verify(&Nonce::new((*original).to_owned()), found)
        }
    }
}

/// The claims as they stand in the token whose signature has been verified.
fn payload(token: &CoreIdToken) -> Result<Map<String, Value>, Refusal> {
    let token = token.to_string();
    let payload = token.split('.').nth(1).unwrap_or_default();
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(payload).ok();
    match decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        Some(claims) => Ok(claims),
        None => refuse("the payload is not an object"),
    }
}

/// Whether a text can be a `sub` (OpenID Connect Core 2).
pub(super) fn is_sub(text: &str) -> bool {
    !text.is_empty() && text.len() <= SUB_MAX_LEN && text.is_ascii()
}

/// The rules of OpenID Connect Core 2, 3.1.3.7 and 12.2 that the crate does not know.
fn check_rules(
    settings: &Settings,
    now: UnixSecs,
    claims: &Map<String, Value>,
    auth_time: Option<i64>,
    expected: &Expected<'_>,
) -> Result<(), Refusal> {
    if let Some(azp) = claims.get("azp")
        && azp.as_str() != Some(&settings.client_id)
    {
        return refuse("azp is not this client");
    }
    if let Some(nbf) = claims.get("nbf")
        && !nbf.as_f64().is_some_and(|nbf| nbf <= (now + LEEWAY_SECS) as f64)
    {
        return refuse("nbf is in the future");
    }
    let sub = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    if !is_sub(sub) {
        return refuse("sub is not 1 to 255 ASCII characters");
    }
    if let Expected::Refresh { sub: before, auth_time: original, .. } = expected {
        if sub != *before {
            return refuse("a refresh answered for another sub");
        }
        if let (Some(original), Some(now)) = (original, auth_time)
            && now != *original
        {
            return refuse("auth_time changed at a refresh");
        }
    }
    Ok(())
}
