//! The path of the public URL: takes it off the path of each request, so that everything inside sees the paths of routes. Some
//! proxies have taken it off already. Nothing is answered outside of it, except the health checks.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{CONTENT_TYPE, FORWARDED, LOCATION},
        uri::PathAndQuery,
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use claimcheck_model::{base_path, paths};
use tower::Layer;

use super::{Policy, client_address, headers};

const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
/// What proxies add to the requests that they pass on, besides the prefix that they took off.
const FORWARDED_HEADERS: [HeaderName; 4] = [
    client_address::X_FORWARDED_FOR,
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
    FORWARDED,
];

/// Puts the base path of the process before all routes of a router: outside of everything else.
pub fn below_path(router: Router, policy: &Policy) -> Router {
    let base = base_path::base_path();
    if base.is_empty() {
        return router;
    }
    let entry = Entry { policy: policy.clone(), base, has_warned: Default::default() };
    // Around the router and not in it: its layers run after the route is found.
    let entered = from_fn_with_state(std::sync::Arc::new(entry), enter).layer(router);
    Router::new().fallback_service(entered)
}

struct Entry {
    policy: Policy,
    base: &'static str,
    /// Anyone can request other paths: each reason is logged once.
    has_warned: [AtomicBool; 3],
}

/// Where a request belongs.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// To the path inside the program, with its query.
    Inside(String),
    /// To the path as it is.
    AsItIs,
    /// To the base path with a slash at its end.
    AtTheBase,
    Outside(Outside),
}

/// Why a request is not taken for one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outside {
    /// No proxy says that it has passed it on.
    NotForwarded,
    /// The sender is not a trusted proxy.
    Untrusted,
    /// The proxy took another path off.
    OtherPrefix,
}

async fn enter(State(entry): State<std::sync::Arc<Entry>>, mut request: Request, next: Next) -> Response {
    let is_trusted = client_address::is_from_proxy(&entry.policy, request.extensions());
    match find(entry.base, request.uri(), request.headers(), is_trusted) {
        Found::AsItIs => next.run(request).await,
        Found::Inside(inner) => match with_target(request.uri(), &inner) {
            Some(uri) => {
                *request.uri_mut() = uri;
                next.run(request).await
            }
            None => StatusCode::BAD_REQUEST.into_response(),
        },
        Found::AtTheBase if [Method::GET, Method::HEAD].contains(request.method()) => {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
            if let Ok(to) = HeaderValue::try_from(format!("{}/{query}", entry.base)) {
                response.headers_mut().insert(LOCATION, to);
            }
            finished(&entry, response)
        }
        Found::AtTheBase => outside(&entry),
        Found::Outside(why) => {
            if !entry.has_warned[why as usize].swap(true, Ordering::Relaxed) {
                warn(&entry, why, &request);
            }
            outside(&entry)
        }
    }
}

fn find(base: &str, uri: &Uri, headers: &HeaderMap, is_trusted: bool) -> Found {
    let path = uri.path();
    if path == base {
        return Found::AtTheBase;
    }
    if base_path::below(base, path).is_some() {
        let target = uri.path_and_query().map_or(path, PathAndQuery::as_str);
        return Found::Inside(target.get(base.len()..).unwrap_or("/").to_owned());
    }
    // Probes reach the listener without the proxy.
    if [paths::HEALTH_LIVE, paths::HEALTH_READY].iter().any(|route| route.is(path)) {
        return Found::AsItIs;
    }
    let prefix = prefix(headers);
    if prefix.is_none() && !FORWARDED_HEADERS.iter().any(|name| headers.contains_key(name)) {
        return Found::Outside(Outside::NotForwarded);
    }
    if !is_trusted {
        return Found::Outside(Outside::Untrusted);
    }
    if prefix.is_some_and(|prefix| prefix != base) {
        return Found::Outside(Outside::OtherPrefix);
    }
    Found::AsItIs
}

/// What proxies say that they took off, the outermost first: each appends to the list.
fn prefix(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(X_FORWARDED_PREFIX).iter();
    let mut said = lines.flat_map(|line| line.to_str().unwrap_or("?").split(',')).peekable();
    said.peek()?;
    Some(said.map(|part| part.trim().trim_end_matches('/')).collect())
}

/// The same URI with this path and query.
fn with_target(uri: &Uri, target: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// The answer outside of the base path.
fn outside(entry: &Entry) -> Response {
    let said = format!("There is nothing here. The dashboard is at {}{}/\n", entry.policy.origin, entry.base);
    let kind = (CONTENT_TYPE, "text/plain; charset=utf-8");
    finished(entry, (StatusCode::NOT_FOUND, [kind], said).into_response())
}

/// The layers that add headers are inside of this one.
fn finished(entry: &Entry, mut response: Response) -> Response {
    headers::add_fixed(response.headers_mut());
    headers::add_hsts(response.headers_mut(), &entry.policy);
    response
}

fn warn(entry: &Entry, why: Outside, request: &Request) {
    let base = entry.base;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.ip().to_canonical());
    let peer = peer.map_or_else(|| "unknown".to_owned(), |peer| peer.to_string());
    let advice = match why {
        Outside::NotForwarded => format!(
            "if a proxy takes {base} off, let it send X-Forwarded-For; otherwise let it pass on only what is below {base}"
        ),
        Outside::Untrusted => format!(
            "{peer} sends a forwarded header, and is not in trusted_proxies: if it is your proxy and takes {base} off, set \
             trusted_proxies = [\"{peer}\"] (CLAIMCHECK_TRUSTED_PROXIES); otherwise nothing needs to be done"
        ),
        Outside::OtherPrefix => format!(
            "the proxy at {peer} says in X-Forwarded-Prefix that it takes another path off than {base}: correct the proxy, or \
             the path of public_url"
        ),
    };
    tracing::warn!(event = "outside of the path", %peer, reason = ?why, "a request was refused; this reason is logged once: {advice}");
}

#[cfg(test)]
mod tests {
    use super::{super::testing::get, *};

    fn found(path: &str, headers: &[(&'static str, &str)], is_trusted: bool) -> Found {
        let request = get(path, headers);
        find("/dash", request.uri(), request.headers(), is_trusted)
    }

    #[test]
    fn r26_a_kept_path_is_taken_off_once() {
        for (path, inner) in [
            ("/dash/", "/"),
            ("/dash/?a=b", "/?a=b"),
            ("/dash/boards/orders?q=/dash/", "/boards/orders?q=/dash/"),
            ("/dash/dash/x", "/dash/x"),
            ("/dash/../boards", "/../boards"),
            ("/dash//evil.example", "//evil.example"),
            ("http://host.example/dash/account", "/account"),
        ] {
            for headers in [&[][..], &[("x-forwarded-for", "192.0.2.1")], &[("x-forwarded-prefix", "/other")]]
            {
                assert_eq!(found(path, headers, true), Found::Inside(inner.to_owned()), "{path}");
                assert_eq!(found(path, headers, false), Found::Inside(inner.to_owned()), "{path}");
            }
        }
        assert_eq!(found("/dash", &[], false), Found::AtTheBase);
        assert_eq!(found("/dash?a", &[], false), Found::AtTheBase);
        let uri = "http://host.example/dash/account?a=b".parse().unwrap();
        assert_eq!(with_target(&uri, "/account?a=b").unwrap(), "http://host.example/account?a=b");
    }

    #[test]
    fn r26_what_only_looks_like_the_path_is_outside() {
        for path in [
            "/",
            "/boards",
            "/dashboard",
            "/DASH/",
            "/Dash",
            "/dash%2Fboards",
            "/dash;x",
            "//dash/",
            "/x/dash/",
            "/d%61sh/",
            "/health",
            "/health/live/",
            "/healthz",
            "/pkg/x/claimcheck.js",
            "/auth/callback?code=a",
            "/./dash/",
        ] {
            assert_eq!(found(path, &[], true), Found::Outside(Outside::NotForwarded), "{path}");
        }
        for path in ["/health/live", "/health/ready"] {
            assert_eq!(found(path, &[], false), Found::AsItIs, "{path}");
        }
    }

    #[test]
    fn r26_a_path_that_a_trusted_proxy_took_off_is_accepted() {
        for header in [
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "a.example"),
            ("forwarded", "for=192.0.2.1"),
            ("x-forwarded-prefix", "/dash"),
            ("x-forwarded-prefix", "/dash/"),
        ] {
            assert_eq!(found("/boards", &[header], true), Found::AsItIs, "{header:?}");
            assert_eq!(found("/boards", &[header], false), Found::Outside(Outside::Untrusted), "{header:?}");
        }
        for wrong in ["/", "", "/dashboard", "/DASH", "dash", "/a/dash", "https://a.example/dash"] {
            let header = ("x-forwarded-prefix", wrong);
            assert_eq!(found("/boards", &[header], true), Found::Outside(Outside::OtherPrefix), "{wrong}");
        }
        // Two proxies, each of which took a part off.
        let request = get("/boards", &[("x-forwarded-prefix", "/a"), ("x-forwarded-prefix", "/b")]);
        assert_eq!(find("/a/b", request.uri(), request.headers(), true), Found::AsItIs);
    }
}
