//! How the proxy passes requests on, if the dashboard is below a path of its origin: with the path, without it, or those of
//! the whole origin.

use axum::http::StatusCode;
use claimcheck_base::http_out::HttpOut;
use claimcheck_model::paths;
use serde_json::Value;

use super::public_url::{PROXY_PATH, get};
use crate::{config::Settings, doctor::CheckFinding};

const CHECK: &str = "public_url.path";

/// Nothing at the root of an origin. `signs_in` is the status of the start of a sign-in.
pub(super) async fn check(
    http: &HttpOut,
    settings: &Settings,
    signs_in: Option<StatusCode>,
) -> Vec<CheckFinding> {
    let (origin, path) = (settings.origin(), settings.base_path());
    if path.is_empty() {
        return Vec::new();
    }
    let live = paths::HEALTH_LIVE.path();
    // Behind a proxy that takes the path off, one path is left of two.
    let is_taken_off = is_alive(http, &format!("{origin}{path}{path}{live}")).await;
    let mut findings = vec![match (is_taken_off, signs_in) {
        (true, Some(StatusCode::NOT_FOUND)) => {
            let found = format!(
                "the proxy takes the path {path} off, and the server does not accept requests without it: the proxy is not in \
                 trusted_proxies, or it sends no X-Forwarded-For"
            );
            let remedy = "set trusted_proxies to the proxy's address and let it send X-Forwarded-For, or let it keep the path";
            CheckFinding::mistake(CHECK, found, remedy).at("trusted_proxies").on(PROXY_PATH)
        }
        (true, _) => CheckFinding::ok(
            CHECK,
            format!("the proxy takes the path {path} off, and the server accepts that"),
        ),
        (false, _) => CheckFinding::ok(CHECK, format!("requests arrive with the path {path}")),
    }];
    if is_alive(http, &format!("{origin}{live}")).await {
        let found = format!(
            "all of {origin} leads to this program, which answers only below {path}: no other application of the origin can be \
             reached"
        );
        let remedy = format!("let the proxy send only {path}/ here, or set `public_url` to {origin}");
        findings.push(CheckFinding::warning(CHECK, found, remedy).at("public_url").on(PROXY_PATH));
    }
    findings
}

/// Whether this program answers the health check at this URL.
async fn is_alive(http: &HttpOut, url: &str) -> bool {
    let Ok(answer) = get(http, url, &[]).await else { return false };
    let body: Option<Value> = serde_json::from_slice(answer.body()).ok();
    answer.status() == StatusCode::OK && body.is_some_and(|body| body.get("status") == Some(&"alive".into()))
}
