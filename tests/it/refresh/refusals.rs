//! Refusals of the token endpoint at a refresh, in the forms that providers really use (R01, R02). A dead grant ends the
//! session or leads to a new sign-in; an outage and a fault of the settings keep it.

use axum::http::StatusCode;

use crate::{
    refresh::{LATER_SECS, PANEL, is_data},
    support::{
        Browser, Heard, Page,
        hostile::{At, HostileWorld, Raw},
    },
};

const BOARD: &str = "/boards/orders";
/// The link that signs in and returns to the board.
const SIGN_IN: &str = "href=\"/auth/sign-in?return_to=%2Fboards%2Forders\"";
const INVALID_GRANT: &str =
    r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#;

fn refuse(world: &HostileWorld, raw: Raw) {
    world.provider.script(|script| script.instead.insert(At::Refresh, raw));
}

/// The provider is honest again, and did not use up the refresh token meanwhile.
async fn recovers(world: &HostileWorld, browser: &mut Browser<'_>, what: &str) {
    let exchanges = world.provider.count(At::CodeExchange);
    world.provider.be_honest();
    world.advance(60);
    assert!(is_data(&browser.open(BOARD).await), "{what}: the session was lost");
    assert_eq!(world.provider.count(At::CodeExchange), exchanges, "{what}: signed in again");
}

fn offers_sign_in(page: &Page) -> bool {
    page.body.contains("Your sign-in has expired") && page.body.contains(SIGN_IN)
}

#[tokio::test]
async fn r01_invalid_grant_ends_the_session_once_whatever_the_4xx_status() {
    for (status, kind) in [
        (400, "application/json"),
        (401, "application/json"),
        (403, "application/json"),
        (403, "text/html"),
        (404, "application/json;charset=utf-8"),
        (409, "application/problem+json"),
        (410, ""),
        (422, "application/json"),
        (429, "application/json"),
        (499, "application/json"),
    ] {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(is_data(&page), "{status}");
        let (mut other, _) = world.signed_in(BOARD).await;
        world.advance(LATER_SECS);
        refuse(&world, Raw::text(status, kind, INVALID_GRANT));
        for browser in [&mut browser, &mut other] {
            for _ in 0..2 {
                let page = browser.fetch(PANEL).await;
                assert_eq!((page.status, page.body.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""));
            }
        }
        assert_eq!(world.provider.count(At::Refresh), 2, "{status}: one request for each session");
        let line = ["session ended", "invalid_grant", &format!("status {status}"), "absolute_secs"];
        assert_eq!(heard.lines(&line).len(), 2, "{status}");
        world.provider.be_honest();
        let page = browser.open(BOARD).await;
        assert!(is_data(&page) && page.path() == BOARD, "{status}: signed in, and back");
    }
}

#[tokio::test]
async fn r01_invalid_grant_with_a_5xx_or_2xx_status_ends_nothing() {
    for status in [200, 202, 500, 502, 503, 504] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        world.advance(LATER_SECS);
        refuse(&world, Raw::json(status, INVALID_GRANT));
        for _ in 0..10 {
            let page = browser.open(BOARD).await;
            assert!(page.is_of_app() && page.body.contains(SIGN_IN), "{status}: {}", page.body);
            world.advance(60);
        }
        recovers(&world, &mut browser, &status.to_string()).await;
    }
}

/// Refusals that do not say `invalid_grant`, each with the code that the log names.
fn unclear() -> Vec<(&'static str, Raw, &'static str)> {
    vec![
        ("dex", Raw::json(400, r#"{"error":"invalid_request","error_description":"x"}"#), "invalid_request"),
        ("spring", Raw::json(401, r#"{"error":"invalid_token"}"#), "invalid_token"),
        (
            "401 that is about the request",
            Raw::json(401, r#"{"error":"invalid_request"}"#),
            "invalid_request",
        ),
        ("a rule", Raw::json(403, r#"{"error":"access_denied"}"#), "access_denied"),
        ("entra", Raw::json(400, r#"{"error":"interaction_required"}"#), "interaction_required"),
        ("no code", Raw::json(400, "{}"), "none"),
        ("another form", Raw::json(422, r#"{"errors":[{"message":"expired"}]}"#), "none"),
        ("a code in an object", Raw::json(400, r#"{"error":{"code":"invalid_grant"}}"#), "none"),
        ("a code that may be a token", Raw::json(410, r#"{"error":"Token-1 {echo}"}"#), "not a valid code"),
    ]
}

#[tokio::test]
async fn r02_a_refusal_that_repeats_offers_a_sign_in_and_then_ends_the_session() {
    for (what, raw, code) in unclear() {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let (mut browser, _) = world.signed_in(BOARD).await;
        refuse(&world, raw);
        // A refresh is due, and the token is still valid.
        for _ in 0..2 {
            world.advance(50);
            assert!(is_data(&browser.open(BOARD).await), "{what}: the token is valid");
        }
        world.drained().await;
        assert!(world.provider.count(At::Refresh) > 0, "{what}");
        world.advance(LATER_SECS);
        assert!(offers_sign_in(&browser.open(BOARD).await), "{what}");
        let before = world.provider.count(At::Refresh);
        let panel = browser.fetch(PANEL).await;
        assert!(panel.status == 200 && offers_sign_in(&panel), "{what}: {}", panel.body);
        assert_eq!(world.provider.count(At::Refresh), before, "{what}: not asked again at once");
        let mut offers = 0;
        loop {
            world.advance(30);
            let page = browser.fetch(PANEL).await;
            if page.status == StatusCode::UNAUTHORIZED {
                break;
            }
            assert!(offers_sign_in(&page) && offers < 20, "{what}: {}", page.body);
            offers += 1;
        }
        let asked = world.provider.count(At::Refresh);
        assert_eq!(browser.fetch(PANEL).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(world.provider.count(At::Refresh), asked, "{what}: asked after the end");
        assert_eq!(heard.lines(&["session ended", code, "status 4"]).len(), 1, "{what}");
        assert!(heard.has(&["refresh refused", code, "remedy"]), "{what}");
        world.provider.be_honest();
        let page = browser.open(BOARD).await;
        assert!(is_data(&page) && page.path() == BOARD, "{what}");
    }
}

#[tokio::test]
async fn r02_the_offered_sign_in_leads_back_and_starts_the_count_again() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    refuse(&world, Raw::json(400, r#"{"error":"invalid_request"}"#));
    for _ in 0..6 {
        world.advance(LATER_SECS);
        for _ in 0..4 {
            let page = browser.open(BOARD).await;
            assert!(offers_sign_in(&page), "{}", page.body);
            world.advance(15);
        }
        let page = browser.open("/auth/sign-in?return_to=%2Fboards%2Forders").await;
        assert!(is_data(&page) && page.path() == BOARD, "{}", page.body);
    }
    recovers(&world, &mut browser, "honest again").await;
}

#[tokio::test]
async fn r02_other_pages_of_the_session_still_work_and_a_download_offers_the_sign_in() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    refuse(&world, Raw::json(400, r#"{"error":"invalid_request"}"#));
    world.advance(LATER_SECS);
    assert!(browser.open("/account").await.body.contains("Ada Okafor"));
    let csv = browser.get("/boards/orders/csv/orders").await;
    assert_eq!(csv.status, StatusCode::FORBIDDEN);
    assert!(
        csv.body.contains("Your sign-in has expired") && csv.body.contains("/auth/sign-in?"),
        "{}",
        csv.body
    );
}

#[tokio::test]
async fn r02_what_a_gateway_says_offers_a_sign_in_and_never_ends_the_session() {
    for (what, raw) in [
        ("a firewall", Raw::text(403, "text/html", "<h1>Request blocked</h1>")),
        ("a gateway", Raw::text(400, "text/html", "<h1>Bad request</h1>")),
        ("another program", Raw::text(410, "text/plain", "gone")),
        ("JSON in name only", Raw::json(400, "<h1>Bad request</h1>")),
        ("nothing", Raw::json(403, "")),
        ("no such path", Raw::json(404, r#"{"error":"Not Found"}"#)),
        ("no such path, with a code", Raw::json(404, r#"{"error":"invalid_request"}"#)),
        ("no such method", Raw::json(405, "{}")),
        ("misdirected", Raw::json(421, r#"{"error":"invalid_request"}"#)),
    ] {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let (mut browser, _) = world.signed_in(BOARD).await;
        world.advance(LATER_SECS);
        refuse(&world, raw);
        for _ in 0..12 {
            let page = browser.open(BOARD).await;
            assert!(page.is_of_app() && offers_sign_in(&page), "{what}: {}", page.body);
            world.advance(60);
        }
        assert!(heard.has(&["refresh refused", "token_endpoint", "status=4"]), "{what}");
        recovers(&world, &mut browser, what).await;
    }
}

#[tokio::test]
async fn r02_a_fault_of_the_settings_is_said_to_be_one_and_keeps_the_session() {
    for (what, raw, remedy) in [
        ("a wrong secret", Raw::json(401, r#"{"error":"invalid_client"}"#), "client_secret"),
        ("the same with 400", Raw::json(400, r#"{"error":"invalid_client"}"#), "client_secret"),
        ("auth0", Raw::json(401, r#"{"error":"access_denied"}"#), "client_secret"),
        ("no grant", Raw::json(400, r#"{"error":"unauthorized_client"}"#), "refresh_token"),
        ("the same with 403", Raw::json(403, r#"{"error":"unauthorized_client"}"#), "refresh_token"),
        ("401 alone", Raw::text(401, "text/html", "<h1>Unauthorized</h1>"), "client_auth"),
        ("401 with JSON", Raw::json(401, r#"{"message":"Unauthorized"}"#), "client_auth"),
    ] {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let (mut browser, _) = world.signed_in(BOARD).await;
        world.advance(LATER_SECS);
        refuse(&world, raw);
        for _ in 0..12 {
            let page = browser.open(BOARD).await;
            let says = page.body.contains("has a problem with your sign-in provider");
            assert!(page.is_of_app() && says && page.body.contains("administrator"), "{what}: {}", page.body);
            world.advance(60);
        }
        assert!(heard.has(&["client refused", "status=4", remedy]), "{what}");
        recovers(&world, &mut browser, what).await;
    }
}

#[tokio::test]
async fn r02_what_may_pass_ends_nothing_and_leaves_a_way_on() {
    for (what, raw) in [
        ("408", Raw::text(408, "text/html", "slow")),
        ("429", Raw::json(429, r#"{"error":"too_many_requests"}"#)),
        ("429 in HTML", Raw::text(429, "text/html", "<h1>slow down</h1>")),
        ("slow_down", Raw::json(400, r#"{"error":"slow_down"}"#)),
        ("temporarily_unavailable", Raw::json(401, r#"{"error":"temporarily_unavailable"}"#)),
        ("server_error", Raw::json(403, r#"{"error":"server_error"}"#)),
        ("500", Raw::json(500, r#"{"error":"invalid_request"}"#)),
        ("a broken connection", Raw::hang_up()),
        ("half an answer", Raw::broken_off("{\"error\":\"invalid_")),
    ] {
        let (world, heard) = (HostileWorld::start().await, Heard::begin());
        let (mut browser, _) = world.signed_in(BOARD).await;
        world.advance(LATER_SECS);
        refuse(&world, raw);
        for _ in 0..12 {
            let page = browser.open(BOARD).await;
            assert!(page.is_of_app() && page.body.contains("isn’t responding"), "{what}: {}", page.body);
            assert!(page.body.contains(SIGN_IN), "{what}: no way on");
            world.advance(60);
        }
        assert!(heard.has(&["refresh failed"]), "{what}");
        recovers(&world, &mut browser, what).await;
    }
}

#[tokio::test]
async fn r02_several_sessions_that_are_refused_alike_are_an_outage() {
    let world = HostileWorld::start().await;
    let (mut first, _) = world.signed_in(BOARD).await;
    let (mut second, _) = world.signed_in_as("p-jonas", "Jonas", BOARD).await;
    world.advance(LATER_SECS);
    let refusal = || Raw::json(400, r#"{"error":"invalid_request"}"#);
    refuse(&world, refusal());
    for _ in 0..20 {
        assert!(offers_sign_in(&first.open(BOARD).await));
        assert!(offers_sign_in(&second.open(BOARD).await));
        world.advance(30);
    }
    recovers(&world, &mut second, "the second").await;
    // The provider works, so a refusal of one session is about that session.
    refuse(&world, refusal());
    world.advance(LATER_SECS);
    assert_eq!(first.fetch(PANEL).await.status, StatusCode::UNAUTHORIZED);
    recovers(&world, &mut second, "the second, again").await;
    world.provider.be_honest();
    assert!(is_data(&first.open(BOARD).await), "signed in again");
}
