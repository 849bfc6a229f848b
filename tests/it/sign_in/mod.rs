//! `GET /auth/sign-in`, and the redirects to it.

mod allow;
mod elsewhere;
mod lengths;
mod request;
mod signed_out;
mod targets;
mod zone;

use axum::http::{Method, StatusCode};

use super::{
    browsers::framed::is_shown_in_frame,
    support::{APP, World},
};

#[tokio::test]
async fn lr_01_a_person_signs_in_and_lands_on_the_page_that_was_asked_for() {
    let world = World::start().await;
    let (mut browser, page) = world.signed_in("ada", "/boards/orders?q=ship&sort=total&order=desc").await;
    assert_eq!(
        (page.status, page.path().as_str()),
        (StatusCode::OK, "/boards/orders?q=ship&sort=total&order=desc")
    );
    assert!(page.body.contains("Ada Okafor") && page.body.contains("<h1>Orders</h1>"));
    assert_eq!(world.provider.count("GET /userinfo"), 1);
    assert_eq!(browser.open("/account").await.path(), "/account", "and stays signed in");
}

#[tokio::test]
async fn a_second_factor_that_is_asked_for_at_every_sign_in_is_passed_on_the_way() {
    let world = World::with("authorize_params = \"acr_values=urn:harbour:acr:second-factor\"").await;
    let mut browser = world.browser();
    let page = browser.open("/boards/orders").await;
    let page = browser.sign_in(page, "ada").await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/boards/orders"));
    assert_eq!(world.provider.count("POST /code"), 1);
    let weak = World::start().await;
    weak.signed_in("ada", "/boards/orders").await;
    assert_eq!(weak.provider.count("POST /code"), 0);
}

#[tokio::test]
async fn lr_03_the_redirect_uri_is_never_taken_from_the_request() {
    for settings in ["", "trusted_proxies = \"127.0.0.0/8\"\n"] {
        let world = World::with(settings).await;
        for (header, value) in [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "8443"),
            ("forwarded", "host=evil.example;proto=https"),
            ("x-original-host", "evil.example"),
        ] {
            let page = world.browser().send(Method::GET, "/auth/sign-in", &[(header, value)], None).await;
            assert_eq!(page.sent("redirect_uri").unwrap(), format!("{APP}/auth/callback"));
            assert!(!page.header("set-cookie").contains("Secure"), "cookies follow the settings");
        }
    }
}

#[tokio::test]
async fn lr_10_only_a_navigation_starts_a_sign_in() {
    let world = World::start().await;
    let mut browser = world.browser();
    let prefetch =
        browser.send(Method::GET, "/account", &[("sec-purpose", "prefetch;prerender")], None).await;
    let frame = browser.send(Method::GET, "/account", &[("sec-fetch-dest", "iframe")], None).await;
    let fetch = browser.fetch("/auth/sign-in").await;
    for refused in [prefetch, fetch] {
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.headers.get("location").is_none());
    }
    assert!(is_shown_in_frame(&frame), "{}", frame.body);
    assert!(browser.at_app.is_empty(), "no transaction was begun");
    let mail = browser.send(Method::GET, "/account", &[("sec-fetch-site", "cross-site")], None).await;
    assert!(mail.location().as_str().starts_with(&world.provider.origin()), "a deep link in a mail works");
}

#[tokio::test]
async fn lr_08_tabs_sign_in_in_any_order_and_each_lands_on_its_own_page() {
    let world = World::start().await;
    let mut browser = world.browser();
    let targets = ["/account", "/boards/orders", "/boards/reports"];
    let mut pages = Vec::new();
    for target in targets {
        pages.push(browser.open(target).await);
    }
    for (page, target) in pages.into_iter().zip(targets).rev() {
        assert_eq!(browser.sign_in(page, "ada").await.path(), target);
    }
    assert_eq!(world.provider.count("authorization_code"), 3);
}
