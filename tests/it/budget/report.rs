//! What operators see of the limits: on the admin listener alone.

use claimcheck::router;
use serde_json::{Value, json};

use super::SMALL;
use crate::support::{Browser, Listening, hostile::HostileWorld, log::OwnLog};

#[tokio::test]
async fn f02_the_admin_listener_shows_limits_and_their_use_and_the_public_one_does_not() {
    let world = HostileWorld::start().await;
    let process = world.process_within(SMALL).await;
    let mut browser = process.browser();
    browser.open("/account").await;
    let _streams = [Listening::of(&browser, &process.app).await, Listening::of(&browser, &process.app).await];
    let admin = router::admin(process.services.clone());
    let page = Browser::new(&admin).fetch("/health/ready").await;
    let ready: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(ready["status"], "ready");
    assert_eq!(ready["limits"]["event_streams"], json!({ "limit": 20, "used": 2, "refused": 0 }));
    assert_eq!(ready["limits"]["connections"]["limit"], 40);
    assert!(ready["limits"]["open_files"]["limit"].as_u64().is_some_and(|files| files > 16));
    let few = ready["warnings"].as_array().unwrap();
    assert!(few.iter().any(|text| text.as_str().is_some_and(|text| text.contains("LimitNOFILE=65536"))));
    let public = process.browser().fetch("/health/ready").await.body;
    assert_eq!(public, "{\"status\":\"ready\"}");
    let live = Browser::new(&admin).fetch("/health/live").await.body;
    assert_eq!(live, "{\"status\":\"alive\"}");
}

#[tokio::test]
async fn f02_one_line_at_start_has_every_limit() {
    let world = HostileWorld::start().await;
    let process = world.process_within(SMALL).await;
    let log = OwnLog::begin();
    process.services.budget.announce();
    let text = log.text();
    let line = text.lines().find(|line| line.contains("limits of this process")).unwrap();
    for part in [
        "open_files=",
        "memory=",
        "connections=40",
        "reserve=8",
        "event_streams=20",
        "requests=12",
        "bodies=8",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(text.lines().any(|line| line.contains("WARN") && line.contains("only 40 connections")), "{text}");
}
