//! The API, tested over its routes with tokens of a real issuer on loopback: this file sets one up, the others send
//! requests. Every refused request is next to the same one in its valid form.

mod articles;
mod billing;
mod books;
mod counts;
mod deliveries;
mod payouts;
mod service;
mod ship;
mod tokens;

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderValue, Request, StatusCode, header},
    routing::get,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Options, Shared, router};
use crate::{Clock, provider::keys::Keys};

const AUDIENCE: &str = "https://orders.example/";
const WAREHOUSE: &str = "https://warehouse.example/";

/// The key set an issuer publishes now, and how often it was fetched.
type Published = Arc<Mutex<(Value, u32)>>;

struct Fixture {
    issuer: String,
    keys: Keys,
    published: Published,
    clock: Clock,
    router: Router,
}

struct Reply {
    status: StatusCode,
    challenge: String,
    content_type: String,
    location: String,
    tag: String,
    body: Value,
}

async fn issuer(published: Published) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let document = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/jwks") });
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(async move || Json(document)))
        .route(
            "/jwks",
            get(async |State(published): State<Published>| {
                let mut published = published.lock().unwrap();
                published.1 += 1;
                Json(published.0.clone())
            }),
        )
        .with_state(published);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    issuer
}

fn new_keys() -> Keys {
    Keys::load(&Keys::generate().unwrap()).unwrap()
}

impl Fixture {
    async fn start() -> Self {
        let keys = new_keys();
        let published: Published = Arc::new(Mutex::new((keys.jwks(), 0)));
        let issuer = issuer(published.clone()).await;
        let options = Options {
            audience: AUDIENCE.into(),
            warehouse_audience: WAREHOUSE.into(),
            issuers: vec![issuer.clone()],
            ..Options::default()
        };
        let clock = Clock::default();
        let router = router(Shared::new(options, clock.clone()).unwrap());
        Self { router, issuer, keys, published, clock }
    }

    /// The claims of a valid token for a user with the finance role.
    fn claims(&self) -> Value {
        let now = self.clock.now();
        json!({
            "iss": self.issuer, "aud": AUDIENCE, "sub": "someone", "client_id": "app", "jti": "1",
            "iat": now, "exp": now + 60, "scope": "openid orders:read reports:read", "roles": ["finance"],
        })
    }

    fn with(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims();
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        self.keys.sign("at+jwt", &claims)
    }

    fn token(&self) -> String {
        self.keys.sign("at+jwt", &self.claims())
    }

    async fn send(&self, path: &str, authorization: &[&str]) -> Reply {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        for line in authorization {
            request.headers_mut().append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
        }
        self.ask(request).await
    }

    /// Posts JSON with a token.
    async fn post(&self, path: &str, token: &str, body: Value) -> Reply {
        self.post_as(path, token, &[], body.to_string()).await
    }

    /// The same with further headers, which take precedence, and any body.
    async fn post_as(&self, path: &str, token: &str, more: &[(&'static str, &str)], body: String) -> Reply {
        self.send_as("POST", (path, token), more, body).await
    }

    /// The same with any method.
    async fn send_as(
        &self,
        method: &str,
        (path, token): (&str, &str),
        more: &[(&'static str, &str)],
        body: String,
    ) -> Reply {
        let request = Request::builder().method(method).uri(path);
        let mut request = request.body(Body::from(body)).unwrap();
        let bearer = format!("Bearer {token}");
        for (name, value) in
            [("content-type", "application/json"), ("authorization", &bearer)].iter().chain(more)
        {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        self.ask(request).await
    }

    async fn ask(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        // Only pictures may be kept.
        let is_picture = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "image/png");
        let kept = if is_picture { "private, max-age=3600" } else { "no-store" };
        assert_eq!(parts.headers[header::CACHE_CONTROL], kept);
        let text = |name| {
            parts.headers.get(name).map_or("", |value: &HeaderValue| value.to_str().unwrap()).to_owned()
        };
        Reply {
            status: parts.status,
            challenge: text(header::WWW_AUTHENTICATE),
            content_type: text(header::CONTENT_TYPE),
            location: text(header::LOCATION),
            tag: text(header::ETAG),
            body: if is_picture {
                Value::Null
            } else {
                serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap()
            },
        }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(path, &[&format!("Bearer {}", self.token())]).await
    }

    async fn orders(&self, token: &str) -> Reply {
        self.send("/orders", &[&format!("Bearer {token}")]).await
    }

    /// Checks that this token is refused in the one specified way.
    async fn refused(&self, token: &str, why: &str) {
        let reply = self.orders(token).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{why}");
        assert_eq!(
            reply.challenge,
            "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"The access token is not valid\"",
            "{why}"
        );
    }

    async fn accepted(&self, token: &str) {
        assert_eq!(self.orders(token).await.status, StatusCode::OK);
    }
}
