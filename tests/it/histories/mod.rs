//! Random histories of the session core over three processes: users, tabs, expiries, sign-outs of all kinds, restarts,
//! key rotations and a faulty provider, checked after every step against a small model. By default a few fixed ones;
//! `CLAIMCHECK_HISTORIES=500` runs random ones, and `CLAIMCHECK_SEED=7` repeats one.

/// The model: the expected state of a browser.
mod seat;
/// The steps.
mod steps;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use claimcheck_server::config::environment;
use claimcheck_test_stores::{Fresh, Kind};
use fastrand::Rng;

use crate::{
    histories::{
        seat::Seat,
        steps::{Step, choose},
    },
    support::{Fault, Processes},
};

const STEPS: usize = 40;
const SEATS: usize = 3;
/// The clock offsets of the other processes, in seconds.
const SKEWS: [i64; 2] = [-5, 5];

/// A running history.
struct History {
    world: Processes,
    rng: Rng,
    seats: Vec<Seat>,
    /// Seconds that have passed.
    now: i64,
    fault: Fault,
    /// The steps so far, reported on a failure.
    told: Vec<String>,
}

impl History {
    async fn begin(seed: u64, store: &str) -> Self {
        let world = Processes::start(&format!("store = \"{store}\"\n"), &SKEWS).await;
        let seats = (0..SEATS).map(|_| Seat::default()).collect();
        Self { world, rng: Rng::with_seed(seed), seats, now: 0, fault: Fault::None, told: Vec::new() }
    }

    async fn run(&mut self) {
        for _ in 0..STEPS {
            let step = choose(&mut self.rng, &self.seats);
            self.told.push(format!("{} s: {step:?}", self.now));
            self.take(step).await;
            // Background work finishes before the next step, so that its effects belong to this one.
            self.world.drained().await;
            self.check().await;
        }
        self.end().await;
    }

    /// Checks that every cookie matches the model.
    async fn check(&mut self) {
        for seat in &mut self.seats {
            let dead = self.rng.usize(..seat.dead.len().max(1));
            let process = self.rng.usize(..self.world.count());
            let alive = seat.ask(&self.world, process).await;
            seat.must_be(alive, self.now);
            seat.stays_dead(&self.world, process, dead).await;
        }
        self.no_refresh_token_is_spent_twice();
        self.no_row_is_left_or_lost().await;
    }

    /// With everything working again, every signed-in user can continue: no token was lost.
    async fn end(&mut self) {
        self.told.push(format!("{} s: all is well again", self.now));
        self.take(Step::Provider(Fault::None)).await;
        self.take(Step::Api(Fault::None)).await;
        self.take(Step::Time(200)).await;
        for seat in &mut self.seats {
            let process = self.rng.usize(..self.world.count());
            let page = seat.browser(&self.world, process).fetch("/api/panel?board=orders&panel=orders").await;
            seat.must_be(page.status == StatusCode::OK, self.now);
            if seat.is_sure() {
                assert_eq!(page.status, StatusCode::OK, "a session has lost its tokens: {}", page.body);
            }
        }
        self.world.drained().await;
        self.check().await;
    }

    /// Once the provider has granted new tokens for one and its response has arrived, it never sees that one again.
    fn no_refresh_token_is_spent_twice(&self) {
        let mut spent = BTreeSet::new();
        let mut lost = BTreeSet::new();
        for refresh in self.world.provider.spent() {
            let again = !spent.insert(refresh.token.clone());
            assert!(!again || lost.contains(&refresh.token), "a refresh token was spent twice");
            if !refresh.answered || !refresh.granted {
                lost.insert(refresh.token);
            }
        }
    }

    /// No order of writes leaves an unowned session in the store, or removes one.
    async fn no_row_is_left_or_lost(&self) {
        let rows = steps::live_rows(&self.world).await;
        let all = self.seats.iter().filter(|seat| seat.session.is_some()).count();
        let sure = self.seats.iter().filter(|seat| seat.is_sure()).count();
        assert!((sure..=all).contains(&rows), "{rows} rows for {sure} to {all} sessions");
    }
}

/// Reports the steps when a history panics.
impl Drop for History {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the history so far:\n  {}", self.told.join("\n  "));
        }
    }
}

fn number(name: &str) -> Option<u64> {
    environment().find(|(key, _)| key == name)?.1.parse().ok()
}

async fn histories(kind: Option<Kind>) {
    let asked = number("CLAIMCHECK_HISTORIES");
    let histories = asked.unwrap_or(3);
    // A change must always pass the same histories; long runs look for new ones.
    let by_dice = asked.map_or(1, |_| fastrand::u64(..1 << 32));
    let first = number("CLAIMCHECK_SEED").unwrap_or(by_dice);
    let (mut refreshes, mut answers) = (0, 0);
    for seed in first..first + histories {
        let fresh = match kind {
            Some(kind) => Some(Fresh::new(kind).await),
            None => None,
        };
        let store = fresh.as_ref().map_or("sqlite:FOLDER/sessions.db", |fresh| &fresh.url);
        let name = store.split(':').next().unwrap_or_default();
        eprintln!("history on {name} with CLAIMCHECK_SEED={seed} CLAIMCHECK_HISTORIES=1");
        let mut history = History::begin(seed, store).await;
        history.run().await;
        refreshes += history.world.provider.spent().len();
        answers += history.seats.iter().map(|seat| seat.answers).sum::<usize>();
    }
    eprintln!(
        "{histories} histories of {STEPS} steps: {answers} answers checked, {refreshes} refreshes seen by the provider"
    );
    assert!(histories < 3 || refreshes > 0, "nothing was tried");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_rf_11_sc_12_sc_13_no_history_on_sqlite_loses_races_or_revives_a_session() {
    histories(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_rf_11_sc_12_sc_13_no_history_on_postgres_loses_races_or_revives_a_session() {
    histories(Some(Kind::Postgres)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_rf_11_sc_12_sc_13_no_history_on_redis_loses_races_or_revives_a_session() {
    histories(Some(Kind::Redis)).await;
}
