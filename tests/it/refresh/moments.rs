//! When a refresh happens and when it does not: unusual lifetimes, moved clocks, and a sign-out in the middle of one
//! (RF-09, RF-11).

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use axum::http::StatusCode;

use crate::{
    refresh::{LATER_SECS, PANEL, is_data},
    support::{
        Browser, Page,
        hostile::{At, HostileWorld, Raw, Rotation},
    },
};

const DAY_SECS: i64 = 86_400;
/// Long enough for several days.
const LONG: &str = "idle_secs = 900000\nabsolute_secs = 900000\n";

/// Twenty tabs of one browser at once.
async fn tabs(world: &HostileWorld, browser: &Browser<'_>) -> Vec<Page> {
    let tabs = (0..20).map(|_| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        async move { tab.open("/boards/orders").await }
    });
    futures::future::join_all(tabs).await
}

#[tokio::test]
async fn rf_09_a_tiny_lifetime_makes_no_loop() {
    for lifetime in [0, 1] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| {
            script.at_sign_in.answer.set("expires_in", lifetime);
            script.at_refresh.answer.set("expires_in", lifetime);
        });
        let (mut browser, page) = world.signed_in("/boards/orders").await;
        assert!(is_data(&page), "{lifetime}");
        let before = world.provider.count(At::Refresh);
        assert!(before <= 1, "{lifetime}: {before} refreshes for one page");
        for view in 1..=3 {
            world.advance(10);
            assert!(is_data(&browser.open("/boards/orders").await), "{lifetime}");
            let after = world.provider.count(At::Refresh) - before;
            assert!(after <= view, "{lifetime}: {after} refreshes for {view} pages");
        }
        world.advance(10);
        let before = world.provider.count(At::Refresh);
        assert!(tabs(&world, &browser).await.iter().all(is_data), "{lifetime}");
        let made = world.provider.count(At::Refresh) - before;
        // Tabs that arrived during a call share it. A few rounds are fine; one for each tab would be a storm.
        assert!(made <= 5, "{lifetime}: {made} refreshes for twenty tabs");
        assert_eq!(world.provider.reuses(), 0);
    }
}

#[tokio::test]
async fn rf_09_an_unknown_lifetime_means_a_refresh_on_a_401_only() {
    let world = HostileWorld::with(LONG).await;
    world.provider.script(|script| {
        script.at_sign_in.answer.remove("expires_in");
        script.at_refresh.answer.remove("expires_in");
    });
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    for _ in 0..3 {
        world.advance(DAY_SECS);
        assert!(is_data(&browser.open("/boards/orders").await));
    }
    assert_eq!(world.provider.count(At::Refresh), 0);
    for round in 1..=2 {
        let token = world.provider.issued().last().unwrap().access_token.clone();
        world.api.script(|script| {
            script.refused.insert(token);
        });
        assert!(is_data(&browser.open("/boards/orders").await), "round {round}");
        assert_eq!(world.provider.count(At::Refresh), round);
        // A token that was fetched because of a 401 is not replaced at once because of another one.
        world.advance(LATER_SECS);
    }
}

#[tokio::test]
async fn rf_09_a_clock_that_jumps_a_day_causes_no_storm() {
    for jump in [DAY_SECS, -DAY_SECS] {
        let world = HostileWorld::with(LONG).await;
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        world.advance(jump);
        assert!(tabs(&world, &browser).await.iter().all(is_data), "{jump}");
        assert!(world.provider.count(At::Refresh) <= 1, "{jump}");
        world.advance(-jump);
        assert!(tabs(&world, &browser).await.iter().all(is_data), "{jump}, and back");
        assert!(world.provider.count(At::Refresh) <= 2, "{jump}, and back");
        let token = world.provider.issued().last().unwrap().access_token.clone();
        world.api.script(|script| {
            script.refused.insert(token);
        });
        assert!(is_data(&browser.open("/boards/orders").await), "{jump}: a 401 still helps");
        assert!(world.provider.count(At::Refresh) <= 3 && world.provider.reuses() == 0, "{jump}");
    }
}

#[tokio::test]
async fn rf_09_a_provider_with_another_day_is_asked_once_and_its_access_token_is_used() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    world.provider.script(|script| script.clock_ahead_secs = DAY_SECS);
    world.advance(LATER_SECS);
    let pages = tabs(&world, &browser).await;
    assert!(pages.iter().all(|page| page.is_of_app() && is_data(page)));
    assert_eq!(world.provider.count(At::Refresh), 1);
    world.provider.be_honest();
    assert!(is_data(&browser.open("/boards/orders").await));
}

#[tokio::test]
async fn rf_09_a_clock_that_is_set_back_does_not_prolong_the_pause_after_a_failure() {
    let world = HostileWorld::with(LONG).await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let token = world.provider.issued()[0].access_token.clone();
    world.api.script(|script| {
        script.refused.insert(token);
    });
    world.provider.script(|script| script.instead.insert(At::Refresh, Raw::text(503, "text/html", "down")));
    assert!(!is_data(&browser.open("/boards/orders").await));
    world.provider.be_honest();
    world.advance(-DAY_SECS);
    assert!(is_data(&browser.open("/boards/orders").await));
}

#[tokio::test]
async fn rf_09_an_api_that_refuses_every_token_causes_no_storm() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.api.script(|script| script.instead = Some(Raw::json(401, "{}")));
    for _ in 0..3 {
        for page in tabs(&world, &browser).await {
            assert!(page.is_of_app() && page.body.contains("doesn’t accept your sign-in"), "{}", page.body);
        }
    }
    assert_eq!((world.provider.count(At::Refresh), world.provider.reuses()), (1, 0));
    world.api.script(|script| script.instead = None);
    assert!(is_data(&browser.open("/boards/orders").await));
}

#[tokio::test]
async fn rf_11_a_refresh_that_ends_after_a_sign_out_stores_nothing_and_gives_back_what_it_got() {
    for rotation in [Rotation::Always, Rotation::Never] {
        let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
        world.provider.script(|script| script.rotation = rotation);
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        let cookie = browser.at_app["claimcheck"].clone();
        world.advance(LATER_SECS);
        world.provider.script(|script| script.late.insert(At::Refresh, Duration::from_secs(2)));
        let signs_out = async {
            while world.provider.issued().len() < 2 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            browser.post("/auth/sign-out", &[]).await
        };
        let (panel, sign_out) = tokio::join!(tab.fetch(PANEL), signs_out);
        assert_eq!((panel.status.as_u16(), panel.body.as_str()), (401, "\"SignedOut\""), "{rotation:?}");
        assert_eq!(sign_out.status.as_u16(), 200);
        world.drained().await;
        let fresh = world.provider.issued()[1].clone();
        assert!(!world.api.saw(&fresh.access_token), "{rotation:?}");
        let given_back: HashSet<String> = world
            .provider
            .seen(At::Revocation)
            .iter()
            .filter_map(|seen| seen.field("token").map(str::to_owned))
            .collect();
        let newest = fresh.refresh_token.or(world.provider.issued()[0].refresh_token.clone());
        assert!(given_back.contains(&newest.unwrap()), "{rotation:?}: {given_back:?}");
        let mut thief = world.browser();
        thief.at_app.insert("claimcheck".into(), cookie);
        assert_eq!(thief.fetch("/api/account").await.body, "\"SignedOut\"");
        world.advance(10_000_000);
        // Only the replay cache entry of the used transaction remains.
        assert_eq!(world.services.sessions.purge().await.unwrap(), 1, "{rotation:?}: a row is there");
    }
}

#[tokio::test]
async fn rf_07_a_grant_that_the_provider_ended_is_asked_for_once_by_however_many_tabs() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    world.advance(LATER_SECS);
    world.provider.revoke_all();
    let asked = (0..20).map(|_| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        async move { tab.fetch(PANEL).await }
    });
    for page in futures::future::join_all(asked).await {
        assert_eq!((page.status.as_u16(), page.body.as_str()), (401, "\"SignedOut\""));
    }
    assert_eq!((world.provider.count(At::Refresh), world.provider.reuses()), (1, 0));
    assert!(is_data(&browser.open("/boards/orders").await), "signed in again, on the same page");
    assert_eq!(world.provider.count(At::Refresh), 1);
}

#[tokio::test]
async fn rf_11_a_slow_refresh_without_a_sign_out_is_stored_and_used() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    world.advance(LATER_SECS);
    world.provider.script(|script| script.late.insert(At::Refresh, Duration::from_millis(500)));
    assert!(is_data(&browser.fetch(PANEL).await));
    world.advance(LATER_SECS);
    assert!(is_data(&browser.fetch(PANEL).await));
    let sent = world.provider.seen(At::Refresh);
    assert_eq!(sent[1].field("refresh_token"), world.provider.issued()[1].refresh_token.as_deref());
    assert_eq!(world.provider.count(At::Revocation), 0);
}

#[tokio::test]
async fn rf_09_a_clock_that_is_set_back_does_not_keep_a_refused_token_for_a_day() {
    let world = HostileWorld::with(LONG).await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let refuse_newest = || {
        let token = world.provider.issued().last().unwrap().access_token.clone();
        world.api.script(|script| {
            script.refused.insert(token);
        });
    };
    refuse_newest();
    assert!(is_data(&browser.open("/boards/orders").await), "a refresh that the API asked for");
    world.advance(-DAY_SECS);
    refuse_newest();
    world.advance(3600);
    assert!(is_data(&browser.open("/boards/orders").await), "an hour later, and still the refused token");
}

#[tokio::test]
async fn rf_09_nobody_waits_for_a_refresh_while_the_token_still_reaches_the_api() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let slow = Duration::from_secs(4);
    world.provider.script(|script| script.delays.insert(At::Refresh, slow));
    for (later_secs, waits) in [(106, false), (113, true)] {
        let before = world.api.calls().len();
        world.advance(later_secs);
        let begun = Instant::now();
        assert!(is_data(&browser.fetch(PANEL).await));
        assert_eq!(begun.elapsed() >= slow, waits, "{later_secs} s after the last token of 120 s");
        let tokens = world.provider.issued().len();
        world.drained().await;
        assert_eq!(world.api.calls().len(), before + 1);
        assert_eq!(
            world.provider.issued().len() > tokens,
            !waits,
            "it is under way when the answer is there"
        );
    }
}

#[tokio::test]
async fn rf_07_without_a_refresh_token_the_session_ends_with_its_access_token() {
    let world = HostileWorld::with("scopes = \"openid orders:read\"\n").await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    assert!(is_data(&browser.fetch(PANEL).await));
    world.advance(LATER_SECS);
    let page = browser.fetch(PANEL).await;
    assert_eq!((page.status, &*page.body), (StatusCode::UNAUTHORIZED, "\"SignedOut\""));
    assert_eq!(world.provider.count(At::Refresh), 0);
}
