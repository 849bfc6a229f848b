//! The provider as its discovery document describes it: endpoints, keys, and the client made from both.
//! Provider quirks belong here. Discovery is lazy and kept; keys are fetched and kept apart from it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{Request, Response, StatusCode, header};
use futures::{FutureExt, future::BoxFuture};
use openidconnect::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, RedirectUrl, core::*,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{
    cached::Cached,
    metadata::{self, Lacking, Metadata},
};
use crate::server::config::{ClientAuth, Settings};
use claimcheck_base::{
    clock::Clock,
    http_out::{HttpOut, HttpOutError},
};

/// This relying party at this provider, able to ask for codes, tokens and UserInfo.
pub type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How long a provider that cannot be used is left alone while nobody needs it: at first, and at most.
const LEFT_ALONE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Why the provider cannot be used now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProviderError {
    /// It did not answer; it may do so in a moment.
    #[error("the provider does not answer ({document}): {cause}")]
    Unreachable { document: &'static str, cause: String },
    /// It answered what cannot be used; someone has to change something.
    #[error("the provider's {document} cannot be used: {cause}")]
    Unusable { document: &'static str, cause: String },
    /// It signs ID tokens with no algorithm that is accepted here.
    #[error("the provider's discovery document cannot be used: {0}")]
    Algorithms(String),
}

/// The configured provider.
pub struct Provider {
    settings: Arc<Settings>,
    http: HttpOut,
    metadata: Cached<Metadata, ProviderError>,
    keys: Cached<CoreJsonWebKeySet, ProviderError>,
    /// What has been said of its shortcomings.
    said: Mutex<Vec<Lacking>>,
}

impl Provider {
    /// Makes the provider known; nothing is fetched yet, so that a provider that is down stops nothing.
    pub fn new(settings: Arc<Settings>, http: HttpOut, clock: Clock) -> Self {
        let (metadata, keys) = (Cached::new(clock.clone()), Cached::new(clock));
        Self { settings, http, metadata, keys, said: Mutex::default() }
    }

    /// Asks for its documents until they are there once. Why they are not stands in the log each time, with the name of what
    /// is missing: whoever has set up this program may look there before anybody signs in.
    pub async fn become_known(&self) {
        let (mut wait, longest) = LEFT_ALONE;
        while let Err(error) = self.keys().await {
            tracing::warn!(event = "provider not usable", cause = %error, "nobody can sign in until it is");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(longest);
        }
    }

    /// The discovery document (OpenID Connect Discovery 4).
    pub async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        self.metadata.get(&self.settings.issuer, || self.discover()).await
    }

    /// The provider's signing keys (Discovery 3, `jwks_uri`).
    pub async fn keys(&self) -> Result<Arc<CoreJsonWebKeySet>, ProviderError> {
        let metadata = self.metadata().await?;
        let at = metadata.jwks_uri().url();
        self.keys.get(at.as_str(), || self.key_set(at)).await
    }

    /// The keys anew, after a token named one that is not among the kept ones (OpenID Connect Core 10.1.1).
    pub async fn refetch_keys(&self) -> Result<Arc<CoreJsonWebKeySet>, ProviderError> {
        let metadata = self.metadata().await?;
        let at = metadata.jwks_uri().url();
        self.keys.refetch(at.as_str(), || self.key_set(at)).await
    }

    /// The client for requests to this provider, authenticating in one way only.
    /// `keys` are for signed UserInfo; ID tokens are verified in `id_token.rs`.
    pub async fn client(&self, keys: &CoreJsonWebKeySet) -> Result<Client, ProviderError> {
        let metadata = self.metadata().await?;
        let auth_type = match client_auth(&self.settings, &metadata) {
            ClientAuth::Basic => AuthType::BasicAuth,
            ClientAuth::Post => AuthType::RequestBody,
        };
        let metadata = (*metadata).clone().set_jwks(keys.clone());
        let redirect_uri = RedirectUrl::new(self.settings.redirect_uri())
            .map_err(|error| unusable("redirect URI", error.to_string()))?;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.settings.client_id.clone()),
            Some(ClientSecret::new(self.settings.client_secret.expose().to_owned())),
        );
        Ok(client.set_redirect_uri(redirect_uri).set_auth_type(auth_type))
    }

    /// What was wrong when the provider was last asked for its documents. Says nothing of settings or metadata.
    pub fn fault(&self) -> Option<&'static str> {
        match self.metadata.failure().or_else(|| self.keys.failure())? {
            ProviderError::Unreachable { .. } => Some("the provider does not answer"),
            _ => Some("the provider's answers cannot be used: the log says why"),
        }
    }

    /// The origins whose pages are the provider's, as far as they are known without asking it: those of the issuer and of
    /// its end session endpoint, which may be another host.
    pub fn origins(&self) -> Vec<String> {
        let issuer = Url::parse(&self.settings.issuer).ok();
        let kept = self.metadata.kept();
        let end_session = kept.and_then(|kept| kept.additional_metadata().end_session_endpoint.clone());
        let mut origins: Vec<_> =
            issuer.into_iter().chain(end_session).map(|url| url.origin().ascii_serialization()).collect();
        origins.dedup();
        origins
    }

    /// Sends a request of the openidconnect crate's through the limits of `HttpOut`.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpOutError> {
        self.http.send(request).await
    }

    /// The same with another time limit.
    pub async fn send_within(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<Response<Vec<u8>>, HttpOutError> {
        self.http.send_within(request, limit).await
    }

    async fn discover(&self) -> Result<Metadata, ProviderError> {
        // Discovery 4.1: a terminating slash of the issuer is removed before the well-known path is appended.
        let url = format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|error| unusable("discovery document", error.to_string()))?;
        let metadata: Metadata = self.document("discovery document", &url).await?;
        metadata::check(&metadata, &self.settings).map_err(|cause| unusable("discovery document", cause))?;
        metadata::check_algorithms(&metadata, &self.settings).map_err(ProviderError::Algorithms)?;
        self.say_what_is_lacking(&metadata);
        Ok(metadata)
    }

    /// Once, and again when it has changed: no feature is lost in silence.
    fn say_what_is_lacking(&self, metadata: &Metadata) {
        let lacking = metadata::lacking(metadata);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        for Lacking { field, hence } in lacking.iter().filter(|lacking| !said.contains(lacking)) {
            tracing::warn!(event = "provider lacks something", field, hence);
        }
        *said = lacking;
    }

    async fn key_set(&self, at: &Url) -> Result<CoreJsonWebKeySet, ProviderError> {
        let mut set: Value = self.document("keys", at).await?;
        if let Some(keys) = set.get_mut("keys").and_then(Value::as_array_mut) {
            keys.retain(may_verify);
        }
        serde_json::from_value(set).map_err(|error| unusable("keys", error.to_string()))
    }

    async fn document<T: DeserializeOwned>(
        &self,
        document: &'static str,
        url: &Url,
    ) -> Result<T, ProviderError> {
        let request = Request::get(url.as_str())
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|error| unusable(document, error.to_string()))?;
        let answer = self.http.send(request).await.map_err(|error| match error {
            HttpOutError::TooLarge(_) => unusable(document, error.to_string()),
            error => ProviderError::Unreachable { document, cause: error.to_string() },
        })?;
        match answer.status() {
            StatusCode::OK => {
                serde_json::from_slice(answer.body()).map_err(|error| unusable(document, error.to_string()))
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(ProviderError::Unreachable { document, cause: format!("it answered {status}") })
            }
            status => Err(unusable(document, format!("it answered {status}"))),
        }
    }
}

impl<'c> AsyncHttpClient<'c> for Provider {
    type Error = HttpOutError;
    type Future = BoxFuture<'c, Result<Response<Vec<u8>>, HttpOutError>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        self.send(request).boxed()
    }
}

/// RFC 7517 4.3: what a key is for may be listed. The openidconnect crate does not read that.
fn may_verify(key: &Value) -> bool {
    let ops = key.get("key_ops");
    ops.is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")))
}

fn unusable(document: &'static str, cause: impl Into<String>) -> ProviderError {
    ProviderError::Unusable { document, cause: cause.into() }
}

/// How this client authenticates: as configured; else as the provider offers; `client_secret_basic` where it offers that, or
/// does not say (OpenID Connect Discovery 3, `token_endpoint_auth_methods_supported`).
pub fn client_auth(settings: &Settings, metadata: &Metadata) -> ClientAuth {
    let offers = |method| {
        metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| methods.contains(&method))
    };
    let is_post_only =
        offers(CoreClientAuthMethod::ClientSecretPost) && !offers(CoreClientAuthMethod::ClientSecretBasic);
    settings.client_auth.unwrap_or(if is_post_only { ClientAuth::Post } else { ClientAuth::Basic })
}

/// The issuer as the verifiers of the openidconnect crate want it.
pub fn issuer_url(issuer: &str) -> Result<IssuerUrl, ProviderError> {
    IssuerUrl::new(issuer.to_owned()).map_err(|error| unusable("issuer", error.to_string()))
}
