//! Validation of access tokens (RFC 9068 4).

use openidconnect::{JsonWebKey, core::CoreJwsSigningAlgorithm};
use serde_json::Value;

use super::keys::{Issuers, Unavailable};
use crate::{Clock, crypto::unb64};

/// Clock skew.
const LEEWAY_SECS: i64 = 2;
const MAX_LENGTH: usize = 16 * 1024;

/// A user: a `sub` is unique only together with its `iss` (RFC 9068 5).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Who {
    iss: String,
    sub: String,
}

/// The content of a valid access token.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) who: Who,
    /// How and when the user signed in, in seconds since 1970 (RFC 9068 2.2.1).
    pub(super) acr: Option<String>,
    pub(super) auth_time: Option<f64>,
    scopes: Vec<String>,
    roles: Vec<String>,
}

impl Access {
    /// Scopes are whole words (RFC 6749 3.3).
    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }

    pub(super) fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
    }
}

/// Why there is no access.
#[derive(Debug, thiserror::Error)]
pub(super) enum Rejected {
    /// For the log; callers get one fixed text.
    #[error("{0}")]
    Invalid(&'static str),
    #[error(transparent)]
    Keys(#[from] Unavailable),
}

/// Validates an access token for the API with this identifier. The token's header may name a key, but never contain one.
pub(super) async fn validate(
    issuers: &Issuers,
    clock: &Clock,
    token: &str,
    audience: &str,
) -> Result<Access, Rejected> {
    use Rejected::Invalid;
    if token.len() > MAX_LENGTH {
        return Err(Invalid("too long"));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Invalid("not a JWT"))?;
    let (header, payload) = signed.split_once('.').ok_or(Invalid("not a JWT"))?;
    let (header, claims) = (object(header)?, object(payload)?);
    let typ = header["typ"].as_str().unwrap_or_default().to_ascii_lowercase();
    if !matches!(typ.as_str(), "at+jwt" | "application/at+jwt") {
        return Err(Invalid("not typed as an access token"));
    }
    if header.get("crit").is_some() {
        return Err(Invalid("an extension that is not known"));
    }
    let alg = match header["alg"].as_str() {
        Some("ES256") => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        Some("RS256") => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        _ => return Err(Invalid("an algorithm that is not allowed")),
    };
    let issuer = claims["iss"].as_str().filter(|iss| issuers.trusts(iss)).ok_or(Invalid("another issuer"))?;
    let kid = header["kid"].as_str();
    let signature = unb64(signature).ok_or(Invalid("a signature that is not base64url"))?;
    let keys = issuers.candidates(issuer, kid, &alg).await?;
    if !keys.iter().any(|key| key.verify_signature(&alg, signed.as_bytes(), &signature).is_ok()) {
        return Err(Invalid("no key of the issuer fits the signature"));
    }
    check(clock.now(), audience, &claims).map_err(Invalid)
}

fn object(part: &str) -> Result<Value, Rejected> {
    unb64(part)
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .filter(Value::is_object)
        .ok_or(Rejected::Invalid("a part that is not JSON"))
}

/// RFC 9068 2.2 lists the required claims, 4 the rules for them.
fn check(now: i64, audience: &str, claims: &Value) -> Result<Access, &'static str> {
    let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty());
    let for_us = match &claims["aud"] {
        Value::String(aud) => aud == audience,
        Value::Array(all) => all.iter().any(|aud| aud == audience),
        _ => false,
    };
    if !for_us || audience.is_empty() {
        return Err("for another API");
    }
    if claims["exp"].as_f64().is_none_or(|exp| exp + LEEWAY_SECS as f64 <= now as f64) {
        return Err("expired");
    }
    if claims["iat"].as_f64().is_none() {
        return Err("no iat");
    }
    if claims.get("nbf").is_some_and(|nbf| nbf.as_f64().is_none_or(|nbf| nbf > (now + LEEWAY_SECS) as f64)) {
        return Err("not yet valid");
    }
    for name in ["sub", "client_id", "jti"] {
        if text(name).is_none() {
            return Err("a required claim is missing");
        }
    }
    // Bound to a key that this API does not check (RFC 9449 7.2), so it is worthless as a plain bearer token.
    if claims.get("cnf").is_some() {
        return Err("bound to a key");
    }
    let scopes = text("scope").unwrap_or_default().split(' ').map(str::to_owned).collect();
    let roles = claims["roles"].as_array().into_iter().flatten();
    let own = |name: &str| text(name).unwrap_or_default().to_owned();
    Ok(Access {
        who: Who { iss: own("iss"), sub: own("sub") },
        acr: text("acr").map(str::to_owned),
        auth_time: claims["auth_time"].as_f64(),
        scopes,
        roles: roles.filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}
