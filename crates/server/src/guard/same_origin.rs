//! Whether a request comes from our own pages (group CS of docs/requirements.md): `Sec-Fetch-Site` first, then
//! `Origin`, else no. `SameSite` cookies alone are not enough: a sibling subdomain is the same site.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
};
use claimcheck_model::{
    AppError,
    paths::{self, Route},
};

use super::{
    Policy, Verdict,
    refusal::{ResponseFormat, is_server_fn, refuse},
};

/// Requests from servers, and one from other sites, by method and exact path (CS-06): a signature authenticates them, and cookies are ignored.
/// The provider's two GETs, to the redirect URI and to the front channel, count as reads in this rule.
///
/// The form with which another site starts a sign-in (OpenID Connect Core 4) only redirects to the same as a `GET`.
const EXEMPT: [(Method, Route); 2] =
    [(Method::POST, paths::BACK_CHANNEL_LOGOUT), (Method::POST, paths::SIGN_IN)];

/// The content types of a server function: a form, from a browser with or without scripts, or JSON.
const CONTENT_TYPES: [&str; 2] = ["application/x-www-form-urlencoded", "application/json"];

/// Refuses requests that are not proven to come from our own origin with 403 (RFC 10017 6.1.3.3): those that may change
/// something, and reads of server functions and events that a browser marks as cross-site.
pub(super) fn same_origin(policy: &Policy, request: &Request) -> Verdict {
    let path = request.uri().path();
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let allowed = if EXEMPT.iter().any(|(method, exempt)| request.method() == method && exempt.is(path)) {
        true
    } else if !reads {
        may_change(request.headers(), &policy.origin)
    } else {
        !(is_server_fn(path) || paths::EVENTS.is(path)) || may_read(request.headers())
    };
    if allowed {
        return None;
    }
    Some(refuse(
        &ResponseFormat::from(request),
        StatusCode::FORBIDDEN,
        AppError::NotSameOrigin,
        "not same origin",
    ))
}

/// A header that browsers send at most once.
enum SingleHeader<'a> {
    Absent,
    Value(&'a [u8]),
    /// More than one: not from a browser.
    Repeated,
}

fn once(headers: &HeaderMap, name: impl header::AsHeaderName) -> SingleHeader<'_> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => SingleHeader::Absent,
        (Some(value), None) => SingleHeader::Value(value.as_bytes()),
        (Some(_), Some(_)) => SingleHeader::Repeated,
    }
}

/// Browsers with Fetch Metadata send it; others at least send `Origin` with everything except a GET. `Origin` may be
/// `null` beside a good `Sec-Fetch-Site` (a page without referrer), but it may not name another origin.
fn may_change(headers: &HeaderMap, ours: &str) -> bool {
    match (once(headers, "sec-fetch-site"), once(headers, header::ORIGIN)) {
        (SingleHeader::Value(b"same-origin"), SingleHeader::Absent | SingleHeader::Value(b"null")) => true,
        (SingleHeader::Value(b"same-origin") | SingleHeader::Absent, SingleHeader::Value(origin)) => {
            origin == ours.as_bytes()
        }
        _ => false,
    }
}

/// Other sites may not read user data (CS-04). The user may type the URL.
fn may_read(headers: &HeaderMap) -> bool {
    matches!(
        once(headers, "sec-fetch-site"),
        SingleHeader::Absent | SingleHeader::Value(b"same-origin" | b"none")
    )
}

/// Refuses other content types at a server function with 415 (CS-03): those are the ones that foreign pages can send
/// without a preflight.
pub(super) fn content_type(_: &Policy, request: &Request) -> Verdict {
    let sends = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if !sends || !is_server_fn(request.uri().path()) || has_known_type(request.headers()) {
        return None;
    }
    Some(refuse(
        &ResponseFormat::from(request),
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        AppError::Invalid,
        "content type",
    ))
}

fn has_known_type(headers: &HeaderMap) -> bool {
    let SingleHeader::Value(value) = once(headers, header::CONTENT_TYPE) else { return false };
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    CONTENT_TYPES.iter().any(|known| essence.eq_ignore_ascii_case(known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LOCAL, PRODUCTION, app, body, request, send};

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

    async fn status(public_url: &str, method: &str, path: &str, headers: &[(&'static str, &str)]) -> u16 {
        let host = [("host", public_url.split_once("://").unwrap().1), FORM];
        let headers: Vec<_> = host.iter().chain(headers).copied().collect();
        let response = send(app(public_url), request(method, path, &headers, "a=1")).await;
        // A refused request never reaches the route.
        assert_eq!(response.headers().contains_key("x-ran"), response.status() == 200);
        response.status().as_u16()
    }

    #[tokio::test]
    async fn cs_06_one_path_is_exempt_exactly_and_for_post_only() {
        let path = "/auth/back-channel-logout";
        for headers in [&[][..], &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]] {
            assert_eq!(status(PRODUCTION, "POST", path, headers).await, 200);
            assert_eq!(status(PRODUCTION, "POST", &format!("{path}?a=b"), headers).await, 200);
            for method in ["PUT", "PATCH", "DELETE", "post"] {
                assert_eq!(status(PRODUCTION, method, path, headers).await, 403, "{method}");
            }
            for spelling in [
                "/auth/back-channel-logout/",
                "//auth/back-channel-logout",
                "/auth//back-channel-logout",
                "/Auth/back-channel-logout",
                "/auth/back-channel-logou%74",
                "/auth/back-channel-logout%2f",
                "/auth/back-channel-logout;a=b",
                "/auth/./back-channel-logout",
                "/x/../auth/back-channel-logout",
                "/auth/front-channel-logout",
                "/auth/sign-out?/auth/back-channel-logout",
            ] {
                assert_eq!(status(PRODUCTION, "POST", spelling, headers).await, 403, "{spelling}");
            }
        }
    }

    #[tokio::test]
    async fn cs_01_what_changes_something_must_come_from_our_origin() {
        let site = |value| ("sec-fetch-site", value);
        let origin = |value| ("origin", value);
        let cases: &[(&[(&'static str, &str)], u16)] = &[
            (&[OURS], 200),
            (&[OURS, origin(PRODUCTION)], 200),
            (&[OURS, origin("null")], 200),
            (&[origin(PRODUCTION)], 200),
            (&[], 403),
            (&[site("cross-site")], 403),
            (&[site("none")], 403),
            (&[site("")], 403),
            (&[site("Same-Origin")], 403),
            (&[site("same-origin, same-origin")], 403),
            (&[OURS, OURS], 403),
            (&[site("cross-site"), OURS], 403),
            (&[site("cross-site"), origin(PRODUCTION)], 403),
            (&[site("none"), origin(PRODUCTION)], 403),
            (&[OURS, origin("https://evil.example")], 403),
            (&[origin("null")], 403),
            (&[origin("")], 403),
            (&[origin("http://dashboard.example.com")], 403),
            (&[origin("https://dashboard.example.com:443")], 403),
            (&[origin("https://dashboard.example.com:8443")], 403),
            (&[origin("https://dashboard.example.com/")], 403),
            (&[origin("https://DASHBOARD.example.com")], 403),
            (&[origin("https://dashboard.example.com.evil.com")], 403),
            (&[origin("https://evil.com/https://dashboard.example.com")], 403),
            (&[origin(PRODUCTION), origin(PRODUCTION)], 403),
            (&[("referer", "https://dashboard.example.com/account")], 403),
        ];
        for (headers, expected) in cases {
            for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
                for path in ["/auth/sign-out", "/api/panel", "/", "/nowhere"] {
                    assert_eq!(
                        status(PRODUCTION, method, path, headers).await,
                        *expected,
                        "{method} {headers:?}"
                    );
                }
            }
            for method in ["GET", "HEAD", "OPTIONS"] {
                assert_eq!(
                    status(PRODUCTION, method, "/account", headers).await,
                    200,
                    "{method} {headers:?}"
                );
            }
        }
        assert_eq!(status(LOCAL, "POST", "/", &[origin("http://localhost:3000")]).await, 200);
        assert_eq!(status(LOCAL, "POST", "/", &[origin("http://localhost:3001")]).await, 403);
    }

    #[tokio::test]
    async fn cs_02_the_same_site_is_not_the_same_origin() {
        let sibling = ("origin", "https://blog.example.com");
        for headers in
            [&[("sec-fetch-site", "same-site")][..], &[("sec-fetch-site", "same-site"), sibling], &[sibling]]
        {
            assert_eq!(status(PRODUCTION, "POST", "/api/panel", headers).await, 403);
        }
        assert_eq!(status(PRODUCTION, "POST", "/api/panel", &[OURS]).await, 200);
    }

    #[tokio::test]
    async fn cs_03_server_functions_take_only_their_own_content_types() {
        for (kind, expected) in [
            ("application/x-www-form-urlencoded", 200),
            ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", 200),
            ("application/json", 200),
            ("application/json;charset=utf-8", 200),
            ("text/plain", 415),
            ("text/plain; application/json", 415),
            ("multipart/form-data; boundary=a", 415),
            ("application/jsonp", 415),
            ("", 415),
        ] {
            for method in ["POST", "DELETE"] {
                let sent = request(method, "/api/panel", &[OURS, ("content-type", kind)], "{}");
                assert_eq!(send(app(LOCAL), sent).await.status(), expected, "{kind}");
            }
            let elsewhere = request("POST", "/auth/sign-out", &[OURS, ("content-type", kind)], "");
            assert_eq!(send(app(LOCAL), elsewhere).await.status(), 200);
        }
        assert_eq!(send(app(LOCAL), request("POST", "/api/panel", &[OURS], "")).await.status(), 415);
        let twice = [OURS, FORM, ("content-type", "text/plain")];
        assert_eq!(send(app(LOCAL), request("POST", "/api/panel", &twice, "")).await.status(), 415);
        assert_eq!(send(app(LOCAL), request("POST", "/api/panel", &twice[..2], "")).await.status(), 200);
    }

    #[tokio::test]
    async fn cs_04_other_sites_cannot_read_server_functions() {
        for (site, expected) in
            [("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403), ("", 403)]
        {
            for method in ["GET", "HEAD"] {
                let headers = [("sec-fetch-site", site)];
                assert_eq!(
                    status(PRODUCTION, method, "/api/panel?board=a", &headers).await,
                    expected,
                    "{site}"
                );
                assert_eq!(status(PRODUCTION, method, "/auth/events", &headers).await, expected, "{site}");
                // Pages may be linked from anywhere.
                assert_eq!(status(PRODUCTION, method, "/boards/a", &headers).await, 200, "{site}");
                assert_eq!(status(PRODUCTION, method, "/apiary", &headers).await, 200, "{site}");
            }
        }
        assert_eq!(status(PRODUCTION, "GET", "/api/panel", &[]).await, 200);
    }

    #[tokio::test]
    async fn cs_08_a_refusal_is_typed_for_scripts_and_a_page_for_people() {
        let script = [FORM, ("sec-fetch-site", "cross-site"), ("accept", "application/json")];
        let response = send(app(LOCAL), request("POST", "/api/panel", &script, "")).await;
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(body(response).await, "\"NotSameOrigin\"");
        let form = [
            FORM,
            ("sec-fetch-site", "cross-site"),
            ("accept", "text/html,*/*"),
            ("sec-fetch-dest", "document"),
        ];
        let response = send(app(LOCAL), request("POST", "/api/panel", &form, "")).await;
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert!(response.extensions().get::<super::super::Refusal>().is_some_and(|refusal| !refusal.json));
        assert!(body(response).await.contains("didn't come from this site"));
    }
}
