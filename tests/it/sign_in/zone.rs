//! The time zone of a browser is read after its first sign-in, before the first board is shown.

use axum::http::StatusCode;
use claimcheck_model::paths;
use serde_json::json;

use crate::support::{Browser, Page, hostile::HostileWorld};

const COOKIE: &str = "claimcheck-zone";

/// A browser that was never here, and what its first sign-in for this page leads to.
async fn first_sign_in<'w>(world: &'w HostileWorld, path: &str) -> (Browser<'w>, Page) {
    let mut browser = world.browser();
    browser.was_asked_for_zone = false;
    let away = browser.get(path).await;
    let callback = browser.get(away.location().as_str()).await;
    let done = browser.get(callback.location().as_str()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    (browser, done)
}

#[tokio::test]
async fn fp_01_the_first_sign_in_of_a_browser_reads_its_zone_and_goes_on_also_without_scripts() {
    let world = HostileWorld::start().await;
    let (mut browser, done) = first_sign_in(&world, "/boards/orders?orders.q=a").await;
    assert_eq!(done.location().path(), paths::ZONE.path());
    let page = browser.get(done.location().as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    let (secs, next) = page.refresh().unwrap();
    assert_eq!((secs, next.path(), next.query()), (0, "/boards/orders", Some("orders.q=a")));
    let head = page.body.split("</head>").next().unwrap();
    assert!(head.contains("<noscript><meta http-equiv=\"refresh\""), "scripts go on sooner: {head}");
    assert!(page.body.contains("timeZone") && page.body.contains("href=\"/boards/orders?orders.q=a\""));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'nonce-") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(browser.at_app.get(COOKIE).map(String::as_str), Some("none"));
    // Times are in UTC and marked, and the next sign-in has no such page.
    let board = browser.get(next.as_str()).await;
    assert!(board.status.is_success() && board.body.contains(" UTC"), "{}", board.body);
    browser.at_app.retain(|name, _| name == COOKIE);
    let away = browser.get("/boards/orders").await;
    let callback = browser.get(away.location().as_str()).await;
    let done = browser.get(callback.location().as_str()).await;
    assert_eq!(done.location().path(), "/boards/orders");
}

#[tokio::test]
async fn fp_01_a_zone_of_the_provider_needs_no_page() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.person.claims.insert("zoneinfo".into(), json!("Asia/Tokyo")));
    let (mut browser, done) = first_sign_in(&world, "/account").await;
    let onward = browser.get(done.location().as_str()).await;
    assert_eq!((onward.status, onward.location().path()), (StatusCode::SEE_OTHER, "/account"));
    // Nor does a browser that has said its zone.
    world.provider.script(|script| script.person.claims.remove("zoneinfo"));
    let mut browser = world.browser();
    browser.was_asked_for_zone = false;
    browser.at_app.insert(COOKIE.into(), "Europe/Berlin".into());
    let away = browser.get("/account").await;
    let callback = browser.get(away.location().as_str()).await;
    assert_eq!(browser.get(callback.location().as_str()).await.location().path(), "/account");
}

#[tokio::test]
async fn fp_01_the_page_leads_to_pages_of_this_site_only() {
    let world = HostileWorld::start().await;
    let mut browser = world.browser();
    browser.was_asked_for_zone = false;
    for target in
        ["https://elsewhere.example/", "//elsewhere.example", "/auth/zone?return_to=/", "/api/x", "\\\\x", ""]
    {
        browser.at_app.clear();
        let page = browser.get(&paths::with_query(paths::ZONE.path(), &[(paths::RETURN_TO, target)])).await;
        let next = page.refresh().map_or_else(|| page.location(), |(_, next)| next);
        assert_eq!((next.path(), next.query()), ("/", None), "{target}: {}", page.body);
        assert!(!page.body.contains("elsewhere.example"), "{target}");
    }
    browser.at_app.clear();
    let page = browser.get("/auth/zone?return_to=%2Faccount%3Fa%3D%22%3E%3Cb").await;
    assert!(!page.body.contains("\"><b"), "{}", page.body);
}
