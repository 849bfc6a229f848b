//! `/account`.

use super::support::{Fault, World};
use axum::http::StatusCode;

#[tokio::test]
async fn the_account_page_shows_claims_in_words_roles_and_session_facts() {
    let world = World::start().await;
    let (_, page) = world.signed_in("ada", "/account").await;
    for text in [
        "Ada Okafor",
        "Email address",
        "ada.okafor@harbour.example",
        "Department",
        "finance",
        "Signed in since",
        "orders:read",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
}

#[tokio::test]
async fn details_can_be_refreshed_with_scripts_off_and_come_back_to_the_page() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let answer = browser.post("/api/refresh_account", &[]).await;
    assert_eq!(answer.location().path(), "/account");
    assert_eq!(world.provider.count("GET /userinfo"), 2);
}

#[tokio::test]
async fn cs_09_a_failed_form_leads_home_to_its_page_with_no_text_in_the_url() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    world.provider.set(Fault::Answer(503, "text/plain", "down"));
    let headers = [("sec-fetch-site", "same-origin"), ("referer", "https://evil.example/")];
    let answer =
        browser.send(axum::http::Method::POST, "/api/refresh_account", &headers, Some(String::new())).await;
    assert!(answer.is_of_app() && answer.location().query().is_none());
    assert_eq!(answer.location().path(), "/account");
    assert_eq!(browser.open("/account").await.status, StatusCode::OK);
}
