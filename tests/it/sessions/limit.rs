//! The limit of live sessions of one user, and the page of a user with thousands of sessions.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use claimcheck_session::RowKey;
use sqlx::{Connection, SqliteConnection};

use crate::{
    sessions::{FIREFOX, is_signed_in, keys},
    support::{
        Browser, Listening, Page,
        hostile::{At, HostileWorld},
    },
};

#[tokio::test]
async fn f09_one_more_sign_in_than_allowed_ends_the_one_unused_for_longest_and_its_browser_is_told() {
    for store in ["memory:", "sqlite:FOLDER/sessions.db"] {
        let world = HostileWorld::with(&format!("store = \"{store}\"\nsessions_per_person = 3\n")).await;
        let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
        world.advance(10);
        let (mut first, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
        world.advance(10);
        let mut second = world.browser();
        second.user_agent = FIREFOX;
        second.open("/account").await;
        world.advance(10);
        let (mut third, _) = world.signed_in("/account").await;
        world.advance(300);
        // The first is used again, so the second is the one that is unused for longest.
        assert!(first.open("/account").await.body.contains("p-ada"));
        let mut page_of_second = Listening::of(&second, &world.app).await;
        page_of_second.state().await;
        world.drained().await;
        let (tokens, revoked) = (world.provider.issued().len(), world.provider.count(At::Revocation));
        assert_eq!(revoked, 0);
        let (mut fourth, page) = world.signed_in("/sessions").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page_of_second.end().await, "too-many", "{store}");
        assert!(!is_signed_in(&mut second).await, "{store}");
        for browser in [&mut eve, &mut first, &mut third, &mut fourth] {
            assert!(is_signed_in(browser).await, "{store}");
        }
        assert_eq!(keys(&page).len(), 2, "{store}");
        assert!(
            page.body.contains("You had too many sessions, and this one was unused for longest"),
            "{}",
            page.body
        );
        assert!(page.body.contains("Firefox on Windows"), "{}", page.body);
        world.drained().await;
        let seen = world.provider.seen(At::Revocation);
        let revoked: Vec<_> = seen.iter().map(|seen| seen.field("token").unwrap().to_owned()).collect();
        let issued = world.provider.issued()[tokens - 2].clone();
        assert_eq!(revoked, [issued.refresh_token.unwrap(), issued.access_token], "its tokens and no others");
        // The browser returns: it shows the reason, and the user signs in again in place of the next one.
        let mut late = Listening::of(&second, &world.app).await;
        assert_eq!((late.status, late.end().await.as_str()), (StatusCode::OK, "too-many"));
        assert!(second.open("/account").await.body.contains("p-ada"));
        assert!(!is_signed_in(&mut third).await && is_signed_in(&mut first).await, "{store}");
    }
}

#[tokio::test]
async fn f09_signing_in_again_in_the_same_session_ends_no_other() {
    let world = HostileWorld::with("sessions_per_person = 2\n").await;
    let (mut first, _) = world.signed_in("/account").await;
    world.advance(10);
    let (mut second, _) = world.signed_in("/account").await;
    for _ in 0..3 {
        second.open("/auth/sign-in?return_to=/account").await;
        assert!(is_signed_in(&mut first).await && is_signed_in(&mut second).await);
    }
}

#[tokio::test]
async fn f09_sign_ins_at_two_processes_share_the_limit() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\nsessions_per_person = 2\n").await;
    let other = world.process(world.clock.clone()).await;
    let (mut here, _) = world.signed_in("/account").await;
    world.advance(10);
    let mut there = other.browser();
    there.open("/account").await;
    world.advance(10);
    let mut page = Listening::of(&here, &world.app).await;
    page.state().await;
    let mut third = other.browser();
    third.open("/account").await;
    assert_eq!(page.end().await, "too-many", "the other process has ended it");
    assert!(
        !is_signed_in(&mut here).await && is_signed_in(&mut there).await && is_signed_in(&mut third).await
    );
}

/// The page, and the shortest of some times that it takes, because the machine may be busy with other tests.
async fn quickest(browser: &mut Browser<'_>) -> (Page, Duration) {
    let mut times = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let page = browser.open("/sessions").await;
        times.push((begun.elapsed(), page));
    }
    let (time, page) = times.into_iter().min_by_key(|(time, _)| *time).unwrap();
    (page, time)
}

#[tokio::test]
async fn f09_the_page_of_a_user_with_thousands_of_sessions_is_cheap_and_all_of_them_end() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    let (mut here, _) = world.signed_in_as("p-ada", "Ada Okafor", "/sessions").await;
    let (alone, usual) = quickest(&mut here).await;
    // As an earlier version without a limit left them: copies of her row, with 20 KiB of tokens each.
    let mut store =
        SqliteConnection::connect(&format!("sqlite:{}", world.database().display())).await.unwrap();
    let own: String = sqlx::query_scalar("SELECT key FROM session WHERE sub = 'p-ada'")
        .fetch_one(&mut store)
        .await
        .unwrap();
    for part in 0..5 {
        let mut transaction = store.begin().await.unwrap();
        for _ in 0..1_000 {
            let add = "INSERT INTO session (key, cookie_hash, iss, sub, created_at, last_active_at, idle_until, \
                       absolute_until, record, record_version, tokens, tokens_version) SELECT ?, randomblob(32), iss, sub, \
                       created_at, last_active_at, idle_until, absolute_until, record, 1, zeroblob(20000), 1 \
                       FROM session WHERE key = ?";
            let key = RowKey::random().unwrap();
            sqlx::query(add).bind(key.as_str()).bind(&own).execute(&mut *transaction).await.unwrap();
            let ended = "INSERT INTO ended (key, cookie_hash, iss, sub, label, why, ended_at, noted_at_ms, until) \
                         SELECT ?, randomblob(32), iss, sub, x'', 'signed-out', created_at - ?, 0, absolute_until \
                         FROM session WHERE key = ?";
            let key = RowKey::random().unwrap();
            let query = sqlx::query(ended).bind(key.as_str()).bind(part).bind(&own);
            query.execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }
    let (page, took) = quickest(&mut here).await;
    let bytes = page.body.len();
    println!(
        "/sessions: alone {usual:?}, {} bytes; with 5 000 running and ended ones {took:?}, {bytes} bytes",
        alone.body.len()
    );
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("This session") && (99..=100).contains(&keys(&page).len()));
    assert!(took < usual + Duration::from_millis(500), "{took:?}");
    assert!(bytes < 150_000, "{bytes}");
    let answer = here.post("/api/end_other_sessions", &[]).await;
    let page = here.follow(answer).await;
    assert!(
        page.body.contains("5,000 other sessions were ended")
            || page.body.contains("5000 other sessions were ended"),
        "{}",
        page.body
    );
    assert!(keys(&page).is_empty() && is_signed_in(&mut here).await && is_signed_in(&mut eve).await);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM session").fetch_one(&mut store).await.unwrap();
    assert_eq!(left, 2);
}
