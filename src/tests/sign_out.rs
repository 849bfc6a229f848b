//! `POST /auth/sign-out`, and the way back from the provider.

use super::support::{APP, Fault, World};
use axum::http::{Method, StatusCode};

#[tokio::test]
async fn lo_04_sign_out_ends_the_session_revokes_and_sends_the_hint_by_post() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let page = browser.post("/auth/sign-out", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!browser.at_app.contains_key("claimcheck"), "the cookie is taken away");
    assert_eq!(page.header("clear-site-data"), "\"cache\"");
    assert!(!page.header("content-security-policy").contains("form-action"));
    assert_eq!(world.provider.count("POST /revoke"), 2, "the refresh token, then the access token");
    let fields = page.fields();
    let field = |name: &str| {
        fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    assert_eq!(field("post_logout_redirect_uri"), format!("{APP}/"));
    assert_eq!(field("client_id"), "app");
    assert!(field("id_token_hint").split('.').count() == 3 && field("state").len() >= 22);

    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let end = format!("{}/end-session", world.provider.origin());
    let at_provider = browser.post(&end, &pairs).await;
    let home = browser.follow(at_provider).await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.is_of_app() && home.body.contains("You are signed out"));
    let mut thief = world.browser();
    thief.at_app.insert("claimcheck".into(), cookie);
    assert!(!thief.open("/account").await.is_of_app(), "a copied cookie is worth nothing");
    let again = browser.open("/account").await;
    assert!(again.body.contains("Pick a person"), "the provider asks again");
}

#[tokio::test]
async fn lo_01_only_a_same_origin_post_signs_out() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for site in ["cross-site", "same-site", "none"] {
        let page = browser
            .send(Method::POST, "/auth/sign-out", &[("sec-fetch-site", site)], Some(String::new()))
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(browser.get("/auth/sign-out").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(browser.open("/account").await.path(), "/account", "still signed in");
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn lo_02_sign_out_works_while_the_provider_is_down_and_when_repeated() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    world.provider.set(Fault::Answer(503, "text/plain", "down"));
    let cookie = browser.at_app["claimcheck"].clone();
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
    browser.at_app.insert("claimcheck".into(), cookie);
    world.provider.set(Fault::None);
    assert!(!browser.open("/account").await.is_of_app());
    let again = browser.post("/auth/sign-out", &[]).await;
    let home = browser.follow(again).await;
    assert!(home.body.contains("You are signed out here"), "and it says how far that went");
}

#[tokio::test]
async fn lo_06_home_copes_with_a_missing_wrong_or_foreign_state() {
    let world = World::start().await;
    for state in ["", "?state=", "?state=forged", "?state=%3Cscript%3E", "?state=a&state=b"] {
        let home = world.browser().open(&format!("/{state}")).await;
        assert_eq!(home.status, StatusCode::OK);
        assert!(!home.body.contains("signed out.") && !home.body.contains("forged"));
    }
}
