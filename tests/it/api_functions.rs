//! `/api/…`: the server functions, called directly.

use axum::http::{Method, StatusCode};
use leptos::server_fn::axum::server_fn_paths;

use crate::{
    routes::{CHANGES, READS},
    support::World,
};

#[tokio::test]
async fn cs_07_every_function_denies_an_anonymous_caller_in_its_typed_way() {
    let world = World::start().await;
    let mut seen = 0;
    for (path, method) in server_fn_paths() {
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
            ("accept", "application/json"),
        ];
        let address = format!("{path}?{READS}");
        let form = (method == Method::POST).then(|| CHANGES.to_owned());
        let page = world.browser().send(method, &address, &headers, form).await;
        seen += 1;
        match path {
            // Anyone may call it, but the arguments must be valid.
            "/api/complete_sign_in" => {
                assert!(page.body.contains("Problem") && !page.body.contains("Onward"))
            }
            _ => assert_eq!(
                (page.status, page.body.as_str()),
                (StatusCode::UNAUTHORIZED, "\"SignedOut\""),
                "{path}"
            ),
        }
    }
    assert!(seen >= 5, "the registered functions were found");
}

#[tokio::test]
async fn cs_01_a_function_that_changes_something_wants_its_caller_from_here() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("sec-fetch-site", "")]
    {
        let page =
            browser.send(Method::POST, "/api/refresh_account", &[(name, value)], Some(String::new())).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.provider.count("GET /userinfo"), 1);
    assert!(browser.post("/api/refresh_account", &[]).await.status.is_redirection());
}

#[tokio::test]
async fn ac_02_only_what_is_configured_can_be_named() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for query in
        ["board=..%2Fadmin&panel=orders", "board=orders&panel=other", "board=%2F%2Fevil&panel=orders"]
    {
        let page = browser.fetch(&format!("/api/panel?{query}")).await;
        assert_eq!((page.status, page.body.as_str()), (StatusCode::NOT_FOUND, "\"NotFound\""), "{query}");
    }
    let page = browser.fetch("/api/panel?board=orders").await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::BAD_REQUEST, "\"Invalid\""));
    assert_eq!(browser.fetch("/api/panel?board=orders&panel=orders").await.status, StatusCode::OK);
}

#[tokio::test]
async fn sc_11_polling_keeps_no_session_alive_and_a_page_does() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for _ in 0..4 {
        world.advance(1200);
        assert_eq!(browser.open("/account").await.path(), "/account", "reading keeps it alive");
    }
    for _ in 0..2 {
        world.advance(1000);
        browser.fetch("/api/account").await;
    }
    assert_eq!(browser.fetch("/api/account").await.status, StatusCode::UNAUTHORIZED, "polling does not");
}

#[tokio::test]
async fn sc_11_who_pages_searches_or_opens_a_row_is_active_and_a_panel_that_renews_itself_is_not() {
    let panel = "/api/panel_when_ready?board=orders&panel=orders&query=";
    for (asked, is_active) in [
        (format!("{panel}&by_person=true"), true),
        ("/api/row?board=orders&panel=orders&query=key%3DORD-2500".to_owned(), true),
        (format!("{panel}&by_person=false"), false),
        (panel.to_owned(), false),
    ] {
        let world = World::start().await;
        let (mut browser, _) = world.signed_in("ada", "/account").await;
        for _ in 0..2 {
            world.advance(850);
            assert_eq!(browser.fetch(&asked).await.status, StatusCode::OK, "{asked}");
        }
        world.advance(850);
        let expected = if is_active { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        assert_eq!(browser.fetch("/api/account").await.status, expected, "{asked}");
    }
}

#[tokio::test]
async fn sc_11_the_absolute_end_comes_whatever_one_does() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for _ in 0..42 {
        world.advance(1000);
        assert_eq!(browser.fetch("/api/account").await.status, StatusCode::OK);
        browser.open("/account").await;
    }
    world.advance(1300);
    assert_eq!(browser.fetch("/api/account").await.status, StatusCode::UNAUTHORIZED);
}
