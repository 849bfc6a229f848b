//! Harbour ID, an OpenID provider for demos: its routes and its listener. Each endpoint has its own file. The dialogs
//! of a sign-in share `interaction.rs`, all pages share `pages.rs`, and `store.rs` keeps the data.

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use tokio::net::TcpListener;

use self::shared::Shared;
use crate::{Clock, Error, listen};

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
mod grant_exchange;
mod grant_refresh;
mod interaction;
pub(crate) mod keys;
mod language;
mod logout;
mod mint;
mod options;
mod pages;
mod params;
mod people;
mod request;
mod resource;
mod revoke;
mod scopes;
mod second_factor;
mod shared;
mod sign_in;
mod sign_in_page;
mod store;
mod strength;
#[cfg(test)]
mod tests;
mod texts;
mod token;
mod userinfo;

pub use clients::Client;
pub use options::Options;
pub use people::{PASSWORD, Roles};
pub use resource::Resource;
pub use strength::CODE;

/// The provider's routes.
fn router(shared: Arc<Shared>) -> Router {
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

/// A demo provider with an open port and its data, ready to serve.
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
        let (listener, addr) = listen::bind(options.listen, options.is_published).await?;
        if options.issuer.is_empty() {
            options.issuer = format!("http://{addr}");
        }
        Ok(Self { listener, addr, shared: Shared::open(options, clock).await? })
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The issuer identifier for the configuration of clients.
    pub fn issuer(&self) -> &str {
        &self.shared.options.issuer
    }

    /// The users' roles while it runs.
    pub fn roles(&self) -> Roles {
        self.shared.roles.clone()
    }

    /// Serves until `shutdown` resolves.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        tracing::info!(addr = %self.addr, issuer = self.issuer(), "the demo provider is listening");
        listen::serve(self.listener, router(self.shared), shutdown).await
    }
}
