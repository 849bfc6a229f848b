//! The tokens of ended sessions are revoked (F20): although the browser goes away, and although the provider fails at first.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use claimcheck_base::secret::Secret;
use claimcheck_session::TokenSet;
use sqlx::{Connection, SqliteConnection};

use crate::{
    sessions::{is_signed_in, keys},
    support::{
        hostile::{At, HostileWorld, Raw},
        log::Listening,
    },
};

const SQLITE: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(40);

/// Waits until the provider has received that many requests for revocation.
async fn revoked(world: &HostileWorld, count: usize, within: Duration) -> bool {
    let begun = Instant::now();
    while world.provider.count(At::Revocation) < count {
        if begun.elapsed() > within {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.provider.count(At::Revocation) == count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_ending_other_sessions_goes_on_when_the_browser_goes_away() {
    for (path, ends) in [("/api/end_session", 1), ("/api/end_other_sessions", 2)] {
        let world = HostileWorld::with(SQLITE).await;
        let (mut one, _) = world.signed_in("/account").await;
        let (mut other, _) = world.signed_in("/account").await;
        let (mut here, page) = world.signed_in("/sessions").await;
        let key = keys(&page)[0].clone();
        // Another process writes, so the store answers late.
        let file = format!("sqlite:{}", world.database().display());
        let mut writer = SqliteConnection::connect(&file).await.unwrap();
        let blocking = writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let form = [("session", key.as_str())];
        let asked = here.post(path, &form);
        assert!(
            tokio::time::timeout(Duration::from_millis(400), asked).await.is_err(),
            "{path}: not blocked"
        );
        assert_eq!(world.provider.count(At::Revocation), 0, "{path}");
        blocking.rollback().await.unwrap();
        assert!(revoked(&world, 2 * ends, PATIENCE).await, "{path}: the tokens were forgotten");
        let running = [is_signed_in(&mut one).await, is_signed_in(&mut other).await];
        assert_eq!(running.iter().filter(|is_running| !**is_running).count(), ends, "{path}");
        assert!(is_signed_in(&mut here).await, "{path}");
        // What happened is said once somebody looks again.
        world.drained().await;
        assert!(here.open("/sessions").await.body.contains("data-tone=\"good\""), "{path}");
    }
}

#[tokio::test]
async fn f20_a_revocation_that_fails_for_now_is_tried_again() {
    for (what, refusal) in [
        ("429", Raw::text(429, "text/plain", "slow down")),
        ("503", Raw::text(503, "text/html", "down")),
        ("500", Raw::text(500, "text/html", "broken")),
    ] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.provider.script(|script| script.instead.insert(At::Revocation, refusal));
        let page = browser.post("/auth/sign-out", &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{what}");
        assert!(revoked(&world, 1, PATIENCE).await, "{what}: one attempt, and no more at once");
        world.provider.be_honest();
        assert!(revoked(&world, 3, PATIENCE).await, "{what}: refresh token, then access token");
        let issued = world.provider.issued()[0].clone();
        let sent = world.provider.seen(At::Revocation);
        let sent: Vec<_> = sent.iter().filter_map(|seen| seen.field("token")).collect();
        let refresh_token = issued.refresh_token.unwrap();
        assert_eq!(sent, [&*refresh_token, &refresh_token, &issued.access_token], "{what}");
        world.drained().await;
        assert_eq!(world.provider.count(At::Revocation), 3, "{what}: done is done");
    }
}

#[tokio::test]
async fn f20_a_provider_that_is_away_at_a_sign_out_gets_the_tokens_when_it_is_back() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.go_down().await;
    assert_eq!(browser.post("/auth/sign-out", &[("reach", "only-here")]).await.status, StatusCode::OK);
    world.provider.come_back().await;
    assert!(revoked(&world, 2, PATIENCE).await, "{}", world.provider.count(At::Revocation));
}

#[tokio::test]
async fn f20_a_refusal_for_good_is_not_repeated_and_the_other_tokens_are_revoked() {
    for status in [400, 401, 404] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        let refusal = Raw::json(status, r#"{"error":"unsupported_token_type"}"#);
        world.provider.script(|script| script.instead.insert(At::Revocation, refusal));
        assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
        assert!(revoked(&world, 2, PATIENCE).await, "{status}");
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(world.provider.count(At::Revocation), 2, "{status}");
        world.drained().await;
    }
}

#[tokio::test]
async fn f20_the_pause_that_the_provider_asks_for_is_kept() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let busy = Raw::text(503, "text/html", "busy").with("retry-after", "3");
    world.provider.script(|script| script.instead.insert(At::Revocation, busy));
    let begun = Instant::now();
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
    world.provider.be_honest();
    assert!(revoked(&world, 3, PATIENCE).await);
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn f20_a_program_that_stops_tries_once_more_and_waits_no_longer() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| {
        script.instead.insert(At::Revocation, Raw::text(503, "text/html", "down").with("retry-after", "60"))
    });
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
    assert!(revoked(&world, 1, PATIENCE).await);
    let begun = Instant::now();
    world.services.stopping.cancel();
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 2);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_the_sessions_that_wait_for_another_attempt_are_bounded() {
    let world = HostileWorld::start().await;
    world.signed_in("/account").await;
    world.provider.script(|script| {
        script.instead.insert(At::Revocation, Raw::text(503, "text/html", "down").with("retry-after", "60"))
    });
    let log = Listening::begin();
    let revocations = world.services.tokens.revoke_many();
    for number in 0..1_020 {
        let mut tokens = TokenSet::new(Secret::new("id"));
        tokens.refresh_token = Some(Secret::new(format!("refresh-{number}")));
        revocations.send(tokens).unwrap();
    }
    assert!(revoked(&world, 1_020, Duration::from_secs(60)).await, "each is tried once");
    world.services.stopping.cancel();
    drop(revocations);
    world.drained().await;
    let log = String::from_utf8_lossy(&log.text()).into_owned();
    // The places of those that are done at the end may be taken by the last ones.
    let tried = world.provider.count(At::Revocation);
    assert!((2_015..=2_025).contains(&tried), "{tried}: 1 000 are tried again");
    assert!(log.contains("too many wait for the provider"));
}
