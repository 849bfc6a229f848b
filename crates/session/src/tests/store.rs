//! The contract of every store, except for ends and leases.

use tokio::task::JoinSet;

use super::*;

on_all_stores!(
    sc_15_a_row_comes_back_as_it_was_by_cookie_and_by_key,
    sc_09_an_unknown_cookie_finds_nothing_and_makes_nothing,
    sc_11_a_row_is_found_until_its_idle_or_absolute_end,
    sc_11_activity_slides_the_idle_end_only_forward_and_never_past_the_absolute_one,
    sc_13_a_swap_takes_the_expected_version_only,
    sc_13_of_parallel_swaps_of_one_version_one_wins,
    sc_13_record_and_tokens_do_not_disturb_each_other,
    sc_08_a_renewal_kills_the_old_cookie_and_needs_it,
    sc_12_nothing_reaches_an_ended_row,
    rf_07_a_row_is_ended_for_its_tokens_only_while_it_has_them,
    cb_01_a_mark_is_granted_once_of_twenty,
    sc_10_purging_forgets_what_is_over_and_nothing_else,
    op_11_a_store_answers_a_ping,
);

const ENDING: Ending = Ending { why: EndReason::SignedOut, at: 150 };

async fn sc_15_a_row_comes_back_as_it_was_by_cookie_and_by_key(store: Arc<dyn SessionStore>) {
    let (mut row, _) = row(100);
    row.owner.sid = None;
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert_eq!(store.find(row.cookie_hash, 100).await.unwrap().as_ref(), Some(&row));
    assert_eq!(store.get(&row.key).await.unwrap().as_ref(), Some(&row));
    let mut same_cookie = super::row(100).0;
    same_cookie.cookie_hash = row.cookie_hash;
    assert!(store.add(same_cookie, 100).await.is_err());
    assert!(store.add(row, 100).await.is_err());
}

async fn sc_09_an_unknown_cookie_finds_nothing_and_makes_nothing(store: Arc<dyn SessionStore>) {
    let (row, id) = row(100);
    assert_eq!(store.find(CookieHash::of(id), 100).await.unwrap(), None);
    assert_eq!(store.get(&row.key).await.unwrap(), None);
    assert_eq!(store.purge(i64::MAX).await.unwrap(), 0, "a question left something behind");
    assert!(store.add(row, 100).await.unwrap());
    assert!(store.find(CookieHash::of(id), 100).await.unwrap().is_some());
}

async fn sc_11_a_row_is_found_until_its_idle_or_absolute_end(store: Arc<dyn SessionStore>) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert!(store.find(row.cookie_hash, row.idle_until - 1).await.unwrap().is_some());
    assert!(store.find(row.cookie_hash, row.idle_until).await.unwrap().is_none());
    let mut late = super::row(100).0;
    late.idle_until = late.absolute_until;
    assert!(store.add(late.clone(), 100).await.unwrap());
    assert!(store.find(late.cookie_hash, late.absolute_until - 1).await.unwrap().is_some());
    assert!(store.find(late.cookie_hash, late.absolute_until).await.unwrap().is_none());
}

async fn sc_11_activity_slides_the_idle_end_only_forward_and_never_past_the_absolute_one(
    store: Arc<dyn SessionStore>,
) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let ends = async |store: &dyn SessionStore| {
        let row = store.get(&row.key).await.unwrap().unwrap();
        (row.last_active_at, row.idle_until)
    };
    assert!(store.touch(&row.key, 200, 200 + IDLE).await.unwrap());
    assert_eq!(ends(&*store).await, (200, 200 + IDLE));
    assert!(store.touch(&row.key, 150, 150 + IDLE).await.unwrap());
    assert_eq!(ends(&*store).await, (200, 200 + IDLE), "a late request took time away");
    assert!(!store.touch(&row.key, 200 + IDLE, 200 + 2 * IDLE).await.unwrap(), "an expired row came back");
    assert_eq!(ends(&*store).await, (200, 200 + IDLE));
    assert!(store.touch(&row.key, 300, i64::MAX).await.unwrap());
    assert_eq!(ends(&*store).await, (300, row.absolute_until));
    assert!(!store.touch(&RowKey::random().unwrap(), 300, 400).await.unwrap());
}

async fn sc_13_a_swap_takes_the_expected_version_only(store: Arc<dyn SessionStore>) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert_eq!(store.save_tokens(&row.key, 2, b"x".to_vec()).await.unwrap(), Swap::Stale);
    assert_eq!(store.save_tokens(&row.key, 1, b"a".to_vec()).await.unwrap(), Swap::Swapped { version: 2 });
    assert_eq!(store.save_tokens(&row.key, 1, b"b".to_vec()).await.unwrap(), Swap::Stale);
    assert_eq!(store.save_record(&row.key, 1, b"c".to_vec()).await.unwrap(), Swap::Swapped { version: 2 });
    assert_eq!(store.save_record(&row.key, 1, b"d".to_vec()).await.unwrap(), Swap::Stale);
    let after = store.get(&row.key).await.unwrap().unwrap();
    assert_eq!(after.tokens, SealedBytes { version: 2, bytes: b"a".to_vec() });
    assert_eq!(after.record, SealedBytes { version: 2, bytes: b"c".to_vec() });
}

async fn sc_13_of_parallel_swaps_of_one_version_one_wins(store: Arc<dyn SessionStore>) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let mut tasks = JoinSet::new();
    for number in 0..20_u8 {
        let (store, key) = (store.clone(), row.key.clone());
        tasks.spawn(async move { (number, store.save_tokens(&key, 1, vec![number]).await.unwrap()) });
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().filter(|(_, swap)| *swap != Swap::Stale).collect();
    let [(number, Swap::Swapped { version: 2 })] = won[..] else { panic!("winners: {won:?}") };
    assert_eq!(store.get(&row.key).await.unwrap().unwrap().tokens.bytes, [number]);
}

async fn sc_13_record_and_tokens_do_not_disturb_each_other(store: Arc<dyn SessionStore>) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    for version in 1..=10 {
        let (record, tokens, touched) = tokio::join!(
            store.save_record(&row.key, version, vec![1]),
            store.save_tokens(&row.key, version, vec![2]),
            store.touch(&row.key, 100 + version, 200 + IDLE + version),
        );
        assert_eq!(record.unwrap(), Swap::Swapped { version: version + 1 });
        assert_eq!(tokens.unwrap(), Swap::Swapped { version: version + 1 });
        assert!(touched.unwrap());
    }
    assert_eq!(store.get(&row.key).await.unwrap().unwrap().last_active_at, 110);
}

async fn sc_08_a_renewal_kills_the_old_cookie_and_needs_it(store: Arc<dyn SessionStore>) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let new = CookieHash::of(fresh_id());
    let renewal = Renewal {
        cookie_hash: new,
        sid: Some("s2".into()),
        created_at: 500,
        idle_until: i64::MAX,
        absolute_until: 500 + ABSOLUTE,
        label: b"l2".to_vec(),
        record: b"r2".to_vec(),
        tokens: b"t2".to_vec(),
    };
    assert_eq!(store.renew(&row.key, new, renewal.clone(), 100).await.unwrap(), Swap::Stale);
    assert!(store.find(new, 500).await.unwrap().is_none());
    let swapped = store.renew(&row.key, row.cookie_hash, renewal.clone(), 100).await.unwrap();
    assert_eq!(swapped, Swap::Swapped { version: 2 });
    assert!(store.find(row.cookie_hash, 500).await.unwrap().is_none(), "the old cookie is alive");
    let after = store.find(new, 500).await.unwrap().unwrap();
    let expected = StoredSession {
        cookie_hash: new,
        owner: Owner { sid: Some("s2".into()), ..owner() },
        created_at: 500,
        last_active_at: 500,
        idle_until: 500 + ABSOLUTE,
        absolute_until: 500 + ABSOLUTE,
        label: b"l2".to_vec(),
        record: SealedBytes { version: 2, bytes: b"r2".to_vec() },
        tokens: SealedBytes { version: 2, bytes: b"t2".to_vec() },
        key: row.key.clone(),
    };
    assert_eq!(after, expected);
    assert_eq!(store.renew(&row.key, row.cookie_hash, renewal, 100).await.unwrap(), Swap::Stale);
    let refresh_in_flight = store.save_tokens(&row.key, 1, b"older".to_vec()).await.unwrap();
    assert_eq!(refresh_in_flight, Swap::Stale, "a refresh of before wrote over the new tokens");
}

async fn sc_12_nothing_reaches_an_ended_row(store: Arc<dyn SessionStore>) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert_eq!(store.end(&row.key, None, ENDING).await.unwrap(), Some(row.clone()));
    assert_eq!(store.end(&row.key, None, ENDING).await.unwrap(), None);
    assert_eq!(store.save_record(&row.key, 1, vec![]).await.unwrap(), Swap::Gone);
    assert_eq!(store.save_tokens(&row.key, 1, vec![]).await.unwrap(), Swap::Gone);
    assert!(!store.touch(&row.key, 200, 300).await.unwrap());
    let renewal = Renewal {
        cookie_hash: CookieHash::of(fresh_id()),
        sid: None,
        created_at: 200,
        idle_until: 300,
        absolute_until: 400,
        label: vec![],
        record: vec![],
        tokens: vec![],
    };
    assert_eq!(store.renew(&row.key, row.cookie_hash, renewal.clone(), 100).await.unwrap(), Swap::Gone);
    for cookie in [row.cookie_hash, renewal.cookie_hash] {
        assert_eq!(store.find(cookie, 200).await.unwrap(), None);
    }
    assert_eq!(store.get(&row.key).await.unwrap(), None);
}

async fn rf_07_a_row_is_ended_for_its_tokens_only_while_it_has_them(store: Arc<dyn SessionStore>) {
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert_eq!(
        store.save_tokens(&row.key, 1, b"newer".to_vec()).await.unwrap(),
        Swap::Swapped { version: 2 }
    );
    assert_eq!(
        store.end(&row.key, Some(1), ENDING).await.unwrap(),
        None,
        "ended for tokens that were replaced"
    );
    let ended = store.end(&row.key, Some(2), ENDING).await.unwrap().unwrap();
    assert_eq!(ended.tokens, SealedBytes { version: 2, bytes: b"newer".to_vec() }, "what it held last");
    assert_eq!(store.find(row.cookie_hash, 100).await.unwrap(), None);
}

async fn cb_01_a_mark_is_granted_once_of_twenty(store: Arc<dyn SessionStore>) {
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        tasks.spawn(async move { store.mark_used(mark(1, 200), 100).await.unwrap() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|granted| *granted).count(), 1);
    assert!(!store.mark_used(mark(1, 200), 199).await.unwrap());
    assert!(store.mark_used(mark(2, 200), 100).await.unwrap(), "another entry");
    assert!(!store.mark_used(mark(3, 100), 100).await.unwrap(), "an entry that nothing would remember");
}

async fn sc_10_purging_forgets_what_is_over_and_nothing_else(store: Arc<dyn SessionStore>) {
    let (old, new) = (row(100).0, row(101).0);
    assert!(store.add(old.clone(), 100).await.unwrap());
    assert!(store.add(new.clone(), 100).await.unwrap());
    store.mark_used(mark(1, 100 + IDLE), 100).await.unwrap();
    store.mark_used(mark(2, 101 + IDLE), 100).await.unwrap();
    assert_eq!(store.purge(99 + IDLE).await.unwrap(), 0);
    assert_eq!(store.purge(100 + IDLE).await.unwrap(), 2);
    assert!(store.get(&old.key).await.unwrap().is_none());
    assert!(store.get(&new.key).await.unwrap().is_some());
    assert!(!store.mark_used(mark(2, 101 + IDLE), 100).await.unwrap(), "an entry was deleted too early");
}

async fn op_11_a_store_answers_a_ping(store: Arc<dyn SessionStore>) {
    store.ping().await.unwrap();
    for _ in 0..2 {
        store.probe().await.unwrap();
    }
    assert!(store.add(row(100).0, 100).await.unwrap(), "a probe is in nobody's way");
}

#[test]
fn sc_11_a_session_runs_until_the_second_of_its_first_end() {
    let (mut row, _) = row(100);
    assert!(row.is_live(99 + IDLE) && !row.is_live(100 + IDLE));
    row.idle_until = row.absolute_until + 1;
    assert!(row.is_live(row.absolute_until - 1) && !row.is_live(row.absolute_until));
}
