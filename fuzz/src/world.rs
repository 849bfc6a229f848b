//! The program itself: its services and its router, created like in `main`, with the target's settings, a provider and
//! an API. One runtime on one thread, so that the same bytes lead to the same paths.

use std::future::Future;

use axum::{Router, body::Body};
use claimcheck::{handlers::state::AppState, router};
use claimcheck_base::{clock::Clock, secret::Secret};
use claimcheck_server::{
    config::Settings,
    sign_in::{
        authorization_options::AuthorizationOptions,
        transaction::{Transaction, browser_hash},
    },
};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{
    browser::{self, Page},
    upstream::{CLIENT, Canned, KID, Upstream},
};

/// The cookie that binds a sign-in to its browser.
pub const BROWSER: &str = "claimcheck-browser";
/// Its value here.
pub const COAT: &str = "AAAAAAAAAAAAAAAAAAAAAA";
/// The session cookie.
pub const SESSION: &str = "claimcheck";
/// The nonce of every transaction here.
pub const NONCE: &str = "a-nonce-of-this-sign-in";
/// Everything in memory is discarded after this many inputs, because nothing here is kept for long.
const WORN_AFTER: usize = 3000;

/// The world of one target.
pub struct World {
    runtime: Runtime,
    settings: String,
    uses: usize,
    public_url: &'static str,
    pub upstream: Upstream,
    pub services: AppState,
    pub app: Router,
}

impl World {
    /// With further settings (TOML) after those of every target.
    pub fn with(more: &str) -> Self {
        Self::at(browser::APP, more)
    }

    /// The same over https.
    pub fn https() -> Self {
        Self::at("https://localhost", "")
    }

    fn at(public_url: &'static str, more: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let upstream = runtime.block_on(Upstream::bind());
        let origin = upstream.origin();
        let settings = format!(
            "public_url = \"{public_url}\"\nissuer = \"{origin}\"\napi_url = \"{origin}/data\"\nclient_id = \"{CLIENT}\"\n\
             client_secret = \"s:e%c&r+et\"\nscopes = \"openid profile offline_access orders:read\"\n\
             id_token_algs = \"ES256\"\nstore = \"memory:\"\nsign_in_rate = 0\naction_rate = 0\n\
             session_keys = \"jmnCGb2Qy1XyI0dT8m4gOlLwNLcoVv9tCbRUl1O6zXg=\"\n{more}"
        );
        let (services, app) = runtime.block_on(assemble(&settings));
        Self { runtime, settings, uses: 0, public_url, upstream, services, app }
    }

    /// Waits for a future.
    pub fn run<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// Called for each input. `true` if everything was created again, so that nobody is signed in any more.
    pub fn wears(&mut self) -> bool {
        self.uses += 1;
        let is_worn = self.uses.is_multiple_of(WORN_AFTER);
        if is_worn {
            (self.services, self.app) = self.runtime.block_on(assemble(&self.settings));
        }
        is_worn
    }

    /// The public origin.
    pub fn public_url(&self) -> &'static str {
        self.public_url
    }

    /// The name of a cookie here, given its name over http.
    pub fn cookie(&self, name: &str) -> String {
        let prefix = if self.public_url.starts_with("https:") { "__Host-" } else { "" };
        format!("{prefix}{name}")
    }

    /// Sends a request to the router.
    pub fn ask(&self, request: axum::http::Request<Body>) -> Page {
        self.run(browser::send(&self.app, request))
    }

    /// A new sign-in of the browser with [`COAT`].
    pub fn transaction(&self) -> Transaction {
        Transaction {
            issuer: self.upstream.origin().to_owned(),
            nonce: NONCE.to_owned(),
            code_verifier: Secret::new("a-verifier-that-nobody-checks-here-0123456789"),
            target: "/account".to_owned(),
            started_at: self.services.clock.now(),
            attempt: 0,
            asked: AuthorizationOptions::default(),
            session: None,
            browser: browser_hash(COAT),
        }
    }

    /// The `state` of such a sign-in, different each time.
    pub fn state(&self) -> String {
        self.transaction().seal(self.services.sessions.keyring()).unwrap()
    }

    /// The claims of a valid ID token, as the members of an object.
    pub fn claims(&self) -> Vec<(&'static str, serde_json::Value)> {
        let now = self.services.clock.now();
        vec![
            ("iss", json!(self.upstream.origin())),
            ("sub", json!("p-ada")),
            ("aud", json!(CLIENT)),
            ("iat", json!(now)),
            ("exp", json!(now + 300)),
            ("nonce", json!(NONCE)),
        ]
    }

    /// A token response with this ID token.
    pub fn token_answer(&self, id_token: &str) -> Canned {
        Canned::json(
            json!({
                "token_type": "Bearer", "expires_in": 3600, "access_token": "an-access-token-of-the-provider",
                "refresh_token": "a-refresh-token-of-the-provider", "id_token": id_token,
            })
            .to_string(),
        )
    }

    /// A valid ID token.
    pub fn id_token(&self) -> String {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": KID }).to_string();
        let claims: serde_json::Map<_, _> =
            self.claims().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.upstream.sign(&header, &serde_json::Value::Object(claims).to_string())
    }

    /// The callback with a code, in the browser that started the sign-in.
    pub fn call_back(&self) -> Page {
        let iss: String = url::form_urlencoded::byte_serialize(self.upstream.origin().as_bytes()).collect();
        let path = format!("/auth/callback?code=c&state={}&iss={iss}", self.state());
        let cookie = format!("{}={COAT}", self.cookie(BROWSER));
        self.ask(browser::navigation(&path).header("cookie", cookie).body(Body::empty()).unwrap())
    }

    /// Signs in normally; returns the value of the session cookie.
    pub fn sign_in(&self) -> String {
        self.upstream.set_token(self.token_answer(&self.id_token()));
        let page = self.call_back();
        let [session] = &page.sets(&self.cookie(SESSION))[..] else {
            panic!("an honest sign-in fails: {page:?}")
        };
        session.clone()
    }
}

async fn assemble(settings: &str) -> (AppState, Router) {
    let (settings, _) = Settings::load(Some(settings), None, []).unwrap();
    let services = router::services(settings, Clock::default()).await.unwrap();
    (services.clone(), router::router(services))
}
