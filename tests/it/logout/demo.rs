//! The complete flow with the demo provider: a user signs out there, and is signed out here.

use std::time::Duration;

use crate::{
    logout::is_signed_in,
    support::{Browser, Page, World},
};

/// Presses a button of the user's account page at the provider.
async fn press(world: &World, browser: &mut Browser<'_>, button: &str) -> Page {
    let page = browser.get(&format!("{}/account", world.provider.origin())).await;
    browser.answer(page, "account", button).await
}

/// Waits until the browser's session here has ended.
async fn ended(browser: &mut Browser<'_>) {
    let over = async {
        while is_signed_in(browser).await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), over).await.unwrap();
}

#[tokio::test]
async fn lo_13_signing_out_at_the_demo_provider_signs_out_here() {
    let world = World::with_back_channel("").await;
    let (mut one, _) = world.signed_in("ada", "/account").await;
    let (mut two, _) = world.signed_in("ada", "/account").await;
    let (mut three, _) = world.signed_in("ada", "/account").await;
    let (mut mei, _) = world.signed_in("mei", "/account").await;
    assert!(press(&world, &mut one, "here").await.body.contains("You’re signed out"));
    ended(&mut one).await;
    assert!(is_signed_in(&mut two).await && is_signed_in(&mut three).await);
    press(&world, &mut two, "everywhere").await;
    ended(&mut two).await;
    ended(&mut three).await;
    assert!(is_signed_in(&mut mei).await);
    let page = one.open("/account").await;
    assert_eq!(one.sign_in(page, "ada").await.path(), "/account", "and may come back at once");
}

#[tokio::test]
async fn lo_13_a_sign_out_here_is_told_back_and_does_no_harm() {
    let world = World::with_back_channel("").await;
    let (mut first, _) = world.signed_in("ada", "/account").await;
    let (mut other, _) = world.signed_in("ada", "/account").await;
    // The same session of the provider in a second browser.
    let mut second = world.browser();
    second.at_provider.clone_from(&first.at_provider);
    let page = second.open("/account").await;
    let page = second.answer(page, "consent", "allow").await;
    second.follow(page).await;
    assert!(is_signed_in(&mut second).await);
    let page = first.post("/auth/sign-out", &[]).await;
    assert!(first.follow(page).await.body.contains("You’re signed out."));
    // All sessions that started from that one have ended; another one of the same user has not.
    ended(&mut second).await;
    assert!(is_signed_in(&mut other).await);
}
