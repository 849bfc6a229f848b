//! Key rotation (JD-07, JD-09). Floods of unknown keys are tested with the logout tokens, which anyone can send
//! (JD-08).

use std::sync::Arc;

use serde_json::{Value, json};

use super::{A_MOMENT, TEN_MINUTES, accepted, honest_again, refused};
use crate::support::{
    Heard,
    hostile::{At, HostileWorld, Keys, Raw, known_keys},
};

/// Publishes these keys and signs with that one.
fn sign_with(world: &HostileWorld, signer: &Arc<Keys>, published: &[Value]) {
    world.provider.script(|script| {
        script.signer = Some(signer.clone());
        script.keys = Some(json!({ "keys": published }));
    });
}

#[tokio::test]
async fn jd_07_oidcc_client_test_signing_key_rotation() {
    let world = HostileWorld::start().await;
    accepted(&world, "the first key").await;
    for round in 2..=4 {
        let next = Arc::new(Keys::generate());
        sign_with(&world, &next, &[next.public()]);
        accepted(&world, "the next key").await;
        assert_eq!(world.provider.count(At::Keys), round, "one more request for each rotation");
        accepted(&world, "the same key").await;
        assert_eq!(world.provider.count(At::Keys), round, "and none without");
        world.advance(A_MOMENT);
    }
}

#[tokio::test]
async fn jd_07_oidcc_client_test_signing_key_rotation_just_before_signing() {
    let world = HostileWorld::with("id_token_algs = \"RS256\"\n").await;
    let [first, next] = [known_keys::RSA_2048, known_keys::RSA_2048_OTHER].map(Keys::rsa);
    world.provider.signs_with(&first);
    world.services.relying_party.keys().await.unwrap();
    let mut browser = world.browser();
    let page = browser.get("/boards/orders").await;
    // The user is at the provider.
    world.provider.signs_with(&next);
    let page = browser.follow(page).await;
    assert!(page.status.is_success() && page.body.contains("Customer of"), "{}", page.body);
    assert_eq!(world.provider.count(At::Keys), 2);
}

#[tokio::test]
async fn jd_07_a_key_that_nobody_publishes_is_asked_for_once_and_believed_never() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    accepted(&world, "the provider's own").await;
    let forger = Arc::new(Keys::generate());
    world.provider.script(|script| script.signer = Some(forger));
    refused(&world, &heard, &["id_token", "none of the provider's keys matches"], "another's").await;
    assert_eq!(world.provider.count(At::Keys), 2);
    honest_again(&world, "its own again").await;
}

#[tokio::test]
async fn jd_09_a_key_that_was_taken_away_is_trusted_for_ten_minutes_at_most() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    let [old, new] = [(); 2].map(|()| Arc::new(Keys::generate()));
    sign_with(&world, &old, &[old.public(), new.public()]);
    accepted(&world, "while it is there").await;
    sign_with(&world, &old, &[new.public()]);
    world.advance(TEN_MINUTES - 30);
    accepted(&world, "what was read is kept").await;
    world.advance(30);
    refused(&world, &heard, &["id_token", "none of the provider's keys matches"], "taken away").await;
    sign_with(&world, &new, &[new.public()]);
    accepted(&world, "the other").await;
    // At once if anything causes the set to be read.
    sign_with(&world, &old, &[old.public(), new.public()]);
    world.advance(TEN_MINUTES);
    accepted(&world, "there again").await;
    let third = Arc::new(Keys::generate());
    sign_with(&world, &third, &[third.public()]);
    accepted(&world, "an unknown one").await;
    sign_with(&world, &old, &[third.public()]);
    refused(&world, &heard, &["id_token"], "gone with the reading").await;
}

#[tokio::test]
async fn jd_09_an_unknown_key_while_the_set_cannot_be_read_is_no_reason_to_believe_or_to_condemn() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    accepted(&world, "at first").await;
    let next = Arc::new(Keys::generate());
    sign_with(&world, &next, &[next.public()]);
    world.provider.script(|script| script.instead.insert(At::Keys, Raw::json(503, "{}")));
    for _ in 0..2 {
        // "Try again" and not "couldn’t be verified", also for requests during the cooldown.
        refused(&world, &heard, &["provider_unavailable", "keys"], "rotated, and away").await;
    }
    assert_eq!(world.provider.count(At::Keys), 2);
    world.provider.script(|script| script.instead.clear());
    world.advance(A_MOMENT);
    accepted(&world, "there again").await;
}
