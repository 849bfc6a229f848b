//! The host names a request may have: in production only the public one. A request with another name was misdirected
//! (RFC 9110 7.4), or is an attack with a name that resolves to this server. A request without exactly one host name is
//! not valid HTTP/1.1 (RFC 9112 3.2).

use axum::{
    extract::Request,
    http::{StatusCode, Version, header},
};
use claimcheck_model::{
    AppError,
    paths::{self, Route},
};

use super::{
    Policy, Verdict,
    refusal::{ResponseFormat, refuse},
};

/// Used by load balancers, which send addresses instead of names.
const EXEMPT: [Route; 2] = [paths::HEALTH_LIVE, paths::HEALTH_READY];

/// Refuses requests for another host with 421, and those without exactly one with 400. Outside of production every name
/// is accepted: a development machine has many names, and the redirect URI never depends on them (LR-03).
pub(super) fn host(policy: &Policy, request: &Request) -> Verdict {
    if !policy.production || EXEMPT.iter().any(|route| route.is(request.uri().path())) {
        return None;
    }
    let (status, reason) = match named(request) {
        Ok(hosts) if !hosts.is_empty() && hosts.iter().all(|host| is_ours(policy, host)) => return None,
        // HTTP/1.0 does not require a host; without one, the request may be for another server.
        Ok(_) => (StatusCode::MISDIRECTED_REQUEST, "other host"),
        Err(reason) => (StatusCode::BAD_REQUEST, reason),
    };
    Some(refuse(&ResponseFormat::from(request), status, AppError::Invalid, reason))
}

/// Every host that a request names: in `Host`, and in the target of HTTP/2 and of the absolute form. The target takes
/// precedence (RFC 9112 3.2.2), but no honest client sends two different ones.
fn named(request: &Request) -> Result<Vec<&str>, &'static str> {
    let target = request.uri().authority().map(|authority| authority.as_str());
    let mut lines = request.headers().get_all(header::HOST).iter();
    match (lines.next(), lines.next()) {
        (_, Some(_)) => Err("several hosts"),
        (None, None) if target.is_none() && request.version() == Version::HTTP_11 => Err("no host"),
        (host, None) => {
            let host = host.map(|host| host.to_str().unwrap_or_default());
            Ok(host.into_iter().chain(target).collect())
        }
    }
}

fn is_ours(policy: &Policy, host: &str) -> bool {
    let default_port = if policy.https { ":443" } else { ":80" };
    host.strip_suffix(default_port).unwrap_or(host).eq_ignore_ascii_case(&policy.authority)
}

#[cfg(test)]
mod tests {
    use super::{
        super::testing::{PRODUCTION, app, get, send},
        Version,
    };

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
            ("dashboard.example.com.", false),
            ("dashboard.example.com:80", false),
            ("dashboard.example.com, evil.example.com", false),
            ("evil@dashboard.example.com", false),
            ("localhost", false),
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
        assert_eq!(send(app(PRODUCTION), get("https://dashboard.example.com/", &[])).await.status(), 200);
        assert_eq!(send(app(PRODUCTION), get("https://evil.example.com/", &[])).await.status(), 421);
        let (ours, evil) = (("host", "dashboard.example.com"), ("host", "evil.example.com"));
        for (target, host) in [("https://evil.example.com/", ours), ("https://dashboard.example.com/", evil)]
        {
            assert_eq!(send(app(PRODUCTION), get(target, &[host])).await.status(), 421, "the two differ");
        }
    }

    #[tokio::test]
    async fn lr_03_one_host_is_named_in_production() {
        let ours = ("host", "dashboard.example.com");
        for (hosts, expected) in [(&[ours][..], 200), (&[ours, ours], 400), (&[], 400)] {
            assert_eq!(send(app(PRODUCTION), get("/", hosts)).await.status(), expected, "{hosts:?}");
        }
        let mut old = get("/", &[]);
        *old.version_mut() = Version::HTTP_10;
        assert_eq!(send(app(PRODUCTION), old).await.status(), 421, "HTTP/1.0 without a host is nobody's");
        let mut old = get("/", &[ours]);
        *old.version_mut() = Version::HTTP_10;
        assert_eq!(send(app(PRODUCTION), old).await.status(), 200);
    }
}
