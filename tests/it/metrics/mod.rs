//! `/metrics` of the admin listener, scraped over HTTP while people use the program: what is counted, in which format, how
//! many series there can be, and whether documentation, dashboard and alerts name what there is.

mod book;
mod bounded;
mod scrape;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use claimcheck_model::paths;
use claimcheck_session::EndReason;

use self::scrape::{Scrape, asked, scrape};
use crate::support::{
    Browser,
    hostile::{HostileWorld, Raw},
};

const BOARDS: &str = r#"
[[board]]
id = "desk"
title = "Desk"

[[board.action]]
label = "New payout"
post = "/payouts"

[[board.panel]]
id = "orders"
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Order" }]

[[board.panel]]
id = "broken"
title = "Broken"
kind = "table"
get = "/broken"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Order" }]
"#;

const BOARD: &str = "/boards/desk";
const PAYOUT: &str = "/boards/desk/actions/new-payout";
/// Longer than the lifetime of access tokens.
const LATER_SECS: i64 = 180;

async fn world() -> HostileWorld {
    world_with("").await
}

async fn world_with(more: &str) -> HostileWorld {
    let world = HostileWorld::with(&format!("{more}\n{BOARDS}")).await;
    world.api.script(|script| {
        script.answers.insert("/broken".to_owned(), Raw::json(500, "{}"));
        script.answers.insert("/payouts".to_owned(), Raw::json(200, "{}"));
    });
    world
}

fn changes(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
    pairs.iter().map(|(series, change)| ((*series).to_owned(), *change)).collect()
}

/// The requests to the API that one view of the board causes, and `more`.
fn with_view(more: &[(&str, f64)]) -> BTreeMap<String, f64> {
    let mut all = changes(&[
        (r#"claimcheck_api_requests_total{api="default",board="desk",panel="broken",status="5xx"}"#, 1.0),
        (r#"claimcheck_api_requests_total{api="default",board="desk",panel="orders",status="2xx"}"#, 1.0),
    ]);
    all.extend(changes(more));
    all
}

/// Submits the action of the board.
async fn pay(browser: &mut Browser<'_>) {
    let form = browser.get(PAYOUT).await;
    let fields = form.fields();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let sent = browser.post("/api/act", &pairs).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

#[tokio::test]
async fn mt_01_a_sign_in_a_panel_that_fails_an_action_a_refresh_and_an_end_change_their_series_and_no_other()
{
    let world = world().await;
    let services = &world.services;
    services.relying_party.fetch_until_usable().await;
    let before = scrape(services).await;
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(page.status.is_success());
    let after = scrape(services).await;
    let signed_in = r#"claimcheck_sign_ins_total{outcome="success",reason="new_session"}"#;
    assert_eq!(after.since(&before), with_view(&[(signed_in, 1.0)]));

    let before = after;
    pay(&mut browser).await;
    let after = scrape(services).await;
    let (acted, sent) = (
        r#"claimcheck_actions_total{outcome="done"}"#,
        r#"claimcheck_api_requests_total{api="default",board="desk",panel="",status="2xx"}"#,
    );
    assert_eq!(after.since(&before), changes(&[(acted, 1.0), (sent, 1.0)]));

    world.advance(LATER_SECS);
    let before = scrape(services).await;
    browser.open(BOARD).await;
    let after = scrape(services).await;
    let refreshed = r#"claimcheck_refreshes_total{kind="refresh",outcome="success"}"#;
    assert_eq!(after.since(&before), with_view(&[(refreshed, 1.0)]));
    assert_eq!(after.value(r#"claimcheck_refresh_duration_seconds_count{kind="refresh"}"#), 1.0);

    let before = after;
    let listed = services.sessions.page(None, None).await.unwrap();
    assert!(services.sessions.end(&listed[0].key, EndReason::Operator).await.unwrap().is_some());
    let after = scrape(services).await;
    assert_eq!(
        after.since(&before),
        changes(&[(r#"claimcheck_sessions_ended_total{reason="operator"}"#, 1.0)])
    );
}

#[tokio::test]
async fn mt_01_a_sign_in_that_fails_says_why_and_no_other_reason_changes() {
    let world = world().await;
    let before = scrape(&world.services).await;
    for reason in ["lost", "malformed", "provider_error"] {
        let series = format!(r#"claimcheck_sign_ins_total{{outcome="failure",reason="{reason}"}}"#);
        assert_eq!(before.values.get(&series), Some(&0.0), "it begins at 0");
    }
    let page = world.browser().open(&format!("{}?code=x&state=y", paths::CALLBACK.path())).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    let after = scrape(&world.services).await;
    let lost = r#"claimcheck_sign_ins_total{outcome="failure",reason="lost"}"#;
    assert_eq!(after.since(&before), changes(&[(lost, 1.0)]));
    world.browser().open(&format!("{}?code=x&code=y", paths::CALLBACK.path())).await;
    let malformed = r#"claimcheck_sign_ins_total{outcome="failure",reason="malformed"}"#;
    assert_eq!(scrape(&world.services).await.since(&after), changes(&[(malformed, 1.0)]));
}

#[tokio::test]
async fn mt_02_both_formats_are_what_strict_readers_expect_and_say_the_same() {
    let world = world().await;
    world.signed_in(BOARD).await;
    let (kind, classic) = asked(&world.services, "text/plain;version=0.0.4").await;
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let classic = Scrape::read(&classic, false);
    let (kind, open) = asked(&world.services, "application/openmetrics-text;version=1.0.0,*/*;q=0.1").await;
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let open = Scrape::read(&open, true);
    let (names, of_open) = (classic.names(), open.names());
    let other: Vec<_> = names.symmetric_difference(&of_open).collect();
    assert!(other.is_empty(), "{other:?}");
    assert!(classic.values.len() > 300, "{}", classic.values.len());
    let build = classic.values.keys().find(|series| series.starts_with("claimcheck_build_info{")).unwrap();
    assert!(build.contains(concat!("version=\"", env!("CARGO_PKG_VERSION"), "\"")), "{build}");
    assert!(build.contains("store=\"memory\"") && build.contains("features=\"demo\""), "{build}");
}

#[tokio::test]
async fn mt_03_metrics_are_on_the_admin_listener_and_not_on_the_public_one() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for page in [world.browser().fetch(paths::METRICS).await, browser.get(paths::METRICS).await] {
        assert!(!page.status.is_success() && !page.body.contains("claimcheck_"), "{}", page.body);
    }
    let (_, text) = asked(&world.services, "").await;
    assert!(text.contains("claimcheck_build_info"));
    for secret in ["s:e%c", "ada", "http://", "Order"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn mt_04_running_sessions_are_those_of_the_store_and_are_not_counted_at_each_scrape() {
    let world = world_with("store = \"sqlite:FOLDER/sessions.db\"").await;
    world.signed_in(BOARD).await;
    world.signed_in_as("jonas", "Jonas", BOARD).await;
    let (other, _) = world.another().await;
    for services in [&world.services, &other] {
        let first = scrape(services).await;
        assert_eq!(first.value("claimcheck_sessions_live"), 2.0, "each process reports those of the store");
        assert_eq!(first.value("claimcheck_ready"), 1.0);
        let counted = r#"claimcheck_store_operations_total{operation="count_live",outcome="success"}"#;
        // That of this scrape is counted before the text is written.
        assert_eq!((first.value(counted), scrape(services).await.value(counted)), (1.0, 1.0));
    }
}

#[tokio::test]
async fn mt_05_a_provider_that_is_away_and_an_api_that_is_not_there_are_seen() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let before = scrape(&world.services).await;
    let age = r#"claimcheck_provider_document_age_seconds{document="keys"}"#;
    assert_eq!(before.values.get(age), Some(&0.0));
    world.api.go_down().await;
    browser.open(BOARD).await;
    let after = scrape(&world.services).await;
    let mut expected =
        changes(&[(r#"claimcheck_api_failures_total{api="default",reason="unreachable"}"#, 2.0)]);
    for panel in ["broken", "orders"] {
        let series = format!(
            r#"claimcheck_api_requests_total{{api="default",board="desk",panel="{panel}",status="none"}}"#
        );
        expected.insert(series, 1.0);
    }
    assert_eq!(after.since(&before), expected);
    world.provider.go_down().await;
    world.advance(601);
    let before = scrape(&world.services).await;
    assert_eq!(before.value(age), 601.0);
    world.browser().get("/account").await;
    let after = scrape(&world.services).await;
    let away = r#"claimcheck_provider_document_fetches_total{document="discovery",outcome="unreachable"}"#;
    assert!(after.value(away) >= 1.0 && before.value(away) == 0.0, "{}", after.value(away));
}
