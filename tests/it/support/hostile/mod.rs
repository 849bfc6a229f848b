//! A provider whose every response a test can script, and an API beside it: real servers on loopback, honest until a
//! test changes their scripts. This file has the provider's server and its interface for tests; each endpoint has its
//! own file.

mod answers;
mod api;
mod book;
mod door;
mod endpoints;
mod exchange;
mod keys;
pub mod known_keys;
mod listener;
mod logout;
mod proxy;
mod raw;
mod script;
mod tls;
mod token;
mod world;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use book::Book;
use claimcheck_base::clock::Clock;
use door::Door;

pub use answers::{bad_answers, bad_members, odd_members};
pub use api::{ApiScript, Call, HostileApi};
pub use book::{Issued, Seen};
pub use keys::{Keys, bystanders};
pub use listener::Listener;
pub use logout::LogoutToken;
pub use proxy::ForwardProxy;
pub use raw::Raw;
pub use script::{At, Person, Rotation, Script, Spoil};
pub use tls::{Authority, Identity};
pub use world::HostileWorld;

/// The client that the provider knows.
const CLIENT: &str = "app";

/// The provider; runs until the test ends.
#[derive(Clone)]
pub struct HostileProvider(Arc<Inner>);

struct Inner {
    door: Door,
    clock: Clock,
    client_secret: String,
    keys: Keys,
    script: Mutex<Script>,
    book: Mutex<Book>,
}

impl HostileProvider {
    /// Starts listening, with this clock.
    pub async fn bind(clock: Clock, client_secret: &str) -> Self {
        Self::bind_as(clock, client_secret, None).await
    }

    /// Over TLS, if it has a certificate.
    pub async fn bind_as(clock: Clock, client_secret: &str, identity: Option<Identity>) -> Self {
        let (door, listener) = Door::bind(identity).await;
        let provider = Self(Arc::new(Inner {
            door,
            clock,
            client_secret: client_secret.to_owned(),
            keys: Keys::generate(),
            script: Mutex::default(),
            book: Mutex::default(),
        }));
        provider.0.door.serve(listener, provider.router());
        provider
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(endpoints::discovery))
            .route("/tenant/.well-known/openid-configuration", get(endpoints::discovery))
            .route("/organizations/v2.0/.well-known/openid-configuration", get(endpoints::discovery))
            .route("/keys", get(endpoints::keys))
            .route("/keys/{name}", get(endpoints::keys))
            .route("/authorize", get(endpoints::authorize))
            .route("/token", post(token::token))
            .route("/userinfo", get(endpoints::userinfo))
            .route("/revoke", post(endpoints::revoke))
            .route("/end-session", get(endpoints::end_session).post(endpoints::end_session))
            .layer(from_fn_with_state(self.clone(), attend))
            .with_state(self.clone())
    }

    /// Stops listening, and closes idle connections.
    pub async fn go_down(&self) {
        self.0.door.shut().await;
    }

    /// Listens again at the same address.
    pub async fn come_back(&self) {
        self.0.door.open(self.router()).await;
    }

    /// Its address, which is the issuer.
    pub fn origin(&self) -> &str {
        &self.0.door.origin
    }

    /// Its key, for tokens made by tests.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// From now on, signs ID tokens with this key and publishes only this one.
    pub fn signs_with(&self, keys: &Arc<Keys>) {
        self.script(|script| {
            script.signer = Some(keys.clone());
            script.keys = Some(serde_json::json!({ "keys": [keys.public()] }));
            script.metadata.set("id_token_signing_alg_values_supported", serde_json::json!([keys.alg()]));
        });
    }

    /// Changes its behaviour from now on.
    pub fn script<R>(&self, change: impl FnOnce(&mut Script) -> R) -> R {
        change(&mut self.0.script.lock().unwrap())
    }

    /// Honest again, with the same user, texts and rotation.
    pub fn be_honest(&self) {
        self.script(|script| {
            *script = Script {
                person: script.person.clone(),
                texts: script.texts.clone(),
                rotation: script.rotation,
                targets: script.targets.clone(),
                by_scope: script.by_scope,
                ..Script::default()
            };
        });
    }

    /// The requests to an endpoint so far.
    pub fn seen(&self, at: At) -> Vec<Seen> {
        self.book().seen.iter().filter(|seen| seen.at == at).cloned().collect()
    }

    /// The number of requests to an endpoint so far.
    pub fn count(&self, at: At) -> usize {
        self.book().seen.iter().filter(|seen| seen.at == at).count()
    }

    /// All requests, in order.
    pub fn everything(&self) -> Vec<Seen> {
        self.book().seen.clone()
    }

    /// The issued token responses so far.
    pub fn issued(&self) -> Vec<Issued> {
        self.book().issued.clone()
    }

    /// How often a used refresh token was presented.
    pub fn reuses(&self) -> usize {
        self.book().reuses
    }

    /// Ends every grant, like an administrator.
    pub fn revoke_all(&self) {
        self.book().grants.iter_mut().for_each(|grant| grant.revoked = true);
    }

    /// The user of a valid access token.
    pub fn owner(&self, access_token: &str) -> Option<Person> {
        self.book().owner(access_token).map(|grant| grant.person.clone())
    }

    /// The API of an access token, if one was named.
    pub fn target(&self, access_token: &str) -> Option<String> {
        self.book().targets.get(access_token).cloned()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap()
    }

    fn read_script(&self) -> Script {
        self.0.script.lock().unwrap().clone()
    }

    fn now(&self) -> i64 {
        self.0.clock.now() + self.0.script.lock().unwrap().clock_ahead_secs
    }
}

/// Records every request, and applies the script before the endpoint runs.
async fn attend(State(provider): State<HostileProvider>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let seen = see(&parts, &String::from_utf8_lossy(&body));
    let (at, carried) = (seen.at, carried(&seen));
    provider.book().seen.push(seen);
    let script = provider.read_script();
    if let Some(delay) = script.delays.get(&at) {
        tokio::time::sleep(*delay).await;
    }
    if let Some(raw) = script.instead.get(&at) {
        return raw.to_response(&carried);
    }
    let mut answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    if let Some((status, kind)) = script.dress.get(&at) {
        *answer.status_mut() = StatusCode::from_u16(*status).unwrap();
        answer.headers_mut().remove(header::CONTENT_TYPE);
        if !kind.is_empty() {
            answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
    }
    if let Some(members) = script.before.get(&at) {
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        answer = Raw::json(200, &body.replacen('{', &format!("{{{members},"), 1)).to_response("");
    }
    if let Some(spaces) = script.padding.get(&at) {
        let mut body = to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec();
        body.resize(body.len() + spaces, b' ');
        answer = Raw::gzip(&body).to_response("");
    }
    if script.clock_ahead_secs != 0 {
        let date =
            jiff::Timestamp::from_second(provider.now()).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT");
        answer.headers_mut().insert(header::DATE, date.to_string().parse().unwrap());
    }
    if let Some(late) = script.late.get(&at) {
        tokio::time::sleep(*late).await;
    }
    answer
}

fn see(parts: &axum::http::request::Parts, body: &str) -> Seen {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let grant = form.iter().find(|(name, _)| name == "grant_type").map(|(_, value)| value.as_str());
    let at = match parts.uri.path() {
        path if path.ends_with("/.well-known/openid-configuration") => At::Discovery,
        path if path == "/keys" || path.starts_with("/keys/") => At::Keys,
        "/authorize" => At::Authorization,
        "/token" if grant == Some("refresh_token") => At::Refresh,
        "/token" if grant == Some(exchange::GRANT_TYPE) => At::Exchange,
        "/token" => At::CodeExchange,
        "/userinfo" => At::UserInfo,
        "/revoke" => At::Revocation,
        "/end-session" => At::EndSession,
        _ => At::Elsewhere,
    };
    Seen {
        at,
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body: body.to_owned(),
        form,
    }
}

/// The content of a request, as repeated by a server that reveals too much.
fn carried(seen: &Seen) -> String {
    let values = seen.form.iter().map(|(name, value)| format!("{name}={value}"));
    let all: Vec<_> = std::iter::once(seen.header("authorization").to_owned()).chain(values).collect();
    all.join(" ")
}
