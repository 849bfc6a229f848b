//! Sessions of `claimcheck doctor --sign-in`, and the words that processes leave each other, on every store.

use super::*;

on_all_stores!(
    dr_02_a_session_of_a_run_is_beside_all_others_and_ends_on_time,
    dr_03_a_key_is_for_one_session_and_a_note_is_read_by_other_processes,
);

async fn start_beside(
    sessions: &Sessions,
    key: &RowKey,
    until: UnixSecs,
) -> Result<Option<Started>, StoreError> {
    let Owner { iss, sub, .. } = owner();
    sessions.start_beside(iss, sub, &sign_in(None, "refresh-canary"), (key.clone(), until)).await
}

async fn dr_02_a_session_of_a_run_is_beside_all_others_and_ends_on_time(store: Arc<dyn SessionStore>) {
    let clock = Clock::fixed();
    let lifetimes = Lifetimes { idle_secs: IDLE, absolute_secs: ABSOLUTE };
    let keyring = Keyring::new(&[[7; 32]]).unwrap();
    let sessions = Sessions::new(store, keyring, clock.clone(), lifetimes, 1);
    let (other, _) = start(&sessions, "other-canary").await;
    let key = RowKey::random().unwrap();
    let started = start_beside(&sessions, &key, clock.now() + 600).await.unwrap().unwrap();
    assert_eq!((&started.key, started.ended.len()), (&key, 0));
    assert!(sessions.current(Some(started.id)).await.unwrap().is_some());
    assert!(sessions.reload(&other).await.unwrap().is_some(), "another session ended");
    let current = sessions.reload(&key).await.unwrap().unwrap();
    assert_eq!((current.absolute_until, current.idle_until), (clock.now() + 600, clock.now() + 600));
    clock.advance(300);
    sessions.touch(&current).await.unwrap();
    clock.advance(300);
    assert!(sessions.reload(&key).await.unwrap().is_none(), "it outlasts its time");
    assert!(sessions.reload(&other).await.unwrap().is_some());
}

async fn dr_03_a_key_is_for_one_session_and_a_note_is_read_by_other_processes(store: Arc<dyn SessionStore>) {
    let (here, clock) = sessions_on(store.clone());
    let (there, _) = sessions_on(store);
    let key = RowKey::random().unwrap();
    assert!(start_beside(&here, &key, clock.now() + 600).await.unwrap().is_some());
    assert!(start_beside(&there, &key, clock.now() + 600).await.is_err());
    let (note, other) = ([1; 32], [2; 32]);
    assert!(!there.has_note(note).await.unwrap());
    here.leave_note(note, clock.now() + 600).await.unwrap();
    here.leave_note(note, clock.now() + 600).await.unwrap();
    assert!(there.has_note(note).await.unwrap() && !there.has_note(other).await.unwrap());
}
