//! The settings of a running program: their types, and the one way to load them (`Settings::load`).
//! The only room that reads the environment. How a text becomes a value is in `values`, which values go
//! together in `check`, where texts come from in `sources`, what a board may say in `boards`, what an API is in `apis`.

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use ipnet::IpNet;
use url::Url;

use crate::paths;
use claimcheck_base::{http_out::HttpSettings, secret::Secret};

mod apis;
mod boards;
mod check;
mod claim_path;
mod problem;
mod reader;
mod sources;
#[cfg(test)]
mod tests;
mod values;

pub use apis::{Api, Apis, DEFAULT_API};
pub use boards::{
    Action, Before, Better, Board, ChartSetting, Choice, ClaimNeed, ColumnSetting, DayFormat, FieldKind,
    FieldSetting, ListSetting, Needs, PageBy, PageSetting, Panel, PanelKind, PeriodSetting, Sentence,
    SeriesSetting, Span, StatSetting, TableSetting, Template, Unfit, When, words,
};
pub use claim_path::ClaimPath;
pub use claimcheck_session::{StoreServer, StoreSetting};
pub use problem::{SettingProblem, SettingsErrors, Warning};
pub use values::is_loopback;

/// Everything the program was told, checked: whatever is in here can be used as it stands.
///
/// `Debug` prints no secret.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one origin people use: scheme, host and port, nothing behind.
    pub public_url: Url,
    /// Where to listen, `127.0.0.1:3000`.
    pub listen: SocketAddr,
    /// Where health and operator commands are, `127.0.0.1:3900`.
    pub admin_listen: AdminListen,
    /// The provider's issuer identifier exactly as given: it is compared as text (Discovery 4.3).
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Secret,
    /// Requested scopes in the order given, then those of further APIs, each once; `openid` is always among them.
    pub scopes: Vec<String>,
    /// Further parameters of the authorization request; none of them is one the protocol sets itself.
    pub authorize_params: Vec<(String, String)>,
    /// As the provider offers, where it is not set.
    pub client_auth: Option<ClientAuth>,
    /// Signature algorithms an ID token may have; never empty.
    pub id_token_algs: Vec<Alg>,
    /// Which logout tokens are taken as to their `typ`.
    pub logout_token_typ: LogoutTokenTyp,
    /// Where a person's roles stand in their claims.
    pub role_claims: Vec<ClaimPath>,
    /// What panels may ask.
    pub apis: Apis,
    pub store: StoreSetting,
    /// The keys sessions are sealed with; always there in production.
    pub session_keys: Option<SessionKeys>,
    /// A session ends after this many seconds without a request of the person.
    pub idle_secs: i64,
    /// A session ends after this many seconds whatever happens; at least `idle_secs`.
    pub absolute_secs: i64,
    /// Sign-ins that one client address may begin in a minute; 0 is no limit.
    pub sign_in_rate: u32,
    /// Networks of reverse proxies, whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// A further certificate authority for outgoing connections: a PEM bundle that could be read at start.
    pub ca_file: Option<PathBuf>,
    /// What to log, in the notation of `tracing_subscriber::EnvFilter`; `info`.
    pub log: String,
    pub boards: Vec<Board>,
}

impl Settings {
    /// Reads the settings. A variable overrides `file`, `file` overrides `base`; boards and further
    /// APIs are those of `file` if it has any boards, else those of `base`; `file` may have other APIs for them.
    ///
    /// # Errors
    /// Everything that is wrong, at once: each problem names the key, the variable and what would be right.
    pub fn load(
        base: Option<&str>,
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(Self, Vec<Warning>), SettingsErrors> {
        let mut sources = sources::Sources::default();
        if let Some(text) = base {
            sources.read_toml(text, "the built-in settings");
        }
        if let Some(path) = file {
            sources.read_file(path);
        }
        sources.read_env(env);
        check::check(sources)
    }

    /// Whether real people are meant to use this: the public URL is not loopback.
    pub fn is_production(&self) -> bool {
        !is_loopback(&self.public_url)
    }

    /// The public origin as browsers write it in `Origin`: no trailing slash, no default port (RFC 6454 6.2).
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// What outgoing HTTP clients are made with.
    pub fn http(&self) -> HttpSettings {
        HttpSettings { ca_file: self.ca_file.clone() }
    }

    /// The redirect URI to register at the provider (OpenID Connect Core 3.1.2.1).
    pub fn redirect_uri(&self) -> String {
        format!("{}{}", self.origin(), paths::CALLBACK)
    }

    /// Whether browsers reach this program over TLS: `Secure` and `__Host-` cookies, HSTS.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The configured API of that id.
    pub fn api(&self, id: &str) -> Option<&Api> {
        self.apis.all().find(|api| api.id == id)
    }

    /// The configured board of that id.
    pub fn board(&self, id: &str) -> Option<&Board> {
        self.boards.iter().find(|board| board.id == id)
    }
}

/// The process's environment, without what is not text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// How this client authenticates at the token endpoint (OpenID Connect Core 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `client_secret_basic`
    Basic,
    /// `client_secret_post`
    Post,
}

/// A signature algorithm an ID token may have (RFC 7518 3.1, RFC 8037 3.1): asymmetric ones only.
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

/// Where the admin listener listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminListen {
    /// Nowhere.
    Off,
    /// Where somebody chose: without it the program does not start.
    At(SocketAddr),
    /// Where it is when nobody chose: a second program on the machine goes without.
    Default(SocketAddr),
}

/// What the `typ` of a logout token must be (Back-Channel Logout 1.0, 2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogoutTokenTyp {
    /// `logout+jwt`, or what providers wrote before there was that type: `JWT`, or nothing.
    #[default]
    Lenient,
    /// `logout+jwt` only (ASVS 10.5.5).
    Strict,
}

/// The session keys, at least one: the first encrypts, all decrypt.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKeys(Vec<[u8; 32]>);

impl SessionKeys {
    /// The keys themselves, for the one place that needs them.
    pub fn expose(&self) -> &[[u8; 32]] {
        &self.0
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted; {}]", self.0.len())
    }
}
