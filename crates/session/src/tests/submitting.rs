//! Submissions that run once, on all stores.

use std::time::Instant;

use claimcheck_test_stores::{Server, Wire};
use tokio::task::JoinSet;

use super::*;
use crate::submitting::Attempt;

on_all_stores!(
    f05_one_of_twenty_attempts_records_a_submission,
    f17_an_attempt_that_asks_again_learns_that_the_record_is_its_own,
    f17_a_submission_is_withdrawn_by_its_own_attempt_only,
    f05_a_version_before_and_this_one_find_the_submissions_of_each_other,
    f05_a_submission_outlives_the_longest_session,
);

const DAY_SECS: i64 = 86_400;

fn submission(number: u8, until: UnixSecs) -> Mark<'static> {
    Mark { kind: MarkKind::Submission("p"), entry: [number; 32], until }
}

async fn f05_one_of_twenty_attempts_records_a_submission(store: Arc<dyn SessionStore>) {
    let mut tasks = JoinSet::new();
    for number in 0..20_u8 {
        let store = store.clone();
        tasks.spawn(async move {
            store.record_submission(submission(1, 200), Attempt([number; 16]), 100).await.unwrap()
        });
    }
    let recorded = tasks.join_all().await;
    assert_eq!(recorded.iter().filter(|recorded| recorded.is_none()).count(), 1, "{recorded:?}");
    assert_eq!(recorded.iter().filter(|recorded| **recorded == Some(200)).count(), 19, "{recorded:?}");
    let other = store.record_submission(submission(2, 300), Attempt([1; 16]), 100).await.unwrap();
    assert_eq!(other, None, "another submission");
}

async fn f17_an_attempt_that_asks_again_learns_that_the_record_is_its_own(store: Arc<dyn SessionStore>) {
    let (own, other) = (Attempt::random().unwrap(), Attempt::random().unwrap());
    assert_eq!(store.submission([1; 32]).await.unwrap(), None, "a question records nothing");
    for _ in 0..3 {
        assert_eq!(store.record_submission(submission(1, 200), own, 100).await.unwrap(), None);
        assert_eq!(store.record_submission(submission(1, 250), other, 101).await.unwrap(), Some(200));
        assert_eq!(store.submission([1; 32]).await.unwrap(), Some(200));
    }
}

async fn f17_a_submission_is_withdrawn_by_its_own_attempt_only(store: Arc<dyn SessionStore>) {
    let (own, other) = (Attempt::random().unwrap(), Attempt::random().unwrap());
    store.withdraw_submission([1; 32], own).await.unwrap();
    assert_eq!(store.record_submission(submission(1, 200), own, 100).await.unwrap(), None);
    store.withdraw_submission([1; 32], other).await.unwrap();
    assert_eq!(store.submission([1; 32]).await.unwrap(), Some(200));
    store.withdraw_submission([1; 32], own).await.unwrap();
    assert_eq!(store.submission([1; 32]).await.unwrap(), None);
    assert_eq!(store.record_submission(submission(1, 200), other, 100).await.unwrap(), None);
    // A record of an earlier version has no attempt.
    assert!(store.mark_used(submission(2, 200), 100).await.unwrap());
    store.withdraw_submission([2; 32], own).await.unwrap();
    assert_eq!(store.submission([2; 32]).await.unwrap(), Some(200));
}

async fn f05_a_version_before_and_this_one_find_the_submissions_of_each_other(store: Arc<dyn SessionStore>) {
    let attempt = Attempt::random().unwrap();
    assert!(store.mark_used(submission(1, 200), 100).await.unwrap());
    assert_eq!(store.record_submission(submission(1, 300), attempt, 100).await.unwrap(), Some(200));
    assert_eq!(store.record_submission(submission(2, 300), attempt, 100).await.unwrap(), None);
    assert!(!store.mark_used(submission(2, 300), 100).await.unwrap());
}

async fn f05_a_submission_outlives_the_longest_session(store: Arc<dyn SessionStore>) {
    for (absolute_secs, days) in [(ABSOLUTE, 7), (30 * DAY_SECS, 31), (400 * DAY_SECS, 401)] {
        let clock = Clock::fixed();
        let keyring = Keyring::new(&[[7; 32]]).unwrap();
        let lifetimes = Lifetimes { idle_secs: IDLE, absolute_secs };
        let sessions = Sessions::new(store.clone(), keyring, clock.clone(), lifetimes, MOST);
        let (key, _) = start(&sessions, "r").await;
        let by = sessions.reload(&key).await.unwrap().unwrap();
        let (entry, attempt, now) = (random::bytes().unwrap(), Attempt::random().unwrap(), clock.now());
        assert_eq!(sessions.record_submission(&by, entry, attempt).await.unwrap(), None);
        assert_eq!(sessions.submission(entry).await.unwrap(), Some(now), "{absolute_secs}");
        assert_eq!(store.submission(entry).await.unwrap(), Some(now + days * DAY_SECS), "{absolute_secs}");
        store.purge(now + days * DAY_SECS - 1).await.unwrap();
        assert!(store.submission(entry).await.unwrap().is_some(), "purged too early");
        store.purge(now + days * DAY_SECS).await.unwrap();
        assert_eq!(store.submission(entry).await.unwrap(), None);
    }
}

/// The store has the record, and its answer does not arrive.
async fn loses_an_answer(kind: Kind) {
    let server = Server::start(kind).await;
    let wire = Wire::to(&server.url).await;
    let (sessions, clock) = sessions_on(open_url(&wire.url).await);
    let (key, _) = start(&sessions, "r").await;
    let by = sessions.reload(&key).await.unwrap().unwrap();
    let (own, other) = (Attempt::random().unwrap(), Attempt::random().unwrap());
    match kind {
        Kind::Redis => wire.lose_answer_to(BASE64_URL_SAFE_NO_PAD.encode(own.0).as_bytes()),
        _ => wire.lose_answer_to(&own.0),
    }
    let begun = Instant::now();
    assert_eq!(sessions.record_submission(&by, [1; 32], own).await.unwrap(), None, "its own record");
    assert!(begun.elapsed().as_secs() < 8, "{:?}", begun.elapsed());
    assert_eq!(sessions.record_submission(&by, [1; 32], other).await.unwrap(), Some(clock.now()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_postgres_whose_answer_is_lost_is_asked_again() {
    loses_an_answer(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_redis_whose_answer_is_lost_is_asked_again() {
    loses_an_answer(Kind::Redis).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_store_that_is_away_for_long_is_not_waited_for() {
    let server = Server::start(Kind::Redis).await;
    let (sessions, _) = sessions_on(open_url(&server.url).await);
    let (key, _) = start(&sessions, "r").await;
    let by = sessions.reload(&key).await.unwrap().unwrap();
    server.down().await;
    let begun = Instant::now();
    assert!(sessions.record_submission(&by, [1; 32], Attempt::random().unwrap()).await.is_err());
    assert!(begun.elapsed().as_secs() < 25, "{:?}", begun.elapsed());
    server.up().await;
    assert_eq!(sessions.record_submission(&by, [1; 32], Attempt::random().unwrap()).await.unwrap(), None);
}
