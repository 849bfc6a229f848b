//! This client at its provider: discovery document and keys, fetched when needed and cached separately, and the HTTP
//! client for all requests. The other files add the operations of a relying party.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use claimcheck_base::{
    clock::{Clock, UnixSecs},
    http_out::{HttpOut, HttpOutError},
    traces::Purpose,
};
use http::{Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use crate::{
    cached::Cached,
    document_fetches::{DocumentFetches, ProviderDocument},
    endpoints::discovery_url,
    key_set::KeySet,
    metadata::{Metadata, MissingFeature},
    settings::{Alg, ClientSettings},
};

/// The pauses between attempts to reach the provider at startup: the first, and the longest.
const RETRY_PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Why the provider cannot be used now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProviderError {
    /// It did not answer; this may be temporary.
    #[error("the provider is not responding ({document}): {cause}")]
    Unreachable {
        document: &'static str,
        cause: String,
        /// Its certificate is not trusted here, so nothing was asked.
        is_untrusted: bool,
    },
    /// Its answer is unusable; an operator has to change something.
    #[error("the provider's {document} cannot be used: {cause}")]
    Unusable { document: &'static str, cause: String },
    /// It signs ID tokens with no algorithm that is accepted here.
    #[error("the provider's discovery document cannot be used: {0}")]
    Algorithms(String),
}

/// A relying party at its provider. Clones share all state.
#[derive(Clone)]
pub struct RelyingParty(Arc<Inner>);

struct Inner {
    settings: ClientSettings,
    http: HttpOut,
    clock: Clock,
    metadata: Cached<Metadata, ProviderError>,
    keys: Cached<KeySet, ProviderError>,
    /// How the fetches of discovery document and keys ended.
    fetches: [DocumentFetches; 2],
    /// The missing features that are already in the log.
    reported: Mutex<Vec<MissingFeature>>,
    /// Whether the times of the last refreshed ID token did not fit this clock.
    is_clock_wrong: AtomicBool,
}

impl RelyingParty {
    /// Creates the relying party. Nothing is fetched yet, so that an unavailable provider does not stop the program.
    pub fn new(settings: ClientSettings, http: HttpOut, clock: Clock) -> Self {
        let (metadata, keys) = (Cached::new(clock.clone()), Cached::new(clock.clone()));
        Self(Arc::new(Inner {
            settings,
            http,
            clock,
            metadata,
            keys,
            fetches: Default::default(),
            reported: Mutex::default(),
            is_clock_wrong: AtomicBool::new(false),
        }))
    }

    /// The registration of this client.
    pub fn settings(&self) -> &ClientSettings {
        &self.0.settings
    }

    pub(crate) fn http(&self) -> &HttpOut {
        &self.0.http
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Fetches discovery document and keys until both have succeeded once. Each failure is logged with its cause, so
    /// that an operator notices it before the first sign-in.
    pub async fn fetch_until_usable(&self) {
        let (mut pause, longest) = RETRY_PAUSES;
        while let Err(error) = self.keys().await {
            tracing::warn!(event = "provider not usable", cause = %error, "no one can sign in until this is resolved");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }

    /// The discovery document (OpenID Connect Discovery 4).
    ///
    /// # Errors
    /// It is unavailable, or breaks a rule of `metadata.rs`.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        let discover = || self.0.fetches[0].noting(self.discover());
        self.0.metadata.get(&self.0.settings.issuer, discover).await
    }

    /// The provider's signing keys (Discovery 3, `jwks_uri`).
    ///
    /// # Errors
    /// They or the discovery document are unavailable or unreadable.
    pub async fn keys(&self) -> Result<Arc<KeySet>, ProviderError> {
        let metadata = self.metadata().await?;
        let at = &metadata.jwks_uri;
        self.0.keys.get(at.as_str(), || self.0.fetches[1].noting(self.fetch_keys(at))).await
    }

    /// Refetches the keys because a token named one that is not cached (OpenID Connect Core 10.1.1).
    ///
    /// # Errors
    /// As [`RelyingParty::keys`].
    pub async fn refetch_keys(&self) -> Result<Arc<KeySet>, ProviderError> {
        let metadata = self.metadata().await?;
        let at = &metadata.jwks_uri;
        self.0.keys.refetch(at.as_str(), || self.0.fetches[1].noting(self.fetch_keys(at))).await
    }

    /// The problem with the last fetch of the provider's documents, or with the clocks, if any. Reveals nothing about
    /// settings or metadata.
    pub fn fault(&self) -> Option<&'static str> {
        match self.0.metadata.failure().or_else(|| self.0.keys.failure()) {
            Some(ProviderError::Unreachable { .. }) => Some("the provider is not responding"),
            Some(_) => Some("the provider's responses cannot be used; see the log"),
            None if self.0.is_clock_wrong.load(Ordering::Relaxed) => {
                Some("the clocks of this server and of the provider differ")
            }
            None => None,
        }
    }

    /// How old discovery document and keys are, and how their fetches ended. Fetches nothing.
    pub fn documents(&self) -> [ProviderDocument; 2] {
        let (inner, now) = (&*self.0, self.0.clock.now());
        let age = |at: Option<UnixSecs>| at.map(|at| now.saturating_sub(at));
        let [metadata, keys] = &inner.fetches;
        [
            metadata.document("discovery", age(inner.metadata.kept_at())),
            keys.document("keys", age(inner.keys.kept_at())),
        ]
    }

    /// Records whether the times of a refreshed ID token fit this clock.
    pub(crate) fn report_clock(&self, is_right: bool) {
        self.0.is_clock_wrong.store(!is_right, Ordering::Relaxed);
    }

    /// The known origins of the provider's pages, without asking it: those of the issuer and of its end session
    /// endpoint, which may be on another host.
    pub fn origins(&self) -> Vec<String> {
        let issuer = Url::parse(&self.0.settings.issuer).ok();
        let kept = self.0.metadata.kept();
        let end_session = kept.and_then(|kept| kept.end_session_endpoint.clone());
        let mut origins: Vec<_> =
            issuer.into_iter().chain(end_session).map(|url| url.origin().ascii_serialization()).collect();
        origins.dedup();
        origins
    }

    /// The accepted signature algorithms of the provider's tokens. Does not fetch: as long as the metadata is unknown,
    /// all that are supported; [`crate::jws::Jws::verify`] checks again.
    pub(crate) fn accepted_algs(&self) -> Vec<Alg> {
        let (settings, kept) = (&self.0.settings, self.0.metadata.kept());
        match kept {
            Some(metadata) => metadata.accepted_algs(settings),
            None => settings.id_token_algs.clone().unwrap_or_else(|| Alg::ALL.to_vec()),
        }
    }

    async fn discover(&self) -> Result<Metadata, ProviderError> {
        let (settings, document) = (&self.0.settings, "discovery document");
        let url = discovery_url(settings).map_err(|error| unusable(document, error.to_string()))?;
        let members: Map<String, Value> = self.fetch_document(document, &url).await?;
        let metadata = Metadata::read(&members, settings).map_err(|cause| unusable(document, cause))?;
        metadata.check_algorithms(settings).map_err(ProviderError::Algorithms)?;
        self.report_missing_features(&metadata);
        Ok(metadata)
    }

    /// Logs each missing feature once, and again if they have changed, so that none is lost silently.
    fn report_missing_features(&self, metadata: &Metadata) {
        let missing = metadata.missing_features();
        let mut reported = self.0.reported.lock().unwrap_or_else(PoisonError::into_inner);
        for MissingFeature { field, hence } in missing.iter().filter(|missing| !reported.contains(missing)) {
            tracing::warn!(event = "provider lacks a feature", field, hence);
        }
        *reported = missing;
    }

    async fn fetch_keys(&self, at: &Url) -> Result<KeySet, ProviderError> {
        let set: Value = self.fetch_document("keys", at).await?;
        KeySet::read(set).map_err(|error| unusable("keys", error.to_string()))
    }

    async fn fetch_document<T: DeserializeOwned>(
        &self,
        document: &'static str,
        url: &Url,
    ) -> Result<T, ProviderError> {
        let request = Request::get(url.as_str())
            .header(header::ACCEPT, "application/json")
            .extension(Purpose(if document == "keys" { "provider keys" } else { "provider discovery" }))
            .body(Vec::new())
            .map_err(|error| unusable(document, error.to_string()))?;
        let answer = self.0.http.send(request).await.map_err(|error| match error {
            HttpOutError::TooLarge(_) => unusable(document, error.to_string()),
            error => {
                let (cause, is_untrusted) = (error.to_string(), error.is_untrusted());
                ProviderError::Unreachable { document, cause, is_untrusted }
            }
        })?;
        match answer.status() {
            StatusCode::OK => {
                // Some servers write a byte order mark, which is no part of JSON (RFC 8259 8.1).
                let body = answer.body().strip_prefix(b"\xef\xbb\xbf").unwrap_or(answer.body());
                serde_json::from_slice(body).map_err(|error| unusable(document, error.to_string()))
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                let cause = format!("status {status}");
                Err(ProviderError::Unreachable { document, cause, is_untrusted: false })
            }
            status => Err(unusable(document, format!("status {status}"))),
        }
    }
}

pub(crate) fn unusable(document: &'static str, cause: impl Into<String>) -> ProviderError {
    ProviderError::Unusable { document, cause: cause.into() }
}
