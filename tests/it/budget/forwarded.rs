//! A reverse proxy that the settings do not name: everybody behind it counts as one client, so it is reported.

use axum::http::{Method, StatusCode};
use claimcheck::router;

use crate::support::{Browser, hostile::HostileWorld, log::OwnLog};

/// Sends a request through a proxy at 10.0.0.1.
async fn through_proxy(world: &HostileWorld, headers: &[(&str, &str)]) {
    let mut browser = world.browser();
    browser.address = [10, 0, 0, 1].into();
    assert_eq!(browser.send(Method::GET, "/", headers, None).await.status, StatusCode::OK);
}

/// The warnings on the admin listener, which is ready all the same.
async fn warnings(world: &HostileWorld) -> Vec<String> {
    let admin = router::admin(world.services.clone());
    let page = Browser::new(&admin).fetch("/health/ready").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let ready: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    let warnings = ready["warnings"].as_array().unwrap().iter();
    warnings
        .map(|warning| warning.as_str().unwrap().to_owned())
        .filter(|text| text.contains("10.0.0.1"))
        .collect()
}

#[tokio::test]
async fn f24_a_forwarded_header_of_an_unknown_proxy_is_logged_once_and_reported_to_operators() {
    for (header, value) in [("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=203.0.113.7;proto=https")]
    {
        let world = HostileWorld::with("trusted_proxies = [\"192.0.2.0/24\"]\n").await;
        let log = OwnLog::begin();
        for _ in 0..3 {
            through_proxy(&world, &[(header, value)]).await;
        }
        let text = log.text();
        let lines: Vec<_> = text.lines().filter(|line| line.contains("untrusted proxy")).collect();
        assert!(lines.len() == 1 && lines[0].contains("ERROR"), "{lines:?}");
        assert!(
            lines[0].contains("CLAIMCHECK_TRUSTED_PROXIES") && lines[0].contains("10.0.0.1"),
            "{lines:?}"
        );
        let found = warnings(&world).await;
        assert!(found.len() == 1 && found[0].contains("trusted_proxies = [\"10.0.0.1\"]"), "{found:?}");
        let public = world.browser().fetch("/health/ready").await.body;
        assert!(!public.contains("10.0.0.1") && !public.contains("warnings"), "{public}");
    }
}

#[tokio::test]
async fn f24_a_proxy_that_is_named_is_not_reported_nor_is_a_client_without_the_header() {
    let world = HostileWorld::with("trusted_proxies = [\"10.0.0.0/8\"]\n").await;
    let log = OwnLog::begin();
    for headers in [&[][..], &[("x-forwarded-for", "203.0.113.7")], &[("x-forwarded-for", "10.0.0.1")]] {
        through_proxy(&world, headers).await;
    }
    let world = HostileWorld::start().await;
    through_proxy(&world, &[("x-forwarded-host", "dashboard.example.com")]).await;
    assert!(!log.text().contains("untrusted proxy"), "{}", log.text());
    assert!(warnings(&world).await.is_empty());
}
