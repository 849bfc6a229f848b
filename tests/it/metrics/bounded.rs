//! The number of series follows from the settings, and no request changes it.

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use tower::ServiceExt;

use super::{BOARD, scrape, world};
use crate::support::{World, hostile::Raw};

/// The names of all series.
async fn series(services: &claimcheck::handlers::state::AppState) -> BTreeSet<String> {
    scrape(services).await.values.into_keys().collect()
}

/// A request that no browser sends.
fn strange(number: usize) -> Request<Body> {
    let junk = format!("{number}%22%7d%0aevil");
    let (method, path) = match number % 8 {
        0 => ("GET", format!("/{junk}")),
        1 => ("GET", format!("/boards/{junk}?panel={junk}")),
        2 => ("GET", format!("/pkg/{junk}.js")),
        3 => ("POST", format!("/api/{junk}")),
        4 => ("POST", format!("/auth/back-channel-logout?{junk}")),
        5 => ("PURGE", format!("/boards/desk/{junk}")),
        6 => ("OPTIONS", format!("/boards/desk/panels/{junk}/csv")),
        _ => ("GET", format!("/auth/callback?code={junk}&state={junk}")),
    };
    let request = Request::builder().method(method).uri(path).header("host", "localhost:3000");
    let request = request.header("user-agent", format!("agent-{number}")).header("accept", &junk);
    request.header("x-request-id", &junk).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn mt_06_ten_thousand_strange_requests_add_no_series() {
    let world = world().await;
    world.signed_in(BOARD).await;
    for number in 0..8 {
        world.app.clone().oneshot(strange(number)).await.unwrap();
    }
    let before = series(&world.services).await;
    for number in 8..10_008 {
        world.app.clone().oneshot(strange(number)).await.unwrap();
    }
    let after = series(&world.services).await;
    let new: Vec<_> = after.difference(&before).collect();
    assert!(new.is_empty(), "{new:?}");
    assert!(!after.iter().any(|series| series.contains("evil") || series.contains("agent-")));
}

#[tokio::test]
async fn mt_06_what_an_api_answers_is_no_label() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let before = series(&world.services).await;
    for status in [200, 204, 299, 302, 418, 451, 499, 503, 599] {
        let raw = Raw::text(status, "text/evil", "evil").with("x-evil", "evil").with("location", "/evil");
        world.api.script(|script| script.answers.insert("/orders".to_owned(), raw.clone()));
        browser.open(BOARD).await;
    }
    let new: Vec<_> = series(&world.services).await.difference(&before).cloned().collect();
    assert!(new.is_empty(), "{new:?}");
}

#[tokio::test]
async fn mt_07_a_reload_adds_the_series_of_new_panels_and_removes_those_of_old_ones() {
    let mut world = World::start().await;
    let mut files = world.follow().await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    let of = |board: &str| format!(r#"claimcheck_api_requests_total{{api="default",board="{board}","#);
    let has = |all: &BTreeSet<String>, board: &str| all.iter().any(|series| series.starts_with(&of(board)));
    let all = series(&world.services).await;
    assert!(has(&all, "orders") && has(&all, "reports") && !has(&all, "margins"));
    let orders = format!(r#"{}panel="orders",status="2xx"}}"#, of("orders"));
    let before = scrape(&world.services).await.value(&orders);
    files.change("id = \"reports\"", "id = \"margins\"");
    assert!(files.hang_up());
    let all = series(&world.services).await;
    assert!(has(&all, "orders") && !has(&all, "reports") && has(&all, "margins"));
    assert!(browser.open("/boards/orders").await.status.is_success());
    let after = scrape(&world.services).await;
    assert_eq!(after.value(&orders), before + 1.0, "what was there before goes on counting");
    assert_eq!(after.value(r#"claimcheck_reloads_total{outcome="taken_up"}"#), 1.0);
    assert_eq!(after.value("claimcheck_reload_last_refused"), 0.0);
    files.change("kind = \"table\"", "kind = \"tabel\"");
    assert!(!files.hang_up());
    let refused = scrape(&world.services).await;
    assert_eq!(refused.value(r#"claimcheck_reloads_total{outcome="refused"}"#), 1.0);
    assert_eq!(refused.value("claimcheck_reload_last_refused"), 1.0);
    files.change("kind = \"tabel\"", "kind = \"table\"");
    files.hang_up();
    assert_eq!(scrape(&world.services).await.value("claimcheck_reload_last_refused"), 0.0);
}
