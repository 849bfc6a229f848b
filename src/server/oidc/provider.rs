//! The provider as its discovery document describes it: endpoints, keys, and the client made from both.
//! Provider quirks belong here. Discovery is lazy and kept; keys are fetched and kept apart from it.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use axum::http::{Request, Response, StatusCode, header};
use futures::{FutureExt, future::BoxFuture};
use openidconnect::{
    AdditionalProviderMetadata, AsyncHttpClient, AuthType, ClientId, ClientSecret, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, ProviderMetadata, RedirectUrl, core::*,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

use super::cached::Cached;
use crate::server::{
    clock::Clock,
    config::{ClientAuth, Settings},
    http_out::{HttpOut, HttpOutError},
};

/// What discovery says beyond OpenID Connect Discovery 3, from the specifications that added it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MoreMetadata {
    /// RP-Initiated Logout 2.1.
    pub end_session_endpoint: Option<Url>,
    /// RFC 8414 2.
    pub revocation_endpoint: Option<Url>,
    /// RFC 8414 2.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// RFC 9207 3.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// RFC 9126 5.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

pub type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// This relying party at this provider, able to ask for codes, tokens and UserInfo.
pub type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why the provider cannot be used now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProviderError {
    /// It did not answer; it may do so in a moment.
    #[error("the provider does not answer ({document}): {cause}")]
    Unreachable { document: &'static str, cause: String },
    /// It answered what cannot be used; someone has to change something.
    #[error("the provider's {document} cannot be used: {cause}")]
    Unusable { document: &'static str, cause: String },
}

/// The configured provider.
pub struct Provider {
    settings: Arc<Settings>,
    http: HttpOut,
    metadata: Cached<Metadata, ProviderError>,
    keys: Cached<CoreJsonWebKeySet, ProviderError>,
}

impl Provider {
    /// Makes the provider known; nothing is fetched yet, so that a provider that is down stops nothing.
    pub fn new(settings: Arc<Settings>, http: HttpOut, clock: Clock) -> Self {
        Self { settings, http, metadata: Cached::new(clock.clone()), keys: Cached::new(clock) }
    }

    /// The discovery document (OpenID Connect Discovery 4).
    pub async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        self.metadata.get(|| self.discover()).await
    }

    /// The provider's signing keys (Discovery 3, `jwks_uri`).
    pub async fn keys(&self) -> Result<Arc<CoreJsonWebKeySet>, ProviderError> {
        let metadata = self.metadata().await?;
        self.keys.get(|| self.document("keys", metadata.jwks_uri().url())).await
    }

    /// The keys anew, after a token named one that is not among the kept ones (OpenID Connect Core 10.1.1).
    pub async fn keys_anew(&self) -> Result<Arc<CoreJsonWebKeySet>, ProviderError> {
        let metadata = self.metadata().await?;
        self.keys.refetch(|| self.document("keys", metadata.jwks_uri().url())).await
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

    /// Whether the last time the provider was asked for its documents it gave none.
    pub fn is_failing(&self) -> bool {
        self.metadata.is_failing() || self.keys.is_failing()
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
        check(&metadata, &self.settings)?;
        Ok(metadata)
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

fn unusable(document: &'static str, cause: impl Into<String>) -> ProviderError {
    ProviderError::Unusable { document, cause: cause.into() }
}

/// What must hold before anyone is sent to this provider.
fn check(metadata: &Metadata, settings: &Settings) -> Result<(), ProviderError> {
    let refuse = |cause: String| Err(unusable("discovery document", cause));
    // Discovery 4.3: identical, paths and trailing slash included.
    if metadata.issuer().as_str() != settings.issuer {
        return refuse(format!(
            "it is of the issuer {:?}, configured is {:?}: the two must be the same text",
            metadata.issuer().as_str(),
            settings.issuer
        ));
    }
    let more = metadata.additional_metadata();
    let may_be_http = is_loopback_http(&settings.issuer);
    let endpoints = [
        ("authorization_endpoint", Some(metadata.authorization_endpoint().url())),
        ("token_endpoint", metadata.token_endpoint().map(|url| url.url())),
        ("userinfo_endpoint", metadata.userinfo_endpoint().map(|url| url.url())),
        ("jwks_uri", Some(metadata.jwks_uri().url())),
        ("end_session_endpoint", more.end_session_endpoint.as_ref()),
        ("revocation_endpoint", more.revocation_endpoint.as_ref()),
    ];
    for (name, url) in endpoints.into_iter().filter_map(|(name, url)| Some((name, url?))) {
        if url.scheme() != "https" && !(may_be_http && is_loopback_http(url.as_str())) {
            return refuse(format!("its {name} is not https"));
        }
        // A public provider has no business sending us to this machine or into this network (ASVS 1.3.6).
        if is_inward(url)
            && Url::parse(&settings.issuer)
                .ok()
                .and_then(|issuer| Some(issuer.host_str()? == url.host_str()?))
                != Some(true)
        {
            return refuse(format!("its {name} is an address of this machine or network"));
        }
    }
    if metadata.token_endpoint().is_none() {
        return refuse("it names no token_endpoint".into());
    }
    // RFC 8414 2: an absent list says nothing on PKCE; a present one without S256 would make it toothless.
    if let Some(methods) = &more.code_challenge_methods_supported
        && !methods.iter().any(|method| method == "S256")
    {
        return refuse("it offers PKCE without S256".into());
    }
    if more.require_pushed_authorization_requests {
        return refuse(
            "it demands pushed authorization requests (RFC 9126), which this program does not make".into(),
        );
    }
    Ok(())
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

fn is_loopback_http(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        url.scheme() == "http"
            && match url.host() {
                Some(url::Host::Domain(name)) => name == "localhost",
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            }
    })
}

/// Whether a URL names this machine or an address that is not public, as a literal.
fn is_inward(url: &Url) -> bool {
    let is_inward_v4 =
        |ip: Ipv4Addr| ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified();
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => is_inward_v4(ip),
        Some(url::Host::Ipv6(ip)) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.to_ipv4_mapped().is_some_and(is_inward_v4)
        }
        None => true,
    }
}

/// The issuer as the verifiers of the openidconnect crate want it.
pub fn issuer_url(issuer: &str) -> Result<IssuerUrl, ProviderError> {
    IssuerUrl::new(issuer.to_owned()).map_err(|error| unusable("issuer", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jd_04_addresses_of_this_machine_and_network_are_known() {
        for url in [
            "https://127.0.0.1/k",
            "https://localhost/k",
            "https://10.1.2.3/",
            "https://169.254.169.254/",
            "https://[::1]/",
            "https://[::ffff:192.168.0.1]/",
        ] {
            assert!(is_inward(&Url::parse(url).unwrap()), "{url}");
        }
        for url in ["https://login.example/k", "https://8.8.8.8/", "https://[2001:4860::8888]/"] {
            assert!(!is_inward(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
