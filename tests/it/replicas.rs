//! Several processes on one store: one refresh among them, whatever happens to the process that makes it (RF-03, RF-08).

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use claimcheck_session::{EndReason, Holder};
use claimcheck_test_stores::{Fresh, Kind, Server};
use futures::future::join_all;

use crate::support::{Browser, Fault, Jar, Page, Processes};

/// Longer than the lifetime of the demo's access tokens.
const LATER_SECS: i64 = 180;
/// For how long a user tries again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs each function of this module on each store that several processes can share.
macro_rules! on_shared_stores {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name("sqlite:FOLDER/sessions.db").await; })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(&super::Fresh::new(super::Kind::Postgres).await.url).await; })*
        }
        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(&super::Fresh::new(super::Kind::Redis).await.url).await; })*
        }
    };
}

on_shared_stores!(
    rf_03_two_hundred_requests_to_three_processes_at_expiry_make_one_refresh,
    rf_03_clocks_five_seconds_apart_make_no_second_refresh,
    rf_08_a_provider_that_is_slow_and_then_down_costs_three_processes_nothing,
    rf_03_a_process_that_is_gone_with_its_lease_is_waited_for_and_replaced,
    rf_03_tokens_that_went_down_with_a_process_cost_one_sign_in_and_no_more,
);

/// The refresh race once more, where each transaction may run over another connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r31_behind_a_pooler_two_hundred_requests_to_three_processes_at_expiry_make_one_refresh() {
    let fresh = Fresh::pooled().await;
    rf_03_two_hundred_requests_to_three_processes_at_expiry_make_one_refresh(&fresh.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r31_behind_a_pooler_a_process_that_is_gone_with_its_lease_is_waited_for_and_replaced() {
    let fresh = Fresh::pooled().await;
    rf_03_a_process_that_is_gone_with_its_lease_is_waited_for_and_replaced(&fresh.url).await;
}

async fn three(store: &str, skews: [i64; 2]) -> Processes {
    Processes::start(&format!("store = \"{store}\"\n"), &skews).await
}

/// This many requests at once, spread over these processes.
async fn load(all: &Processes, times: usize, processes: &[usize], cookies: &Jar) -> Vec<Page> {
    let pages = (0..times).map(|number| {
        let mut tab = all.browser_at(processes[number % processes.len()]);
        tab.at_app.clone_from(cookies);
        async move { panel_when_stored(&mut tab).await }
    });
    join_all(pages).await
}

/// The panel of a user who tries again while the store is too slow for the request. On a machine that is busy with other
/// tests it can be, for so many requests at once.
async fn panel_when_stored(tab: &mut Browser<'_>) -> Page {
    let begun = Instant::now();
    loop {
        let page = tab.fetch("/api/panel_when_ready?board=orders&panel=orders").await;
        if !page.body.contains("StoreUnavailable") || begun.elapsed() > PATIENCE {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The refreshes that the provider granted, and all that it received.
fn refreshes(all: &Processes) -> (usize, usize) {
    let spent = all.provider.spent();
    (spent.iter().filter(|refresh| refresh.granted).count(), spent.len())
}

fn with_data(pages: &[Page]) -> usize {
    pages.iter().filter(|page| page.status == StatusCode::OK && page.body.contains("<tbody>")).count()
}

fn honest(pages: &[Page]) -> usize {
    pages.iter().filter(|page| page.body.contains("isn’t responding")).count()
}

async fn rf_03_two_hundred_requests_to_three_processes_at_expiry_make_one_refresh(store: &str) {
    let mut three = three(store, [0, 0]).await;
    let cookies = three.signed_in("ada", "/boards/orders").await.0.at_app;
    for round in 1..=2 {
        three.advance(LATER_SECS);
        let pages = load(&three, 200, &[0, 1, 2], &cookies).await;
        assert_eq!((with_data(&pages), refreshes(&three)), (200, (round, round)));
    }
}

async fn rf_03_clocks_five_seconds_apart_make_no_second_refresh(store: &str) {
    let mut three = three(store, [-5, 5]).await;
    let cookies = three.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    let pages = load(&three, 60, &[0, 1, 2], &cookies).await;
    assert_eq!((with_data(&pages), refreshes(&three)), (60, (1, 1)));
    // Much later, the next refresh is due; again, only one happens.
    three.advance(LATER_SECS);
    let pages = load(&three, 60, &[2, 1, 0], &cookies).await;
    assert_eq!((with_data(&pages), refreshes(&three)), (60, (2, 2)));
}

async fn rf_08_a_provider_that_is_slow_and_then_down_costs_three_processes_nothing(store: &str) {
    let mut three = three(store, [0, 0]).await;
    let cookies = three.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    three.provider.set(Fault::Slow(Duration::from_secs(4)));
    let pages = load(&three, 30, &[0, 1, 2], &cookies).await;
    assert_eq!(
        (with_data(&pages), refreshes(&three)),
        (30, (1, 1)),
        "extended, the lease outlasts a slow provider"
    );
    three.advance(LATER_SECS);
    three.provider.set(Fault::Answer(503, "text/html", "down"));
    let pages = load(&three, 30, &[0, 1, 2], &cookies).await;
    assert_eq!((with_data(&pages), honest(&pages)), (0, 30));
    three.provider.set(Fault::None);
    three.advance(60);
    let pages = load(&three, 30, &[0, 1, 2], &cookies).await;
    assert_eq!((with_data(&pages), refreshes(&three)), (30, (2, 2)));
}

async fn rf_03_a_process_that_is_gone_with_its_lease_is_waited_for_and_replaced(store: &str) {
    let mut three = three(store, [0, 0]).await;
    let cookies = three.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    let sessions = &three.services_of(2).sessions;
    let key = sessions.page(None, None).await.unwrap().remove(0).key;
    // The state left by a process that is killed between its lease and its request.
    sessions.lease(&key, Holder::random().unwrap(), Duration::from_secs(6)).await.unwrap();
    let begun = Instant::now();
    let pages = load(&three, 40, &[0, 1], &cookies).await;
    assert_eq!((with_data(&pages), refreshes(&three)), (40, (1, 1)));
    let waited = begun.elapsed();
    assert!((Duration::from_secs(7)..Duration::from_secs(12)).contains(&waited), "{waited:?}");
}

async fn rf_03_tokens_that_went_down_with_a_process_cost_one_sign_in_and_no_more(store: &str) {
    let mut three = three(store, [0, 0]).await;
    let cookies = three.signed_in("ada", "/boards/orders").await.0.at_app;
    let other = three.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    // The provider has rotated, and its response is lost.
    three.provider.set(Fault::Lost);
    assert_eq!(honest(&load(&three, 1, &[2], &cookies).await), 1);
    three.drained().await;
    three.provider.set(Fault::None);
    let asked = three.provider.count("refresh_token");
    let pages = load(&three, 40, &[0, 1], &cookies).await;
    assert!(pages.iter().all(|page| page.status == StatusCode::UNAUTHORIZED), "{}", pages[0].body);
    assert_eq!(three.provider.count("refresh_token"), asked + 1, "refused once, and not asked again");
    let settings = &three.services_of(0).settings;
    let ended = three.services_of(1).sessions.ended_of(&settings.issuer, "hid-5f1c7a20", 9).await.unwrap();
    assert_eq!(ended.iter().map(|end| end.why).collect::<Vec<_>>(), [EndReason::Refused]);
    let mut tab = three.browser_at(1);
    tab.at_app = cookies;
    let page = tab.open("/boards/orders?orders.q=ada").await;
    assert!(!page.is_of_app(), "asked to sign in");
    let page = tab.sign_in(page, "ada").await;
    assert_eq!(
        (page.path(), with_data(std::slice::from_ref(&page))),
        ("/boards/orders?orders.q=ada".into(), 1),
        "{}",
        page.body
    );
    let pages = load(&three, 3, &[0, 1, 2], &other).await;
    assert_eq!(with_data(&pages), 3, "another session of the same person");
}

/// The store is unavailable for longer than a lease, while one process has new tokens that it cannot store.
async fn outlasts_a_lease(kind: Kind) {
    let server = Server::start(kind).await;
    let mut three = three(&server.url, [0, 0]).await;
    let cookies = three.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    three.provider.set(Fault::Slow(Duration::from_millis(1500)));
    let first = load(&three, 1, &[0], &cookies);
    let away = async {
        while three.provider.count("refresh_token") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        server.down().await;
        tokio::time::sleep(Duration::from_secs(9)).await;
        server.up().await;
        load(&three, 20, &[1, 2], &cookies).await
    };
    let (first, others) = tokio::join!(first, away);
    assert!(with_data(&first) + honest(&first) == 1 || first[0].status == StatusCode::SERVICE_UNAVAILABLE);
    let honest = others.iter().filter(|page| page.status == StatusCode::SERVICE_UNAVAILABLE).count();
    assert_eq!((with_data(&others) + honest, refreshes(&three)), (20, (1, 1)), "{}", others[0].body);
    three.provider.set(Fault::None);
    let pages = load(&three, 3, &[0, 1, 2], &cookies).await;
    assert_eq!((with_data(&pages), refreshes(&three)), (3, (1, 1)), "{}", pages[0].body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_a_postgres_that_is_away_for_longer_than_a_lease_costs_no_second_refresh() {
    outlasts_a_lease(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_a_redis_that_is_away_for_longer_than_a_lease_costs_no_second_refresh() {
    outlasts_a_lease(Kind::Redis).await;
}
