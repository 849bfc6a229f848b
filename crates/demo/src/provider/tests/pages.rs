//! The pages: headers, escaping, and that they need no script.

use axum::http::{Method, StatusCode, header};

use super::{Browser, Demo, PASSWORD, authorize};

#[tokio::test]
async fn di_07_pages_cannot_be_framed_stored_or_read_across_origins() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    let sign_in = browser.get(&authorize(&[])).await;
    let answer = browser.sign_in(&sign_in, "sam", PASSWORD).await;
    let consent = browser.get(&answer.location()).await;
    let pages = [
        browser.get("/authorize").await,
        browser.get("/end-session").await,
        browser.get("/").await,
        browser.get("/account").await,
        browser.get("/nowhere").await,
        sign_in,
        consent,
    ];
    for page in &pages {
        let csp = page.header(header::CONTENT_SECURITY_POLICY);
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{csp}");
        assert!(csp.contains("base-uri 'none'") && !csp.contains("unsafe"), "{csp}");
        assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
        assert_eq!(page.header(header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(page.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "");
        assert!(!page.body.contains("<script") && !page.body.contains(" style="));
        assert!(page.body.contains("Demo provider") && page.body.contains("All users are fictional"));
        assert!(page.body.starts_with("<!doctype html><html lang=\"en\">") && page.body.contains("<h1>"));
    }
    // Chromium checks the whole chain of redirects after a form: it ends at the client.
    for page in &pages[5..] {
        assert!(
            page.header(header::CONTENT_SECURITY_POLICY)
                .contains("form-action 'self' http://localhost:3000;")
        );
    }
}

#[tokio::test]
async fn di_07_there_is_no_cors_at_the_authorization_endpoint() {
    let demo = Demo::start().await;
    let request = |method: Method| {
        axum::http::Request::builder()
            .method(method)
            .uri(authorize(&[]))
            .header(header::ORIGIN, "https://evil.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
            .body(axum::body::Body::empty())
            .unwrap()
    };
    assert_eq!(demo.send(request(Method::OPTIONS)).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let got = demo.send(request(Method::GET)).await;
    assert_eq!((got.status, got.header(header::ACCESS_CONTROL_ALLOW_ORIGIN)), (StatusCode::OK, ""));
}

#[tokio::test]
async fn everyone_can_be_picked_and_a_hint_fills_the_name_in() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    let page = browser.get(&authorize(&[("login_hint", "mei.tanaka@harbour.example")])).await;
    for name in ["Ada Okafor", "Jonas Lind", "Mei Tanaka", "Sam Ortiz"] {
        assert!(page.shows(name), "{name}");
    }
    assert!(page.body.contains("value=\"mei\""));
    // Text from outside is escaped.
    let page = browser.sign_in(&page, "\"><script>alert(1)</script>", "x").await;
    assert!(!page.body.contains("<script"));
    let style = browser.get("/style.css").await;
    assert!(style.header(header::CACHE_CONTROL).contains("immutable"));
    assert!(style.header(header::CONTENT_TYPE).starts_with("text/css"));
}
