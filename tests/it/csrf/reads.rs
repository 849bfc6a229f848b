//! Reads that a foreign page can cause in a browser: nothing changes (CS-04), no access is granted (CS-05), nothing can
//! be framed (CS-10).

use axum::http::{Method, StatusCode};
use claimcheck_model::paths;

use crate::{
    csrf::{send, trace},
    routes,
    support::{Browser, Page, hostile::HostileWorld},
};

const EVIL: (&str, &str) = ("origin", "https://evil.example");

#[tokio::test]
async fn cs_04_reading_any_route_changes_nothing_whoever_asks() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let before = (trace(&world, &cookie).await.session, rows(&world).await);
    let sites = ["cross-site", "same-site", "same-origin", "none", ""];
    for path in routes::reading().into_iter().chain(routes::changing().into_iter().map(|(path, _)| path)) {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            for site in sites {
                let address = format!("{path}?{}", routes::READS);
                let page = send(&mut browser, &method, &address, &[("sec-fetch-site", site)]).await;
                assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path} {site}");
            }
        }
    }
    assert_eq!(browser.at_app["claimcheck"], cookie);
    assert_eq!((trace(&world, &cookie).await.session, rows(&world).await), before);
    world.advance(60);
    browser.post("/api/refresh_account", &[]).await;
    assert_ne!(rows(&world).await, before.1, "what changes a row is seen");
}

/// The store's sessions and replay cache, without the time of the last activity.
async fn rows(world: &HostileWorld) -> Vec<(String, i64, i64, i64)> {
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", world.database().display())).await.unwrap();
    sqlx::query_as(
        // The readiness check writes one replay cache entry of its own, which no request uses.
        "SELECT key, record_version, tokens_version, (SELECT count(*) FROM consumed WHERE mark <> zeroblob(32)) \
         FROM session ORDER BY key",
    )
    .fetch_all(&pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn cs_04_a_function_that_changes_something_has_no_get() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (path, method) in routes::changing() {
        assert_eq!(method, Method::POST, "{path}");
        let page = browser.fetch(&format!("{path}?{}", routes::READS)).await;
        let none = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
        assert!(none.contains(&page.status), "{path}: {}", page.status);
    }
}

#[tokio::test]
async fn cs_04_another_site_cannot_read_what_functions_tell() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (path, method) in routes::functions().into_iter().filter(|(_, method)| *method == Method::GET) {
        let address = format!("{path}?{}", routes::READS);
        for site in ["cross-site", "same-site"] {
            for mode in ["cors", "no-cors", "navigate"] {
                let headers = [("sec-fetch-site", site), ("sec-fetch-mode", mode)];
                let page = send(&mut browser, &method, &address, &headers).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {site} {mode}");
            }
        }
        assert_eq!(browser.fetch(&address).await.status, StatusCode::OK, "{path}");
    }
}

/// One page of each kind: every route, signed in and not, refused and failing.
async fn all_kinds(world: &HostileWorld) -> Vec<Page> {
    let (mut browser, _) = world.signed_in("/account").await;
    let mut nobody = world.browser();
    let mut pages = Vec::new();
    for path in routes::reading().iter().map(String::as_str).chain([
        "/nothing",
        "/boards/nothing",
        "/auth/callback?error=access_denied",
        "/pkg/x/y",
        "/favicon.svg",
    ]) {
        for asks in [&mut browser, &mut nobody] {
            pages.push(foreign(asks, Method::GET, path).await);
            pages.push(foreign(asks, Method::OPTIONS, path).await);
            pages.push(asks.get(path).await);
            pages.push(asks.fetch(path).await);
        }
    }
    for (path, method) in routes::changing() {
        pages.push(foreign(&mut browser, Method::OPTIONS, &path).await);
        pages.push(foreign(&mut browser, method, &path).await);
    }
    pages.push(nobody.get(&format!("/?{}", "a".repeat(9000))).await);
    pages.push(browser.post("/auth/sign-out", &[]).await);
    pages
}

/// A simple request from a foreign page; with `OPTIONS`, a preflight.
async fn foreign(browser: &mut Browser<'_>, method: Method, path: &str) -> Page {
    let headers = [
        EVIL,
        ("sec-fetch-site", "cross-site"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    send(browser, &method, path, &headers).await
}

#[tokio::test]
async fn cs_05_no_answer_grants_another_origin_anything() {
    let world = HostileWorld::start().await;
    let pages = all_kinds(&world).await;
    assert!(pages.iter().any(|page| page.status == 200) && pages.iter().any(|page| page.status == 403));
    for page in pages {
        let granted = page.headers.keys().find(|name| name.as_str().starts_with("access-control-")).cloned();
        assert_eq!(granted, None, "{}", page.url);
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin", "{}", page.url);
        assert!(!page.body.contains("evil.example"), "{} reflects the origin", page.url);
    }
}

#[tokio::test]
async fn cs_10_nothing_can_be_framed_and_nothing_becomes_a_socket() {
    let world = HostileWorld::start().await;
    let mut documents = 0;
    for page in all_kinds(&world).await {
        let csp = page.header("content-security-policy");
        // The provider's own frame (LO-16).
        if page.url.path() == paths::FRONT_CHANNEL_LOGOUT.path() && page.status == StatusCode::OK {
            let provider = world.provider.origin();
            assert!(csp.contains(&format!("frame-ancestors {provider};")), "{csp}");
            continue;
        }
        assert!(csp.contains("frame-ancestors 'none'"), "{} {}: {csp}", page.status, page.url);
        documents += usize::from(page.header("content-type").starts_with("text/html"));
    }
    assert!(documents >= 10, "{documents} documents");
    let (mut browser, _) = world.signed_in("/account").await;
    let handshake = [
        EVIL,
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for path in routes::reading() {
        let page = send(&mut browser, &Method::GET, &path, &handshake).await;
        assert_ne!(page.status, StatusCode::SWITCHING_PROTOCOLS, "{path}");
    }
}
