//! The contract of every store about the end of sessions, and about leases.

use std::time::Duration;

use tokio::task::JoinSet;

use super::*;

on_all_stores!(
    lo_13_a_list_has_the_running_sessions_of_a_person_in_order,
    lo_02_an_end_is_remembered_with_its_reason_until_the_session_would_have_ended,
    lo_13_a_logout_ends_what_it_means_and_nothing_else,
    lo_13_a_late_logout_of_a_subject_spares_who_signed_in_since,
    lo_13_a_renewed_session_is_one_of_its_new_session_at_the_provider,
    lo_14_a_sign_in_that_a_logout_means_does_not_begin_any_more,
    lo_14_of_a_logout_beside_twenty_sign_ins_none_survives,
    lo_15_the_same_logout_has_no_second_effect,
    lo_14_others_hear_of_an_end_for_a_while,
    rf_03_a_lease_has_one_holder_until_its_term_is_over,
    rf_03_new_tokens_or_a_release_give_a_lease_back,
    rf_03_of_twenty_who_want_a_lease_one_has_it,
);

const ISS: &str = "https://id.example";
const TERM: Duration = Duration::from_secs(3);

fn ending(why: EndReason) -> Ending {
    Ending { why, at: 150 }
}

fn row_of(sub: &str, sid: Option<&str>) -> StoredSession {
    let (mut row, _) = row(100);
    row.owner = Owner { iss: ISS.into(), sub: sub.into(), sid: sid.map(str::to_owned) };
    row
}

fn logout(sub: Option<&str>, sid: Option<&str>) -> Logout {
    let (sub, sid) = (sub.map(str::to_owned), sid.map(str::to_owned));
    Logout { iss: ISS.into(), sub, sid, issued_at: 100, replay_key: None, until: 800 }
}

async fn put(store: &dyn SessionStore, row: &StoredSession) {
    assert!(store.add(row.clone(), 100).await.unwrap());
}

async fn lives(store: &dyn SessionStore, row: &StoredSession) -> bool {
    store.find(row.cookie_hash, 100).await.unwrap().is_some()
}

async fn lo_13_a_list_has_the_running_sessions_of_a_person_in_order(store: Arc<dyn SessionStore>) {
    let mut hers: Vec<StoredSession> = (0..5).map(|_| row_of("ada", None)).collect();
    hers.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
    let (mut over, other, mut elsewhere) = (row_of("ada", None), row_of("jonas", None), row_of("ada", None));
    over.idle_until = 100;
    elsewhere.owner.iss = "https://other.example".into();
    for row in hers.iter().rev().chain([&over, &other, &elsewhere]) {
        put(&*store, row).await;
    }
    let hers: Vec<SessionHead> = hers.into_iter().map(SessionHead::from).collect();
    assert_eq!(store.list(Some((ISS, "ada")), None, 9, 100).await.unwrap(), hers);
    assert_eq!(store.list(Some((ISS, "ada")), None, 2, 100).await.unwrap(), hers[..2]);
    assert_eq!(store.list(Some((ISS, "ada")), Some(&hers[1].key), 9, 100).await.unwrap(), hers[2..]);
    assert_eq!(store.list(None, None, 99, 100).await.unwrap().len(), 7);
    assert_eq!(store.list(Some((ISS, "mei")), None, 9, 100).await.unwrap(), []);
}

async fn lo_02_an_end_is_remembered_with_its_reason_until_the_session_would_have_ended(
    store: Arc<dyn SessionStore>,
) {
    let (first, second) = (row_of("ada", Some("s1")), row_of("ada", None));
    put(&*store, &first).await;
    put(&*store, &second).await;
    assert_eq!(store.ended(first.cookie_hash).await.unwrap(), None);
    let ended = store.end(&first.key, None, Ending { why: EndReason::Operator, at: 140 }).await.unwrap();
    assert_eq!(ended.as_ref(), Some(&first));
    store.end(&second.key, None, ending(EndReason::Elsewhere)).await.unwrap().unwrap();
    let kept = store.ended(first.cookie_hash).await.unwrap().unwrap();
    let expected = Ended {
        key: first.key.clone(),
        cookie_hash: first.cookie_hash,
        owner: first.owner.clone(),
        label: first.label.clone(),
        ending: Ending { why: EndReason::Operator, at: 140 },
        until: first.absolute_until,
    };
    assert_eq!(kept, expected);
    let of_her = store.ended_of(ISS, "ada", 9, 150).await.unwrap();
    let whys: Vec<_> = of_her.iter().map(|ended| ended.ending.why).collect();
    assert_eq!(whys, [EndReason::Elsewhere, EndReason::Operator], "the last one first");
    assert_eq!(store.ended_of(ISS, "ada", 1, 150).await.unwrap().len(), 1);
    assert_eq!(store.ended_of(ISS, "jonas", 9, 150).await.unwrap(), []);
    assert_eq!(store.ended_of(ISS, "ada", 9, first.absolute_until - 1).await.unwrap().len(), 2);
    assert_eq!(store.ended_of(ISS, "ada", 9, first.absolute_until).await.unwrap(), []);
    store.purge(first.absolute_until - 1).await.unwrap();
    assert!(store.ended(first.cookie_hash).await.unwrap().is_some());
    store.purge(first.absolute_until).await.unwrap();
    assert_eq!(store.ended(first.cookie_hash).await.unwrap(), None);
}

async fn lo_13_a_logout_ends_what_it_means_and_nothing_else(store: Arc<dyn SessionStore>) {
    let rows = [
        ("ada", Some("s1")),
        ("ada", Some("s2")),
        ("ada", None),
        ("jonas", Some("s3")),
        ("jonas", Some("s4")),
    ];
    let rows = rows.map(|(sub, sid)| row_of(sub, sid));
    for row in &rows {
        put(&*store, row).await;
    }
    let alive = async |store: &dyn SessionStore| {
        let mut alive = Vec::new();
        for row in &rows {
            alive.push(lives(store, row).await);
        }
        alive
    };
    let log_out = async |logout: Logout| {
        let ended = store.log_out(&logout, ending(EndReason::Provider)).await.unwrap().unwrap();
        ended.into_iter().map(|row| row.key).collect::<Vec<_>>()
    };
    assert_eq!(log_out(logout(Some("jonas"), Some("s1"))).await, [], "a foreign pair");
    assert_eq!(log_out(logout(None, Some("s9"))).await, []);
    assert_eq!(log_out(logout(None, None)).await, []);
    let elsewhere = Logout { iss: "https://other.example".into(), ..logout(Some("ada"), None) };
    assert_eq!(log_out(elsewhere).await, []);
    assert_eq!(alive(&*store).await, [true; 5]);
    assert_eq!(log_out(logout(None, Some("s1"))).await, [rows[0].key.clone()]);
    assert_eq!(log_out(logout(Some("jonas"), Some("s3"))).await, [rows[3].key.clone()]);
    assert_eq!(alive(&*store).await, [false, true, true, false, true]);
    assert_eq!(log_out(logout(Some("ada"), None)).await.len(), 2);
    assert_eq!(alive(&*store).await, [false, false, false, false, true]);
    let kept = store.ended(rows[1].cookie_hash).await.unwrap().unwrap();
    assert_eq!((kept.ending.why, kept.label), (EndReason::Provider, rows[1].label.clone()));
}

async fn lo_13_a_late_logout_of_a_subject_spares_who_signed_in_since(store: Arc<dyn SessionStore>) {
    // By the provider's clock, which ours may be far behind: both rows have the same start.
    let (before, since) = (row_of("ada", Some("s1")), row_of("ada", Some("s1")));
    for (row, issued_at) in [(&before, 100), (&since, 101)] {
        assert!(store.add(row.clone(), issued_at).await.unwrap());
    }
    let by_sub = logout(Some("ada"), None);
    let ended = store.log_out(&by_sub, ending(EndReason::Provider)).await.unwrap().unwrap();
    assert_eq!(ended.iter().map(|row| &row.key).collect::<Vec<_>>(), [&before.key]);
    let by_sid = logout(Some("ada"), Some("s1"));
    let ended = store.log_out(&by_sid, ending(EndReason::Provider)).await.unwrap().unwrap();
    assert_eq!(ended.iter().map(|row| &row.key).collect::<Vec<_>>(), [&since.key], "over for good");
}

async fn lo_13_a_renewed_session_is_one_of_its_new_session_at_the_provider(store: Arc<dyn SessionStore>) {
    let row = row_of("ada", Some("s1"));
    put(&*store, &row).await;
    let renewal = Renewal {
        cookie_hash: CookieHash::of(fresh_id()),
        sid: Some("s2".into()),
        created_at: 120,
        idle_until: row.idle_until,
        absolute_until: row.absolute_until,
        label: vec![],
        record: vec![],
        tokens: vec![],
    };
    let swapped = store.renew(&row.key, row.cookie_hash, renewal, 120).await.unwrap();
    assert_eq!(swapped, Swap::Swapped { version: 2 });
    for (sid, expected) in [("s1", 0), ("s2", 1), ("s2", 0)] {
        let meant = logout(None, Some(sid));
        let ended = store.log_out(&meant, ending(EndReason::Provider)).await.unwrap().unwrap();
        assert_eq!(ended.len(), expected, "{sid}");
    }
}

async fn lo_14_a_sign_in_that_a_logout_means_does_not_begin_any_more(store: Arc<dyn SessionStore>) {
    let running = row_of("mei", Some("s5"));
    put(&*store, &running).await;
    for meant in [logout(Some("ada"), None), logout(None, Some("s1"))] {
        store.log_out(&meant, ending(EndReason::Provider)).await.unwrap().unwrap();
    }
    store.purge(799).await.unwrap();
    for (sub, sid) in [("ada", None), ("ada", Some("s7")), ("jonas", Some("s1"))] {
        let row = row_of(sub, sid);
        assert!(!store.add(row.clone(), 100).await.unwrap(), "{sub} {sid:?} began after its logout");
        assert_eq!(store.get(&row.key).await.unwrap(), None);
        assert!(store.add(row, 101).await.unwrap(), "{sub} {sid:?} signed in again");
    }
    assert!(store.add(row_of("jonas", Some("s2")), 100).await.unwrap(), "another session at the provider");
    let renewal = |sid: &str| Renewal {
        cookie_hash: CookieHash::of(fresh_id()),
        sid: Some(sid.into()),
        created_at: 120,
        idle_until: 200,
        absolute_until: 300,
        label: vec![],
        record: vec![],
        tokens: vec![],
    };
    let renew = async |sid: &str, issued_at| {
        store.renew(&running.key, running.cookie_hash, renewal(sid), issued_at).await.unwrap()
    };
    assert_eq!(renew("s1", 100).await, Swap::Gone);
    assert!(lives(&*store, &running).await);
    assert!(matches!(renew("s1", 101).await, Swap::Swapped { .. }));
    store.purge(800).await.unwrap();
    assert!(store.add(row_of("ada", None), 100).await.unwrap(), "a watermark is deleted after its time");
}

async fn lo_14_of_a_logout_beside_twenty_sign_ins_none_survives(store: Arc<dyn SessionStore>) {
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        tasks.spawn(async move {
            if number == 10 {
                let meant = logout(Some("ada"), None);
                store.log_out(&meant, ending(EndReason::Provider)).await.unwrap().unwrap();
            } else {
                store.add(row_of("ada", None), 100).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(store.list(Some((ISS, "ada")), None, 99, 100).await.unwrap(), []);
}

async fn lo_15_the_same_logout_has_no_second_effect(store: Arc<dyn SessionStore>) {
    let meant = Logout { replay_key: Some([7; 32]), ..logout(Some("ada"), None) };
    let first = row_of("ada", None);
    put(&*store, &first).await;
    assert_eq!(store.log_out(&meant, ending(EndReason::Provider)).await.unwrap().unwrap().len(), 1);
    let again = row_of("ada", None);
    assert!(store.add(again.clone(), 101).await.unwrap());
    assert_eq!(store.log_out(&meant, ending(EndReason::Provider)).await.unwrap(), None);
    assert!(lives(&*store, &again).await, "a replayed logout ended a new session");
    let other = Logout { replay_key: Some([8; 32]), ..meant.clone() };
    assert_eq!(store.log_out(&other, ending(EndReason::Provider)).await.unwrap().unwrap(), []);
    assert!(lives(&*store, &again).await, "another logout of before ended a new session");
    let other = Logout { replay_key: Some([9; 32]), issued_at: 101, ..meant };
    assert_eq!(store.log_out(&other, ending(EndReason::Provider)).await.unwrap().unwrap().len(), 1);
}

async fn lo_14_others_hear_of_an_end_for_a_while(store: Arc<dyn SessionStore>) {
    let row = row_of("ada", None);
    put(&*store, &row).await;
    let hour = Duration::from_secs(3600);
    assert_eq!(store.ended_lately(hour).await.unwrap(), []);
    store.end(&row.key, None, ending(EndReason::Operator)).await.unwrap().unwrap();
    let lately = store.ended_lately(hour).await.unwrap();
    assert_eq!(
        lately.iter().map(|ended| (&ended.key, ended.ending.why)).collect::<Vec<_>>(),
        [(&row.key, EndReason::Operator)]
    );
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(store.ended_lately(Duration::from_millis(20)).await.unwrap(), []);
}

async fn rf_03_a_lease_has_one_holder_until_its_term_is_over(store: Arc<dyn SessionStore>) {
    let row = row_of("ada", None);
    let (one, other) = (Holder::random().unwrap(), Holder::random().unwrap());
    assert_eq!(store.lease(&row.key, one, TERM).await.unwrap(), Lease::Gone);
    put(&*store, &row).await;
    assert_eq!(store.lease(&row.key, one, TERM).await.unwrap(), Lease::Taken);
    assert_eq!(store.lease(&row.key, other, TERM).await.unwrap(), Lease::Held);
    tokio::time::sleep(TERM / 2).await;
    assert_eq!(store.lease(&row.key, one, TERM).await.unwrap(), Lease::Taken, "its holder has it for longer");
    tokio::time::sleep(TERM * 3 / 4).await;
    assert_eq!(store.lease(&row.key, other, TERM).await.unwrap(), Lease::Held);
    tokio::time::sleep(TERM / 2).await;
    assert_eq!(store.lease(&row.key, other, TERM).await.unwrap(), Lease::TakenOver, "its term is over");
    assert_eq!(store.lease(&row.key, other, TERM).await.unwrap(), Lease::Taken, "its own again");
    assert_eq!(store.lease(&row.key, one, TERM).await.unwrap(), Lease::Held);
    let second = row_of("ada", None);
    put(&*store, &second).await;
    assert_eq!(store.lease(&second.key, one, TERM).await.unwrap(), Lease::Taken, "another session");
}

async fn rf_03_new_tokens_or_a_release_give_a_lease_back(store: Arc<dyn SessionStore>) {
    let row = row_of("ada", None);
    let (one, other) = (Holder::random().unwrap(), Holder::random().unwrap());
    let long = Duration::from_secs(60);
    put(&*store, &row).await;
    assert_eq!(store.lease(&row.key, one, long).await.unwrap(), Lease::Taken);
    store.release(&row.key, other).await.unwrap();
    assert_eq!(store.lease(&row.key, other, long).await.unwrap(), Lease::Held, "not the other's to give");
    store.release(&row.key, one).await.unwrap();
    assert_eq!(store.lease(&row.key, other, long).await.unwrap(), Lease::Taken);
    assert_eq!(store.save_tokens(&row.key, 9, vec![1]).await.unwrap(), Swap::Stale);
    assert_eq!(store.lease(&row.key, one, long).await.unwrap(), Lease::Held);
    assert!(matches!(store.save_tokens(&row.key, 1, vec![1]).await.unwrap(), Swap::Swapped { .. }));
    assert_eq!(store.lease(&row.key, one, long).await.unwrap(), Lease::Taken);
    store.end(&row.key, None, ending(EndReason::SignedOut)).await.unwrap().unwrap();
    assert_eq!(store.lease(&row.key, one, long).await.unwrap(), Lease::Gone);
}

async fn rf_03_of_twenty_who_want_a_lease_one_has_it(store: Arc<dyn SessionStore>) {
    let row = row_of("ada", None);
    put(&*store, &row).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (store, key) = (store.clone(), row.key.clone());
        let holder = Holder::random().unwrap();
        tasks.spawn(async move { store.lease(&key, holder, Duration::from_secs(60)).await.unwrap() });
    }
    let won = tasks.join_all().await.into_iter().filter(|lease| *lease == Lease::Taken).count();
    assert_eq!(won, 1);
}
