//! Sessions are bound to their place: what somebody changes in the store, without the session keys, opens no session.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::sync::Notify;

use super::*;

on_all_stores!(
    f16_a_row_that_was_changed_in_the_store_is_refused_and_harms_no_other_session,
    f16_columns_of_another_session_of_the_same_user_do_not_open,
    f16_a_cookie_exchanged_under_a_refresh_and_a_change_keeps_the_session_and_its_new_tokens,
);

/// A session as another store has it, and the id in its cookie: raw material for somebody who can write.
async fn stored(refresh: &str) -> (StoredSession, CookieId) {
    let store = memory();
    let (sessions, _) = sessions_on(store.clone());
    let (key, id) = start(&sessions, refresh).await;
    (store.get(&key).await.unwrap().unwrap(), id)
}

/// Whether any way leads to that row.
async fn is_open(sessions: &Sessions, key: &RowKey, id: CookieId) -> bool {
    let by_cookie = sessions.current(Some(id)).await.unwrap().is_some();
    let by_key = sessions.reload(key).await.unwrap().is_some();
    assert_eq!(by_cookie, by_key);
    by_cookie
}

async fn f16_a_row_that_was_changed_in_the_store_is_refused_and_harms_no_other_session(
    store: Arc<dyn SessionStore>,
) {
    type Change = fn(&mut StoredSession);
    let (sessions, _) = sessions_on(store.clone());
    let (_, other) = start(&sessions, "other").await;
    let changes: [(&str, Change); 9] = [
        ("a longer lifetime", |row| row.absolute_until += 1),
        ("a shorter lifetime", |row| row.absolute_until -= 1),
        ("a later start", |row| row.created_at += 1),
        ("another subject", |row| row.owner.sub = "mei".into()),
        ("another issuer", |row| row.owner.iss = "https://other.example".into()),
        ("another session of the provider", |row| row.owner.sid = Some("s2".into())),
        ("no session of the provider", |row| row.owner.sid = None),
        ("the tokens as the record", |row| row.record.bytes.clone_from(&row.tokens.bytes)),
        ("the label as the tokens", |row| row.tokens.bytes.clone_from(&row.label)),
    ];
    for (what, change) in changes {
        let (mut row, id) = stored("r").await;
        change(&mut row);
        assert!(store.add(row.clone(), 100).await.unwrap());
        assert!(!is_open(&sessions, &row.key, id).await, "{what}");
        let written =
            sessions.update_record(&row.key, |record| record.flash = Some("x".into())).await.unwrap();
        assert_eq!(written.is_some(), what == "the label as the tokens", "{what}");
        assert!(sessions.current(Some(other)).await.unwrap().is_some(), "{what}");
    }
    // The cookie of somebody who can write.
    let (mut row, own_id) = stored("r").await;
    let evil = fresh_id();
    row.cookie_hash = CookieHash::of(evil);
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert!(!is_open(&sessions, &row.key, evil).await);
    assert!(sessions.current(Some(own_id)).await.unwrap().is_none(), "its own cookie finds nothing");
    // Unchanged, such a row opens, also with other times of activity: they are not bound, and end with the lifetime.
    let (mut row, id) = stored("r").await;
    row.last_active_at += 5;
    row.idle_until = row.absolute_until;
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert!(is_open(&sessions, &row.key, id).await);
}

async fn f16_columns_of_another_session_of_the_same_user_do_not_open(store: Arc<dyn SessionStore>) {
    let (sessions, _) = sessions_on(store.clone());
    let (mine, id) = start(&sessions, "mine").await;
    let (theirs, _) = start(&sessions, "theirs").await;
    let before = store.get(&mine).await.unwrap().unwrap();
    let stolen = store.get(&theirs).await.unwrap().unwrap();
    let with = async |label: &[u8], record: &[u8], tokens: &[u8]| {
        let (label, record, tokens) = (label.to_vec(), record.to_vec(), tokens.to_vec());
        assert!(store.reseal(&mine, (1, 1), Contents { label, record, tokens }).await.unwrap());
        sessions.current(Some(id)).await.unwrap().is_some()
    };
    let own = (&before.label[..], &before.record.bytes[..], &before.tokens.bytes[..]);
    assert!(with(own.0, own.1, own.2).await);
    assert!(!with(own.0, &stolen.record.bytes, own.2).await);
    assert!(!with(own.0, own.1, &stolen.tokens.bytes).await);
    assert!(!with(own.0, &stolen.record.bytes, &stolen.tokens.bytes).await);
    // A label is for lists only.
    assert!(with(&stolen.label, own.1, own.2).await);
    let Owner { iss, sub, .. } = owner();
    let listed = sessions.of(&iss, &sub).await.unwrap();
    let label = |key| &listed.iter().find(|session| session.key == key).unwrap().label;
    assert_eq!((label(mine.clone()), label(theirs).amr.len()), (&Label::default(), 1));
}

async fn f16_a_cookie_exchanged_under_a_refresh_and_a_change_keeps_the_session_and_its_new_tokens(
    store: Arc<dyn SessionStore>,
) {
    let (here, clock) = sessions_on(store.clone());
    // Another process.
    let (there, _) = sessions_on(store);
    let (key, id) = start(&here, "old").await;
    clock.advance(60);
    let refreshing = there.reload(&key).await.unwrap().unwrap();
    let current = here.current(Some(id)).await.unwrap().unwrap();
    // The change reads the row before the exchange, and writes after it.
    let read = Arc::new(Notify::new());
    let exchange = tokio::spawn({
        let (here, read) = (here.clone(), read.clone());
        async move {
            read.notified().await;
            here.renew(&current, &sign_in(Some("s2"), "new")).await.unwrap().unwrap()
        }
    });
    let is_first = AtomicBool::new(true);
    let changed = there.update_record(&key, |record| {
        if is_first.swap(false, Ordering::Relaxed) {
            read.notify_one();
            std::thread::sleep(Duration::from_millis(300));
        }
        record.flash = Some("kept".into());
    });
    let changed = changed.await;
    let renewed = exchange.await.unwrap();
    assert_eq!(changed.unwrap(), Some(()));
    assert_eq!(there.swap_tokens(&refreshing, &tokens("of the old grant")).await.unwrap(), Swap::Stale);
    for sessions in [&here, &there] {
        assert!(sessions.current(Some(id)).await.unwrap().is_none());
        let now = sessions.current(Some(renewed.id)).await.unwrap().expect("signed out by the exchange");
        assert_eq!((refresh_of(&now.tokens), now.owner.sid.as_deref()), ("new", Some("s2")));
        assert_eq!(now.record.flash.as_deref(), Some("kept"));
    }
    // The next refresh is bound to the new cookie.
    let now = there.current(Some(renewed.id)).await.unwrap().unwrap();
    assert!(matches!(there.swap_tokens(&now, &tokens("newer")).await.unwrap(), Swap::Swapped { .. }));
    let now = here.current(Some(renewed.id)).await.unwrap().unwrap();
    assert_eq!((refresh_of(&now.tokens), now.key), ("newer", key));
}
