//! The repository on each store: what a request may do with an id in its cookie.

use std::sync::Mutex;

use tokio::task::JoinSet;

use super::*;

on_all_stores!(
    sc_13_parallel_record_changes_are_all_kept,
    sc_13_of_fifty_mixed_requests_the_newest_refresh_token_survives,
    sc_11_reading_keeps_a_session_alive_until_its_absolute_end_and_polling_does_not,
    sc_11_activity_is_written_now_and_then,
    sc_08_a_renewal_beside_a_renewal_signs_nobody_out,
    sc_12_a_renewal_does_not_bring_back_a_session_that_was_ended,
    sc_15_bytes_moved_to_another_row_do_not_open,
    sc_15_keys_are_exchanged_under_running_sessions,
    op_06_a_flash_is_taken_once,
);

/// A session, and the id in the cookie of its browser.
async fn signed_in(sessions: &Sessions) -> (RowKey, CookieId) {
    start(sessions, "refresh-canary").await
}

async fn sc_13_parallel_record_changes_are_all_kept(store: Arc<dyn SessionStore>) {
    let (sessions, _) = sessions_on(store);
    let (key, id) = signed_in(&sessions).await;
    let mut tasks = JoinSet::new();
    for number in 0..50 {
        let (sessions, key) = (sessions.clone(), key.clone());
        tasks.spawn(async move {
            let change = |record: &mut SessionRecord| record.granted_scopes.push(format!("s{number}"));
            sessions.update_record(&key, change).await.unwrap().unwrap();
        });
    }
    tasks.join_all().await;
    let current = sessions.current(Some(id)).await.unwrap().unwrap();
    assert_eq!(current.record.granted_scopes.len(), 50);
    assert_eq!(current.record_version, 51);
    assert_eq!(current.record.nonce, "nonce-canary");
}

async fn sc_13_of_fifty_mixed_requests_the_newest_refresh_token_survives(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store);
    let (key, id) = signed_in(&sessions).await;
    clock.advance(IDLE / 2);
    let newest = Arc::new(Mutex::new((1, "refresh-canary".to_owned())));
    let mut tasks = JoinSet::new();
    for number in 0..50 {
        let (sessions, key, newest) = (sessions.clone(), key.clone(), newest.clone());
        tasks.spawn(async move {
            let current = sessions.current(Some(id)).await.unwrap().unwrap();
            match number % 3 {
                0 => {
                    let now = sessions.reload(&key).await.unwrap().unwrap();
                    let name = format!("refresh-{number}");
                    match sessions.swap_tokens(&now, &tokens(&name)).await.unwrap() {
                        Swap::Swapped { version } => {
                            let mut newest = newest.lock().unwrap();
                            if version > newest.0 {
                                *newest = (version, name);
                            }
                        }
                        other => assert_eq!(other, Swap::Stale),
                    }
                }
                1 => {
                    let change = |record: &mut SessionRecord| record.flash = Some(number.to_string());
                    sessions.update_record(&key, change).await.unwrap().unwrap();
                }
                _ => {
                    sessions.touch(&current).await.unwrap();
                }
            }
        });
    }
    tasks.join_all().await;
    let kept = sessions.reload(&key).await.unwrap().unwrap();
    let version = kept.tokens_version;
    assert_eq!((version, refresh_of(&kept.tokens).to_owned()), *newest.lock().unwrap());
    assert!(version > 1);
}

async fn sc_11_reading_keeps_a_session_alive_until_its_absolute_end_and_polling_does_not(
    store: Arc<dyn SessionStore>,
) {
    let (sessions, clock) = sessions_on(store);
    let (_, id) = signed_in(&sessions).await;
    let step = IDLE * 3 / 4;
    for _ in 0..ABSOLUTE / step {
        let current = sessions.current(Some(id)).await.unwrap().expect("active, yet signed out");
        let until = sessions.touch(&current).await.unwrap();
        assert!(until <= current.absolute_until);
        clock.advance(step);
    }
    clock.advance(ABSOLUTE % step + 1);
    assert!(sessions.current(Some(id)).await.unwrap().is_none(), "older than allowed");

    let (_, id) = signed_in(&sessions).await;
    clock.advance(step);
    assert!(sessions.current(Some(id)).await.unwrap().is_some(), "a poll");
    clock.advance(step);
    assert!(sessions.current(Some(id)).await.unwrap().is_none(), "the poll counted as activity");
}

async fn sc_11_activity_is_written_now_and_then(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store.clone());
    let (key, id) = signed_in(&sessions).await;
    let before = store.get(&key).await.unwrap().unwrap();
    clock.advance(IDLE / 20 - 5);
    let current = sessions.current(Some(id)).await.unwrap().unwrap();
    assert_eq!(sessions.touch(&current).await.unwrap(), before.idle_until);
    assert_eq!(store.get(&key).await.unwrap().unwrap(), before);
    clock.advance(10);
    let until = sessions.touch(&current).await.unwrap();
    assert!(until > before.idle_until);
    assert_eq!(store.get(&key).await.unwrap().unwrap().idle_until, until);
}

async fn sc_08_a_renewal_beside_a_renewal_signs_nobody_out(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store);
    let (key, id) = signed_in(&sessions).await;
    clock.advance(ABSOLUTE / 30);
    let current = sessions.current(Some(id)).await.unwrap().unwrap();
    let first = sessions.renew(&current, &sign_in(Some("s2"), "r1")).await.unwrap().unwrap();
    let second = sessions.renew(&current, &sign_in(Some("s2"), "r2")).await.unwrap().unwrap();
    assert_eq!(first.key, key);
    assert_ne!(second.key, key);
    assert!(sessions.current(Some(id)).await.unwrap().is_none(), "the old id is alive");
    for (started, refresh) in [(first, "r1"), (second, "r2")] {
        let now = sessions.current(Some(started.id)).await.unwrap();
        let now = now.expect("signed out by a parallel sign-in");
        assert_eq!(now.key, started.key);
        assert_eq!(now.owner.sid.as_deref(), Some("s2"));
        assert!(now.absolute_until > current.absolute_until, "a new authentication starts a new lifetime");
        assert_eq!(refresh_of(&sessions.reload(&now.key).await.unwrap().unwrap().tokens), refresh);
    }
}

async fn sc_12_a_renewal_does_not_bring_back_a_session_that_was_ended(store: Arc<dyn SessionStore>) {
    let (sessions, _) = sessions_on(store);
    let (key, id) = signed_in(&sessions).await;
    let current = sessions.current(Some(id)).await.unwrap().unwrap();
    assert!(sessions.end(&key, EndReason::SignedOut).await.unwrap().is_some());
    let renewed = sessions.renew(&current, &sign_in(None, "r")).await.unwrap();
    assert!(renewed.is_none(), "there is an id for a cookie");
    assert_eq!(sessions.swap_tokens(&current, &tokens("r")).await.unwrap(), Swap::Gone);
    assert_eq!(sessions.update_record(&key, |record| record.flash = Some("x".into())).await.unwrap(), None);
    assert!(sessions.reload(&key).await.unwrap().is_none());
    assert!(sessions.current(Some(id)).await.unwrap().is_none());
}

async fn sc_15_bytes_moved_to_another_row_do_not_open(store: Arc<dyn SessionStore>) {
    let (sessions, _) = sessions_on(store.clone());
    let (mine, my_id) = signed_in(&sessions).await;
    let (theirs, _) = signed_in(&sessions).await;
    let stolen = store.get(&theirs).await.unwrap().unwrap();
    let own = store.get(&mine).await.unwrap().unwrap();
    store.save_tokens(&mine, 1, stolen.tokens.bytes.clone()).await.unwrap();
    assert!(sessions.reload(&mine).await.unwrap().is_none());
    store.save_tokens(&mine, 2, own.tokens.bytes).await.unwrap();
    assert!(sessions.reload(&mine).await.unwrap().is_some());
    store.save_record(&mine, 1, stolen.record.bytes).await.unwrap();
    assert!(sessions.current(Some(my_id)).await.unwrap().is_none());
    assert!(sessions.update_record(&mine, |_| ()).await.unwrap().is_none());
}

async fn sc_15_keys_are_exchanged_under_running_sessions(store: Arc<dyn SessionStore>) {
    let with = |keys: &[[u8; 32]]| {
        let lifetimes = Lifetimes { idle_secs: IDLE, absolute_secs: ABSOLUTE };
        let keyring = Keyring::new(keys).unwrap();
        Sessions::new(store.clone(), keyring, Clock::fixed(), lifetimes, MOST)
    };
    let (old, both, new) = (with(&[[1; 32]]), with(&[[2; 32], [1; 32]]), with(&[[2; 32]]));
    let (key, id) = signed_in(&old).await;
    assert!(both.current(Some(id)).await.unwrap().is_some());
    assert!(new.current(Some(id)).await.unwrap().is_none(), "opened without its key");
    let kept = both.reload(&key).await.unwrap().unwrap();
    both.swap_tokens(&kept, &kept.tokens).await.unwrap();
    assert!(new.reload(&key).await.unwrap().is_none(), "half of it opened: a person without tokens");
    both.update_record(&key, |record| record.flash = Some("x".into())).await.unwrap();
    assert!(new.current(Some(id)).await.unwrap().is_some(), "not sealed by the new key");
    assert!(new.reload(&key).await.unwrap().is_some());
}

async fn op_06_a_flash_is_taken_once(store: Arc<dyn SessionStore>) {
    let (sessions, _) = sessions_on(store);
    let (key, _) = signed_in(&sessions).await;
    sessions.update_record(&key, |record| record.flash = Some("saved".into())).await.unwrap();
    let (one, two) = tokio::join!(
        sessions.update_record(&key, |record| record.flash.take()),
        sessions.update_record(&key, |record| record.flash.take()),
    );
    let mut taken = [one.unwrap().unwrap(), two.unwrap().unwrap()];
    taken.sort();
    assert_eq!(taken, [None, Some("saved".to_owned())]);
}

#[tokio::test]
async fn sc_03_ten_thousand_ids_differ_and_have_no_structure() {
    let (sessions, _) = sessions_on(memory());
    let mut ids = std::collections::HashSet::new();
    let mut ones = [0_u32; 128];
    for _ in 0..10_000 {
        let (_, id) = start(&sessions, "r").await;
        for (bit, ones) in ones.iter_mut().enumerate() {
            *ones += u32::from(u128::from_le_bytes(id.0) >> bit & 1 == 1);
        }
        assert_eq!(text(id).len(), 22);
        assert!(ids.insert(text(id)));
    }
    // 5000 expected; 8 standard deviations are 400.
    assert!(ones.iter().all(|ones| (4600..5400).contains(ones)), "a bit that is not random: {ones:?}");
}

#[tokio::test]
async fn sc_15_a_dump_of_the_file_has_no_secret_and_no_usable_id() {
    let folder = Folder::new();
    let store = open_url(&format!("sqlite:{}", folder.file().display())).await;
    let (sessions, _) = sessions_on(store);
    let (key, id) = signed_in(&sessions).await;
    let current = sessions.reload(&key).await.unwrap().unwrap();
    sessions.swap_tokens(&current, &tokens("another-canary")).await.unwrap();
    sessions.update_record(&key, |record| record.flash = Some("flash-canary".into())).await.unwrap();
    let dump = folder.dump();
    assert!(contains(&dump, key.as_str().as_bytes()) && contains(&dump, b"ada"), "not the right file");
    assert!(!contains(&dump, b"canary"));
    assert!(!contains(&dump, text(id).as_bytes()));
    let reversed: Vec<u8> = id.0.iter().rev().copied().collect();
    assert!(!contains(&dump, &id.0) && !contains(&dump, &reversed));
    assert!(!contains(&dump, &[7; 32]), "the key itself");
}

#[tokio::test]
async fn sc_15_nothing_printed_has_a_secret() {
    let (sessions, _) = sessions_on(memory());
    let (_, id) = signed_in(&sessions).await;
    let current = sessions.current(Some(id)).await.unwrap().unwrap();
    let tokens = &current.tokens;
    let hash = CookieHash::of(id);
    let printed = format!("{current:?} {tokens:?} {sessions:?} {:?} {hash:?} {id:?}", sessions.keyring());
    assert!(!printed.contains("canary") && !printed.contains(&text(id)), "{printed}");
    assert!(!printed.contains(&format!("{:?}", id.0)), "{printed}");
    assert!(printed.contains("ada"));
}
