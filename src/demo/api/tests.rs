//! The API, driven over its routes with tokens of a real issuer on loopback.
//! Every refusal stands beside the same request made right.

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
use crate::demo::{Clock, crypto::b64, provider::keys::Keys};

const AUDIENCE: &str = "https://orders.example/";

/// The key set an issuer publishes at this moment, and how often it was asked.
type Published = Arc<Mutex<(Value, u32)>>;

struct Fixture {
    issuer: String,
    keys: Keys,
    published: Published,
    router: Router,
}

struct Reply {
    status: StatusCode,
    challenge: String,
    content_type: String,
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
        let options =
            Options { audience: AUDIENCE.into(), issuers: vec![issuer.clone()], ..Options::default() };
        Self { router: router(Shared::new(options, Clock::default()).unwrap()), issuer, keys, published }
    }

    /// The claims of a good token, for someone of finance.
    fn claims(&self) -> Value {
        let now = Clock::default().now();
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
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        assert_eq!(parts.headers[header::CACHE_CONTROL], "no-store");
        let text = |name| {
            parts.headers.get(name).map_or("", |value: &HeaderValue| value.to_str().unwrap()).to_owned()
        };
        Reply {
            status: parts.status,
            challenge: text(header::WWW_AUTHENTICATE),
            content_type: text(header::CONTENT_TYPE),
            body: serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(path, &[&format!("Bearer {}", self.token())]).await
    }

    async fn orders(&self, token: &str) -> Reply {
        self.send("/orders", &[&format!("Bearer {token}")]).await
    }

    /// That this token is refused, and in the one way there is.
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

#[tokio::test]
async fn rs_01_no_credentials_are_challenged_without_an_error() {
    let fixture = Fixture::start().await;
    for none in [&[][..], &["Basic YTpi"]] {
        let reply = fixture.send("/orders", none).await;
        assert_eq!((reply.status, &*reply.challenge), (StatusCode::UNAUTHORIZED, "Bearer realm=\"orders\""));
    }
    assert_eq!(fixture.get("/orders").await.status, StatusCode::OK);
}

#[tokio::test]
async fn rs_02_malformed_credentials_are_invalid_requests_and_the_scheme_has_no_case() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let good = format!("Bearer {token}");
    let in_query = format!("/orders?access_token={token}");
    for (path, lines) in [
        ("/orders", vec!["Bearer"]),
        ("/orders", vec!["Bearer "]),
        ("/orders", vec!["Bearer a b"]),
        ("/orders", vec!["Bearer \"a\""]),
        ("/orders", vec![&*good, &*good]),
        (&*in_query, vec![]),
        (&*in_query, vec![&*good]),
    ] {
        let reply = fixture.send(path, &lines).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{lines:?}");
        assert!(reply.challenge.contains("error=\"invalid_request\""), "{}", reply.challenge);
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        assert_eq!(fixture.send("/orders", &[&format!("{scheme} {token}")]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn rs_03_only_tokens_typed_as_access_tokens_are_accepted() {
    let fixture = Fixture::start().await;
    for typ in ["JWT", "", "id+jwt", "jwt", "logout+jwt"] {
        fixture.refused(&fixture.keys.sign(typ, &fixture.claims()), typ).await;
    }
    for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        fixture.accepted(&fixture.keys.sign(typ, &fixture.claims())).await;
    }
}

#[tokio::test]
async fn rs_04_only_signatures_of_the_issuer_count() {
    let fixture = Fixture::start().await;
    let good = fixture.token();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (_, payload) = signed.split_once('.').unwrap();
    let header = |header: Value| b64(header.to_string());
    let jwk = new_keys();
    let brought = jwk.jwks()["keys"][0].clone();
    fixture
        .refused(&format!("{}.{payload}.", header(json!({ "alg": "none", "typ": "at+jwt" }))), "none")
        .await;
    let hs256 = header(json!({ "alg": "HS256", "typ": "at+jwt" }));
    fixture.refused(&format!("{hs256}.{payload}.{signature}"), "HS256").await;
    let own_key = header(json!({ "alg": "ES256", "typ": "at+jwt", "jwk": brought }));
    fixture.refused(&format!("{own_key}.{payload}.{signature}"), "jwk").await;
    fixture.refused(&jwk.sign("at+jwt", &fixture.claims()), "another key").await;
    fixture.refused(&format!("{signed}.{}", b64([1; 64])), "another signature").await;
    for nonsense in ["x", "x.y", "x.y.z", "....", "e30.e30.e30"] {
        fixture.refused(nonsense, nonsense).await;
    }
    fixture.accepted(&good).await;
}

#[tokio::test]
async fn rs_04_an_unknown_key_is_looked_for_again_but_not_at_once() {
    let fixture = Fixture::start().await;
    fixture.accepted(&fixture.token()).await;
    let next = new_keys();
    fixture.published.lock().unwrap().0 = next.jwks();
    let token = next.sign("at+jwt", &fixture.claims());
    for _ in 0..20 {
        fixture.refused(&token, "within the cooldown").await;
    }
    assert_eq!(fixture.published.lock().unwrap().1, 1);
    tokio::time::sleep(super::keys::COOLDOWN).await;
    fixture.accepted(&token).await;
    assert_eq!(fixture.published.lock().unwrap().1, 2);
}

#[tokio::test]
async fn rs_04_rs256_tokens_of_other_providers_are_accepted() {
    let fixture: Value = serde_json::from_str(include_str!("tests_rs256.json")).unwrap();
    let options = Options {
        audience: AUDIENCE.into(),
        issuers: vec!["https://rsa.example".into()],
        ..Options::default()
    };
    let mut shared = Shared::new(options, Clock::default()).unwrap();
    Arc::get_mut(&mut shared).unwrap().keys.know("https://rsa.example", &fixture["jwks"]);
    let api = Fixture {
        issuer: String::new(),
        keys: new_keys(),
        published: Published::default(),
        router: router(shared),
    };
    let token = fixture["token"].as_str().unwrap();
    api.accepted(token).await;
    api.refused(&format!("{}AAAA", &token[..token.len() - 4]), "a changed signature").await;
}

#[tokio::test]
async fn rs_05_issuer_audience_and_age_must_fit() {
    let fixture = Fixture::start().await;
    let now = Clock::default().now();
    for (name, value) in [
        ("iss", json!(format!("{}/", fixture.issuer))),
        ("iss", json!("https://other.example")),
        ("aud", json!("app")),
        ("aud", json!("https://orders.example")),
        ("aud", json!(["https://other.example/"])),
        ("exp", json!(now - 3)),
        ("exp", json!("soon")),
        ("nbf", json!(now + 60)),
    ] {
        fixture.refused(&fixture.with(name, value.clone()), &format!("{name}={value}")).await;
    }
    fixture.accepted(&fixture.with("aud", json!(["https://other.example/", AUDIENCE]))).await;
    fixture.accepted(&fixture.with("nbf", json!(now))).await;
}

#[tokio::test]
async fn rs_06_every_required_claim_is_required() {
    let fixture = Fixture::start().await;
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        fixture.refused(&fixture.with(name, Value::Null), name).await;
    }
    for name in ["sub", "client_id", "jti"] {
        fixture.refused(&fixture.with(name, json!("")), name).await;
    }
    // Roles are this firm's own matter: tokens without them read orders.
    fixture.accepted(&fixture.with("roles", Value::Null)).await;
}

#[tokio::test]
async fn rs_07_refusals_repeat_nothing_of_the_token() {
    let fixture = Fixture::start().await;
    let reply = fixture.orders(&fixture.with("aud", json!("canary"))).await;
    assert!(reply.challenge.is_ascii() && !reply.challenge.contains("canary"));
    assert_eq!(reply.content_type, "application/problem+json; charset=utf-8");
    assert_eq!(reply.body["status"], 401);
    assert!(!reply.body.to_string().contains("canary"));
}

#[tokio::test]
async fn rs_08_a_missing_scope_is_named_and_scopes_are_whole_words() {
    let fixture = Fixture::start().await;
    for scope in
        [json!("orders:read:all"), json!("orders"), json!("xorders:read"), json!("ORDERS:READ"), Value::Null]
    {
        let reply = fixture.orders(&fixture.with("scope", scope.clone())).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{scope}");
        assert!(reply.challenge.contains("error=\"insufficient_scope\""));
        assert!(reply.challenge.contains("scope=\"orders:read\""));
    }
    fixture.accepted(&fixture.with("scope", json!("orders:read"))).await;

    let report = async |token: String| fixture.send("/reports/margin", &[&format!("Bearer {token}")]).await;
    let lacking = report(fixture.with("scope", json!("orders:read"))).await;
    assert_eq!(lacking.status, StatusCode::FORBIDDEN);
    assert!(lacking.challenge.contains("scope=\"reports:read\""));
    // The role is the person's: another scope would not help, and none is asked for.
    let outside = report(fixture.with("roles", json!(["warehouse"]))).await;
    assert_eq!((outside.status, &*outside.challenge), (StatusCode::FORBIDDEN, ""));
    let inside = report(fixture.token()).await;
    assert_eq!(inside.status, StatusCode::OK);
    assert!(inside.body["months"][0]["margin"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn rs_10_tokens_bound_to_a_key_are_no_plain_bearer_tokens() {
    let fixture = Fixture::start().await;
    fixture.refused(&fixture.with("cnf", json!({ "jkt": "x" })), "cnf").await;
    fixture.accepted(&fixture.token()).await;
}

#[tokio::test]
async fn orders_can_be_narrowed_and_paged() {
    let fixture = Fixture::start().await;
    let all = fixture.get("/orders").await;
    assert_eq!(all.content_type, "application/json; charset=utf-8");
    assert_eq!(
        (&all.body["total"], &all.body["limit"], &all.body["offset"]),
        (&json!(320), &json!(50), &json!(0))
    );
    assert_eq!(all.body["orders"].as_array().unwrap().len(), 50);
    let first = &all.body["orders"][0];
    for name in ["id", "customer", "placed_at", "status", "items", "total", "currency", "city"] {
        assert!(!first[name].is_null(), "{name}");
    }
    assert_eq!(first.as_object().unwrap().len(), 8);

    let open = fixture.get("/orders?status=open&q=BERGEN&limit=200").await.body;
    let open = open["orders"].as_array().unwrap().clone();
    assert!(open.iter().all(|order| order["status"] == "open" && order["city"] == "Bergen"));
    let last = fixture.get("/orders?limit=200&offset=300").await.body;
    assert_eq!(last["orders"].as_array().unwrap().len(), 20);
    let one = fixture.get(&format!("/orders/{}", first["id"].as_str().unwrap())).await;
    assert_eq!(&one.body, first);

    for wrong in ["limit=0", "limit=201", "limit=x", "offset=-1", "status=lost", "limit=1&limit=2", "q=a&q=b"]
    {
        let reply = fixture.get(&format!("/orders?{wrong}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(reply.content_type.starts_with("application/problem+json"));
    }
    assert_eq!(fixture.get("/orders/ORD-1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(fixture.get("/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn summaries_and_customers_agree_with_the_orders() {
    let fixture = Fixture::start().await;
    let by_day = fixture.get("/orders/summary?by=day").await.body;
    let days = by_day["days"].as_array().unwrap();
    let sum = |rows: &[Value], key: &str| rows.iter().map(|row| row[key].as_f64().unwrap()).sum::<f64>();
    assert_eq!(sum(days, "orders"), 320.0);
    assert!((sum(days, "revenue") - by_day["revenue"].as_f64().unwrap()).abs() < 0.01);
    assert!(days.is_sorted_by(|a, b| a["day"].as_str() < b["day"].as_str()));
    let by_status = fixture.get("/orders/summary?by=status").await.body;
    assert_eq!(sum(by_status["statuses"].as_array().unwrap(), "orders"), 320.0);
    let customers = fixture.get("/customers?limit=200").await.body;
    assert_eq!(sum(customers["customers"].as_array().unwrap(), "orders"), 320.0);
    assert_eq!(fixture.get("/orders/summary?by=moon").await.status, StatusCode::BAD_REQUEST);
}
