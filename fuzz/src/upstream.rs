//! A provider and an API at one address on loopback. Discovery and keys are honest; targets script the token endpoint
//! and the API.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, Response, StatusCode},
    routing::{any, get, post},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};

/// The client that the provider knows.
pub const CLIENT: &str = "app";
/// The id of its key.
pub const KID: &str = "k1";

/// A complete response.
#[derive(Clone, Debug)]
pub struct Canned {
    pub status: u16,
    pub headers: Vec<(&'static str, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Canned {
    /// 200 with JSON.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::with_status(200, body)
    }

    /// JSON with this status.
    pub fn with_status(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", b"application/json".to_vec())];
        Self { status, headers, body: body.into() }
    }

    fn to_response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in &self.headers {
            // Invalid headers cannot be sent.
            if let Ok(value) = HeaderValue::from_bytes(value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// Both servers; they run as long as the runtime they were bound in.
#[derive(Clone)]
pub struct Upstream(Arc<Inner>);

struct Inner {
    origin: String,
    key: SigningKey,
    token: Mutex<Canned>,
    api: Mutex<Canned>,
    token_requests: AtomicUsize,
}

impl Upstream {
    /// Starts listening.
    pub async fn bind() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = Self(Arc::new(Inner {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            key: SigningKey::from_slice(&[7; 32]).unwrap(),
            token: Mutex::new(Canned::with_status(400, r#"{"error":"invalid_grant"}"#)),
            api: Mutex::new(Canned::json("{}")),
            token_requests: AtomicUsize::new(0),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(async || Json(json!({ "sub": "p-ada" }))))
            .route("/revoke", post(async || StatusCode::OK))
            .fallback(any(api))
            .with_state(upstream.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        upstream
    }

    /// The address, which is the issuer; the API is below it.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Sets the token endpoint's response from now on.
    pub fn set_token(&self, answer: Canned) {
        *self.0.token.lock().unwrap() = answer;
    }

    /// Sets the API's response from now on.
    pub fn set_api(&self, answer: Canned) {
        *self.0.api.lock().unwrap() = answer;
    }

    /// The number of requests to the token endpoint.
    pub fn token_requests(&self) -> usize {
        self.0.token_requests.load(Relaxed)
    }

    /// A JWT with these texts, signed with the provider's key.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", b64(header), b64(claims));
        let signature: Signature = self.0.key.sign(signed.as_bytes());
        format!("{signed}.{}", b64(signature.to_bytes()))
    }
}

/// Base64url as in JWTs.
pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

async fn discovery(State(upstream): State<Upstream>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", upstream.origin());
    Json(json!({
        "issuer": upstream.origin(),
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/keys"),
        "revocation_endpoint": at("/revoke"),
        "end_session_endpoint": at("/end-session"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(upstream): State<Upstream>) -> Json<Value> {
    let point = upstream.0.key.verifying_key().to_sec1_point(false);
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KID,
        "x": b64(point.x().unwrap()), "y": b64(point.y().unwrap()),
    }] }))
}

async fn token(State(upstream): State<Upstream>) -> Response<Body> {
    upstream.0.token_requests.fetch_add(1, Relaxed);
    let answer = upstream.0.token.lock().unwrap().clone();
    answer.to_response()
}

async fn api(State(upstream): State<Upstream>) -> Response<Body> {
    let answer = upstream.0.api.lock().unwrap().clone();
    answer.to_response()
}
