//! Several processes on one store: one refresh among them, whatever happens to the one that makes it (RF-03, RF-08).

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures::future::join_all;

use crate::{
    server::{clock::Clock, session::Holder},
    tests::support::{Browser, Fault, Jar, Page, Process, World},
};

/// Longer than the demo's access tokens live.
const LATER_SECS: i64 = 180;

/// Three processes: the world's own and two more, whose clocks differ from its by these seconds.
struct Three {
    world: World,
    others: [Process; 2],
}

impl Three {
    async fn start(skews: [i64; 2]) -> Self {
        let world = World::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
        let process = async |skew: i64| {
            let clock = Clock::default();
            clock.advance(skew);
            world.process(clock).await
        };
        let others = [process(skews[0]).await, process(skews[1]).await];
        for process in &others {
            // As a program does when it starts.
            process.context.provider.keys().await.unwrap();
        }
        Self { world, others }
    }

    fn advance(&self, secs: i64) {
        self.world.advance(secs);
        self.others.iter().for_each(|process| process.clock.advance(secs));
    }

    fn browser(&self, process: usize, cookies: &Jar) -> Browser<'_> {
        let mut browser = match process {
            0 => self.world.browser(),
            other => self.others[other - 1].browser(),
        };
        browser.at_app.clone_from(cookies);
        browser
    }

    /// So many page loads at once, spread over these processes.
    async fn load(&self, times: usize, processes: &[usize], cookies: &Jar) -> Vec<Page> {
        let pages = (0..times).map(|number| {
            let mut tab = self.browser(processes[number % processes.len()], cookies);
            async move { tab.fetch("/api/panel_when_ready?board=orders&panel=0").await }
        });
        join_all(pages).await
    }

    fn refreshes(&self) -> (usize, usize) {
        let spent = self.world.provider.spent();
        (spent.iter().filter(|refresh| refresh.granted).count(), spent.len())
    }
}

fn with_data(pages: &[Page]) -> usize {
    pages.iter().filter(|page| page.status == StatusCode::OK && page.body.contains("<tbody>")).count()
}

fn honest(pages: &[Page]) -> usize {
    pages.iter().filter(|page| page.body.contains("does not answer")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_two_hundred_requests_to_three_processes_at_expiry_make_one_refresh() {
    let three = Three::start([0, 0]).await;
    let cookies = three.world.signed_in("ada", "/boards/orders").await.0.at_app;
    for round in 1..=2 {
        three.advance(LATER_SECS);
        let pages = three.load(200, &[0, 1, 2], &cookies).await;
        assert_eq!((with_data(&pages), three.refreshes()), (200, (round, round)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_clocks_five_seconds_apart_make_no_second_refresh() {
    let three = Three::start([-5, 5]).await;
    let cookies = three.world.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    let pages = three.load(60, &[0, 1, 2], &cookies).await;
    assert_eq!((with_data(&pages), three.refreshes()), (60, (1, 1)));
    // Long after, each process is right to think that it is time again; once.
    three.advance(LATER_SECS);
    let pages = three.load(60, &[2, 1, 0], &cookies).await;
    assert_eq!((with_data(&pages), three.refreshes()), (60, (2, 2)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_08_a_provider_that_is_slow_and_then_down_costs_three_processes_nothing() {
    let three = Three::start([0, 0]).await;
    let cookies = three.world.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    three.world.provider.set(Fault::Slow(Duration::from_secs(4)));
    let pages = three.load(30, &[0, 1, 2], &cookies).await;
    assert_eq!(
        (with_data(&pages), three.refreshes()),
        (30, (1, 1)),
        "extended, the lease outlasts a slow provider"
    );
    three.advance(LATER_SECS);
    three.world.provider.set(Fault::Answer(503, "text/html", "down"));
    let pages = three.load(30, &[0, 1, 2], &cookies).await;
    assert_eq!((with_data(&pages), honest(&pages)), (0, 30));
    three.world.provider.set(Fault::None);
    three.advance(60);
    let pages = three.load(30, &[0, 1, 2], &cookies).await;
    assert_eq!((with_data(&pages), three.refreshes()), (30, (2, 2)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_a_process_that_is_gone_with_its_lease_is_waited_for_and_replaced() {
    let three = Three::start([0, 0]).await;
    let cookies = three.world.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    let sessions = &three.others[1].context.sessions;
    let key = sessions.page(None, None).await.unwrap().remove(0).key;
    // What a process leaves that is killed between its lease and its request.
    sessions.lease(&key, Holder::random().unwrap(), Duration::from_secs(8)).await.unwrap();
    let begun = Instant::now();
    let pages = three.load(40, &[0, 1], &cookies).await;
    assert_eq!((with_data(&pages), three.refreshes()), (40, (1, 1)));
    let waited = begun.elapsed();
    assert!((Duration::from_secs(7)..Duration::from_secs(12)).contains(&waited), "{waited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_tokens_that_went_down_with_a_process_cost_one_sign_in_and_no_more() {
    let three = Three::start([0, 0]).await;
    let cookies = three.world.signed_in("ada", "/boards/orders").await.0.at_app;
    let other = three.world.signed_in("ada", "/boards/orders").await.0.at_app;
    three.advance(LATER_SECS);
    // The provider has rotated, and nobody has its answer.
    three.world.provider.set(Fault::Lost);
    assert_eq!(honest(&three.load(1, &[2], &cookies).await), 1);
    three.others[1].drained().await;
    three.world.provider.set(Fault::None);
    let asked = three.world.provider.count("refresh_token");
    let pages = three.load(40, &[0, 1], &cookies).await;
    assert!(pages.iter().all(|page| page.status == StatusCode::UNAUTHORIZED), "{}", pages[0].body);
    assert_eq!(three.world.provider.count("refresh_token"), asked + 1, "refused once, and not asked again");
    let mut tab = three.browser(1, &cookies);
    let page = tab.open("/boards/orders?q=ada").await;
    assert!(!page.is_of_app(), "asked to sign in");
    let page = tab.sign_in(page, "ada").await;
    assert_eq!(
        (page.path(), with_data(&[page.clone()])),
        ("/boards/orders?q=ada".into(), 1),
        "{}",
        page.body
    );
    let pages = three.load(3, &[0, 1, 2], &other).await;
    assert_eq!(with_data(&pages), 3, "another session of the same person");
}
