//! Bounds: live sessions of one user, ended ones, lists, and the kinds of entries of the memory store.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::*;

on_all_stores!(
    f09_one_more_session_than_allowed_ends_the_one_that_was_unused_for_longest,
    f09_what_has_expired_does_not_count_and_a_refused_sign_in_ends_nothing,
    f09_a_lowered_limit_is_reached_in_steps,
    f09_of_a_persons_ended_sessions_the_latest_thousand_are_kept,
    f09_all_other_sessions_end_in_steps_and_expired_ones_are_left,
);

const ISS: &str = "https://id.example";
const HER: Option<(&str, &str)> = Some((ISS, "ada"));

/// A row of that user, created at 100 and last active then.
fn row_of(sub: &str, active_at: UnixSecs) -> StoredSession {
    let (mut row, _) = row(100);
    row.owner = Owner { iss: ISS.into(), sub: sub.into(), sid: None };
    row.last_active_at = active_at;
    row
}

fn keys(rows: &[StoredSession]) -> BTreeSet<&RowKey> {
    rows.iter().map(|row| &row.key).collect()
}

async fn live(store: &dyn SessionStore, now: UnixSecs) -> usize {
    store.list(HER, None, 10_000, now).await.unwrap().len()
}

async fn f09_one_more_session_than_allowed_ends_the_one_that_was_unused_for_longest(
    store: Arc<dyn SessionStore>,
) {
    let (first, second, third) = (row_of("ada", 100), row_of("ada", 101), row_of("ada", 102));
    let (other, mut elsewhere) = (row_of("jonas", 50), row_of("ada", 50));
    elsewhere.owner.iss = "https://other.example".into();
    for row in [&first, &second, &third, &other, &elsewhere] {
        assert_eq!(store.insert(row.clone(), 100, 3).await.unwrap(), Some(vec![]), "no more than allowed");
    }
    assert!(store.touch(&first.key, 150, 150 + IDLE).await.unwrap());
    // The new one is not ended, although its clock is behind that of the others.
    let mut new = row_of("ada", 90);
    new.created_at = 90;
    let ended = store.insert(new.clone(), 100, 3).await.unwrap().unwrap();
    assert_eq!(ended, std::slice::from_ref(&second), "as it was last, with its tokens");
    assert_eq!(live(&*store, 160).await, 3);
    for row in [&first, &third, &new, &other, &elsewhere] {
        assert!(store.find(row.cookie_hash, 160).await.unwrap().is_some(), "{row:?}");
    }
    let told = store.ended(second.cookie_hash).await.unwrap().unwrap();
    assert_eq!(told.ending, Ending { why: EndReason::TooMany, at: 90 });
    assert_eq!(store.ended_of(ISS, "ada", 9, 160).await.unwrap(), std::slice::from_ref(&told));
    let lately = store.ended_lately(Duration::from_secs(3600)).await.unwrap();
    assert_eq!(lately, [told], "other processes hear of it");
    assert_eq!(store.save_tokens(&second.key, 1, vec![]).await.unwrap(), Swap::Gone);
    // One alone: each sign-in ends the one before.
    let only = row_of("ada", 200);
    assert_eq!(store.insert(only.clone(), 100, 1).await.unwrap().unwrap().len(), 3);
    assert_eq!(live(&*store, 210).await, 1);
    assert!(store.find(only.cookie_hash, 210).await.unwrap().is_some());
}

async fn f09_what_has_expired_does_not_count_and_a_refused_sign_in_ends_nothing(
    store: Arc<dyn SessionStore>,
) {
    let (mut idle, running) = (row_of("ada", 100), row_of("ada", 101));
    idle.idle_until = 120;
    for row in [&idle, &running] {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    let mut later = row_of("ada", 120);
    later.created_at = 120;
    assert_eq!(store.insert(later, 100, 2).await.unwrap(), Some(vec![]), "one of them had expired");
    let logout = Logout {
        iss: ISS.into(),
        sub: None,
        sid: Some("s9".into()),
        issued_at: 200,
        replay_key: None,
        until: 900,
    };
    let at = Ending { why: EndReason::Provider, at: 150 };
    store.log_out(&logout, at).await.unwrap().unwrap();
    let mut refused = row_of("ada", 150);
    refused.created_at = 150;
    refused.owner.sid = Some("s9".into());
    assert_eq!(store.insert(refused.clone(), 200, 1).await.unwrap(), None, "the provider has logged it out");
    assert_eq!(live(&*store, 150).await, 2);
    let ended = store.insert(refused, 201, 1).await.unwrap().unwrap();
    assert_eq!(ended.len(), 2, "the same sign-in after the logout, from then on");
}

async fn f09_a_lowered_limit_is_reached_in_steps(store: Arc<dyn SessionStore>) {
    let mut rows: Vec<_> = (0..230).map(|number| row_of("ada", 100 + number)).collect();
    for row in &rows {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    for (ended, left) in [(100, 131), (100, 32), (28, 5), (1, 5)] {
        let new = row_of("ada", 1_000);
        let over = store.insert(new.clone(), 100, 5).await.unwrap().unwrap();
        assert_eq!((over.len(), live(&*store, 1_000).await), (ended, left));
        // Those that were used last stay.
        assert_eq!(keys(&over), keys(rows.drain(..ended).as_slice()));
        rows.push(new);
        rows.sort_by(|one, other| (one.last_active_at, &one.key).cmp(&(other.last_active_at, &other.key)));
    }
}

async fn f09_of_a_persons_ended_sessions_the_latest_thousand_are_kept(store: Arc<dyn SessionStore>) {
    let other = row_of("jonas", 100);
    assert!(store.add(other.clone(), 100).await.unwrap());
    store.end(&other.key, None, Ending { why: EndReason::SignedOut, at: 100 }).await.unwrap().unwrap();
    let mut cookies = Vec::new();
    for number in 0..1_050 {
        let row = row_of("ada", 100);
        cookies.push(row.cookie_hash);
        assert!(store.add(row.clone(), 100).await.unwrap());
        let ending = Ending { why: EndReason::SignedOut, at: 101 + number };
        store.end(&row.key, None, ending).await.unwrap().unwrap();
    }
    let latest = store.ended_of(ISS, "ada", 3, 2_000).await.unwrap();
    assert_eq!(latest.iter().map(|ended| ended.ending.at).collect::<Vec<_>>(), [1_150, 1_149, 1_148]);
    assert!(store.add(row_of("ada", 100), 100).await.unwrap());
    let kept = async |number: usize| store.ended(cookies[number]).await.unwrap().is_some();
    assert!(!kept(0).await && !kept(48).await && kept(60).await && kept(1_049).await);
    let all = store.ended_of(ISS, "ada", 5_000, 2_000).await.unwrap();
    assert!((995..=1_001).contains(&all.len()), "{}", all.len());
    assert!(store.ended(other.cookie_hash).await.unwrap().is_some(), "another person's");
}

async fn f09_all_other_sessions_end_in_steps_and_expired_ones_are_left(store: Arc<dyn SessionStore>) {
    let (spared, other, mut expired) = (row_of("ada", 100), row_of("jonas", 100), row_of("ada", 100));
    expired.idle_until = 150;
    for row in [&spared, &other, &expired] {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    for _ in 0..7 {
        assert!(store.add(row_of("ada", 100), 100).await.unwrap());
    }
    let ending = Ending { why: EndReason::Elsewhere, at: 150 };
    let mut all = Vec::new();
    loop {
        let some = store.end_of((ISS, "ada"), Some(&spared.key), 3, ending).await.unwrap();
        assert!(some.len() <= 3);
        if some.is_empty() {
            break;
        }
        all.extend(some);
    }
    assert_eq!(all.len(), 7);
    for row in &all {
        assert_eq!(store.ended(row.cookie_hash).await.unwrap().unwrap().ending, ending);
    }
    assert_eq!(store.ended(expired.cookie_hash).await.unwrap(), None);
    for row in [&spared, &other] {
        assert!(store.find(row.cookie_hash, 150).await.unwrap().is_some());
    }
    assert_eq!(store.end_of((ISS, "jonas"), None, 3, ending).await.unwrap(), [other], "without one to spare");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_sign_ins_at_two_processes_at_once_leave_as_many_as_allowed() {
    for name in ["sqlite", "postgres", "redis"] {
        let (one, fresh) = fresh_store(name).await;
        let other = open_url(&fresh.url).await;
        let mut tasks = JoinSet::new();
        for number in 0..60 {
            let store = if number % 2 == 0 { one.clone() } else { other.clone() };
            let sub = if number % 6 == 5 { "jonas" } else { "ada" };
            tasks.spawn(async move { store.insert(row_of(sub, 100), 100, 7).await.unwrap().unwrap().len() });
        }
        let ended: usize = tasks.join_all().await.into_iter().sum();
        assert_eq!(live(&*one, 100).await, 7, "{name}");
        assert_eq!(one.list(Some((ISS, "jonas")), None, 99, 100).await.unwrap().len(), 7, "{name}");
        assert_eq!(ended, 60 - 14, "{name}: each end is returned once, so that its tokens are revoked");
        assert_eq!(one.ended_of(ISS, "ada", 99, 100).await.unwrap().len(), 43, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_list_reads_a_limited_number_of_rows_however_many_there_are() {
    for name in ["memory", "sqlite", "postgres", "redis"] {
        let (store, _fresh) = fresh_store(name).await;
        let mut tasks = JoinSet::new();
        for part in 0..4 {
            let store = store.clone();
            tasks.spawn(async move {
                for number in 0..250 {
                    let mut row = row_of("ada", 100 + part * 250 + number);
                    row.tokens.bytes = vec![7; 2_000];
                    assert!(store.add(row, 100).await.unwrap());
                }
            });
        }
        tasks.join_all().await;
        // The quickest counts, because the machine may be busy with other tests.
        let mut quickest = Duration::MAX;
        for _ in 0..10 {
            let begun = Instant::now();
            assert_eq!(store.list(HER, None, 100, 100).await.unwrap().len(), 100, "{name}");
            quickest = quickest.min(begun.elapsed());
        }
        assert!(quickest < Duration::from_millis(100), "{name}: {quickest:?} for a list");
    }
}

#[tokio::test]
async fn f37_no_kind_of_entry_fills_the_room_of_another_in_memory() {
    let bounds = Bounds {
        rows: 2,
        ended: 2,
        sign_ins: 2,
        commands: 1,
        submissions: 3,
        submissions_of_one: 2,
        logouts: 2,
        watermarks: 2,
        people: 2,
    };
    let store = MemoryStore::bounded(bounds);
    let full = |result: Result<bool, StoreError>| matches!(result, Err(StoreError::Full));
    let of = |kind, number: u8, until| Mark { kind, entry: [number; 32], until };
    let (her, his) = (MarkKind::Submission("ada"), MarkKind::Submission("jonas"));
    for number in [1, 2] {
        assert!(store.mark_used(of(MarkKind::SignIn, number, 200), 100).await.unwrap());
        assert!(store.mark_used(of(her, 10 + number, 300), 100).await.unwrap());
    }
    assert!(full(store.mark_used(of(MarkKind::SignIn, 3, 300), 199).await));
    assert!(full(store.mark_used(of(her, 13, 400), 199).await), "one person has a share");
    assert!(store.mark_used(of(his, 14, 300), 199).await.unwrap(), "which is not all");
    assert!(full(store.mark_used(of(his, 15, 400), 199).await));
    assert!(store.mark_used(of(MarkKind::Command, 20, 300), 199).await.unwrap());
    assert!(
        !store.mark_used(of(her, 11, 900), 199).await.unwrap(),
        "a mark that is known is no question of room"
    );
    assert!(store.mark_used(of(MarkKind::SignIn, 3, 300), 200).await.unwrap(), "a purge made room");
    assert!(store.mark_used(of(her, 13, 400), 300).await.unwrap());

    // Logouts that anyone may claim: the oldest is forgotten, and those of the provider are not.
    let logout = |sid: &str, replay_key, until| {
        let (iss, sid) = (ISS.to_owned(), Some(sid.to_owned()));
        Logout { iss, sub: None, sid, issued_at: 100, replay_key, until }
    };
    let at = Ending { why: EndReason::Provider, at: 100 };
    for (number, sid) in ["a", "b"].into_iter().enumerate() {
        let key = Some([u8::try_from(number).unwrap(); 32]);
        assert!(store.log_out(&logout(sid, key, 500), at).await.unwrap().is_some());
    }
    for number in 0..50 {
        assert!(
            store.log_out(&logout(&format!("x{number}"), None, 200 + number), at).await.unwrap().is_some()
        );
    }
    assert!(matches!(store.log_out(&logout("c", Some([9; 32]), 500), at).await, Err(StoreError::Full)));
    let begins = async |sid: &str| {
        let mut row = row_of("mei", 100);
        row.owner.sid = Some(sid.into());
        store.insert(row, 100, 1).await.unwrap().is_some()
    };
    assert!(!begins("a").await && !begins("b").await && !begins("x49").await);
    assert!(begins("x0").await, "the oldest was forgotten");
    assert!(
        store.log_out(&logout("c", Some([9; 32]), 900), Ending { at: 500, ..at }).await.unwrap().is_some()
    );
}

#[tokio::test]
async fn f37_memory_holds_a_limited_number_of_sessions_and_forgets_the_oldest_ends() {
    let store = MemoryStore::bounded(Bounds { rows: 2, ended: 2, ..Bounds::default() });
    let rows: Vec<_> = ["a", "b", "c"].iter().map(|sub| row_of(sub, 100)).collect();
    assert!(store.add(rows[0].clone(), 100).await.unwrap());
    assert!(store.add(rows[1].clone(), 100).await.unwrap());
    assert!(matches!(store.add(rows[2].clone(), 100).await, Err(StoreError::Full)));
    assert!(store.find(rows[0].cookie_hash, 100).await.unwrap().is_some(), "nobody is signed out for it");
    let (late, _) = row(100 + IDLE);
    assert!(store.add(late.clone(), 100).await.unwrap(), "what has expired makes room");
    let mut ended = vec![late];
    for sub in ["d", "e"] {
        let (mut row, _) = row(100 + IDLE);
        row.owner.sub = sub.into();
        let before = ended.last().unwrap();
        store
            .end(&before.key, None, Ending { why: EndReason::SignedOut, at: 100 + IDLE })
            .await
            .unwrap()
            .unwrap();
        assert!(store.add(row.clone(), 100).await.unwrap());
        ended.push(row);
    }
    store.end(&ended[2].key, None, Ending { why: EndReason::SignedOut, at: 200 }).await.unwrap().unwrap();
    assert_eq!(store.ended(ended[0].cookie_hash).await.unwrap(), None);
    for row in &ended[1..] {
        assert!(store.ended(row.cookie_hash).await.unwrap().is_some());
    }
}
