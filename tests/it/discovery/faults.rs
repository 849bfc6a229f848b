//! An unavailable or broken provider affects only sign-ins, and nobody has to do anything when it is back (JD-05).

use std::time::Duration;

use axum::http::StatusCode;

use crate::{
    discovery::{A_MOMENT, TEN_MINUTES, accepted, honest_again, refused},
    support::{
        Heard,
        hostile::{At, HostileWorld, Raw},
    },
};

/// Pages and routes that need no provider.
async fn serves(world: &HostileWorld) {
    for path in ["/", "/health/live", "/health/ready"] {
        assert_eq!(world.browser().get(path).await.status, StatusCode::OK, "{path}");
    }
    let nobody = world.browser().fetch("/api/account").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn jd_05_a_start_while_the_provider_is_away_and_its_return() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    world.provider.go_down().await;
    let provider = world.services.relying_party.clone();
    let known = tokio::spawn(async move { provider.fetch_until_usable().await });
    let page = refused(&world, &heard, &["provider_unavailable", "is not responding"], "away").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("/auth/sign-in?return_to=%2Fboards%2Forders"), "the way back is kept");
    serves(&world).await;
    let ready = world.browser().fetch("/health/ready").await.body;
    assert!(ready.contains("degraded") && ready.contains("is not responding"), "{ready}");
    assert!(heard.has(&["provider not usable", "discovery document", "Connection refused"]));
    world.provider.come_back().await;
    // Automatically, without a request.
    tokio::time::timeout(Duration::from_secs(30), known).await.unwrap().unwrap();
    assert!(world.browser().fetch("/health/ready").await.body.contains("\"ready\""));
    accepted(&world, "back").await;
}

#[tokio::test]
async fn jd_05_who_comes_after_a_failed_start_is_not_turned_away_for_it() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    world.provider.script(|script| script.instead.insert(At::Discovery, Raw::json(503, "{}")));
    assert!(world.services.relying_party.keys().await.is_err());
    world.provider.be_honest();
    accepted(&world, "at once").await;
    // A provider that keeps failing is not asked by every request.
    world.advance(2 * 86_400);
    world.provider.script(|script| script.instead.insert(At::Discovery, Raw::json(503, "{}")));
    let before = world.provider.count(At::Discovery);
    for number in 0..20 {
        refused(&world, &heard, &["provider_unavailable"], &number.to_string()).await;
    }
    let asked = world.provider.count(At::Discovery) - before;
    assert!((2..=3).contains(&asked), "{asked}");
    honest_again(&world, "after a moment").await;
}

#[tokio::test]
async fn jd_05_whatever_the_provider_answers_the_rest_goes_on() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    let (away, broken) = (&["provider_unavailable"], &["misconfigured"]);
    for (what, raw, reason) in [
        ("500", Raw::json(500, "{}"), away),
        ("503", Raw::text(503, "text/html", "<h1>down</h1>"), away),
        ("429", Raw::json(429, "{}"), away),
        ("cut off", Raw::broken_off("{\"issuer\":\"http"), away),
        ("hung up", Raw::hang_up(), away),
        ("404", Raw::json(404, "{}"), broken),
        ("204", Raw::json(204, ""), broken),
        ("HTML", Raw::text(200, "text/html", "<!doctype html><h1>Welcome</h1>"), broken),
        ("half of it", Raw::json(200, "{\"issuer\":\"http://127"), broken),
        ("nothing", Raw::json(200, ""), broken),
        ("null", Raw::json(200, "null"), broken),
        ("a list", Raw::json(200, "[]"), broken),
        ("not UTF-8", Raw::bytes(b"{\"issuer\":\"\xff\xfe\"}".as_slice()), broken),
        ("deep", Raw::bytes("[".repeat(100_000)), broken),
        ("without end", Raw::endless(), broken),
    ] {
        for at in [At::Discovery, At::Keys] {
            let case = format!("{what} at {at:?}");
            world.provider.script(|script| script.instead.insert(at, raw.clone()));
            // The cache has expired.
            world.advance(2 * 86_400);
            refused(&world, &heard, reason, &case).await;
            serves(&world).await;
            world.provider.be_honest();
            world.advance(A_MOMENT);
        }
    }
    accepted(&world, "well again").await;
}

#[tokio::test]
async fn jd_05_jd_09_what_was_good_last_serves_for_a_day_while_the_provider_fails() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    accepted(&world, "at first").await;
    world.provider.script(|script| {
        script.instead.insert(At::Discovery, Raw::json(500, "{}"));
        script.instead.insert(At::Keys, Raw::text(200, "text/html", "oops"));
    });
    world.advance(TEN_MINUTES);
    accepted(&world, "the last good ones").await;
    assert!(world.browser().fetch("/health/ready").await.body.contains("degraded"), "and somebody may know");
    world.advance(86_400 - TEN_MINUTES - 30);
    accepted(&world, "for a day").await;
    world.advance(30);
    refused(&world, &heard, &["provider_unavailable"], "and not for longer").await;
    world.provider.script(|script| script.instead.remove(&At::Discovery));
    world.advance(A_MOMENT);
    refused(&world, &heard, &["misconfigured", "keys"], "nor the keys").await;
    honest_again(&world, "both").await;
}
