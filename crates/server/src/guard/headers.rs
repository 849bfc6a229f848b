//! The headers of every response (group HD of docs/requirements.md), and the content security policies of pages. A
//! route that needs another value sets it itself; existing values are kept.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use claimcheck_model::paths;

use super::Policy;

/// For anything that is not a document: nothing may be loaded, run, framed or sent from it, even if it is opened as
/// one.
const CSP_OTHER: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                         object-src 'none'; sandbox";
/// For HTML without its own policy, such as the plain page of a refusal: text and our own styles.
const CSP_HTML: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                        form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";
/// The default `Retry-After` for something that is unavailable (RFC 9110 10.2.3).
const RETRY_SECS: &str = "5";
/// No page needs any of these.
const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), \
                           gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// The policy of our pages; `nonce` is that of the inline scripts in this response.
pub fn page_csp(nonce: &str) -> HeaderValue {
    policy(&[
        // Everything that is not allowed below is forbidden.
        "default-src 'none'",
        // The loader and the islands' module from our own origin, inline hydration scripts by nonce, and WebAssembly,
        // which needs its own kind of eval permission.
        &format!("script-src 'self' {} 'wasm-unsafe-eval'", nonce_source(nonce)),
        // One style sheet; no inline styles, no `style=`.
        "style-src 'self'",
        // The favicon, and small images in the style sheet.
        "img-src 'self' data:",
        "font-src 'self'",
        // Server functions.
        "connect-src 'self'",
        "manifest-src 'self'",
        // No form may leave our origin, not even by a redirect (HD-03).
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ])
}

/// The policy of the sign-out page. If it has the form that posts to the provider, it has no `form-action`, because the
/// provider may redirect further (HD-03). Its inline scripts are allowed by nonce. Everything else is as strict as possible.
pub fn sign_out_csp(nonce: &str, has_form: bool, has_script: bool) -> HeaderValue {
    // The lines that submit the form or delete what is stored; no script files.
    let script = has_script.then(|| format!("script-src {}", nonce_source(nonce)));
    let form = (!has_form).then(|| "form-action 'none'".to_owned());
    plain_csp(&[script, form].into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// The policy of the page that reads the time zone: one inline script by nonce, and no form.
pub fn zone_csp(nonce: &str) -> HeaderValue {
    plain_csp(&format!("script-src {}; form-action 'none'", nonce_source(nonce)))
}

/// The policy of a page with the styles of our other pages, and these directives.
fn plain_csp(further: &str) -> HeaderValue {
    policy(&[
        "default-src 'none'",
        further,
        // The styles of our other pages.
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ])
}

/// The policy of the page that is shown instead of any other in a frame. Anyone may frame it: it has a link and our styles,
/// and nothing about the user.
pub fn framed_csp() -> HeaderValue {
    HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; \
         base-uri 'none'; frame-ancestors *; object-src 'none'",
    )
}

/// The policy of the page for the provider's frame (Front-Channel Logout 1.0, 2). Only these origins may frame it. It contains
/// only text.
pub fn front_channel_csp(origins: &[String]) -> HeaderValue {
    policy(&[
        "default-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        &format!(
            "frame-ancestors {}",
            if origins.is_empty() { "'none'".to_owned() } else { origins.join(" ") }
        ),
        "object-src 'none'",
    ])
}

/// The source expression of a nonce. If it is not base64, an expression that matches nothing.
fn nonce_source(nonce: &str) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    if !nonce.is_empty() && nonce.bytes().all(allowed) {
        format!("'nonce-{nonce}'")
    } else {
        "'none'".to_owned()
    }
}

fn policy(directives: &[&str]) -> HeaderValue {
    HeaderValue::try_from(directives.join("; ")).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Adds the headers that a response lacks.
pub(super) async fn add(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let is_callback = paths::CALLBACK.is(request.uri().path());
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    // The callback's URL contains a code. Elsewhere, `no-referrer` would make our own forms send `Origin: null`
    // (HD-07).
    let referrer = if is_callback { "no-referrer" } else { "same-origin" };
    set(headers, header::REFERRER_POLICY, referrer);
    add_fixed(headers);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        add_retry(headers);
    }
    add_hsts(headers, &policy);
    response
}

/// Adds that browsers are to use https only, if the settings say so.
pub(super) fn add_hsts(headers: &mut HeaderMap, policy: &Policy) {
    if let Some(value) = &policy.hsts {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(value.clone());
    }
}

/// Adds the headers that do not depend on request and settings.
pub(super) fn add_fixed(headers: &mut HeaderMap) {
    let is_html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/html"));
    let csp = if is_html { CSP_HTML } else { CSP_OTHER };
    set(headers, header::CONTENT_SECURITY_POLICY, csp);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    set(headers, header::CACHE_CONTROL, "no-store");
}

/// Adds when to try again to the response of something that is unavailable.
pub(super) fn add_retry(headers: &mut HeaderMap) {
    set(headers, header::RETRY_AFTER, RETRY_SECS);
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use axum::{Router, response::Html, routing::get as route};

    use super::{
        super::testing::{LOCAL, PRODUCTION, app, behind_guard, get, request, send},
        front_channel_csp, page_csp, sign_out_csp,
    };

    const HOST: (&str, &str) = ("host", "dashboard.example.com");

    #[test]
    fn lo_16_only_the_provider_may_frame_and_without_one_nobody() {
        let of = |origins: &[&str]| {
            let origins: Vec<_> = origins.iter().map(|origin| (*origin).to_owned()).collect();
            front_channel_csp(&origins).to_str().unwrap().to_owned()
        };
        let policy = of(&["https://id.example", "https://login.example:8443"]);
        assert!(
            policy.contains("frame-ancestors https://id.example https://login.example:8443;"),
            "{policy}"
        );
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("script"), "{policy}");
        assert!(of(&[]).contains("frame-ancestors 'none'"));
    }

    #[test]
    fn hd_01_the_policy_of_pages_grants_little() {
        let policy = page_csp("b64+/nonce_-==").to_str().unwrap().to_owned();
        for directive in [
            "default-src 'none'",
            "script-src 'self' 'nonce-b64+/nonce_-==' 'wasm-unsafe-eval'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        ] {
            assert!(policy.split("; ").any(|found| found == directive), "{directive} is not in {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*')
        );
        let sign_out =
            |has_form, has_script| sign_out_csp("abc", has_form, has_script).to_str().unwrap().to_owned();
        let [by_form, by_link, below_a_path] =
            [(true, true), (false, false), (false, true)].map(|(form, script)| sign_out(form, script));
        assert!(by_form.contains("script-src 'nonce-abc';") && !by_form.contains("form-action"));
        assert!(by_link.contains("form-action 'none'") && !by_link.contains("script-src"));
        assert!(below_a_path.contains("script-src 'nonce-abc'; form-action 'none'"), "{below_a_path}");
        for policy in [by_form, by_link, below_a_path] {
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("connect-src"), "{policy}");
        }
        for bad in ["", "a'; script-src *", "a b", "é", "a\nb"] {
            let policy = page_csp(bad);
            assert!(!policy.to_str().unwrap().contains("nonce-"), "{bad}");
        }
    }

    #[tokio::test]
    async fn hd_01_html_without_a_policy_gets_one_and_a_policy_stays() {
        let own = || async { ([("content-security-policy", "default-src 'self'")], Html("")) };
        let routes = Router::new().route("/own", route(own)).route("/html", route(|| async { Html("") }));
        let app = behind_guard(routes, LOCAL);
        let csp = async |path| {
            let response = send(app.clone(), get(path, &[])).await;
            assert_eq!(response.headers().get_all("content-security-policy").iter().count(), 1);
            response.headers()["content-security-policy"].to_str().unwrap().to_owned()
        };
        assert_eq!(csp("/own").await, "default-src 'self'");
        assert!(csp("/html").await.contains("style-src 'self'"));
        let nowhere = csp("/nowhere").await;
        assert!(nowhere.contains("sandbox") && nowhere.contains("frame-ancestors 'none'"), "{nowhere}");
    }

    #[tokio::test]
    async fn hd_05_hsts_is_for_https() {
        let hsts = async |url, host| {
            let response = send(app(url), get("/", &[host])).await;
            let all = response.headers().get_all("strict-transport-security");
            all.iter().map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(hsts(PRODUCTION, HOST).await, ["max-age=31536000"]);
        // A browser would apply it to every other program of this machine, too.
        assert!(hsts("https://localhost", ("host", "localhost")).await.is_empty());
        assert!(hsts(LOCAL, ("host", "localhost:3000")).await.is_empty());
    }

    #[tokio::test]
    async fn hd_06_no_answer_may_be_sniffed() {
        let crawl =
            [get("/", &[HOST]), get("/panic", &[HOST]), get("/", &[]), request("POST", "/", &[HOST], "")];
        for (sent, status) in crawl.into_iter().zip([200, 500, 400, 403]) {
            let response = send(app(PRODUCTION), sent).await;
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["x-content-type-options"], "nosniff");
            assert!(response.headers()["content-type"].to_str().unwrap().ends_with("charset=utf-8"));
        }
    }

    #[tokio::test]
    async fn hd_07_only_the_callback_sends_no_referrer_at_all() {
        for (path, expected) in
            [("/", "same-origin"), ("/account", "same-origin"), ("/auth/callback?code=a", "no-referrer")]
        {
            let response = send(app(LOCAL), get(path, &[])).await;
            assert_eq!(response.headers()["referrer-policy"], expected, "{path}");
        }
    }

    #[tokio::test]
    async fn hd_08_nothing_is_stored_unless_it_says_so() {
        let asset = || async { ([("cache-control", "public, max-age=31536000, immutable")], "") };
        let app = behind_guard(Router::new().route("/pkg/a", route(asset)).fallback(|| async { "" }), LOCAL);
        for path in ["/", "/account", "/api/panel", "/auth/sign-in", "/auth/callback"] {
            assert_eq!(
                send(app.clone(), get(path, &[])).await.headers()["cache-control"],
                "no-store",
                "{path}"
            );
        }
        let response = send(app, get("/pkg/a", &[])).await;
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
    }

    #[tokio::test]
    async fn hd_09_documents_are_isolated_and_nobody_is_granted_access() {
        let response = send(app(LOCAL), get("/", &[("origin", "https://evil.example")])).await;
        assert_eq!(response.headers()["cross-origin-opener-policy"], "same-origin");
        assert_eq!(response.headers()["cross-origin-resource-policy"], "same-origin");
        assert!(response.headers()["permissions-policy"].to_str().unwrap().contains("camera=()"));
        assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control-")));
    }
}
