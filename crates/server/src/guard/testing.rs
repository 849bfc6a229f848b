//! A small router behind the whole guard, and helpers to send requests to it.

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, Method},
    response::Response,
    routing::any,
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{
    budget::{Budget, Machine},
    config::testing::{KEY, accepts},
    guard::{Policy, UntrustedProxies, finish, protect},
};

pub(super) const LOCAL: &str = "http://localhost:3000";
pub(super) const PRODUCTION: &str = "https://dashboard.example.com";

pub(super) fn policy(public_url: &str) -> Policy {
    let settings = accepts(&[("CLAIMCHECK_PUBLIC_URL", public_url), ("CLAIMCHECK_SESSION_KEYS", KEY)]);
    let budget = Budget::of(Machine { open_files: 65_536, memory: 4 << 30 });
    Policy::new(&settings, budget, UntrustedProxies::default())
}

/// A router whose routes all report that they ran.
pub(super) fn app(public_url: &str) -> Router {
    let ran = || async { ([("x-ran", "yes")], "ran") };
    let routes = Router::new().route("/panic", any(|| async { boom() })).fallback(ran);
    behind_guard(routes, public_url)
}

pub(super) fn behind_guard(routes: Router, public_url: &str) -> Router {
    let policy = policy(public_url);
    finish(protect(routes, &policy), &policy)
}

fn boom() -> &'static str {
    panic!("canary")
}

pub(super) fn request(
    method: &str,
    uri: &str,
    headers: &[(&'static str, &str)],
    body: impl Into<Body>,
) -> Request {
    let mut request = Request::new(body.into());
    *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
    *request.uri_mut() = uri.parse().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_str(value).unwrap());
    }
    request
}

pub(super) fn get(uri: &str, headers: &[(&'static str, &str)]) -> Request {
    request("GET", uri, headers, "")
}

pub(super) async fn send(app: Router, request: Request) -> Response {
    app.oneshot(request).await.unwrap()
}

pub(super) async fn body(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}
