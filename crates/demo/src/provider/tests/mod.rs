//! The provider, tested over its routes: a browser with cookies and a client with a secret. Every refused request is
//! next to the same one in its valid form.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use super::{Client, Options, PASSWORD, Resource, Shared, params::Params, router};
use crate::{
    Clock,
    crypto::{random_text, sha256_text, unb64},
};

mod authorize;
mod language;
mod logout;
mod pages;
mod second_factor;
mod several_apis;
mod sign_out;
mod token;

const ISSUER: &str = "http://127.0.0.1:9000";
const CALLBACK: &str = "http://localhost:3000/auth/callback";
const HOME: &str = "http://localhost:3000/";
const API: &str = "https://orders.example/";
const WAREHOUSE: &str = "https://warehouse.example/";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ALL: &str = "openid profile email offline_access orders:read orders:ship reports:read";

/// A provider with its own folder.
struct Demo {
    clock: Clock,
    dir: PathBuf,
    router: Router,
    /// The URL for logout notifications.
    back_channel: Option<String>,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn client(id: &str, back_channel_logout_uri: Option<String>) -> Client {
    Client {
        id: id.into(),
        secret: "s:e%c&r+et".into(),
        redirect_uris: vec![CALLBACK.into()],
        post_logout_redirect_uris: vec![HOME.into()],
        back_channel_logout_uri,
        name: "Claimcheck".into(),
    }
}

async fn open(dir: &std::path::Path, clock: &Clock, back_channel: Option<&str>) -> Arc<Shared> {
    let uri = |id: &str| back_channel.map(|origin| format!("{origin}/{id}"));
    let options = Options {
        issuer: ISSUER.into(),
        data_dir: dir.into(),
        clients: vec![client("app", uri("app")), client("other", uri("other")), client("deaf", None)],
        resources: vec![
            Resource::new(API, &["orders:read", "orders:ship", "reports:read", "payouts:write"]),
            Resource::new(WAREHOUSE, &["deliveries:read", "deliveries:receive"]),
        ],
        refresh_token_absolute_secs: 3600,
        ..Options::default()
    };
    Shared::open(options, clock.clone()).await.unwrap()
}

impl Demo {
    async fn start() -> Self {
        Self::with_back_channel(None).await
    }

    /// Each client receives logout notifications at its own path of that origin.
    async fn with_back_channel(back_channel: Option<String>) -> Self {
        let dir = std::env::temp_dir().join(format!("harbour-{}", random_text::<12>().unwrap()));
        let clock = Clock::default();
        Self { router: router(open(&dir, &clock, back_channel.as_deref()).await), clock, dir, back_channel }
    }

    /// A new process on the same folder.
    async fn restart(&mut self) {
        self.router = router(open(&self.dir, &self.clock, self.back_channel.as_deref()).await);
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// A form posted by the client, authenticated by `client_secret_basic`.
    async fn as_client(&self, id: &str, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let credentials = BASE64_STANDARD.encode(format!("{}:{}", encode(id), encode("s:e%c&r+et")));
        let request = form(path, pairs).header(header::AUTHORIZATION, format!("Basic {credentials}"));
        self.send(request.body(body(pairs)).unwrap()).await
    }

    async fn anonymously(&self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        self.send(form(path, pairs).body(body(pairs)).unwrap()).await
    }

    async fn exchange(&self, code: &str) -> Reply {
        self.as_client("app", "/token", &exchange(code)).await
    }

    async fn refresh(&self, token: &str) -> Reply {
        self.as_client("app", "/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn userinfo(&self, token: &str) -> Reply {
        let request = Request::get("/userinfo").header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A browser in which this user has signed in and allowed everything, and the resulting code.
    async fn signed_in(&self, username: &str) -> (Browser<'_>, String) {
        let mut browser = Browser::new(self);
        let page = browser.get(&authorize(&[])).await;
        let answer = browser.sign_in(&page, username, PASSWORD).await;
        let page = browser.get(&answer.location()).await;
        // If the user has consented before, in any browser, no consent page is shown.
        let code = match page.query("code") {
            Some(code) => code,
            None => browser.answer(&page, "/consent", "allow").await.query("code").unwrap(),
        };
        (browser, code)
    }

    async fn tokens(&self, username: &str) -> Value {
        let (_, code) = self.signed_in(username).await;
        self.exchange(&code).await.json()
    }
}

fn form(path: &str, _: &[(&str, &str)]) -> axum::http::request::Builder {
    Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn body(pairs: &[(&str, &str)]) -> Body {
    Body::from(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

fn exchange(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// A valid authorization request with these parameters changed; an empty value removes one.
fn authorize(changes: &[(&str, &str)]) -> String {
    let challenge = sha256_text(VERIFIER);
    let mut params = Params::default();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("scope", ALL),
        ("state", "the state"),
        ("nonce", "the-nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .iter()
    .chain(changes)
    {
        params = params.with(name, value);
    }
    format!("/authorize?{}", Params::parse(&params.encode()).encode())
}

/// The payload of a token.
fn claims(token: &Value) -> Value {
    part(token, 1)
}

fn part(token: &Value, number: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(number).unwrap();
    serde_json::from_slice(&unb64(part).unwrap()).unwrap()
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: impl axum::http::header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn location(&self) -> String {
        self.header(header::LOCATION).to_owned()
    }

    /// A parameter of the redirect URL, if it is the client's.
    fn query(&self, name: &str) -> Option<String> {
        let url = Url::parse(&self.location()).ok().filter(|url| url.as_str().starts_with(CALLBACK))?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    fn error(&self) -> String {
        match self.query("error") {
            Some(error) => error,
            None => self.json()["error"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.body.split_once(&start).unwrap_or_else(|| panic!("no {name} in {}", self.body)).1;
        rest.split_once('"').unwrap().0.replace("&amp;", "&")
    }

    fn shows(&self, text: &str) -> bool {
        self.status == StatusCode::OK && self.body.contains(text)
    }
}

/// A browser: it stores cookies and follows no redirects.
struct Browser<'a> {
    demo: &'a Demo,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn new(demo: &'a Demo) -> Self {
        Self { demo, cookies: BTreeMap::new() }
    }

    async fn get(&mut self, address: &str) -> Reply {
        let path = address.strip_prefix(ISSUER).unwrap_or(address);
        self.with_cookies(Request::get(path), Body::empty()).await
    }

    async fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> Reply {
        self.with_cookies(form(path, pairs), body(pairs)).await
    }

    async fn with_cookies(&mut self, request: axum::http::request::Builder, body: Body) -> Reply {
        let line =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let reply = self.demo.send(request.header(header::COOKIE, line).body(body).unwrap()).await;
        for cookie in reply.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }

    async fn sign_in(&mut self, page: &Reply, username: &str, password: &str) -> Reply {
        let (request, token) = (page.field("request"), page.field("token"));
        let pairs =
            [("request", &*request), ("token", &token), ("username", username), ("password", password)];
        self.post("/sign-in", &pairs).await
    }

    /// Presses a button of a form.
    async fn answer(&mut self, page: &Reply, path: &str, action: &str) -> Reply {
        let (request, token) = (page.field("request"), page.field("token"));
        self.post(path, &[("request", &request), ("token", &token), ("action", action)]).await
    }
}
