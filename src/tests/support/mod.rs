//! A world to test in: the app's router, a demo provider and a demo API on loopback, a switchboard before each, and a
//! browser that keeps cookies and follows nothing by itself.

mod browser;
pub mod hostile;
mod installation;
pub mod log;
pub mod stores;
mod switchboard;

use std::{
    ops::{Deref, DerefMut},
    path::PathBuf,
};

pub use browser::{Browser, Jar, Page};
pub use installation::{Installation, new_folder, new_key};
pub use switchboard::{Fault, Switchboard};

use crate::{demo, server::clock::Clock};

/// The app's public origin; nothing listens there, the browser calls the router.
pub const APP: &str = "http://localhost:3000";
const AUDIENCE: &str = "https://orders.demo.example";
const BOARDS: &str = include_str!("boards.toml");

/// Everything of one test; its folder goes away with it.
pub struct World {
    installation: Installation,
    demo_clock: demo::Clock,
    /// Before the provider: its address is the issuer.
    pub provider: Switchboard,
    /// Before the API.
    pub api: Switchboard,
}

impl Deref for World {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.installation
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Installation {
        &mut self.installation
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with("").await
    }

    /// With further settings (TOML lines), on a store in memory unless they say otherwise.
    pub async fn with(more: &str) -> Self {
        let folder = new_folder();
        let (provider, api) = (Switchboard::bind().await, Switchboard::bind().await);
        let issuer = provider.origin();
        let demo_clock = demo::Clock::default();
        provider.lead_to(start_provider(issuer.clone(), folder.join("provider"), demo_clock.clone()).await);
        api.lead_to(start_api(issuer.clone(), demo_clock.clone()).await);
        let settings = format!(
            "issuer = \"{issuer}\"\naudience = \"{AUDIENCE}\"\napi_url = \"{}\"\n{more}\n{BOARDS}",
            api.origin(),
        );
        let installation = Installation::start(&settings, Clock::default(), folder).await;
        Self { installation, demo_clock, provider, api }
    }

    /// Time passes, for everyone.
    pub fn advance(&self, secs: i64) {
        self.clock.advance(secs);
        self.demo_clock.advance(secs);
    }

    /// A browser in which this person has signed in and looks at `path`.
    pub async fn signed_in(&self, person: &str, path: &str) -> (Browser<'_>, Page) {
        let mut browser = self.browser();
        let page = browser.open(path).await;
        let page = browser.sign_in(page, person).await;
        (browser, page)
    }
}

async fn start_provider(issuer: String, data_dir: PathBuf, clock: demo::Clock) -> String {
    let client = demo::provider::Client {
        id: "app".into(),
        secret: "s:e%c&r+et".into(),
        redirect_uris: vec![format!("{APP}/auth/callback")],
        post_logout_redirect_uris: vec![format!("{APP}/")],
        name: "Claimcheck".into(),
    };
    let options = demo::provider::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        issuer,
        data_dir,
        clients: vec![client],
        api_audience: AUDIENCE.into(),
        ..demo::provider::Options::default()
    };
    let provider = demo::Provider::bind_with_clock(options, clock).await.unwrap();
    let origin = format!("http://{}", provider.addr());
    tokio::spawn(provider.serve(std::future::pending()));
    origin
}

async fn start_api(issuer: String, clock: demo::Clock) -> String {
    let options = demo::api::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        audience: AUDIENCE.into(),
        issuers: vec![issuer],
        ..demo::api::Options::default()
    };
    let api = demo::Api::bind_with_clock(options, clock).await.unwrap();
    let origin = format!("http://{}", api.addr());
    tokio::spawn(api.serve(std::future::pending()));
    origin
}
