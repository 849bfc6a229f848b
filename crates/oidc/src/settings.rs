//! The registration of this client at the provider, and what it requests. The application builds it from its settings
//! and has validated every value.

use std::fmt;

use claimcheck_base::secret::Secret;

/// The settings of this client. `Debug` prints no secret.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The provider's issuer identifier exactly as given: it is compared as text (Discovery 4.3).
    pub issuer: String,
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
    /// How to authenticate at the token endpoint; `None`: as the provider offers.
    pub client_auth: Option<ClientAuth>,
    /// The accepted signature algorithms of ID tokens; never empty.
    pub id_token_algs: Vec<Alg>,
    /// The required `typ` of logout tokens.
    pub logout_token_typ: LogoutTokenTyp,
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
