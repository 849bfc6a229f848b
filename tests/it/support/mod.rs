//! A world for tests: the app's router, a demo provider and a demo API on loopback, a switchboard before each, and a
//! browser that keeps cookies and follows nothing by itself.

mod browser;
mod following;
mod heard;
pub mod hostile;
mod installation;
mod late_panels;
mod listening;
pub mod log;
pub mod port;
mod processes;
pub mod program;
mod settings;
mod switchboard;

use std::{
    ops::{Deref, DerefMut},
    path::PathBuf,
    time::Duration,
};

use claimcheck_base::clock::Clock;
use claimcheck_demo as demo;
use claimcheck_model::paths;

pub use browser::{Browser, EVENT_STREAM, Jar, Page};
pub use following::Following;
pub use heard::Heard;
pub use installation::{Installation, Process, new_folder, new_key};
pub use listening::Listening;
pub use processes::Processes;
pub use settings::{load_settings, variable};
pub use switchboard::{Fault, Switchboard};

/// The app's public origin. Nothing listens there; the browser calls the router.
pub const APP: &str = "http://localhost:3000";
const AUDIENCE: &str = "https://orders.demo.example";
const WAREHOUSE: &str = "https://warehouse.demo.example";
const BOARDS: &str = include_str!("boards.toml");

/// Waits until something has happened, however slow the machine is.
pub async fn until(mut has_happened: impl FnMut() -> bool) {
    let happens = async {
        while !has_happened() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), happens).await.unwrap();
}

/// Everything for one test; its folder is removed with it.
pub struct World {
    installation: Installation,
    demo_clock: demo::Clock,
    /// The roles of the users at the provider.
    pub roles: demo::provider::Roles,
    /// The proxy before the provider: its address is the issuer.
    pub provider: Switchboard,
    /// The proxy before the API.
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

    /// With further settings (TOML lines), and a store in memory unless they override it.
    pub async fn with(more: &str) -> Self {
        Self::begin(&format!("{more}\n{BOARDS}"), None).await
    }

    /// With these settings, which have the boards. `API` in them is the address of the API.
    pub async fn with_boards(settings: &str) -> Self {
        Self::begin(settings, None).await
    }

    /// The same on its own port, so that the provider can send logout notifications.
    pub async fn with_back_channel(more: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let world = Self::begin(
            &format!("{more}\n{BOARDS}"),
            Some(format!("{origin}{}", paths::BACK_CHANNEL_LOGOUT.path())),
        )
        .await;
        let app = world.app.clone();
        tokio::spawn(async move { axum::serve(listener, app).await });
        world
    }

    async fn begin(settings: &str, back_channel_logout_uri: Option<String>) -> Self {
        let folder = new_folder();
        let (provider, api) = (Switchboard::bind().await, Switchboard::bind().await);
        let issuer = provider.origin();
        let demo_clock = demo::Clock::default();
        let data_dir = folder.join("provider");
        let upstream = start_provider(issuer.clone(), data_dir, demo_clock.clone(), back_channel_logout_uri);
        let (upstream, roles) = upstream.await;
        provider.lead_to(upstream);
        api.lead_to(start_api(issuer.clone(), demo_clock.clone()).await);
        let settings = format!(
            "issuer = \"{issuer}\"\naudience = \"{AUDIENCE}\"\napi_url = \"{}\"\n{}",
            api.origin(),
            settings.replace("\"API/", &format!("\"{}/", api.origin())),
        );
        let installation = Installation::start(&settings, Clock::default(), folder).await;
        Self { installation, demo_clock, roles, provider, api }
    }

    /// Moves the time for everyone.
    pub fn advance(&self, secs: i64) {
        self.clock.advance(secs);
        self.demo_clock.advance(secs);
    }

    /// A browser in which this user has signed in and opened `path`.
    pub async fn signed_in(&self, person: &str, path: &str) -> (Browser<'_>, Page) {
        let mut browser = self.browser();
        let page = browser.open(path).await;
        let page = browser.sign_in(page, person).await;
        (browser, page)
    }
}

async fn start_provider(
    issuer: String,
    data_dir: PathBuf,
    clock: demo::Clock,
    back_channel_logout_uri: Option<String>,
) -> (String, demo::provider::Roles) {
    let client = demo::provider::Client {
        id: "app".into(),
        secret: "s:e%c&r+et".into(),
        redirect_uris: vec![format!("{APP}/auth/callback")],
        post_logout_redirect_uris: vec![format!("{APP}/")],
        back_channel_logout_uri,
        name: "Claimcheck".into(),
    };
    let options = demo::provider::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        issuer,
        data_dir,
        clients: vec![client],
        resources: vec![
            demo::provider::Resource::new(
                AUDIENCE,
                &["orders:read", "orders:ship", "reports:read", "payouts:write"],
            ),
            demo::provider::Resource::new(WAREHOUSE, &["deliveries:read", "deliveries:receive"]),
        ],
        ..demo::provider::Options::default()
    };
    let provider = demo::Provider::bind_with_clock(options, clock).await.unwrap();
    let (origin, roles) = (format!("http://{}", provider.addr()), provider.roles());
    tokio::spawn(provider.serve(std::future::pending()));
    (origin, roles)
}

async fn start_api(issuer: String, clock: demo::Clock) -> String {
    let options = demo::api::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        audience: AUDIENCE.into(),
        warehouse_audience: WAREHOUSE.into(),
        issuers: vec![issuer],
        ..demo::api::Options::default()
    };
    let api = demo::Api::bind_with_clock(options, clock).await.unwrap();
    let origin = format!("http://{}", api.addr());
    tokio::spawn(api.serve(std::future::pending()));
    origin
}
