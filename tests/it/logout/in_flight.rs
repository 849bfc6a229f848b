//! A logout that arrives while the affected sign-in is being completed (LO-14): after the tokens were issued, and
//! before there is a session to end.

use std::time::Duration;

use axum::http::StatusCode;

use crate::{
    logout::{is_accepted, is_signed_in, post},
    support::{
        Browser, Page,
        hostile::{At, HostileWorld},
    },
};

/// Signs in while UserInfo is slow, and lets the provider log out that subject or session meanwhile.
async fn overtaken(
    world: &HostileWorld,
    browser: &mut Browser<'_>,
    sub: Option<&str>,
    sid: Option<&str>,
) -> Page {
    let before = world.provider.count(At::UserInfo);
    world.provider.script(|script| script.delays.insert(At::UserInfo, Duration::from_secs(2)));
    let overtake = async {
        while world.provider.count(At::UserInfo) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let token = world.provider.logout(sub, sid).signed(world.provider.keys());
        assert!(is_accepted(&post(&world.app, &token).await));
    };
    let (page, ()) = tokio::join!(browser.open("/auth/sign-in?return_to=/account"), overtake);
    world.provider.be_honest();
    page
}

#[tokio::test]
async fn lo_14_a_sign_in_that_is_being_completed_does_not_survive_its_logout() {
    for (sub, sid) in [(Some("p-ada"), None), (None, Some("sid-0")), (Some("p-ada"), Some("sid-0"))] {
        let world = HostileWorld::start().await;
        let mut browser = world.browser();
        let page = overtaken(&world, &mut browser, sub, sid).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("You were just signed out"), "{}", page.body);
        assert!(!browser.at_app.contains_key("claimcheck") && !is_signed_in(&mut browser).await);
        world.drained().await;
        assert_eq!(world.provider.count(At::Revocation), 2, "its tokens are given back");
        world.advance(1);
        assert_eq!(browser.open("/account").await.status, StatusCode::OK, "a sign-in of after that stands");
    }
}

#[tokio::test]
async fn lo_14_a_sign_in_that_another_logout_overtakes_stands() {
    for (sub, sid) in [(Some("p-mei"), None), (None, Some("sid-9")), (Some("p-ada"), Some("sid-9"))] {
        let world = HostileWorld::start().await;
        let mut browser = world.browser();
        let page = overtaken(&world, &mut browser, sub, sid).await;
        assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/account"), "{sub:?} {sid:?}");
        world.drained().await;
        assert_eq!(world.provider.count(At::Revocation), 0);
    }
}

#[tokio::test]
async fn lo_14_a_renewal_that_is_being_completed_does_not_survive_either() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = overtaken(&world, &mut browser, Some("p-ada"), None).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!is_signed_in(&mut browser).await);
    world.drained().await;
    // Those of the ended session, and those of the cancelled sign-in.
    assert_eq!(world.provider.count(At::Revocation), 4);
}
