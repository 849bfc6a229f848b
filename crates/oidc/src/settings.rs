//! The registration of this client at the provider, and what it requests. The application builds it from its settings
//! and has validated every value.

use std::fmt;

use claimcheck_base::{insecure_hosts::InsecureHosts, secret::Secret};
use url::Url;

/// The settings of this client. `Debug` prints no secret.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The provider's issuer identifier exactly as given: it is compared as text (Discovery 4.3).
    ///
    /// With Entra for several tenants it has the place `{tenantid}`; see `issuer.rs`.
    pub issuer: String,
    /// The tenants whose users may sign in, if the issuer has a place for them; else empty.
    pub tenants: Vec<String>,
    /// As registered at the provider (RFC 6749 2.2).
    pub client_id: String,
    /// As registered at the provider (RFC 6749 2.3.1).
    pub client_secret: Secret,
    /// The registered redirect URI of authorization responses (OpenID Connect Core 3.1.2.1).
    pub redirect_uri: String,
    /// The registered redirect URI of a sign-out (RP-Initiated Logout 2), compared by the provider as text.
    pub post_logout_redirect_uri: String,
    /// The scopes of every sign-in, each once.
    pub scopes: Vec<String>,
    /// Further parameters of the authorization request; none of them is one the protocol sets itself.
    pub authorize_params: Vec<(String, String)>,
    /// The identifier of the sign-in's own API as `audience`.
    pub audience: Option<String>,
    /// The identifier of the sign-in's own API as `resource` (RFC 8707): an absolute URI without fragment.
    pub resource: Option<String>,
    /// The `resource` of every API that tokens will be requested for, each once, including the sign-in's own.
    pub all_resources: Vec<String>,
    /// Audiences that tokens may have beside this client (OpenID Connect Core 3.1.3.7, 3).
    pub trusted_audiences: Vec<String>,
    /// How to authenticate at the token endpoint; `None`: as the provider offers.
    pub client_auth: Option<ClientAuth>,
    /// The accepted signature algorithms of ID tokens, never an empty list; `None`: those of the provider's metadata.
    pub id_token_algs: Option<Vec<Alg>>,
    /// The required `typ` of logout tokens.
    pub logout_token_typ: LogoutTokenTyp,
    /// How a sign-out here reaches the provider.
    pub end_session: EndSession,
    /// Further parameters of the end session request; none of them is one the protocol sets itself.
    pub end_session_params: Vec<(String, String)>,
    /// The end session endpoint, in place of that of the metadata.
    pub end_session_url: Option<Url>,
    /// Where the discovery document is, if it is not below the issuer.
    pub discovery_url: Option<Url>,
    /// The provider's address for requests of the server.
    pub provider_base_url: Option<Url>,
    /// The hosts that may be reached over plain http where an operator names them.
    pub insecure_hosts: InsecureHosts,
}

/// How a sign-out here reaches the provider's end session endpoint (RP-Initiated Logout 1.0, 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndSession {
    /// By a redirect. Every provider supports it, and some nothing else.
    #[default]
    Get,
    /// By a form, which keeps the ID token out of every URL.
    Post,
    /// Not at all: the provider's session continues.
    Off,
}

/// How this client authenticates at the token endpoint (OpenID Connect Core 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_secret_basic`
    Basic,
    /// `client_secret_post`
    Post,
}

/// An accepted signature algorithm of ID tokens (RFC 7518 3.1, RFC 8037 3.1): asymmetric ones only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alg {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

impl Alg {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// Its name in a JWS header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Whether a list names it.
    pub(crate) fn is_among(self, names: &[String]) -> bool {
        names.iter().any(|name| name == self.name())
    }

    /// The algorithm of that name; `alg` values are case-sensitive (RFC 7515 4.1.1).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.name() == name)
    }
}

impl fmt::Display for Alg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The required `typ` of logout tokens (Back-Channel Logout 1.0, 2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogoutTokenTyp {
    /// `logout+jwt`, or what providers used before that type existed: `JWT`, or none.
    #[default]
    Lenient,
    /// `logout+jwt` only (ASVS 10.5.5).
    Strict,
}
