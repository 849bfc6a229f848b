//! All code that works around the openidconnect crate. The crate builds the URL of the authorization request and the two
//! token requests, and reads token responses and OAuth errors. Worked around here:
//!
//! 1. Token responses: an ID token that the crate cannot read makes the whole response unreadable ([`TokenEndpoint`]).
//! 2. Token responses: the crate's error contains the raw body, which must not be logged ([`read_token_response`]).
//! 3. Token responses: the crate reads an error only with status 400 or 401, and a lifetime only as a whole number
//!    ([`TokenEndpoint`]).
//!
//! and by not using a function of the crate:
//!
//! 4. `verifying_key.rs`, `key_set.rs`: its keys verify with RSA keys of any length, are slow, and have neither `key_ops`
//!    nor Entra's `issuer`.
//! 5. `id_token.rs`, `logout_token.rs`, `jws.rs`: its verifier accepts claims with repeated names, refuses a whole
//!    token if one profile claim has an unexpected type, and has no logout tokens.
//! 6. `userinfo.rs`: its UserInfo request has the same problem with types, and panics on an access token that is not a
//!    valid header value.
//! 7. `revocation.rs`: it refuses a revocation endpoint at a loopback http address, as a provider under development
//!    has.
//!
//! The crate also causes the advisory RUSTSEC-2023-0071 about its `rsa` dependency. Only the demo uses that crate.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use claimcheck_base::{
    http_out::{HttpOut, HttpOutError, media_type},
    private_network::is_of_loopback,
    secret::Secret,
    traces::Purpose,
};
use http::{Request, StatusCode, Uri};
use openidconnect::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet,
    EndpointSet, HttpResponse, IssuerUrl, OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, StandardErrorResponse, TokenUrl,
    core::{CoreClient, CoreErrorResponseType, CoreJsonWebKeySet, CoreTokenResponse, CoreTokenType},
};
use serde_json::Value;
use url::Url;

use crate::{
    jws::UniqueClaims,
    metadata::Metadata,
    quirks::{self, Quirks},
    refusal::TokenRefusal,
    relying_party::{ProviderError, unusable},
    settings::{ClientAuth, ClientSettings},
};

/// This client at this provider, ready to build authorization and token requests.
pub(crate) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointNotSet>;

/// The client for requests to this provider, which authenticates in one way only. It has no keys:
/// `verifying_key.rs` verifies signatures.
pub(crate) fn make_client(settings: &ClientSettings, metadata: &Metadata) -> Result<Client, ProviderError> {
    let auth_type = match Quirks::of(settings, Some(metadata)).client_auth {
        ClientAuth::Basic => AuthType::BasicAuth,
        ClientAuth::Post => AuthType::RequestBody,
    };
    let issuer = IssuerUrl::new(metadata.issuer.clone())
        .map_err(|error| unusable("discovery document", error.to_string()))?;
    let redirect_uri = RedirectUrl::new(settings.redirect_uri.clone())
        .map_err(|error| unusable("redirect URI", error.to_string()))?;
    let id = ClientId::new(settings.client_id.clone());
    let client = CoreClient::new(id, issuer, CoreJsonWebKeySet::default())
        .set_client_secret(ClientSecret::new(settings.client_secret.expose().to_owned()))
        .set_auth_type(auth_type)
        .set_redirect_uri(redirect_uri)
        .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(metadata.token_endpoint.clone()));
    Ok(client)
}

/// A readable token response; nothing in it has been checked.
pub(crate) struct RawTokens {
    /// Unchecked: `id_token.rs` has the rules.
    pub id_token: Option<Secret>,
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    /// Compared without regard to case (RFC 6749 7.1).
    pub is_bearer: bool,
    pub expires_in: Option<Duration>,
    /// `None` means as requested (RFC 6749 5.1).
    pub scopes: Option<Vec<String>>,
    /// Whether it came over TLS or from this machine.
    pub is_from_provider: bool,
}

/// Why there is no token response.
pub(crate) enum TokenFailure {
    NoResponse(NoResponse),
    /// An unreadable response. Only the position of the error may be logged.
    Unreadable(String),
}

/// No token response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoResponse {
    /// An error response (RFC 6749 5.2), in whatever form.
    #[error("{0}")]
    Refused(TokenRefusal),
    #[error(transparent)]
    Http(#[from] HttpOutError),
    #[error("status {0}")]
    Status(StatusCode),
    #[error("a successful response must have status 200 and type application/json")]
    NotJson,
    /// Not an object with distinct members: readers would disagree about its content (RFC 8259 4).
    #[error("the response is not a JSON object whose members are all different")]
    NotDistinct,
}

/// Sends the crate's requests to the token endpoint, and checks a response before the crate reads it.
pub(crate) struct TokenEndpoint {
    http: HttpOut,
    timeout: Duration,
    /// What its span is called.
    purpose: Purpose,
    /// The ID token of the response. It is hidden from the crate, which rejects the whole response if it cannot read
    /// the ID token, even if only a profile claim has an unexpected type.
    id_token: Mutex<Option<Secret>>,
    /// Whether the response came over TLS or from this machine.
    pub(crate) is_from_provider: AtomicBool,
}

impl TokenEndpoint {
    /// The endpoint for one request of this purpose; `timeout` applies to the whole response.
    pub(crate) fn new(http: HttpOut, timeout: Duration, purpose: Purpose) -> Self {
        Self { http, timeout, purpose, id_token: Mutex::default(), is_from_provider: AtomicBool::new(false) }
    }

    /// Exchanges a code, with these parameters in addition to those of the protocol.
    pub(crate) async fn exchange_code(
        self,
        client: &Client,
        code: &Secret,
        verifier: &Secret,
        params: &[(&str, &str)],
    ) -> Result<RawTokens, TokenFailure> {
        let mut request = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
        for (name, value) in params {
            request = request.add_extra_param(*name, *value);
        }
        let response = request.request_async(&self).await;
        self.read_token_response(response)
    }

    /// Exchanges a refresh token, with these parameters in addition to those of the protocol.
    pub(crate) async fn exchange_refresh_token(
        self,
        client: &Client,
        refresh_token: &Secret,
        params: &[(&str, &str)],
    ) -> Result<RawTokens, TokenFailure> {
        let refresh_token = RefreshToken::new(refresh_token.expose().to_owned());
        let mut request = client.exchange_refresh_token(&refresh_token);
        for (name, value) in params {
            request = request.add_extra_param(*name, *value);
        }
        let response = request.request_async(&self).await;
        self.read_token_response(response)
    }

    /// Sends a request, and checks its response.
    pub(crate) async fn send(&self, mut request: Request<Vec<u8>>) -> Result<HttpResponse, NoResponse> {
        request.extensions_mut().insert(self.purpose);
        self.is_from_provider.store(is_from_provider(request.uri(), &self.http), Ordering::Relaxed);
        let mut response = self.http.send_within(request, self.timeout).await?;
        if let Some(refusal) = TokenRefusal::read(response.status(), response.body()) {
            return Err(NoResponse::Refused(refusal));
        }
        // RFC 6749 5.1: 200 with JSON.
        match response.status() {
            StatusCode::OK if media_type(response.headers()).as_deref() != Some("application/json") => {
                return Err(NoResponse::NotJson);
            }
            StatusCode::OK => {}
            status => return Err(NoResponse::Status(status)),
        }
        self.prepare(&mut response)?;
        Ok(response)
    }

    /// Takes the ID token out of a response, and writes its lifetime as the crate can read it. The crate would accept a
    /// repeated member, and with it an ID token that was never checked.
    fn prepare(&self, response: &mut HttpResponse) -> Result<(), NoResponse> {
        let members = serde_json::from_slice(response.body());
        let UniqueClaims(mut members) = members.map_err(|_| NoResponse::NotDistinct)?;
        let id_token = match members.remove("id_token") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(Secret::new(text)),
            // An ID token that is not a string is refused, not ignored.
            Some(other) => Some(Secret::new(other.to_string())),
        };
        if let Some(secs) = members.get("expires_in").and_then(quirks::whole_secs) {
            members.insert("expires_in".to_owned(), secs.into());
        }
        *response.body_mut() = serde_json::to_vec(&members).map_err(|_| NoResponse::NotDistinct)?;
        *self.id_token.lock().unwrap_or_else(PoisonError::into_inner) = id_token;
        Ok(())
    }

    fn read_token_response(self, response: TokenResult) -> Result<RawTokens, TokenFailure> {
        let response = response.map_err(|error| match error {
            // Every error response was read before the crate.
            RequestTokenError::ServerResponse(_) => TokenFailure::Unreadable("an error response".to_owned()),
            RequestTokenError::Request(error) => TokenFailure::NoResponse(error),
            // It contains the raw body, so only the position of the error is kept.
            RequestTokenError::Parse(error, _) => TokenFailure::Unreadable(format!("field {}", error.path())),
            RequestTokenError::Other(error) => TokenFailure::Unreadable(error),
        })?;
        Ok(RawTokens {
            id_token: self.id_token.into_inner().unwrap_or_else(PoisonError::into_inner),
            access_token: Secret::new(response.access_token().secret()),
            refresh_token: response.refresh_token().map(|token| Secret::new(token.secret())),
            is_bearer: *response.token_type() == CoreTokenType::Bearer,
            expires_in: response.expires_in(),
            scopes: response.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
            is_from_provider: self.is_from_provider.into_inner(),
        })
    }
}

/// Whether the response to a request can only be the provider's: over TLS, with its certificate verified, or on this
/// machine. A loopback address that is reached through the proxy is one of the proxy's machine.
fn is_from_provider(uri: &Uri, http: &HttpOut) -> bool {
    let url = Url::parse(&uri.to_string());
    url.is_ok_and(|url| url.scheme() == "https" || is_of_loopback(&url) && http.is_direct(uri))
}

type TokenResult =
    Result<CoreTokenResponse, RequestTokenError<NoResponse, StandardErrorResponse<CoreErrorResponseType>>>;

impl<'c> AsyncHttpClient<'c> for TokenEndpoint {
    type Error = NoResponse;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoResponse>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use claimcheck_base::{
        http_out::{HttpOut, HttpSettings},
        http_proxy::Proxy,
    };
    use url::Url;

    use super::is_from_provider;

    #[test]
    fn p1_a_response_is_the_providers_over_tls_or_from_this_machine() {
        let client =
            |settings: &HttpSettings| HttpOut::to_provider(settings, "https://a.example", &[]).unwrap();
        let proxy = Some(Proxy { url: Url::parse("http://proxy.example:3128").unwrap(), credentials: None });
        let through = HttpSettings { proxy, ..HttpSettings::default() };
        let beside = HttpSettings { no_proxy: vec!["localhost".to_owned()], ..through.clone() };
        let clients = [&HttpSettings::default(), &through, &beside].map(client);
        for (uri, expected) in [
            ("https://login.example/token", [true, true, true]),
            ("https://10.0.0.1:8443/token", [true, true, true]),
            ("https://localhost:8443/token", [true, true, true]),
            ("http://127.0.0.1:9000/token", [true, false, false]),
            ("http://localhost:9000/token", [true, false, true]),
            ("http://[::1]/token", [true, false, false]),
            ("http://keycloak:8080/token", [false, false, false]),
            ("http://10.0.0.1/token", [false, false, false]),
            ("http://localhost.example/token", [false, false, false]),
            ("/token", [false, false, false]),
        ] {
            let found = [0, 1, 2].map(|at| is_from_provider(&uri.parse().unwrap(), &clients[at]));
            assert_eq!(found, expected, "{uri}");
        }
    }
}
