//! A store server that becomes unavailable in the middle, like in a crash, and comes back: no request waits long,
//! nobody is signed out, and no refresh token is lost. Each test has its own server.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use claimcheck_test_stores::{Fresh, Kind, Server, Wire};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    Browser, Page,
    hostile::{At, HostileWorld},
    log::Listening,
};

/// The panel of a board, as requested by an island.
const PANEL: &str = "/api/panel?board=orders&panel=orders";
/// The time within which a request is refused if the store is unavailable, on a busy machine.
const SOON: Duration = Duration::from_secs(20);
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
    tokio::time::timeout(Duration::from_secs(60), asked).await.unwrap();
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

/// Sends commands to a Redis, and returns its replies.
async fn tell_redis(url: &str, commands: &[&str]) -> String {
    let (password, place) = url.strip_prefix("redis://:").unwrap().split_once('@').unwrap();
    let mut stream = TcpStream::connect(place.split('/').next().unwrap()).await.unwrap();
    let lines = [&[format!("AUTH {password}").as_str()], commands, &["QUIT"]].concat().join("\r\n");
    stream.write_all(format!("{lines}\r\n").as_bytes()).await.unwrap();
    let mut replies = String::new();
    stream.read_to_string(&mut replies).await.unwrap();
    assert!(!replies.contains("-ERR") && !replies.contains("-NOAUTH"), "{replies}");
    replies
}

/// The store accepts no writes for a while.
async fn refuses_writes_for_a_while(spoil: &str, mend: &str) {
    let server = Server::start(Kind::Redis).await;
    let world = world_on(&server.url).await;
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(is_data(&page), "{}", page.body);
    let cookies = browser.at_app.clone();
    tell_redis(&server.url, &[spoil]).await;
    let page = browser.get("/boards/orders").await;
    assert!(is_data(&page), "{spoil}: who is signed in sees the data: {}", page.body);
    let (_, refused) = world.signed_in("/boards/orders").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{spoil}: a new sign-in cannot be stored");
    assert_eq!(ready(&mut browser).await, StatusCode::SERVICE_UNAVAILABLE, "{spoil}");
    // The access token has expired, and a refresh could not be stored: the refresh token is not used up.
    world.advance(LATER_SECS);
    let panel = browser.fetch(PANEL).await;
    assert_eq!((panel.status.as_u16(), panel.body.as_str()), (503, "\"StoreUnavailable\""), "{spoil}");
    assert_eq!(world.provider.count(At::Refresh), 0, "{spoil}");
    tell_redis(&server.url, &[mend]).await;
    becomes_ready(&mut browser).await;
    // Longer than the pause after a refresh that failed.
    world.advance(5);
    let page = browser.fetch(PANEL).await;
    assert!(is_data(&page), "{spoil}: {} {}", page.status, page.body);
    assert_eq!((world.provider.count(At::Refresh), world.provider.reuses()), (1, 0), "{spoil}");
    assert_eq!(browser.at_app, cookies, "{spoil}: nobody was signed out");
    assert!(is_data(&world.signed_in("/boards/orders").await.1), "{spoil}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_store_that_is_full_costs_no_session_and_no_refresh_token() {
    refuses_writes_for_a_while("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_store_that_is_read_only_costs_no_session_and_no_refresh_token() {
    refuses_writes_for_a_while("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE").await;
}

#[tokio::test]
async fn f09_a_redis_that_drops_sessions_when_it_is_full_is_named_at_the_start() {
    let server = Server::start(Kind::Redis).await;
    let warning = "Redis may drop sessions when its memory is full (maxmemory-policy ";
    for (policy, is_named) in [("allkeys-lru", true), ("volatile-ttl", true), ("noeviction", false)] {
        tell_redis(&server.url, &[&format!("CONFIG SET maxmemory-policy {policy}")]).await;
        let log = Listening::begin();
        drop(world_on(&server.url).await);
        let text = String::from_utf8_lossy(&log.text()).into_owned();
        assert_eq!(text.contains(&format!("{warning}{policy})")), is_named, "{policy}");
        assert_eq!(text.contains(warning), is_named, "{policy}");
    }
}
