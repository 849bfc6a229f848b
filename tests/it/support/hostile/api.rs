//! An API for opaque access tokens: looks tokens up at the hostile provider, records every header it receives, and
//! answers the boards' paths with data in the demo's format, with each user's own name in it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{HostileProvider, Raw, door::Door, tls::Identity};

/// The behaviour of the API.
#[derive(Clone, Debug, Default)]
pub struct ApiScript {
    /// The responses at these paths for valid tokens.
    pub answers: BTreeMap<String, Raw>,
    /// The response at every other path.
    pub instead: Option<Raw>,
    /// The response to each call, whatever the token.
    pub by_call: Option<fn(&Call) -> Raw>,
    /// Access tokens that are refused although the provider knows them.
    pub refused: HashSet<String>,
    /// The required resource of its tokens; any if not set.
    pub name: Option<String>,
    pub delay: Option<Duration>,
    /// The delays of these paths.
    pub delays: BTreeMap<String, Duration>,
}

/// A received request.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Call {
    /// The access token of the request.
    pub fn token(&self) -> &str {
        let line = self.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        line.and_then(|line| line.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

#[derive(Clone)]
pub struct HostileApi(Arc<Inner>);

struct Inner {
    door: Door,
    provider: HostileProvider,
    script: Mutex<ApiScript>,
    calls: Mutex<Vec<Call>>,
}

impl HostileApi {
    pub async fn bind(provider: HostileProvider) -> Self {
        Self::bind_as(provider, None).await
    }

    /// Over TLS, if it has a certificate.
    pub async fn bind_as(provider: HostileProvider, identity: Option<Identity>) -> Self {
        let (door, listener) = Door::bind(identity).await;
        let inner = Inner { door, provider, script: Mutex::default(), calls: Mutex::default() };
        let api = Self(Arc::new(inner));
        api.0.door.serve(listener, api.router());
        api
    }

    fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Stops listening, and closes idle connections.
    pub async fn go_down(&self) {
        self.0.door.shut().await;
    }

    /// Listens again at the same address.
    pub async fn come_back(&self) {
        self.0.door.open(self.router()).await;
    }

    pub fn origin(&self) -> &str {
        &self.0.door.origin
    }

    /// Changes its behaviour from now on.
    pub fn script<R>(&self, change: impl FnOnce(&mut ApiScript) -> R) -> R {
        change(&mut self.0.script.lock().unwrap())
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls.lock().unwrap().clone()
    }

    /// Whether it ever received this access token.
    pub fn saw(&self, token: &str) -> bool {
        self.calls().iter().any(|call| call.token() == token)
    }
}

async fn answer(State(api): State<HostileApi>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let call = Call {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    api.0.calls.lock().unwrap().push(call.clone());
    let script = api.0.script.lock().unwrap().clone();
    if let Some(delay) = script.delay {
        tokio::time::sleep(delay).await;
    }
    if let Some(delay) = script.delays.get(&call.path) {
        tokio::time::sleep(*delay).await;
    }
    if let Some(raw) = script.by_call {
        return raw(&call).to_response(call.token());
    }
    let own = script.answers.get(&call.path);
    if let (Some(raw), None) = (&script.instead, own) {
        return raw.to_response(call.token());
    }
    let person = api.0.provider.owner(call.token()).filter(|_| !script.refused.contains(call.token()));
    let is_ours = script.name.is_none() || script.name == api.0.provider.target(call.token());
    let Some(person) = person.filter(|_| is_ours) else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    };
    if let Some(raw) = own {
        return raw.to_response(call.token());
    }
    let customer = format!("Customer of {}", person.sub);
    match call.path.as_str() {
        "/orders" => Json(json!({ "total": 1, "orders": [{
            "id": "ORD-1", "customer": customer, "placed_at": "2026-09-30T10:00:00Z", "status": "open",
            "items": 1, "total": 12.5, "city": "Bergen",
        }] }))
        .into_response(),
        "/reports/margin" => Json(json!({ "months": [{
            "month": customer, "revenue": 2.0, "cost": 1.0, "margin": 1.0, "margin_percent": 50.0,
        }] }))
        .into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
