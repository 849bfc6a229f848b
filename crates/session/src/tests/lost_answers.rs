//! A store ends sessions, and its answer is lost: the tokens of these sessions are revoked all the same.

use claimcheck_test_stores::{Fresh, Kind, Wire};

use super::*;

/// Sessions on a server whose answers can be lost, and other ones that reach it directly.
async fn behind_a_wire(kind: Kind) -> (Sessions, Sessions, Wire, Fresh) {
    let fresh = Fresh::new(kind).await;
    let wire = Wire::to(&fresh.url).await;
    let (near, far) = (sessions_on(open_url(&wire.url).await).0, sessions_on(open_url(&fresh.url).await).0);
    (near, far, wire, fresh)
}

fn refresh_tokens(ended: &[EndedNow]) -> Vec<&str> {
    let mut all: Vec<_> = ended.iter().map(|ended| refresh_of(ended.tokens.as_ref().unwrap())).collect();
    all.sort_unstable();
    all
}

/// `parts`: what the requests of a sign-in and of a renewal contain, whose answers get lost.
async fn loses_answers_to_sign_ins(kind: Kind, [start_part, renew_part]: [&[u8]; 2]) {
    let (sessions, direct, wire, _fresh) = behind_a_wire(kind).await;
    // Redis knows the scripts from here on, so it is their answers that are lost.
    let (other, id) = start(&direct, "other").await;
    let current = direct.current(Some(id)).await.unwrap().unwrap();
    drop(direct.renew(&current, &sign_in(None, "other")).await.unwrap().unwrap());
    direct.end(&other, EndReason::SignedOut).await.unwrap().unwrap();
    wire.lose_answer_to(start_part);
    let (key, id) = start(&sessions, "one").await;
    let current = direct.current(Some(id)).await.unwrap().expect("the session of a lost cookie");
    wire.lose_answer_to(renew_part);
    let renewed = sessions.renew(&current, &sign_in(Some("renewed"), "two")).await.unwrap().unwrap();
    assert_eq!(renewed.key, key);
    assert!(direct.current(Some(id)).await.unwrap().is_none(), "the old cookie is dead");
    let now = direct.current(Some(renewed.id)).await.unwrap().expect("signed out by a lost answer");
    assert_eq!((refresh_of(&now.tokens), now.tokens_version), ("two", 2));
    let Owner { iss, sub, .. } = owner();
    assert_eq!(direct.of(&iss, &sub).await.unwrap().len(), 1, "one session, not two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_a_sign_in_whose_answer_from_redis_is_lost_signs_in() {
    loses_answers_to_sign_ins(Kind::Redis, [b"s1", b"renewed"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_a_sign_in_whose_answer_from_postgres_is_lost_signs_in() {
    loses_answers_to_sign_ins(Kind::Postgres, [b"COMMIT", b"COMMIT"]).await;
}

/// `parts`: what the request of each end contains, whose answer gets lost.
async fn loses_answers(kind: Kind, [end, end_some, log_out]: [&[u8]; 3]) {
    let (sessions, direct, wire, _fresh) = behind_a_wire(kind).await;
    let Owner { iss, sub, .. } = owner();
    let of = (iss.as_str(), sub.as_str());

    let (key, id) = start(&direct, "one").await;
    wire.lose_answer_to(end);
    let ended = sessions.end(&key, EndReason::Operator).await.unwrap().expect("its tokens are lost");
    assert_eq!(refresh_tokens(&[ended]), ["one"]);
    assert_eq!(direct.why_ended(Some(id)).await.unwrap(), Some(EndReason::Operator));
    assert!(sessions.end(&key, EndReason::Operator).await.unwrap().is_none(), "it ended once");

    // A condition that does not hold ends nothing, whatever is lost.
    let (key, id) = start(&direct, "kept").await;
    wire.lose_answer_to(end);
    assert!(!sessions.end_at(&key, 7, EndReason::Operator).await.unwrap_or_default());
    assert!(direct.current(Some(id)).await.unwrap().is_some());

    let (spared, _) = start(&direct, "spared").await;
    wire.lose_answer_to(end_some);
    let ended = sessions.end_some(of, Some(&spared), EndReason::Elsewhere).await.unwrap();
    assert_eq!(refresh_tokens(&ended), ["kept"]);
    assert!(sessions.end_some(of, Some(&spared), EndReason::Elsewhere).await.unwrap().is_empty());

    let replay_key = Some([9; 32]);
    let logout = Logout {
        iss: iss.clone(),
        sub: None,
        sid: Some("s1".into()),
        issued_at: 100,
        replay_key,
        until: i64::MAX,
    };
    wire.lose_answer_to(log_out);
    let ended = sessions.log_out(&logout).await.unwrap().expect("heard before");
    assert_eq!(refresh_tokens(&ended), ["spared"]);
    assert!(sessions.log_out(&logout).await.unwrap().is_none(), "it has an effect once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_an_end_whose_answer_from_redis_is_lost_still_hands_over_its_tokens() {
    loses_answers(Kind::Redis, [b"operator", b"elsewhere", b"provider"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_an_end_whose_answer_from_postgres_is_lost_still_hands_over_its_tokens() {
    loses_answers(Kind::Postgres, [b"operator", b"COMMIT", b"COMMIT"]).await;
}
