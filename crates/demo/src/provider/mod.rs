//! Harbour ID, an OpenID provider to try things with: assembly and the state all endpoints share.
//! A file an endpoint; pages are made in `pages.rs`, what is remembered is in `store.rs`.

use std::{future::Future, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use tokio::net::TcpListener;
use url::Url;

use super::{
    Clock, Error,
    crypto::{sha256, unb64},
    listen,
};

mod account;
mod authorize;
mod client_auth;
mod clients;
mod consent;
mod cookies;
mod discovery;
mod end_session;
mod forms;
mod grant_code;
mod grant_refresh;
pub(super) mod keys;
mod logout;
mod mint;
mod pages;
mod params;
mod people;
mod request;
mod resource;
mod revoke;
mod scopes;
mod second_factor;
mod sign_in;
mod sign_in_page;
mod store;
mod strength;
#[cfg(test)]
mod tests;
mod token;
mod userinfo;

pub use clients::Client;
pub use people::{PASSWORD, Roles};
pub use resource::Resource;
pub use strength::CODE;

/// How a demo provider is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Loopback only; port 0 picks a free port.
    pub listen: SocketAddr,
    /// The issuer identifier; may be the address of a proxy in front. Empty: `http://` and the bound address.
    pub issuer: String,
    /// Its own folder; made if it is missing.
    pub data_dir: PathBuf,
    pub clients: Vec<Client>,
    /// The APIs that access tokens are for; the first is that of requests which name none.
    pub resources: Vec<Resource>,
    /// Lifetime of access and ID tokens; short, so that refreshing can be watched.
    pub access_token_secs: u32,
    /// However often it is rotated, a refresh token's family ends after this.
    pub refresh_token_absolute_secs: u32,
    /// Further certificate authorities that clients may have their certificates of.
    pub authorities: Vec<reqwest::Certificate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9000)),
            issuer: String::new(),
            data_dir: PathBuf::from("demo-data"),
            clients: Vec::new(),
            resources: Vec::new(),
            access_token_secs: 120,
            refresh_token_absolute_secs: 30 * 24 * 3600,
            authorities: Vec::new(),
        }
    }
}

/// What the endpoints share.
pub struct Shared {
    options: Options,
    /// Without a slash at its end, so that endpoints can be appended.
    issuer: String,
    /// For marking pages of a provider that is reached over TLS.
    secure: bool,
    clock: Clock,
    keys: keys::Keys,
    mac_key: [u8; 32],
    store: store::Store,
    roles: Roles,
    /// To clients, about logouts.
    http: reqwest::Client,
}

impl Shared {
    /// Checks the options and opens the data file. The issuer must be set.
    pub async fn open(options: Options, clock: Clock) -> Result<Arc<Self>, Error> {
        let wrong = || Error::Issuer(options.issuer.clone());
        let url = Url::parse(&options.issuer).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong());
        }
        let store = store::Store::open(&options.data_dir, clock.clone()).await?;
        let spoiled = || {
            let cause = std::io::Error::new(std::io::ErrorKind::InvalidData, "the kept key is unusable");
            Error::Data(options.data_dir.clone(), cause)
        };
        let keys = store.read(|data| keys::Keys::load(&data.signing_key)).ok_or_else(spoiled)?;
        let mac_key = store.read(|data| unb64(&data.mac_key)).ok_or_else(spoiled)?;
        Ok(Arc::new(Self {
            issuer: options.issuer.trim_end_matches('/').to_owned(),
            secure: url.scheme() == "https",
            clock,
            keys,
            mac_key: sha256(&mac_key),
            store,
            roles: Roles::default(),
            http: logout::client(&options.authorities)?,
            options,
        }))
    }

    fn client(&self, id: &str) -> Option<&Client> {
        self.options.clients.iter().find(|client| client.id == id)
    }

    /// The address of an endpoint.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

/// The provider's routes.
pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::document))
        .route("/jwks", get(discovery::jwks))
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route("/sign-in", post(sign_in::post))
        .route("/code", post(second_factor::post))
        .route("/consent", post(consent::post))
        .route("/token", post(token::post))
        .route("/userinfo", get(userinfo::answer).post(userinfo::answer))
        .route("/revoke", post(revoke::post))
        .route("/end-session", get(end_session::get).post(end_session::post))
        .route("/sign-out", get(end_session::ask).post(end_session::confirmed))
        .route("/account", get(account::get).post(account::post))
        .route("/", get(pages::front))
        .route("/style.css", get(pages::style))
        .route("/favicon.svg", get(pages::icon))
        .fallback(pages::nothing_here)
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(shared)
}

/// A demo provider that has its port and its data, and is ready to serve.
pub struct Provider {
    listener: TcpListener,
    addr: SocketAddr,
    shared: Arc<Shared>,
}

impl Provider {
    /// Opens the port and the data file.
    pub async fn bind(options: Options) -> Result<Self, Error> {
        Self::bind_with_clock(options, Clock::default()).await
    }

    /// The same with a clock that can be moved.
    pub async fn bind_with_clock(mut options: Options, clock: Clock) -> Result<Self, Error> {
        let (listener, addr) = listen::bind(options.listen).await?;
        if options.issuer.is_empty() {
            options.issuer = format!("http://{addr}");
        }
        Ok(Self { listener, addr, shared: Shared::open(options, clock).await? })
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The issuer identifier, as clients must be told.
    pub fn issuer(&self) -> &str {
        &self.shared.options.issuer
    }

    /// Who has which roles, as long as it runs.
    pub fn roles(&self) -> Roles {
        self.shared.roles.clone()
    }

    /// Serves until `shutdown` resolves.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        tracing::info!(addr = %self.addr, issuer = self.issuer(), "the demo provider listens");
        listen::serve(self.listener, router(self.shared), shutdown).await
    }
}
