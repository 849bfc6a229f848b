//! `GET /api/session` and `POST /api/stay_signed_in`: the times of a session, and staying signed in.

use axum::http::{Method, StatusCode};
use claimcheck_model::{SessionState, paths};
use claimcheck_session::EndReason;

use crate::support::{Browser, Page, World};

async fn state(browser: &mut Browser<'_>) -> Page {
    browser.fetch("/api/session").await
}

/// Sent like the page's script does.
async fn stay(browser: &mut Browser<'_>, site: &str) -> Page {
    let headers = [
        ("sec-fetch-site", site),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "empty"),
        ("accept", "text/plain; charset=utf-8"),
    ];
    browser
        .send(
            Method::POST,
            claimcheck_model::functions::STAY_SIGNED_IN.path.path(),
            &headers,
            Some(String::new()),
        )
        .await
}

fn read(page: &Page) -> SessionState {
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    SessionState::read(&page.body).unwrap()
}

#[tokio::test]
async fn sc_11_asking_how_long_a_session_lasts_does_not_make_it_last() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let first = read(&state(&mut browser).await);
    assert!((first.idle_until - first.now - 1800).abs() <= 5);
    world.advance(600);
    let second = read(&state(&mut browser).await);
    assert_eq!((second.idle_until, second.absolute_until), (first.idle_until, first.absolute_until));
    assert!(second.now >= first.now + 600);
    assert_eq!(second.tag, first.tag);
    world.advance(1200);
    let over = state(&mut browser).await;
    assert_eq!((over.status.as_u16(), over.body.as_str()), (401, "\"SignedOut\""));
}

#[tokio::test]
async fn sc_11_staying_slides_the_idle_end_at_once_and_the_absolute_end_never() {
    let world = World::with("idle_secs = 1800\nabsolute_secs = 3600\n").await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let first = read(&state(&mut browser).await);
    // Too little time for other activity to be written.
    world.advance(10);
    browser.open("/account").await;
    assert_eq!(read(&state(&mut browser).await).idle_until, first.idle_until);
    let stays = read(&stay(&mut browser, "same-origin").await);
    assert!(stays.idle_until >= first.idle_until + 10);
    assert_eq!(stays.absolute_until, first.absolute_until);
    assert_eq!(read(&state(&mut browser).await).idle_until, stays.idle_until, "and that is kept");
    // Twice in the same second, so that there is nothing to slide.
    assert!(read(&stay(&mut browser, "same-origin").await).idle_until >= stays.idle_until);
    world.advance(1700);
    stay(&mut browser, "same-origin").await;
    world.advance(1700);
    let last = read(&stay(&mut browser, "same-origin").await);
    assert_eq!((last.idle_until, last.absolute_until), (first.absolute_until, first.absolute_until));
    world.advance(300);
    assert_eq!(stay(&mut browser, "same-origin").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_page_says_how_long_its_session_lasts_now() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for secs in [0, 30, 600] {
        world.advance(secs);
        let page = browser.open("/account").await;
        let said = page.body.split_once("data-state=\"").unwrap().1.split_once('"').unwrap().0;
        let (said, is) = (SessionState::read(said).unwrap(), read(&state(&mut browser).await));
        assert_eq!(
            (said.idle_until, said.absolute_until, said.tag),
            (is.idle_until, is.absolute_until, is.tag)
        );
        let ends_at =
            page.body.split_once("class=\"num\" data-part=\"time\">").unwrap().1.split_once('<').unwrap().0;
        assert_eq!(ends_at.matches(':').count(), 1, "a time to the minute: {ends_at}");
    }
    let nobody = world.browser().open("/").await;
    assert!(!nobody.body.contains("session-notice") && !nobody.body.contains("data-state"));
}

#[tokio::test]
async fn cs_01_only_our_own_page_says_that_the_person_stays() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let first = read(&state(&mut browser).await);
    world.advance(10);
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(stay(&mut browser, site).await.status, StatusCode::FORBIDDEN, "{site}");
        assert_eq!(read(&state(&mut browser).await).idle_until, first.idle_until, "{site}");
    }
    assert!(read(&stay(&mut browser, "same-origin").await).idle_until > first.idle_until);
}

#[tokio::test]
async fn without_scripts_staying_leads_back_to_a_page() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let first = read(&state(&mut browser).await);
    world.advance(10);
    let answer = browser.post(claimcheck_model::functions::STAY_SIGNED_IN.path.path(), &[]).await;
    assert_eq!((answer.status, answer.location().path()), (StatusCode::SEE_OTHER, paths::HOME.path()));
    assert_eq!(browser.follow(answer).await.status, StatusCode::OK);
    assert!(read(&state(&mut browser).await).idle_until > first.idle_until);
}

#[tokio::test]
async fn who_is_signed_out_cannot_stay() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    assert_eq!(stay(&mut browser, "same-origin").await.status, StatusCode::OK);
    let key = world.services.sessions.page(None, None).await.unwrap()[0].key.clone();
    world.services.sessions.end(&key, EndReason::Elsewhere).await.unwrap().unwrap();
    for page in [stay(&mut browser, "same-origin").await, state(&mut browser).await] {
        assert_eq!((page.status.as_u16(), page.body.as_str()), (401, "\"SignedOut\""));
    }
    let mut nobody = world.browser();
    for page in [stay(&mut nobody, "same-origin").await, state(&mut nobody).await] {
        assert_eq!((page.status.as_u16(), page.body.as_str()), (401, "\"SignedOut\""));
    }
}
