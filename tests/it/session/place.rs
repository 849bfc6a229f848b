//! Sessions are bound to their cookie, owner and lifetime (F16): what somebody changes in the store without the session keys
//! opens no session. And a cookie that is exchanged while tokens are refreshed costs nobody their session.

use std::time::Duration;

use axum::http::StatusCode;
use sqlx::{AssertSqlSafe, SqlitePool};

use crate::{
    session::LATER_SECS,
    support::{
        Browser,
        hostile::{At, HostileWorld},
        log::Listening,
    },
};

const SQLITE: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";
const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";

/// Whether this browser's next page shows that user.
async fn sees(browser: &mut Browser<'_>, sub: &str) -> bool {
    let page = browser.fetch("/api/account").await;
    assert!(page.status == StatusCode::OK || page.body == "\"SignedOut\"", "{}", page.body);
    page.status == StatusCode::OK && page.body.contains(sub)
}

async fn execute(world: &HostileWorld, sql: &str) {
    let pool = SqlitePool::connect(&format!("sqlite:{}", world.database().display())).await.unwrap();
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap();
}

#[tokio::test]
async fn f16_two_cookies_swapped_in_the_store_open_neither_session_and_end_none() {
    let world = HostileWorld::with(SQLITE).await;
    let (mut ada, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    let (mut mei, _) = world.signed_in_as("p-mei", "Mei Tanaka", "/account").await;
    let swap = "CREATE TEMP TABLE both AS SELECT sub, cookie_hash FROM session; \
                UPDATE session SET cookie_hash = zeroblob(32) WHERE sub = 'p-ada'; \
                UPDATE session SET cookie_hash = (SELECT cookie_hash FROM both WHERE sub = 'p-ada') WHERE sub = 'p-eve'; \
                UPDATE session SET cookie_hash = (SELECT cookie_hash FROM both WHERE sub = 'p-eve') WHERE sub = 'p-ada'; \
                DROP TABLE both;";
    execute(&world, swap).await;
    let log = Listening::begin();
    for browser in [&mut ada, &mut eve] {
        assert!(!sees(browser, "p-").await);
        assert_eq!(browser.fetch(PANEL).await.status, StatusCode::UNAUTHORIZED);
    }
    assert!(world.api.calls().is_empty(), "a token was used");
    let log = String::from_utf8_lossy(&log.text()).into_owned();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("stored session refused")).collect();
    assert!(lines.len() >= 2 && lines.iter().all(|line| line.contains("ERROR")), "{lines:?}");
    assert!(sees(&mut mei, "p-mei").await, "an uninvolved session");
    execute(&world, swap).await;
    assert!(sees(&mut ada, "p-ada").await && sees(&mut eve, "p-eve").await, "a refusal has ended a session");
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 0);
}

#[tokio::test]
async fn f16_a_lifetime_or_an_owner_changed_in_the_store_opens_nothing() {
    for (what, back) in [
        ("absolute_until = absolute_until + 86400", "absolute_until = absolute_until - 86400"),
        ("created_at = created_at + 600", "created_at = created_at - 600"),
        ("sub = 'p-mei'", "sub = 'p-ada'"),
        ("sid = 'sid-9'", "sid = 'sid-0'"),
        ("iss = iss || '/'", "iss = rtrim(iss, '/')"),
    ] {
        let world = HostileWorld::with(SQLITE).await;
        let (mut ada, _) = world.signed_in("/account").await;
        execute(&world, &format!("UPDATE session SET {what}")).await;
        assert!(!sees(&mut ada, "p-ada").await, "{what}");
        execute(&world, &format!("UPDATE session SET {back}")).await;
        assert!(sees(&mut ada, "p-ada").await, "{what}");
        // A sign-in works beside a row that was changed, and the page of sessions does, too.
        execute(&world, &format!("UPDATE session SET {what}")).await;
        let page = ada.open("/sessions").await;
        assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/sessions"), "{what}");
    }
}

#[tokio::test]
async fn f16_a_later_idle_timeout_in_the_store_keeps_a_session_no_longer_than_its_lifetime() {
    let world = HostileWorld::with(&format!("{SQLITE}idle_secs = 600\nabsolute_secs = 7200\n")).await;
    let (mut ada, _) = world.signed_in("/account").await;
    execute(&world, "UPDATE session SET idle_until = absolute_until").await;
    world.advance(7100);
    assert!(sees(&mut ada, "p-ada").await, "idle times are not bound");
    world.advance(100);
    assert!(!sees(&mut ada, "p-ada").await);
}

/// Signs in again while another tab, in another process or this one, refreshes the tokens.
async fn exchanges_the_cookie_under_a_refresh(is_other_process: bool, is_late: bool) {
    let world = HostileWorld::with(SQLITE).await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let other = world.process(world.clock.clone()).await;
    world.advance(LATER_SECS);
    let slow = Duration::from_secs(2);
    world.provider.script(|script| match is_late {
        true => script.late.insert(At::Refresh, slow),
        false => script.delays.insert(At::Refresh, slow),
    });
    let mut tab = if is_other_process { other.browser() } else { world.browser() };
    tab.at_app.clone_from(&browser.at_app);
    let signs_in = async {
        while world.provider.count(At::Refresh) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        browser.open("/auth/sign-in?return_to=/account").await
    };
    let (panel, page) = tokio::join!(tab.fetch(PANEL), signs_in);
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/account"));
    assert_ne!(browser.at_app["claimcheck"], tab.at_app["claimcheck"], "the cookie was exchanged");
    assert!(panel.body.contains("Customer of p-ada"), "{} {}", panel.status, panel.body);
    world.provider.be_honest();
    // The session has the tokens of the sign-in, in every process, and refreshes them under the new cookie.
    for (round, app) in [(1, &other.app), (2, &world.app)] {
        let mut tab = Browser::new(app);
        tab.at_app.clone_from(&browser.at_app);
        assert!(sees(&mut tab, "p-ada").await, "signed out in round {round}");
        assert!(tab.fetch(PANEL).await.body.contains("Customer of p-ada"), "round {round}");
        world.advance(LATER_SECS);
        assert!(tab.fetch(PANEL).await.body.contains("Customer of p-ada"), "round {round}, refreshed");
        assert_eq!((world.provider.count(At::Refresh), world.provider.reuses()), (1 + round, 0));
    }
    assert!(!sees(&mut tab, "p-ada").await, "the old cookie is dead");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_a_cookie_exchanged_while_tokens_are_refreshed_signs_nobody_out() {
    exchanges_the_cookie_under_a_refresh(false, false).await;
    exchanges_the_cookie_under_a_refresh(false, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_a_cookie_exchanged_while_another_process_refreshes_signs_nobody_out() {
    exchanges_the_cookie_under_a_refresh(true, false).await;
    exchanges_the_cookie_under_a_refresh(true, true).await;
}
