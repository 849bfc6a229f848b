//! The keys of the trusted issuers: found by discovery, fetched when needed, and refetched for an unknown key, but not
//! more often than every few seconds.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use openidconnect::{
    JsonWebKey,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde_json::Value;
use tokio::sync::Mutex;
use url::{Host, Url};

use crate::{Error, http_client::http_client};

/// Between two fetches for one issuer.
pub(super) const COOLDOWN: Duration = Duration::from_secs(3);
/// The interval after which keys are refetched, so that withdrawn ones are dropped.
const MAX_AGE: Duration = Duration::from_secs(600);
const MAX_BODY: usize = 256 * 1024;

/// No key could be fetched; the token may be valid.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unavailable {
    #[error("the issuer is not responding: {0}")]
    Http(#[from] reqwest::Error),
    #[error("the issuer's response is larger than {MAX_BODY} bytes")]
    TooLarge,
    #[error("the issuer's response is invalid: {0}")]
    Nonsense(&'static str),
    #[error("the last attempt failed a moment ago")]
    JustFailed,
}

#[derive(Default)]
struct Cached {
    keys: Vec<CoreJsonWebKey>,
    tried: Option<Instant>,
    fetched: Option<Instant>,
}

/// Trusted issuers and their cached keys.
pub(super) struct Issuers {
    http: reqwest::Client,
    cached: BTreeMap<String, Mutex<Cached>>,
}

impl Issuers {
    pub(super) fn new(issuers: &[String], authorities: &[reqwest::Certificate]) -> Result<Self, Error> {
        let cached = issuers.iter().map(|issuer| (issuer.clone(), Mutex::default())).collect();
        Ok(Self { http: http_client(authorities)?, cached })
    }

    /// Sets an issuer's keys without asking it.
    #[cfg(test)]
    pub(super) fn know(&mut self, issuer: &str, set: &Value) {
        let now = Some(Instant::now());
        let cached = Cached { keys: usable(set).unwrap(), tried: now, fetched: now };
        self.cached.insert(issuer.to_owned(), Mutex::new(cached));
    }

    pub(super) fn trusts(&self, issuer: &str) -> bool {
        self.cached.contains_key(issuer)
    }

    /// The keys that may have signed a token; one fetch at a time for each issuer.
    pub(super) async fn candidates(
        &self,
        issuer: &str,
        kid: Option<&str>,
        alg: &CoreJwsSigningAlgorithm,
    ) -> Result<Vec<CoreJsonWebKey>, Unavailable> {
        let Some(cached) = self.cached.get(issuer) else {
            return Ok(Vec::new());
        };
        let mut cached = cached.lock().await;
        let found = matching(&cached.keys, kid, alg);
        let fresh = cached.fetched.is_some_and(|at| at.elapsed() < MAX_AGE);
        if !found.is_empty() && fresh {
            return Ok(found);
        }
        if cached.tried.is_some_and(|at| at.elapsed() < COOLDOWN) {
            return if cached.fetched.is_some() { Ok(found) } else { Err(Unavailable::JustFailed) };
        }
        cached.tried = Some(Instant::now());
        match self.fetch(issuer).await {
            Ok(keys) => {
                cached.keys = keys;
                cached.fetched = cached.tried;
                Ok(matching(&cached.keys, kid, alg))
            }
            // If a provider is temporarily unavailable, its cached keys stay valid.
            Err(cause) if found.is_empty() => Err(cause),
            Err(cause) => {
                tracing::warn!(error = %cause, "the demo API could not refresh the issuer's keys and keeps the old ones");
                Ok(found)
            }
        }
    }

    async fn fetch(&self, issuer: &str) -> Result<Vec<CoreJsonWebKey>, Unavailable> {
        let base = issuer.trim_end_matches('/');
        let document = self.json(&format!("{base}/.well-known/openid-configuration")).await?;
        if document["issuer"] != issuer {
            return Err(Unavailable::Nonsense("it names a different issuer"));
        }
        let jwks_uri = document["jwks_uri"].as_str().ok_or(Unavailable::Nonsense("no jwks_uri"))?;
        let url = Url::parse(jwks_uri).map_err(|_| Unavailable::Nonsense("jwks_uri is not a URL"))?;
        if url.scheme() != "https" && !loopback(&url) {
            return Err(Unavailable::Nonsense("jwks_uri is not https"));
        }
        let set = self.json(jwks_uri).await?;
        usable(&set).ok_or(Unavailable::Nonsense("no keys"))
    }

    async fn json(&self, url: &str) -> Result<Value, Unavailable> {
        let mut response = self.http.get(url).send().await?.error_for_status()?;
        if !response.status().is_success() {
            return Err(Unavailable::Nonsense("unexpected status"));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(Unavailable::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| Unavailable::Nonsense("not JSON"))
    }
}

fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(addr)) => addr.is_loopback(),
        Some(Host::Ipv6(addr)) => addr.is_loopback(),
        None => false,
    }
}

/// The usable keys of a set; others are ignored (RFC 7517 5).
fn usable(set: &Value) -> Option<Vec<CoreJsonWebKey>> {
    let keys = set["keys"].as_array()?.iter().filter(|key| strong(key));
    Some(keys.filter_map(|key| serde_json::from_value(key.clone()).ok()).collect())
}

/// RSA keys of less than 2048 bits are not accepted (RFC 7518 3.3).
fn strong(key: &Value) -> bool {
    key["kty"] != "RSA" || key["n"].as_str().is_some_and(|n| n.len() >= 342)
}

/// Keys for signatures of this algorithm; with a `kid`, only that one.
fn matching(
    keys: &[CoreJsonWebKey],
    kid: Option<&str>,
    alg: &CoreJwsSigningAlgorithm,
) -> Vec<CoreJsonWebKey> {
    use openidconnect::{JsonWebKeyAlgorithm, core::CoreJsonWebKeyUse};
    let fits = |key: &&CoreJsonWebKey| {
        let named = kid.is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid));
        let for_signing = key.key_use().is_none_or(|used| *used == CoreJsonWebKeyUse::Signature);
        let of_alg = match key.signing_alg() {
            JsonWebKeyAlgorithm::Algorithm(of) => of == alg,
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        named && for_signing && of_alg
    };
    keys.iter().filter(fits).cloned().collect()
}
