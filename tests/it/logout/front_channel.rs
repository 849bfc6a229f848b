//! `GET /auth/front-channel-logout`: a frame of the provider, without cookies.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use claimcheck_model::paths;

use crate::{
    logout::is_signed_in,
    support::{
        Browser, Page,
        hostile::{At, HostileWorld},
    },
};

/// The headers for a frame in a page of another site.
const FRAME: [(&str, &str); 3] =
    [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
/// A plain client.
const RAW: [(&str, &str); 3] = [("sec-fetch-site", ""), ("sec-fetch-mode", ""), ("sec-fetch-dest", "")];

async fn ask(browser: &mut Browser<'_>, query: &str, headers: &[(&str, &str)]) -> Page {
    let address = format!("{}{query}", paths::FRONT_CHANNEL_LOGOUT.path());
    let page = browser.send(Method::GET, &address, headers, None).await;
    assert_eq!(page.status, StatusCode::OK, "{query}");
    assert_eq!((page.header("cache-control"), page.header("set-cookie")), ("no-store", ""), "{query}");
    assert_eq!((page.header("location"), page.header("x-frame-options")), ("", ""), "{query}");
    page
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn lo_16_nothing_ends_unless_issuer_and_session_are_both_there_and_both_right() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let iss = encoded(world.provider.origin());
    let seen = world.provider.everything().len();
    let mut pages = Vec::new();
    for query in [
        String::new(),
        "?".to_owned(),
        format!("?iss={iss}"),
        "?sid=sid-0".to_owned(),
        format!("?iss={iss}&sid="),
        "?iss=&sid=sid-0".to_owned(),
        format!("?iss={iss}%2F&sid=sid-0"),
        format!("?iss={}&sid=sid-0", iss.to_uppercase()),
        "?iss=https%3A%2F%2Fevil.example&sid=sid-0".to_owned(),
        format!("?iss={iss}&sid=sid-9"),
        format!("?iss={iss}&sid=SID-0"),
        format!("?iss={iss}&sid=sid-0%00"),
        format!("?iss={iss}&sid=sid-0&sid=sid-0"),
        format!("?iss={iss}&iss={iss}&sid=sid-0"),
        format!("?Iss={iss}&Sid=sid-0"),
        format!("?iss={iss}&sid={}", "a".repeat(3000)),
    ] {
        for headers in [&FRAME[..], &RAW] {
            // The session's own browser, whose cookie identifies nobody here.
            pages.push(ask(&mut browser, &query, headers).await);
            assert!(is_signed_in(&mut browser).await, "{query}");
        }
    }
    let address = format!("{}?iss={iss}&sid=sid-0", paths::FRONT_CHANNEL_LOGOUT.path());
    for method in [Method::HEAD, Method::OPTIONS, Method::POST] {
        browser.send(method.clone(), &address, &FRAME, None).await;
        assert!(is_signed_in(&mut browser).await, "{method}");
    }
    assert_eq!(world.provider.everything().len(), seen, "a login was started, or something was asked");
    let page = ask(&mut world.browser(), &format!("?sid=sid-0&iss={iss}&more=1"), &FRAME).await;
    assert!(!is_signed_in(&mut browser).await);
    assert!(pages.iter().all(|other| other.body == page.body), "nobody learns which sessions there are");
}

#[tokio::test]
async fn lo_17_no_cookie_is_needed_and_only_that_session_ends() {
    let world = HostileWorld::start().await;
    let (mut first, _) = world.signed_in("/account").await;
    let (mut second, _) = world.signed_in("/account").await;
    let iss = encoded(world.provider.origin());
    ask(&mut world.browser(), &format!("?iss={iss}&sid=sid-0"), &RAW).await;
    assert!(!is_signed_in(&mut first).await && is_signed_in(&mut second).await);
    // Its tokens are revoked, and repeating the request does no harm.
    ask(&mut world.browser(), &format!("?iss={iss}&sid=sid-0"), &RAW).await;
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 2);
    assert!(is_signed_in(&mut second).await);
}

#[tokio::test]
async fn lo_16_only_pages_of_the_provider_may_frame_it() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        script.metadata.set("end_session_endpoint", "https://login.example:8443/out?a=b");
    });
    let csp =
        async || ask(&mut world.browser(), "", &FRAME).await.header("content-security-policy").to_owned();
    let provider = world.provider.origin();
    // Before the provider's metadata has been fetched, and after.
    let first = csp().await;
    assert!(first.contains(&format!("frame-ancestors {provider};")), "{first}");
    assert_eq!(world.signed_in("/account").await.1.status, StatusCode::OK);
    let then = csp().await;
    assert!(then.contains(&format!("frame-ancestors {provider} https://login.example:8443;")), "{then}");
    for csp in [first, then] {
        assert!(
            csp.starts_with("default-src 'none';") && !csp.contains("script") && !csp.contains('*'),
            "{csp}"
        );
    }
    let elsewhere = world.browser().get("/").await;
    assert!(elsewhere.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn lo_17_a_bare_request_slides_no_session() {
    let world = HostileWorld::with("idle_secs = 600\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let iss = encoded(world.provider.origin());
    for _ in 0..5 {
        world.advance(110);
        for headers in [&FRAME[..], &RAW, &[]] {
            ask(&mut browser, &format!("?iss={iss}"), headers).await;
        }
    }
    assert!(is_signed_in(&mut browser).await);
    world.advance(60);
    assert!(!is_signed_in(&mut browser).await, "a frame kept the session alive");
}

#[tokio::test]
async fn lo_15_sessions_are_not_named_without_end_from_one_address() {
    let world = HostileWorld::with("sign_in_rate = 3\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let iss = encoded(world.provider.origin());
    let mut guesser = world.browser();
    guesser.address = [192, 0, 2, 9].into();
    for number in 1..=3 {
        ask(&mut guesser, &format!("?iss={iss}&sid=guess-{number}"), &FRAME).await;
    }
    let address = format!("{}?iss={iss}&sid=sid-0", paths::FRONT_CHANNEL_LOGOUT.path());
    assert_eq!(guesser.send(Method::GET, &address, &FRAME, None).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(is_signed_in(&mut browser).await);
    assert_eq!(browser.send(Method::GET, &address, &FRAME, None).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut browser).await, "another address is heard");
}

#[tokio::test]
async fn lo_16_oidcc_client_test_rp_frontchannel_rpinitlogout() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    // The user signs out here; the provider's page then has our frame, with and without the session's name.
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
    for query in [String::new(), format!("?iss={}&sid=sid-0", encoded(world.provider.origin()))] {
        ask(&mut browser, &query, &FRAME).await;
    }
    assert!(!is_signed_in(&mut browser).await);
    world.advance(1);
    assert_eq!(browser.open("/account").await.path(), "/account");
}

#[tokio::test]
async fn lo_16_oidcc_client_test_rp_frontchannel_opinitlogout() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    // Third-party cookies are not sent.
    ask(&mut world.browser(), &format!("?iss={}&sid=sid-0", encoded(world.provider.origin())), &FRAME).await;
    assert!(!is_signed_in(&mut browser).await);
}

/// Signs in while UserInfo is slow, and has the provider's page name that session meanwhile.
async fn overtaken(world: &HostileWorld, browser: &mut Browser<'_>, sid: &str) -> Page {
    let before = world.provider.count(At::UserInfo);
    world.provider.script(|script| script.delays.insert(At::UserInfo, Duration::from_secs(2)));
    let overtake = async {
        while world.provider.count(At::UserInfo) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let iss = encoded(world.provider.origin());
        ask(&mut world.browser(), &format!("?iss={iss}&sid={sid}"), &FRAME).await;
    };
    let (page, ()) = tokio::join!(browser.open("/auth/sign-in?return_to=/account"), overtake);
    world.provider.script(|script| script.delays.clear());
    page
}

#[tokio::test]
async fn f28_a_sign_in_in_progress_is_stopped_by_a_frame_also_if_the_providers_clock_is_ahead() {
    for ahead in [-30, 0, 5, 59] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.clock_ahead_secs = ahead);
        let mut browser = world.browser();
        let page = overtaken(&world, &mut browser, "sid-0").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{ahead}: {}", page.body);
        assert!(!is_signed_in(&mut browser).await, "{ahead}");
        // The provider's next session has another name, and starts at once.
        assert_eq!(browser.open("/account").await.path(), "/account", "{ahead}");
        assert!(is_signed_in(&mut browser).await, "{ahead}");
    }
}

#[tokio::test]
async fn f28_a_frame_that_names_another_session_stops_no_sign_in() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.clock_ahead_secs = 5);
    let mut browser = world.browser();
    let page = overtaken(&world, &mut browser, "sid-9").await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/account"));
    assert!(is_signed_in(&mut browser).await);
}
