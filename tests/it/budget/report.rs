//! What operators see of the limits: on the admin listener alone.

use claimcheck::router;
use claimcheck_server::budget::{
    BudgetLimits, Machine,
    limits::{
        EXPORTS_OF_PERSON, EXPORTS_OF_SESSION, FEW_CONNECTIONS, FILES_OF_PERSON, FILES_OF_SESSION,
        MAX_LOGOUT_TOKENS, REQUESTS_OF_PERSON, REQUESTS_OF_SESSION, STREAMS_OF_PERSON, STREAMS_OF_SESSION,
    },
};
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

#[test]
fn f02_f07_the_page_about_limits_has_their_numbers() {
    let page = std::fs::read_to_string("docs/operating/limits.md").unwrap();
    let row =
        |name: &str| page.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap_or_default();
    let large = BudgetLimits::of(Machine { open_files: 65_536, memory: 4 << 30 });
    let written = |number: usize| match number {
        1000.. => format!("{},{:03}", number / 1000, number % 1000),
        _ => number.to_string(),
    };
    let of = |session: usize, person: usize| format!("{session} per session, {person} per person");
    for (name, number) in [
        ("connections", written(large.connections)),
        ("reserve of connections", written(large.reserve)),
        ("event streams", of(STREAMS_OF_SESSION, STREAMS_OF_PERSON)),
        ("files of an API", written(large.files)),
        ("files of an API", of(FILES_OF_SESSION, FILES_OF_PERSON)),
        ("CSV files of all pages", written(large.exports)),
        ("CSV files of all pages", of(EXPORTS_OF_SESSION, EXPORTS_OF_PERSON)),
        ("requests at the same time", written(large.requests)),
        ("bodies that are arriving", written(large.bodies)),
        ("logout tokens of the provider that are checked", written(MAX_LOGOUT_TOKENS)),
        ("bytes of bodies", format!("{} MiB", large.body_bytes >> 20)),
    ] {
        assert!(row(name).contains(&number), "{name} {number}: {}", row(name));
    }
    let shares = format!("always has {REQUESTS_OF_SESSION} requests, and a person {REQUESTS_OF_PERSON} in");
    assert!(page.contains(&shares) && page.contains(&written(FEW_CONNECTIONS)));
    assert_eq!((large.streams, large.admin), (large.connections / 2, large.reserve));
}
