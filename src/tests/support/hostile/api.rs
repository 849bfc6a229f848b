//! An API for opaque access tokens: knows its people by asking the hostile provider, writes down every header it saw, and
//! answers the boards' paths with data of the demo's shape, each person's with their own name in it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{HostileProvider, Raw};

/// What the API does.
#[derive(Clone, Debug, Default)]
pub struct ApiScript {
    /// What is answered to everything.
    pub instead: Option<Raw>,
    /// Access tokens that are refused although the provider knows them.
    pub refused: HashSet<String>,
    pub delay: Option<Duration>,
}

/// One request, as it came.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub headers: HeaderMap,
}

impl Call {
    /// The access token it came with.
    pub fn token(&self) -> &str {
        let line = self.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        line.and_then(|line| line.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

#[derive(Clone)]
pub struct HostileApi(Arc<Inner>);

struct Inner {
    origin: String,
    provider: HostileProvider,
    script: Mutex<ApiScript>,
    calls: Mutex<Vec<Call>>,
}

impl HostileApi {
    pub async fn bind(provider: HostileProvider) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Self(Arc::new(Inner {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            provider,
            script: Mutex::default(),
            calls: Mutex::default(),
        }));
        let router = Router::new().fallback(answer).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        api
    }

    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Changes what it does from now on.
    pub fn script(&self, change: impl FnOnce(&mut ApiScript)) {
        change(&mut self.0.script.lock().unwrap());
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.0.calls.lock().unwrap().clone()
    }

    /// Whether it ever saw this access token.
    pub fn saw(&self, token: &str) -> bool {
        self.calls().iter().any(|call| call.token() == token)
    }
}

async fn answer(State(api): State<HostileApi>, request: Request) -> Response {
    let call = Call { path: request.uri().path().to_owned(), headers: request.headers().clone() };
    api.0.calls.lock().unwrap().push(call.clone());
    let script = api.0.script.lock().unwrap().clone();
    if let Some(delay) = script.delay {
        tokio::time::sleep(delay).await;
    }
    if let Some(raw) = &script.instead {
        return raw.to_response(call.token());
    }
    let person = api.0.provider.owner(call.token()).filter(|_| !script.refused.contains(call.token()));
    let Some(person) = person else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    };
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
