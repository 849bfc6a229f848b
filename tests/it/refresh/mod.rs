//! Access tokens that expire while users work.

mod answers;
mod claims;
mod id_token;
mod moments;
mod refusals;
mod suite;
mod unproven;

use std::time::Duration;

use axum::http::StatusCode;

use crate::support::{Fault, Page, World};

/// Longer than the lifetime of the demo's access tokens.
const LATER_SECS: i64 = 180;
/// A panel as requested by a page's script: waits for the API up to its timeout.
const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";

/// Whether the API's rows are shown.
fn is_data(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.contains("<tbody>")
}

#[tokio::test]
async fn rf_03_fifty_requests_at_expiry_make_one_refresh_and_all_have_data() {
    let world = World::start().await;
    let (browser, _) = world.signed_in("ada", "/boards/orders").await;
    world.advance(LATER_SECS);
    let tabs = (0..50).map(|_| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        async move { tab.open("/boards/orders").await }
    });
    let pages = futures::future::join_all(tabs).await;
    let with_data = pages.iter().filter(|page| is_data(page)).count();
    assert_eq!((with_data, world.provider.count("refresh_token")), (50, 1));
}

#[tokio::test]
async fn rf_02_a_rotated_refresh_token_replaces_the_old_one_time_and_again() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    for round in 1..=3 {
        world.advance(LATER_SECS);
        assert!(browser.open("/boards/orders").await.body.contains("<tbody>"));
        assert_eq!(world.provider.count("refresh_token"), round);
    }
}

#[tokio::test]
async fn rf_04_a_refresh_completes_although_nobody_waits_for_it() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    world.advance(LATER_SECS);
    world.provider.set(Fault::Slow(Duration::from_millis(400)));
    let gone = tokio::time::timeout(
        Duration::from_millis(100),
        browser.fetch("/api/panel?board=orders&panel=orders"),
    )
    .await;
    assert!(gone.is_err(), "the browser went away");
    world.drained().await;
    world.provider.set(Fault::None);
    assert!(browser.open("/boards/orders").await.body.contains("<tbody>"));
    assert_eq!(world.provider.count("refresh_token"), 1);
}

#[tokio::test]
async fn rf_07_a_refused_refresh_ends_the_session_once_and_leads_back_to_the_same_page() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    world.advance(LATER_SECS);
    world.provider.set(Fault::Answer(400, "application/json", r#"{"error":"invalid_grant"}"#));
    let page = browser.fetch("/api/panel?board=orders&panel=orders").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(page.body, "\"SignedOut\"");
    assert_eq!(browser.fetch("/api/panel?board=orders&panel=orders").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.provider.count("refresh_token"), 1, "asked once, no loop");
    world.provider.set(Fault::None);
    assert!(!browser.open("/boards/orders").await.is_of_app(), "sign in again");
}

#[tokio::test]
async fn rf_08_a_provider_that_is_down_signs_nobody_out() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    world.advance(LATER_SECS);
    for fault in [
        Fault::Answer(503, "text/html", "down"),
        Fault::Answer(200, "text/html", "<h1>maintenance</h1>"),
        Fault::Answer(429, "application/json", r#"{"error":"slow_down"}"#),
    ] {
        world.provider.set(fault);
        let page = browser.open("/boards/orders").await;
        assert!(page.is_of_app() && page.body.contains("isn’t responding"), "{}", page.body);
        let asked = world.provider.count("refresh_token");
        assert!(browser.open("/boards/orders").await.body.contains("isn’t responding"));
        assert_eq!(world.provider.count("refresh_token"), asked, "asked again at once");
        world.advance(60);
    }
    world.provider.set(Fault::None);
    assert!(browser.open("/boards/orders").await.body.contains("<tbody>"));
}

#[tokio::test]
async fn ac_05_a_401_of_the_api_leads_to_one_refresh_and_one_repeat() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    world.api.set(Fault::Answer(401, "application/json", "{}"));
    let page = browser.open("/boards/orders").await;
    assert!(page.is_of_app() && page.body.contains("doesn’t accept your sign-in"));
    assert_eq!((world.api.count("GET /orders"), world.provider.count("refresh_token")), (2, 1));
}

#[tokio::test]
async fn rf_08_keys_that_cannot_be_had_at_a_refresh_sign_nobody_out() {
    let mut world = World::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let cookies = world.signed_in("ada", "/boards/orders").await.0.at_app;
    world.restart().await;
    world.advance(LATER_SECS);
    world.provider.set(Fault::At("/jwks", 503));
    let mut browser = world.browser();
    browser.at_app = cookies;
    let page = browser.open("/boards/orders").await;
    assert!(page.is_of_app() && is_data(&page), "{}", page.body);
    world.provider.set(Fault::None);
    world.advance(LATER_SECS);
    assert!(is_data(&browser.open("/boards/orders").await), "the rotated refresh token was kept");
}

#[tokio::test]
async fn rf_08_an_answer_that_says_nothing_of_the_grant_signs_nobody_out() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    world.advance(LATER_SECS);
    world.provider.set(Fault::Answer(400, "application/json", r#"{"error":"temporarily_unavailable"}"#));
    assert!(browser.open("/boards/orders").await.is_of_app());
    world.provider.set(Fault::None);
    world.advance(5);
    assert!(browser.open("/boards/orders").await.body.contains("<tbody>"));
}

#[tokio::test]
async fn rf_04_a_store_that_cannot_write_for_a_while_costs_no_refresh_token() {
    let world = World::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    let file = format!("sqlite:{}", world.database().display());
    let database = sqlx::SqlitePool::connect(&file).await.unwrap();
    let full = "CREATE TRIGGER disk_is_full BEFORE UPDATE OF tokens ON session BEGIN SELECT RAISE(FAIL, 'full'); END";
    sqlx::query(full).execute(&database).await.unwrap();
    world.advance(LATER_SECS);
    let page = browser.open("/boards/orders").await;
    assert!(page.is_of_app() && !is_data(&page), "{}", page.body);
    sqlx::query("DROP TRIGGER disk_is_full").execute(&database).await.unwrap();
    world.drained().await;
    assert!(is_data(&browser.fetch(PANEL).await), "the rotated refresh token was lost");
    assert_eq!((world.provider.count("refresh_token"), world.provider.count("POST /revoke")), (1, 0));
}
