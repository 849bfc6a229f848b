//! A browser that disconnects while its code is exchanged (CB-03): the code is used by then, so the exchange continues.

use std::time::Duration;

use crate::{
    callback::{BOARD, PANEL, SESSION, altered, back_from, is_data, return_of},
    support::{
        Browser,
        hostile::{At, HostileWorld},
        until,
    },
};

const AGAIN: &str = "/auth/sign-in?return_to=/account";

/// The provider uses the code up at once, and responds slowly.
fn dawdle(world: &HostileWorld) {
    world.provider.script(|script| script.late.insert(At::CodeExchange, Duration::from_secs(1)));
}

/// The browser opens the callback and disconnects before the response.
async fn hang_up(world: &HostileWorld, browser: &mut Browser<'_>, callback: &str) {
    let before = world.provider.count(At::CodeExchange);
    tokio::select! {
        page = browser.get(callback) => panic!("there was an answer: {}", page.body),
        () = until(|| world.provider.count(At::CodeExchange) > before) => {}
    }
    assert_eq!(world.provider.count(At::CodeExchange), before + 1);
}

async fn sessions(world: &HostileWorld) -> usize {
    world.services.sessions.of(world.provider.origin(), "p-ada").await.unwrap().len()
}

#[tokio::test]
async fn cb_03_who_hangs_up_and_comes_back_has_what_the_code_was_spent_for() {
    let world = HostileWorld::start().await;
    dawdle(&world);
    let (mut browser, callback) = back_from(&world).await;
    hang_up(&world, &mut browser, &callback).await;
    // Meanwhile nobody else can get it: not without the cookie, and not with another response.
    let mut stranger = world.browser();
    assert!(stranger.get(&callback).await.location().as_str().starts_with(world.provider.origin()));
    let mut tab = world.browser();
    tab.at_app.clone_from(&browser.at_app);
    let other = tab.get(&altered(&callback, "code", Some("forged"))).await;
    assert!(other.location().as_str().starts_with(world.provider.origin()), "{}", other.body);

    assert_eq!(browser.get(&callback).await.header("location"), BOARD);
    assert!(is_data(&browser.open(BOARD).await));
    assert_eq!((world.provider.count(At::CodeExchange), sessions(&world).await), (1, 1));
    assert!(!stranger.at_app.contains_key(SESSION) && !tab.at_app.contains_key(SESSION));
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 0);
}

#[tokio::test]
async fn cb_03_what_nobody_waits_for_is_given_back() {
    let world = HostileWorld::start().await;
    dawdle(&world);
    let (mut browser, callback) = back_from(&world).await;
    hang_up(&world, &mut browser, &callback).await;
    world.drained().await;
    assert_eq!(sessions(&world).await, 0, "a session that nobody has the cookie of");
    let refresh_token = world.provider.issued()[0].refresh_token.clone();
    let revoked = world.provider.seen(At::Revocation);
    assert!(revoked.iter().any(|seen| seen.field("token") == refresh_token.as_deref()), "{revoked:?}");
    world.provider.be_honest();
    let page = browser.get(&callback).await;
    assert!(page.location().as_str().starts_with(world.provider.origin()), "a replay starts again");
    assert_eq!(world.provider.count(At::CodeExchange), 1);
    assert!(is_data(&browser.follow(page).await));
}

#[tokio::test]
async fn cb_17_who_hangs_up_while_they_sign_in_again_stays_signed_in() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let cookie = browser.at_app[SESSION].clone();
    dawdle(&world);
    let callback = return_of(&mut browser, AGAIN).await;
    hang_up(&world, &mut browser, &callback).await;
    world.drained().await;
    assert!(is_data(&browser.fetch(PANEL).await), "the id of before still opens the session");
    assert_eq!(world.provider.count(At::Revocation), 0, "its tokens stand");
    // A browser that returns in time gets the new session.
    let callback = return_of(&mut browser, AGAIN).await;
    hang_up(&world, &mut browser, &callback).await;
    assert_eq!(browser.get(&callback).await.header("location"), "/account");
    assert_ne!(browser.at_app[SESSION], cookie);
    assert!(is_data(&browser.fetch(PANEL).await));
    assert_eq!((world.provider.count(At::CodeExchange), sessions(&world).await), (3, 1));
}
