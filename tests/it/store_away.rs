//! A store server that becomes unavailable in the middle, like in a crash, and comes back: no request waits long,
//! nobody is signed out, and no refresh token is lost. Each test has its own server.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use claimcheck_test_stores::{Fresh, Kind, Server, Wire};

use crate::support::{
    Browser, Page,
    hostile::{At, HostileWorld},
};

/// The panel of a board, as requested by an island.
const PANEL: &str = "/api/panel?board=orders&panel=0";
/// The time within which a request is refused if the store is unavailable.
const SOON: Duration = Duration::from_secs(12);
/// Longer than the lifetime of an access token, shorter than that of a session.
const LATER_SECS: i64 = 1500;

async fn world_on(url: &str) -> HostileWorld {
    HostileWorld::with(&format!("store = \"{url}\"\n")).await
}

fn is_data(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.contains("Customer of p-ada")
}

async fn ready(browser: &mut Browser<'_>) -> StatusCode {
    browser.fetch("/health/ready").await.status
}

/// Like a load balancer: asks again until the process is ready.
async fn becomes_ready(browser: &mut Browser<'_>) {
    let asked = async {
        while ready(browser).await != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(SOON, asked).await.unwrap();
}

async fn is_away_and_comes_back(kind: Kind) {
    let server = Server::start(kind).await;
    let world = world_on(&server.url).await;
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(is_data(&page), "{}", page.body);
    let cookies = browser.at_app.clone();
    assert_eq!(ready(&mut browser).await, StatusCode::OK);

    server.down().await;
    let begun = Instant::now();
    let [mut second, mut third, mut fourth] = [(); 3].map(|()| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&cookies);
        tab
    });
    let (board, panel, account, not_ready) = tokio::join!(
        browser.get("/boards/orders"),
        second.fetch(PANEL),
        third.get("/account"),
        ready(&mut fourth)
    );
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!(not_ready, StatusCode::SERVICE_UNAVAILABLE);
    let page_says = "can’t look up your session right now";
    for (page, says) in [(board, page_says), (panel, "\"StoreUnavailable\""), (account, page_says)] {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains(says), "{}", page.body);
        assert!(!page.body.contains("127.0.0.1:") && !page.body.contains("refused"), "{}", page.body);
    }
    assert_eq!(browser.fetch("/health/live").await.status, StatusCode::OK);

    server.up().await;
    becomes_ready(&mut browser).await;
    for page in [browser.fetch(PANEL).await, browser.get("/boards/orders").await] {
        assert!(is_data(&page), "{} {}", page.status, page.body);
    }
    assert_eq!(browser.at_app, cookies, "the same cookie");
    assert_eq!(world.provider.count(At::CodeExchange), 1, "nobody signed in again");
    // New users are served, too.
    assert!(is_data(&world.signed_in("/boards/orders").await.1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_postgres_that_is_away_is_said_soon_and_costs_nobody_a_session() {
    is_away_and_comes_back(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_redis_that_is_away_is_said_soon_and_costs_nobody_a_session() {
    is_away_and_comes_back(Kind::Redis).await;
}

/// Connections that the server has closed between two requests.
async fn restarts_between_two_requests(kind: Kind) {
    let server = Server::start(kind).await;
    let world = world_on(&server.url).await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    server.down().await;
    server.up().await;
    let page = browser.fetch(PANEL).await;
    assert!(is_data(&page), "{} {}", page.status, page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sc_13_a_postgres_that_restarted_between_two_requests_is_noticed_by_nobody() {
    restarts_between_two_requests(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sc_13_a_redis_that_restarted_between_two_requests_is_noticed_by_nobody() {
    restarts_between_two_requests(Kind::Redis).await;
}

/// The provider has invalidated the refresh token, and the new one cannot be stored for a while.
async fn goes_away_in_the_middle_of_a_refresh(kind: Kind) {
    let server = Server::start(kind).await;
    let world = world_on(&server.url).await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let mut tab = world.browser();
    tab.at_app.clone_from(&browser.at_app);
    world.advance(LATER_SECS);
    world.provider.script(|script| script.late.insert(At::Refresh, Duration::from_millis(500)));
    let crash = async {
        while world.provider.issued().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.down().await;
        // Until the new tokens have arrived and could not be stored.
        tokio::time::sleep(Duration::from_millis(800)).await;
        server.up().await;
    };
    tokio::join!(tab.fetch(PANEL), crash);
    world.drained().await;
    becomes_ready(&mut browser).await;
    let page = browser.fetch(PANEL).await;
    assert!(is_data(&page), "{} {}", page.status, page.body);
    assert_eq!((world.provider.count(At::Refresh), world.provider.reuses()), (1, 0));
    assert!(world.api.saw(&world.provider.issued()[1].access_token), "the new tokens came home");
    assert_eq!(world.provider.count(At::CodeExchange), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_08_tokens_come_home_to_a_postgres_that_was_away_when_they_came() {
    goes_away_in_the_middle_of_a_refresh(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_08_tokens_come_home_to_a_redis_that_was_away_when_they_came() {
    goes_away_in_the_middle_of_a_refresh(Kind::Redis).await;
}

/// As after a power cut of the whole machine, when the program is up before its store.
async fn starts_beside_the_program(kind: Kind) {
    let server = Server::start(kind).await;
    server.down().await;
    let (world, ()) = tokio::join!(world_on(&server.url), async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        server.up().await;
    });
    assert!(is_data(&world.signed_in("/boards/orders").await.1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_program_that_starts_before_its_postgres_waits_for_it() {
    starts_beside_the_program(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_program_that_starts_before_its_redis_waits_for_it() {
    starts_beside_the_program(Kind::Redis).await;
}

/// A server that accepts connections and never responds: all requests to it time out.
async fn is_silent_for_a_while(kind: Kind) {
    let fresh = Fresh::new(kind).await;
    let wire = Wire::to(&fresh.url).await;
    let world = world_on(&wire.url).await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    wire.cut();
    let mut tab = world.browser();
    tab.at_app.clone_from(&browser.at_app);
    let begun = Instant::now();
    let (panel, not_ready) = tokio::join!(browser.fetch(PANEL), ready(&mut tab));
    assert_eq!((panel.status.as_u16(), panel.body.as_str()), (503, "\"StoreUnavailable\""));
    assert_eq!(not_ready, StatusCode::SERVICE_UNAVAILABLE);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    wire.mend();
    becomes_ready(&mut browser).await;
    let page = browser.fetch(PANEL).await;
    assert!(is_data(&page), "{} {}", page.status, page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_postgres_that_says_nothing_holds_nobody_up_for_long() {
    is_silent_for_a_while(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_redis_that_says_nothing_holds_nobody_up_for_long() {
    is_silent_for_a_while(Kind::Redis).await;
}
