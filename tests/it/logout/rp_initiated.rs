//! Sign-out that starts here (RP-Initiated Logout 1.0): the return from the provider, and a provider that does not
//! cooperate.

use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::{
    logout::is_signed_in,
    support::{
        APP, Browser, Page,
        hostile::{At, HostileWorld, Raw},
    },
};

const SIGNED_OUT: &str = "You’re signed out.";

/// Signs out here and at the provider; the redirect back is not followed.
async fn sign_out(world: &HostileWorld, browser: &mut Browser<'_>) -> Page {
    let page = browser.post("/auth/sign-out", &[]).await;
    let (_, next) = page.refresh().unwrap();
    assert!(next.as_str().starts_with(&format!("{}/end-session?", world.provider.origin())), "{next}");
    browser.get(next.as_str()).await
}

#[tokio::test]
async fn lo_06_oidcc_client_test_rp_init_logout() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let back = sign_out(&world, &mut browser).await;
    let sent = world.provider.seen(At::EndSession)[0].clone();
    assert_eq!(sent.param("id_token_hint"), world.provider.issued()[0].id_token);
    assert_eq!(sent.param("post_logout_redirect_uri"), Some(format!("{APP}/")));
    assert_eq!(sent.param("state"), back.sent("state"));
    let home = browser.get(back.location().as_str()).await;
    assert!(home.status == StatusCode::OK && home.body.contains(SIGNED_OUT), "{}", home.body);
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_06_oidcc_client_test_rp_init_logout_other_state_and_no_state() {
    let world = HostileWorld::start().await;
    let mut states = Vec::new();
    for returned in ["?state=another", "?state=", ""] {
        let (mut browser, _) = world.signed_in("/account").await;
        let back = sign_out(&world, &mut browser).await;
        states.push(back.sent("state").unwrap());
        let home = browser.get(&format!("/{returned}")).await;
        assert_eq!(home.status, StatusCode::OK, "{returned}");
        assert!(!home.body.contains(SIGNED_OUT) && !home.body.contains("another"), "{returned}");
        assert!(!is_signed_in(&mut browser).await, "{returned}");
        assert!(browser.get(back.location().as_str()).await.body.contains(SIGNED_OUT), "the right one");
    }
    states.sort();
    states.dedup();
    assert_eq!(states.len(), 3, "a fresh state each time");
}

#[tokio::test]
async fn lo_06_the_way_back_may_lead_to_a_process_whose_clock_is_behind() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let back = sign_out(&world, &mut browser).await.location();
    for (behind, expected) in [(30, true), (300, false)] {
        world.advance(-behind);
        assert_eq!(
            world.browser().get(back.as_str()).await.body.contains(SIGNED_OUT),
            expected,
            "{behind} s"
        );
        world.advance(behind);
    }
}

#[tokio::test]
async fn h7_lo_06_without_an_end_session_endpoint_the_page_says_how_far_it_went() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.metadata.remove("end_session_endpoint"));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.post("/auth/sign-out", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.refresh().unwrap().1.as_str().starts_with(&format!("{APP}/?state=")));
    assert!(browser.follow(page).await.body.contains("You’re signed out here"));
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_03_a_revocation_that_fails_or_hangs_does_not_block_a_sign_out() {
    let wait = Duration::from_secs(12);
    for (what, raw, delay) in [
        ("answers", None, None),
        ("refuses", Some(Raw::json(400, r#"{"error":"unsupported_token_type"}"#)), None),
        ("is down", Some(Raw::text(503, "text/plain", "down")), None),
        ("hangs", None, Some(Duration::from_secs(20))),
    ] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.provider.script(|script| {
            script.instead.extend(raw.map(|raw| (At::Revocation, raw)));
            script.delays.extend(delay.map(|delay| (At::Revocation, delay)));
        });
        let begun = Instant::now();
        let page = browser.post("/auth/sign-out", &[]).await;
        assert!(page.status == StatusCode::OK && begun.elapsed() < wait, "{what}: {:?}", begun.elapsed());
        assert!(!is_signed_in(&mut browser).await, "{what}");
        assert!(page.id_token_hint().is_some(), "{what}");
        let asked = world.provider.seen(At::Revocation);
        assert_eq!(asked[0].field("token_type_hint"), Some("refresh_token"), "{what}");
    }
}
