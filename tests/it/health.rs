//! `/health/…`.

use axum::http::StatusCode;

use super::support::{Fault, World};

#[tokio::test]
async fn op_11_a_provider_that_is_down_degrades_and_takes_nobody_out_of_service() {
    let world = World::start().await;
    assert_eq!(world.browser().fetch("/health/live").await.status, StatusCode::OK);
    assert!(!world.browser().fetch("/health/ready").await.body.contains("degraded"));
    world.provider.set(Fault::Answer(503, "text/plain", "down"));
    world.browser().open("/account").await;
    let ready = world.browser().fetch("/health/ready").await;
    assert!(ready.status == StatusCode::OK && ready.body.contains("degraded"), "{}", ready.body);
}
