//! Errors at the redirect URI that mean "start again" (R06): the attempt was overtaken by another tab, or its login page
//! was open for too long. Decisions are never started again.

use axum::http::StatusCode;

use super::{BOARD, SESSION, altered, back_from, is_data, return_of};
use crate::support::{Browser, hostile::HostileWorld};

/// What Keycloak sends for a stale login page.
const STALE: (&str, &str) = ("temporarily_unavailable", "authentication_expired");
const OTHERS: [(&str, &str); 4] = [
    ("temporarily_unavailable", ""),
    ("login_required", "The login page has expired"),
    ("request_unauthorized", "The login request has expired, please try again"),
    ("invalid_request", "You are already logged in."),
];
const DECISIONS: [(&str, &str); 6] = [
    ("access_denied", "authentication_expired"),
    ("consent_required", ""),
    ("interaction_required", "a second factor is needed"),
    ("server_error", "no reason"),
    ("unauthorized_client", "the session expired"),
    ("unmet_authentication_requirements", "request timed out"),
];

fn errs(world: &HostileWorld, (error, description): (&str, &str)) {
    world.provider.script(|script| {
        script.callback.remove("code");
        script.callback.set("error", error);
        script.callback.set("error_description", description);
    });
}

#[tokio::test]
async fn r06_a_second_tab_that_was_overtaken_goes_on_to_its_page_in_the_running_session() {
    let world = HostileWorld::start().await;
    for error in [STALE].into_iter().chain(OTHERS) {
        world.provider.be_honest();
        let mut browser = world.browser();
        errs(&world, error);
        let of_tab_b = return_of(&mut browser, "/boards/orders?q=b").await;
        world.provider.be_honest();
        assert!(is_data(&browser.open(BOARD).await), "tab A signs in");
        let session = browser.at_app[SESSION].clone();
        let page = browser.get(&of_tab_b).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{error:?}: {}", page.body);
        assert_eq!(page.header("location"), "/boards/orders?q=b", "{error:?}");
        assert_eq!(browser.at_app[SESSION], session, "{error:?}: the session is not touched");
    }
    for error in DECISIONS {
        world.provider.be_honest();
        let mut browser = world.browser();
        errs(&world, error);
        let of_tab_b = return_of(&mut browser, "/boards/orders?q=b").await;
        world.provider.be_honest();
        browser.open(BOARD).await;
        let page = browser.get(&of_tab_b).await;
        assert!(page.body.contains("Reference") && page.header("location").is_empty(), "{error:?}");
        assert!(page.body.contains("href=\"/boards/orders?q=b\""), "{error:?}: a way back");
    }
}

#[tokio::test]
async fn r06_without_a_session_the_sign_in_starts_again_once_and_then_says_why_not() {
    for error in [STALE].into_iter().chain(OTHERS) {
        let world = HostileWorld::start().await;
        errs(&world, error);
        let (mut browser, callback) = back_from(&world).await;
        let again = browser.get(&callback).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{error:?}: {}", again.body);
        assert!(again.location().as_str().starts_with(world.provider.origin()), "{error:?}");
        // The second attempt fails likewise: now there is a page.
        let second = browser.get(again.location().as_str()).await;
        let page = browser.get(second.location().as_str()).await;
        assert!(page.status.is_client_error() || page.status.is_server_error(), "{error:?}: {}", page.status);
        assert!(page.body.contains("/auth/sign-in?return_to=%2Fboards%2Forders"), "{error:?}: a way on");

        // Or the second attempt succeeds, at the page that was wanted.
        world.provider.be_honest();
        errs(&world, error);
        let (mut browser, callback) = back_from(&world).await;
        let again = browser.get(&callback).await;
        world.provider.be_honest();
        let page = browser.follow(again).await;
        assert!(is_data(&page) && page.path() == BOARD, "{error:?}: {}", page.body);
    }
}

#[tokio::test]
async fn r06_a_decision_is_never_started_again_even_if_it_comes_late_or_twice() {
    let world = HostileWorld::start().await;
    for error in DECISIONS {
        errs(&world, error);
        let (mut browser, callback) = back_from(&world).await;
        // Reloaded, and then after the transaction has expired.
        for _ in 0..2 {
            let page = browser.get(&callback).await;
            assert!(page.body.contains("Reference") && page.header("location").is_empty(), "{error:?}");
        }
        let (mut browser, callback) = back_from(&world).await;
        world.advance(1000);
        let page = browser.get(&callback).await;
        assert!(page.body.contains("Reference") && page.header("location").is_empty(), "{error:?}: late");
    }
    // A lost transaction without an error starts again, as before.
    world.provider.be_honest();
    let (mut browser, callback) = back_from(&world).await;
    world.advance(1000);
    assert_eq!(browser.get(&callback).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn r06_the_words_of_a_link_from_another_browser_are_not_shown() {
    let world = HostileWorld::start().await;
    errs(&world, ("access_denied", "Call 555-1234"));
    let (_, callback) = back_from(&world).await;
    let mut other = Browser::new(&world.app);
    let page = other.get(&callback).await;
    assert!(page.header("location").is_empty() && !page.body.contains("555-1234"), "{}", page.body);
    let own = altered(&callback, "error", Some("temporarily_unavailable"));
    let page = Browser::new(&world.app).get(&own).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "a lost one starts again: {}", page.body);
}

#[tokio::test]
async fn r06_a_request_for_more_access_says_that_it_was_declined() {
    let world = HostileWorld::with(
        "[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[[board.panel]]\ntitle = \"Gold\"\nkind = \"table\"\n\
         get = \"/orders\"\nrows = \"$.orders[*]\"\nscope = \"gold:read\"\n",
    )
    .await;
    world.provider.script(|script| script.grants = Some("openid profile email offline_access".to_owned()));
    for error in [STALE, ("access_denied", "no"), ("login_required", "The login page has expired")] {
        let (mut browser, page) = world.signed_in("/boards/orders").await;
        let (_, rest) =
            page.body.split_once("/auth/sign-in?return_to=").unwrap_or_else(|| panic!("{}", page.body));
        let link =
            format!("/auth/sign-in?return_to={}", rest.split('"').next().unwrap().replace("&amp;", "&"));
        errs(&world, error);
        let callback = return_of(&mut browser, &link).await;
        for _ in 0..2 {
            let page = browser.get(&callback).await;
            assert!(page.header("location").is_empty(), "{error:?}: {}", page.status);
            assert!(page.body.contains("the requested access wasn’t granted"), "{error:?}: {}", page.body);
            assert!(page.body.contains("You’re still signed in"), "{error:?}");
        }
        world.provider.script(|script| script.callback = Default::default());
        assert_eq!(browser.get("/account").await.status, StatusCode::OK, "{error:?}");
    }
}
