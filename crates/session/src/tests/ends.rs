//! Ending sessions in the repository: lists, reasons, and notifications.

use std::time::{Duration, Instant};

use super::*;

on_all_stores!(
    lo_13_all_of_a_persons_sessions_end_but_the_one_that_is_spared,
    lo_14_who_waits_hears_at_once_here_and_within_a_second_in_another_process,
    lo_02_a_cookie_of_an_ended_session_is_told_why,
);

async fn signed_in(sessions: &Sessions) -> (RowKey, CookieId) {
    start(sessions, "r").await
}

async fn lo_13_all_of_a_persons_sessions_end_but_the_one_that_is_spared(store: Arc<dyn SessionStore>) {
    let (sessions, _) = sessions_on(store);
    let Owner { iss, sub, .. } = owner();
    let spared = signed_in(&sessions).await.0;
    for _ in 0..3 {
        signed_in(&sessions).await;
    }
    let all = sessions.of(&iss, &sub).await.unwrap();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|session| session.label.amr == ["pwd"]), "{all:?}");
    let ended = sessions.end_all(&iss, &sub, Some(&spared), EndReason::Elsewhere).await.unwrap();
    assert_eq!(ended.len(), 3);
    assert!(ended.iter().all(|ended| refresh_of(ended.tokens.as_ref().unwrap()) == "r"));
    let left = sessions.of(&iss, &sub).await.unwrap();
    assert_eq!(left.iter().map(|session| &session.key).collect::<Vec<_>>(), [&spared]);
    let kept = sessions.ended_of(&iss, &sub, 9).await.unwrap();
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|end| end.why == EndReason::Elsewhere && end.label.amr == ["pwd"]), "{kept:?}");
}

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

async fn lo_14_who_waits_hears_at_once_here_and_within_a_second_in_another_process(
    store: Arc<dyn SessionStore>,
) {
    let (here, _) = sessions_on(store.clone());
    let (there, _) = sessions_on(store);
    // The quickest of some rounds counts, because the machine may be busy with other tests.
    let mut quickest = [Duration::MAX; 2];
    for _ in 0..5 {
        let (key, _) = signed_in(&here).await;
        let (mut at_once, mut gone, mut other) = (here.watch(&key), here.watch(&key), there.watch(&key));
        let asleep = tokio::time::timeout(Duration::from_millis(600), other.ended()).await;
        assert!(asleep.is_err(), "notified of an end that did not happen");
        drop(std::mem::replace(&mut gone, here.watch(&RowKey::random().unwrap())));
        let begun = Instant::now();
        here.end(&key, EndReason::Operator).await.unwrap().unwrap();
        assert_eq!(at_once.ended().await, EndReason::Operator);
        quickest[0] = quickest[0].min(begun.elapsed());
        let notified = tokio::time::timeout(PATIENCE, other.ended()).await;
        assert_eq!(notified, Ok(EndReason::Operator));
        quickest[1] = quickest[1].min(begun.elapsed());
        let mut late = there.watch(&key);
        assert_eq!(tokio::time::timeout(PATIENCE, late.ended()).await, Ok(EndReason::Operator));
    }
    assert!(quickest[0] < Duration::from_millis(200) && quickest[1] < Duration::from_secs(1), "{quickest:?}");
}

#[tokio::test]
async fn lo_14_however_often_pages_come_and_go_one_task_asks_and_none_when_they_are_gone() {
    let (sessions, _) = sessions_on(memory());
    let (key, _) = signed_in(&sessions).await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert_eq!(tasks(), 0);
    for _ in 0..100 {
        let page = sessions.watch(&key);
        tokio::task::yield_now().await;
        assert_eq!(tasks(), 1);
        drop(page);
        tokio::task::yield_now().await;
    }
    assert_eq!(tasks(), 1);
    let over = async {
        while tasks() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, over).await.unwrap();
    // A later subscriber is notified again, also when another process ends the session.
    let mut page = sessions.watch(&key);
    let ending = Ending { why: EndReason::Operator, at: 100 };
    sessions.0.store.end(&key, None, ending).await.unwrap().unwrap();
    assert_eq!(tokio::time::timeout(PATIENCE, page.ended()).await, Ok(EndReason::Operator));
}

#[tokio::test]
async fn lo_13_more_sessions_than_a_list_shows_all_end() {
    let (sessions, _) = sessions_on(memory());
    let Owner { iss, sub, .. } = owner();
    let now = sessions.0.clock.now();
    let (spared, _) = row(now);
    assert!(sessions.0.store.add(spared.clone(), now).await.unwrap());
    let spared = spared.key;
    for _ in 0..5_600 {
        assert!(sessions.0.store.add(row(now).0, now).await.unwrap());
    }
    let ended = sessions.end_all(&iss, &sub, Some(&spared), EndReason::Elsewhere).await.unwrap();
    assert_eq!(ended.len(), 5_600);
    let left = sessions.of(&iss, &sub).await.unwrap();
    assert_eq!(left.iter().map(|session| &session.key).collect::<Vec<_>>(), [&spared]);
}

async fn lo_02_a_cookie_of_an_ended_session_is_told_why(store: Arc<dyn SessionStore>) {
    let (sessions, _) = sessions_on(store);
    let (key, id) = signed_in(&sessions).await;
    assert_eq!(sessions.why_ended(Some(id)).await.unwrap(), None);
    sessions.end(&key, EndReason::Elsewhere).await.unwrap().unwrap();
    assert_eq!(sessions.why_ended(Some(id)).await.unwrap(), Some(EndReason::Elsewhere));
    assert_eq!(sessions.why_ended(Some(fresh_id())).await.unwrap(), None);
    assert_eq!(sessions.why_ended(None).await.unwrap(), None);
}
