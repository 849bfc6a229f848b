//! Several users at once, and an unavailable API: no user sees another's rows, and everything except the rows continues
//! to work (AC-11).

use std::time::{Duration, Instant};

use crate::{
    api::{BOARD, PANEL, counts, is_data, is_failing, world},
    support::{
        Browser,
        hostile::{Call, HostileWorld},
    },
};

/// Eight tabs of one browser at once, each with a page and a panel.
async fn tabs(world: &HostileWorld, browser: &Browser<'_>) -> Vec<String> {
    let tabs = (0..8).map(|_| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        async move { [tab.open(BOARD).await, tab.fetch(PANEL).await].map(|page| page.body) }
    });
    futures::future::join_all(tabs).await.into_iter().flatten().collect()
}

fn is_of(body: &str, sub: &str, other: &str) -> bool {
    body.contains(&format!("Customer of {sub}")) && !body.contains(other)
}

#[tokio::test]
async fn ac_11_two_people_at_once_see_each_their_own_rows() {
    let world = world().await;
    let (ada, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    let (mei, _) = world.signed_in_as("p-mei", "Mei Tanaka", "/account").await;
    // Long enough that all of them wait at the same time.
    world.api.script(|script| script.delay = Some(Duration::from_millis(150)));
    for later in [0, 180] {
        world.advance(later);
        let (of_ada, of_mei) = tokio::join!(tabs(&world, &ada), tabs(&world, &mei));
        assert_eq!((of_ada.len(), of_mei.len()), (16, 16));
        assert!(
            of_ada.iter().all(|body| is_of(body, "p-ada", "p-mei") && !body.contains("Mei Tanaka")),
            "after {later}"
        );
        assert!(
            of_mei.iter().all(|body| is_of(body, "p-mei", "p-ada") && !body.contains("Ada Okafor")),
            "after {later}"
        );
    }
    let calls = world.api.calls();
    assert!(calls.len() < 40, "tabs of one session join: {} calls", calls.len());
    for (sub, other) in [("p-ada", "p-mei"), ("p-mei", "p-ada")] {
        let is_theirs =
            |call: &&Call| world.provider.owner(call.token()).is_some_and(|person| person.sub == sub);
        assert!(calls.iter().filter(is_theirs).count() >= 2, "{sub} asked, not {other} for them");
    }
}

#[tokio::test]
async fn ac_11_who_signs_in_where_another_was_sees_nothing_of_them() {
    let world = world().await;
    let (mut browser, page) = world.signed_in_as("p-ada", "Ada Okafor", BOARD).await;
    assert!(is_of(&page.body, "p-ada", "p-mei"));
    assert_eq!(page.header("cache-control"), "no-store");
    let panel = browser.fetch(PANEL).await;
    assert_eq!((is_data(&panel), panel.header("cache-control")), (true, "no-store"));
    browser.post("/auth/sign-out", &[]).await;
    let gone = browser.fetch(PANEL).await;
    assert_eq!((gone.status.as_u16(), gone.body.as_str()), (401, "\"SignedOut\""));
    let (_, other) = world.signed_in_as("p-mei", "Mei Tanaka", "/account").await;
    assert!(!other.body.contains("Ada Okafor"));
    let page = browser.open(BOARD).await;
    assert!(is_of(&page.body, "p-mei", "p-ada") && !page.body.contains("Ada Okafor"));
}

#[tokio::test]
async fn ac_11_an_api_that_is_down_leaves_everything_else_as_it_is() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    world.api.go_down().await;
    let start = Instant::now();
    let page = browser.get(BOARD).await;
    assert!(is_failing(&page) && page.body.contains("Ada Okafor"), "{}", page.body);
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert!(browser.fetch(PANEL).await.body.contains("isn’t responding"));
    let account = browser.get("/account").await;
    assert!(account.status.is_success() && account.body.contains("Ada Okafor"));
    assert!(!account.body.contains("isn’t responding"));
    assert!(browser.post("/api/refresh_account", &[]).await.status.is_redirection());
    assert!(browser.get("/health/ready").await.status.is_success());
    let (_, page) = world.signed_in_as("p-mei", "Mei Tanaka", BOARD).await;
    assert!(is_failing(&page) && page.body.contains("Mei Tanaka"), "one can sign in meanwhile");
    let calls = counts(&world).0;
    world.api.come_back().await;
    assert!(is_data(&browser.get(BOARD).await));
    assert_eq!(counts(&world).0, calls + 1);
}
