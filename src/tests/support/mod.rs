//! A world to test in: the app's router, a demo provider and a demo API on loopback, a switchboard before each, and a
//! browser that keeps cookies and follows nothing by itself.

mod browser;
mod switchboard;

use std::path::{Path, PathBuf};

use axum::Router;
use base64::{Engine, prelude::BASE64_STANDARD};

pub use browser::{Browser, Jar, Page};
pub use switchboard::{Fault, Switchboard};

use crate::{
    demo,
    server::{Context, clock::Clock, config::Settings, random, router},
};

/// The app's public origin; nothing listens there, the browser calls the router.
pub const APP: &str = "http://localhost:3000";
const AUDIENCE: &str = "https://orders.demo.example";
const BOARDS: &str = include_str!("../../demo/boards.toml");

/// Everything of one test; its folder goes away with it.
pub struct World {
    pub context: Context,
    pub app: Router,
    clock: Clock,
    demo_clock: demo::Clock,
    /// Before the provider: its address is the issuer.
    pub provider: Switchboard,
    /// Before the API.
    pub api: Switchboard,
    settings: String,
    /// The session keys in force, the sealing one first.
    keys: Vec<String>,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with("").await
    }

    /// With further settings (TOML lines), on a store in memory unless they say otherwise.
    pub async fn with(more: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("claimcheck-test-{}", random::text::<12>().unwrap()));
        std::fs::create_dir_all(&folder).unwrap();
        let (provider, api) = (Switchboard::bind().await, Switchboard::bind().await);
        let issuer = provider.origin();
        let demo_clock = demo::Clock::default();
        provider.lead_to(start_provider(issuer.clone(), folder.join("provider"), demo_clock.clone()).await);
        api.lead_to(start_api(issuer.clone(), demo_clock.clone()).await);
        let store = if more.contains("store =") { "" } else { "store = \"memory:\"\n" };
        let settings = format!(
            "public_url = \"{APP}\"\nissuer = \"{issuer}\"\nclient_id = \"app\"\nclient_secret = \"s:e%c&r+et\"\n\
             scopes = \"openid profile email offline_access orders:read orders:ship reports:read\"\n\
             audience = \"{AUDIENCE}\"\nid_token_algs = \"ES256\"\napi_url = \"{}\"\n\
             {store}{}\n{BOARDS}",
            api.origin(),
            more.replace("FOLDER", &folder.display().to_string()),
        );
        let clock = Clock::default();
        let keys = vec![fresh_key()];
        let (context, app) = assemble(&settings, &keys, &clock).await;
        Self { context, app, clock, demo_clock, provider, api, settings, keys, folder }
    }

    /// Time passes, for everyone.
    pub fn advance(&self, secs: i64) {
        self.clock.advance(secs);
        self.demo_clock.advance(secs);
    }

    /// What the app's clock says.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// As at the end of the program: waits for what goes on without a browser.
    pub async fn drained(&self) {
        self.context.tasks.close();
        let patience = std::time::Duration::from_secs(40);
        tokio::time::timeout(patience, self.context.tasks.wait()).await.unwrap();
    }

    /// A new process on the same store.
    pub async fn restart(&mut self) {
        (self.context, self.app) = assemble(&self.settings, &self.keys, &self.clock).await;
    }

    /// A new process on the same store, with a new session key before the others, or instead of them.
    pub async fn roll_key(&mut self, keeps_old: bool) {
        if !keeps_old {
            self.keys.clear();
        }
        self.keys.insert(0, fresh_key());
        self.restart().await;
    }

    /// The folder of this test, `FOLDER` in its settings.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// A browser in which this person has signed in and looks at `path`.
    pub async fn signed_in(&self, person: &str, path: &str) -> (Browser<'_>, Page) {
        let mut browser = self.browser();
        let page = browser.open(path).await;
        let page = browser.sign_in(page, person).await;
        (browser, page)
    }
}

fn fresh_key() -> String {
    BASE64_STANDARD.encode(random::bytes::<32>().unwrap())
}

async fn assemble(settings: &str, keys: &[String], clock: &Clock) -> (Context, Router) {
    let settings = format!("session_keys = \"{}\"\n{settings}", keys.join(","));
    let (settings, _) = Settings::load(Some(&settings), None, []).unwrap();
    let context = router::context(settings, clock.clone()).await.unwrap();
    (context.clone(), router::router(context))
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
