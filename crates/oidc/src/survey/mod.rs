//! A survey of the provider for its operator (`claimcheck doctor`): each document and each endpoint by itself, even if
//! others fail. Nothing is cached, and nothing is logged. Other code uses [`RelyingParty::metadata`].

mod authorization;
mod client;

use std::time::{Duration, Instant};

use claimcheck_base::http_out::{HttpOutError, media_type};
use http::{HeaderMap, Request, header};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    endpoints::{Caller, discovery_url},
    key_set::KeySet,
    metadata::{Metadata, accepted_algs, check_algorithms, endpoint, flag, texts},
    quirks::Quirks,
    relying_party::RelyingParty,
    settings::{Alg, ClientAuth, ClientSettings},
};

pub use authorization::SilentAnswer;
pub use client::ClientAnswer;

/// The endpoints of a discovery document, and whether a sign-in needs each.
const ENDPOINTS: [(&str, Caller, bool); 6] = [
    ("authorization_endpoint", Caller::Browser, true),
    ("token_endpoint", Caller::Server, true),
    ("jwks_uri", Caller::Server, true),
    ("userinfo_endpoint", Caller::Server, false),
    ("revocation_endpoint", Caller::Server, false),
    ("end_session_endpoint", Caller::Browser, false),
];

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentFault {
    #[error("its address is not a URL: {0}")]
    Address(String),
    #[error(transparent)]
    NoAnswer(#[from] HttpOutError),
    /// Redirects are not followed.
    #[error("status {status}, a redirect to {}", to.as_deref().unwrap_or("nowhere"))]
    Redirect { status: u16, to: Option<String> },
    #[error("status {0}")]
    Status(u16),
    #[error("it is not a JSON object, but {}", kind.as_deref().unwrap_or("of no type"))]
    NotJson { kind: Option<String> },
}

/// A document of the provider, as it was fetched just now.
pub struct FetchedDocument {
    /// Where it was asked for.
    pub url: String,
    /// How long the complete response took.
    pub took: Duration,
    /// Its length after decompression.
    pub bytes: usize,
    /// The headers of the response; none if there was no response.
    pub headers: HeaderMap,
    pub members: Result<Map<String, Value>, DocumentFault>,
}

/// What a discovery document says, member by member.
pub struct ProviderFacts {
    document: Map<String, Value>,
    settings: ClientSettings,
    /// None if a browser must not be sent to this provider.
    metadata: Result<Metadata, String>,
}

/// An endpoint in the discovery document.
pub struct EndpointFacts {
    /// The member.
    pub name: &'static str,
    /// Whether a sign-in needs it.
    pub is_required: bool,
    /// Where requests to it are sent, if it is there; or why none is sent.
    pub url: Result<Option<Url>, String>,
}

/// The keys in a key set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// All of them.
    pub all: usize,
    /// Those that can verify a signature with an accepted algorithm.
    pub usable: usize,
}

impl RelyingParty {
    /// Fetches the discovery document.
    pub async fn survey_discovery(&self) -> FetchedDocument {
        match discovery_url(self.settings()) {
            Ok(url) => self.survey_document(&url).await,
            Err(error) => FetchedDocument {
                url: self.settings().issuer.clone(),
                took: Duration::ZERO,
                bytes: 0,
                headers: HeaderMap::new(),
                members: Err(DocumentFault::Address(error.to_string())),
            },
        }
    }

    /// Fetches a document of the provider, such as its key set.
    pub async fn survey_document(&self, url: &Url) -> FetchedDocument {
        let begun = Instant::now();
        let (mut bytes, mut headers) = (0, HeaderMap::new());
        let members = match self.get(url, "application/json").await {
            Err(error) => Err(DocumentFault::NoAnswer(error)),
            Ok(answer) => {
                bytes = answer.body().len();
                headers = answer.headers().clone();
                read_members(answer.status(), &headers, answer.body())
            }
        };
        FetchedDocument { url: url.to_string(), took: begun.elapsed(), bytes, headers, members }
    }

    async fn get(&self, url: &Url, accept: &str) -> Result<http::Response<Vec<u8>>, HttpOutError> {
        let request = Request::get(url.as_str()).header(header::ACCEPT, accept).body(Vec::new());
        let request = request.map_err(|error| HttpOutError::Other(error.to_string()))?;
        self.http().send(request).await
    }
}

fn read_members(
    status: http::StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Map<String, Value>, DocumentFault> {
    if status.is_redirection() {
        let to = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
        return Err(DocumentFault::Redirect { status: status.as_u16(), to });
    }
    if status != http::StatusCode::OK {
        return Err(DocumentFault::Status(status.as_u16()));
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body).map_err(|_| DocumentFault::NotJson { kind: media_type(headers) })
}

impl ProviderFacts {
    /// What the document says to a client with these settings.
    pub fn new(document: Map<String, Value>, settings: &ClientSettings) -> Self {
        let metadata = Metadata::read_addresses(&document, settings);
        Self { document, settings: settings.clone(), metadata }
    }

    /// Its issuer.
    pub fn issuer(&self) -> Option<&str> {
        self.document.get("issuer").and_then(Value::as_str)
    }

    /// Why neither a browser nor a secret is sent to this provider, if they are not.
    pub fn unusable(&self) -> Option<&str> {
        self.metadata.as_ref().err().map(String::as_str)
    }

    /// Every endpoint that is used.
    pub fn endpoints(&self) -> Vec<EndpointFacts> {
        let of = |(name, caller, is_required)| EndpointFacts {
            name,
            is_required,
            url: endpoint(&self.document, name, caller, &self.settings),
        };
        ENDPOINTS.into_iter().map(of).collect()
    }

    /// The address of an endpoint, if it is there and may be used.
    pub fn endpoint(&self, name: &str) -> Option<Url> {
        self.endpoints().into_iter().find(|found| found.name == name)?.url.ok()?
    }

    /// The texts of a list; `None` if the document does not have it.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        texts(&self.document, name)
    }

    /// Whether a member is true.
    pub fn flag(&self, name: &str) -> bool {
        flag(&self.document, name)
    }

    /// The accepted signature algorithms.
    ///
    /// # Errors
    /// The provider signs with none of them.
    pub fn algorithms(&self) -> Result<Vec<Alg>, String> {
        let listed = self.list("id_token_signing_alg_values_supported");
        check_algorithms(&self.settings, listed.as_deref())?;
        Ok(accepted_algs(&self.settings, listed.as_deref()))
    }

    /// The keys of a key set.
    ///
    /// # Errors
    /// It has no list of keys.
    pub fn keys(&self, members: &Map<String, Value>) -> Result<KeyFacts, String> {
        let listed = self.list("id_token_signing_alg_values_supported");
        let algs = accepted_algs(&self.settings, listed.as_deref());
        let all = members.get("keys").and_then(Value::as_array).map_or(0, Vec::len);
        let set = KeySet::read(Value::Object(members.clone())).map_err(|error| error.to_string())?;
        let is_usable = |key: &&crate::key_set::Key| algs.iter().any(|alg| key.key.is_for(*alg));
        Ok(KeyFacts { all, usable: set.0.iter().filter(is_usable).count() })
    }

    /// How the client authenticates at the token endpoint.
    pub fn client_auth(&self) -> ClientAuth {
        Quirks::of(&self.settings, self.metadata.as_ref().ok()).client_auth
    }

    /// Whether the settings ask for a refresh token, and whether the provider says that it has the scope for it.
    pub fn asks_for_refresh_token(&self) -> (bool, bool) {
        let quirks = Quirks::of(&self.settings, self.metadata.as_ref().ok());
        (quirks.asks_for_refresh_token, quirks.has_offline_access)
    }
}
