//! Which host name a request may be for: in production only the public one. A request under another name was
//! misdirected (RFC 9110 7.4) or is an attack with a name that resolves here.

use axum::{
    extract::Request,
    http::{StatusCode, header},
};

use super::{
    Policy, Verdict,
    refusal::{Asked, refuse},
};
use crate::{error::AppError, paths};

/// Asked by balancers, which use addresses instead of names.
const EXEMPT: [&str; 2] = [paths::HEALTH_LIVE, paths::HEALTH_READY];

/// Refuses requests for another host with 421. Outside of production every name is taken: a development
/// machine has many names, and the redirect URI never depends on them (LR-03).
pub(super) fn host(policy: &Policy, request: &Request) -> Verdict {
    if !policy.production || EXEMPT.contains(&request.uri().path()) || is_ours(policy, request) {
        return None;
    }
    Some(refuse(&Asked::from(request), StatusCode::MISDIRECTED_REQUEST, AppError::Invalid, "other host"))
}

fn is_ours(policy: &Policy, request: &Request) -> bool {
    let mut named =
        request.headers().get_all(header::HOST).iter().map(|host| host.to_str().unwrap_or_default());
    // HTTP/2 and absolute-form requests name it in the target.
    let target = request.uri().authority().map(|authority| authority.as_str());
    match (named.next().or(target), named.next()) {
        (Some(host), None) => {
            let default_port = if policy.https { ":443" } else { ":80" };
            let host = host.strip_suffix(default_port).unwrap_or(host);
            host.eq_ignore_ascii_case(&policy.authority)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{PRODUCTION, app, get, send};

    #[tokio::test]
    async fn lr_03_another_host_is_misdirected_in_production_only() {
        for (host, right) in [
            ("dashboard.example.com", true),
            ("DASHBOARD.example.com:443", true),
            ("dashboard.example.com:8443", false),
            ("evil.example.com", false),
            ("dashboard.example.com.evil.com", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            let expected = if right { 200 } else { 421 };
            assert_eq!(send(app(PRODUCTION), get("/", &[("host", host)])).await.status(), expected, "{host}");
            assert_eq!(
                send(app(super::super::testing::LOCAL), get("/", &[("host", host)])).await.status(),
                200
            );
            let health = send(app(PRODUCTION), get("/health/ready", &[("host", host)])).await;
            assert_eq!(health.status(), 200);
        }
        let two = [("host", "dashboard.example.com"), ("host", "evil.example.com")];
        assert_eq!(send(app(PRODUCTION), get("/", &two)).await.status(), 421);
        assert_eq!(send(app(PRODUCTION), get("https://dashboard.example.com/", &[])).await.status(), 200);
        assert_eq!(send(app(PRODUCTION), get("https://evil.example.com/", &[])).await.status(), 421);
        assert_eq!(send(app(PRODUCTION), get("/", &[])).await.status(), 421);
    }
}
