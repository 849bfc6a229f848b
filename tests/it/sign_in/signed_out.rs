//! A sign-in in progress in one tab, while the user signs out in another (F29): it does not sign them in again.

use std::time::Duration;

use axum::http::StatusCode;

use crate::support::{
    Browser, Page,
    hostile::{At, HostileWorld, Person},
};

const AGAIN: &str = "/auth/sign-in?return_to=/account";
const SQLITE: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";

/// A tab of the same browser.
fn tab<'a>(world: &'a HostileWorld, browser: &Browser<'_>) -> Browser<'a> {
    let mut tab = world.browser();
    tab.at_app.clone_from(&browser.at_app);
    tab
}

/// The address of the callback to which a sign-in in this browser leads.
async fn callback(browser: &mut Browser<'_>) -> String {
    let start = browser.get(AGAIN).await;
    browser.get(start.location().as_str()).await.location().into()
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.fetch("/api/account").await.status == StatusCode::OK
}

/// The page says what happened, and has a link to a sign-in that leads to the page the user wanted.
fn check_refusal(page: &Page) {
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(page.body.contains("You signed out") && page.body.contains("Sign in again"), "{}", page.body);
    assert!(page.body.contains("href=\"/auth/sign-in?return_to=%2Faccount"), "{}", page.body);
}

#[tokio::test]
async fn f29_a_callback_of_before_a_sign_out_signs_nobody_in() {
    for (form, provider_ends) in
        [(&[][..], true), (&[("reach", "only-here")], false), (&[("reach", "everywhere")], true)]
    {
        let world = HostileWorld::with(SQLITE).await;
        let (mut browser, _) = world.signed_in("/account").await;
        let callback = callback(&mut browser).await;
        let page = browser.post("/auth/sign-out", form).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.contains("id_token_hint"), provider_ends);
        let page = browser.open(&callback).await;
        check_refusal(&page);
        assert!(!is_signed_in(&mut browser).await, "{form:?}");
        world.drained().await;
        assert_eq!(world.provider.count(At::Revocation), 4, "the tokens of both sign-ins are revoked");
        // The link works, and so does the same callback no second time.
        assert_eq!(browser.open(AGAIN).await.path(), "/account");
        assert!(is_signed_in(&mut browser).await);
    }
}

#[tokio::test]
async fn f29_a_callback_that_is_being_completed_does_not_survive_a_sign_out() {
    for at in [At::CodeExchange, At::UserInfo] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        let (mut other, before) = (tab(&world, &browser), world.provider.count(at));
        world.provider.script(|script| script.delays.insert(at, Duration::from_secs(2)));
        let signs_out = async {
            while world.provider.count(at) == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            browser.post("/auth/sign-out", &[("reach", "only-here")]).await
        };
        let (page, signed_out) = tokio::join!(other.open(AGAIN), signs_out);
        assert_eq!(signed_out.status, StatusCode::OK);
        check_refusal(&page);
        assert!(!is_signed_in(&mut other).await && !is_signed_in(&mut browser).await, "{at:?}");
        world.provider.be_honest();
        assert_eq!(browser.open(AGAIN).await.path(), "/account", "{at:?}");
    }
}

#[tokio::test]
async fn f29_a_session_ended_from_another_one_takes_its_sign_in_along() {
    let world = HostileWorld::start().await;
    let (mut lost, _) = world.signed_in("/account").await;
    let callback = callback(&mut lost).await;
    let (mut here, _) = world.signed_in("/sessions").await;
    assert_eq!(here.post("/api/end_other_sessions", &[]).await.status, StatusCode::SEE_OTHER);
    check_refusal(&lost.open(&callback).await);
    assert!(!is_signed_in(&mut lost).await && is_signed_in(&mut here).await);
}

#[tokio::test]
async fn f29_a_restart_of_a_sign_in_of_before_a_sign_out_signs_nobody_in_either() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let callback = callback(&mut browser).await;
    assert_eq!(browser.post("/auth/sign-out", &[("reach", "only-here")]).await.status, StatusCode::OK);
    // Too old to be exchanged: it starts again, and the provider asks nothing.
    world.advance(1000);
    check_refusal(&browser.open(&callback).await);
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f29_another_process_knows_of_the_sign_out() {
    let world = HostileWorld::with(SQLITE).await;
    let there = world.process(world.clock.clone()).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let callback = callback(&mut browser).await;
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
    let mut elsewhere = there.browser();
    elsewhere.at_app.clone_from(&browser.at_app);
    check_refusal(&elsewhere.open(&callback).await);
    assert!(!is_signed_in(&mut elsewhere).await);
}

#[tokio::test]
async fn f29_a_sign_in_that_belongs_to_no_ended_session_completes() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    // The session goes on under another cookie, and the sign-in continues it.
    let first = callback(&mut browser).await;
    assert_eq!(browser.open(AGAIN).await.path(), "/account");
    assert_eq!(browser.open(&first).await.path(), "/account");
    assert!(is_signed_in(&mut browser).await);
    // It was started in a session that another user's replaced, or that expired: nobody has signed out.
    let second = callback(&mut browser).await;
    world.provider.script(|script| script.person = Person::new("p-eve", "Eve Moreau"));
    assert!(browser.open(AGAIN).await.body.contains("p-eve"));
    assert!(browser.open(&second).await.body.contains("p-ada"), "the code is for the first user");
    let third = callback(&mut browser).await;
    browser.at_app.remove("claimcheck");
    assert_eq!(browser.open(&third).await.path(), "/account", "the cookie was lost");
    // Another user comes back: their sign-in is not the one that was signed out of.
    world.provider.script(|script| script.person = Person::new("p-mei", "Mei Tanaka"));
    let fourth = callback(&mut browser).await;
    assert_eq!(browser.post("/auth/sign-out", &[("reach", "only-here")]).await.status, StatusCode::OK);
    assert_eq!(browser.open(&fourth).await.path(), "/account");
    // It was started when nobody was signed in.
    assert_eq!(browser.post("/auth/sign-out", &[("reach", "only-here")]).await.status, StatusCode::OK);
    let fifth = callback(&mut browser).await;
    assert_eq!(browser.open(&fifth).await.path(), "/account");
    assert!(is_signed_in(&mut browser).await);
}
