//! `GET /auth/callback`.

use super::support::{Browser, Page, World};
use axum::http::{Method, StatusCode};

/// A browser at the redirect back from the provider, not yet followed.
async fn at_callback<'a>(world: &'a World, target: &str) -> (Browser<'a>, String) {
    let mut browser = world.browser();
    let page = browser.open(target).await;
    let page = browser.press_sign_in(page, "ada").await;
    (browser, page.location().into())
}

fn is_problem(page: &Page) -> bool {
    page.status.is_client_error() && page.body.contains("Reference") && page.is_of_app()
}

#[tokio::test]
async fn cb_16_success_gives_a_new_id_a_clean_url_and_no_store() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/account").await;
    let page = browser.get(&callback).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/account"));
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    let first = browser.at_app["claimcheck"].clone();
    let again = browser.open("/auth/sign-in?return_to=/account").await;
    let again = if again.is_of_app() { again } else { browser.answer(again, "consent", "allow").await };
    assert_eq!(browser.follow(again).await.path(), "/account");
    let second = browser.at_app["claimcheck"].clone();
    assert_ne!(first, second);
    let mut old = world.browser();
    old.at_app.insert("claimcheck".into(), first);
    assert!(!old.open("/account").await.is_of_app(), "the old id is dead at once");
}

#[tokio::test]
async fn cb_16_another_person_leaves_nothing_of_the_first() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let first = browser.at_app["claimcheck"].clone();
    browser.at_provider.clear();
    let page = browser.open("/auth/sign-in?return_to=/account").await;
    let page = browser.sign_in(page, "jonas").await;
    assert!(page.body.contains("Jonas Lind") && !page.body.contains("Ada"));
    let mut old = world.browser();
    old.at_app.insert("claimcheck".into(), first);
    assert!(!old.open("/account").await.is_of_app());
}

#[tokio::test]
async fn cb_01_an_unknown_state_leads_to_no_token_request() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/account").await;
    let altered = callback.replace("state=", "state=x");
    assert!(is_problem(&browser.get(&altered).await));
    assert!(is_problem(&browser.get("/auth/callback").await));
    assert!(is_problem(&browser.get("/auth/callback?code=a&state=").await));
    assert_eq!(world.provider.count("authorization_code"), 0);
    assert_eq!(browser.open(&callback).await.path(), "/account", "the genuine one still works");
}

#[tokio::test]
async fn cb_02_another_browser_gets_a_sign_in_of_its_own_and_no_session() {
    let world = World::start().await;
    let (_, callback) = at_callback(&world, "/account").await;
    let mut victim = world.browser();
    let page = victim.get(&callback).await;
    assert!(
        page.location().as_str().starts_with(&world.provider.origin()),
        "one restart, straight to the provider"
    );
    assert_eq!(world.provider.count("authorization_code"), 0);
    assert!(!victim.at_app.contains_key("claimcheck"));
    let page = victim.follow(page).await;
    assert_eq!(victim.sign_in(page, "jonas").await.path(), "/account");
}

#[tokio::test]
async fn cb_03_one_response_leads_to_one_token_request() {
    let world = World::start().await;
    let (browser, callback) = at_callback(&world, "/account").await;
    let tries = (0..20).map(|_| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        let callback = callback.clone();
        async move { tab.get(&callback).await }
    });
    let pages = futures::future::join_all(tries).await;
    assert_eq!(world.provider.count("authorization_code"), 1);
    assert_eq!(pages.iter().filter(|page| page.header("location") == "/account").count(), 1);
}

#[tokio::test]
async fn cb_17_an_unusable_callback_never_touches_a_running_session() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/boards/orders").await;
    assert_eq!(browser.open(&callback).await.path(), "/boards/orders");
    let cookie = browser.at_app["claimcheck"].clone();
    assert_eq!(browser.get(&callback).await.header("location"), "/boards/orders", "a replay leads on");
    assert_eq!(browser.get("/auth/callback?code=forged&state=forged").await.header("location"), "/");
    assert_eq!(
        (browser.at_app["claimcheck"].clone(), world.provider.count("authorization_code")),
        (cookie, 1)
    );
    assert_eq!(browser.open("/account").await.path(), "/account");
}

#[tokio::test]
async fn lr_08_a_lost_transaction_restarts_once_and_then_says_so() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/account").await;
    browser.at_app.clear();
    let page = browser.get(&callback).await;
    assert!(page.status.is_redirection());
    browser.at_app.clear();
    let page = browser.follow(page).await;
    let page = if page.is_of_app() { page } else { browser.answer(page, "consent", "allow").await };
    browser.at_app.clear();
    let page = browser.follow(page).await;
    assert!(is_problem(&page) && page.body.contains("Allow cookies"), "{}", page.body);
}

#[tokio::test]
async fn lr_08_an_expired_transaction_restarts_and_lands_on_the_same_page() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/boards/orders").await;
    world.advance(3600);
    let page = browser.get(&callback).await;
    assert!(page.location().as_str().starts_with(&world.provider.origin()));
    assert_eq!(world.provider.count("authorization_code"), 0);
}

#[tokio::test]
async fn cb_04_the_providers_error_comes_first_and_ends_the_transaction() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser.open("/boards/orders").await;
    let cancelled = browser.answer(page, "sign-in", "cancel").await;
    let callback: String = cancelled.location().into();
    assert!(callback.contains("error=access_denied"));
    let said = format!("{callback}&error_uri=javascript:alert(1)")
        .replace("error=access_denied", "error=access_denied&error_description=%3Cimg%20onerror%3D1%3E");
    let described = callback.contains("error_description");
    let page = browser.get(if described { &callback } else { &said }).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("You did not sign in")
            && page.body.contains("/auth/sign-in?return_to=%2Fboards%2Forders")
    );
    assert!(!page.body.contains("<img") && !page.body.contains("javascript:"));
    assert_eq!(world.provider.count("POST /token"), 0);
    assert_ne!(browser.get(&callback).await.status, StatusCode::FORBIDDEN, "the transaction is used up");
}

#[tokio::test]
async fn cb_05_code_and_error_together_or_a_repeated_parameter_is_refused() {
    let world = World::start().await;
    for extra in ["&error=access_denied", "&code=b", "&state=b", "&iss=b"] {
        let (mut browser, callback) = at_callback(&world, "/account").await;
        assert!(is_problem(&browser.get(&format!("{callback}{extra}")).await), "{extra}");
    }
    assert_eq!(world.provider.count("authorization_code"), 0);
    let (mut browser, callback) = at_callback(&world, "/account").await;
    assert_eq!(browser.open(&format!("{callback}&session_state=x&scope=openid")).await.path(), "/account");
}

#[tokio::test]
async fn cb_06_iss_must_be_the_issuer_and_must_be_there_when_it_is_promised() {
    let world = World::start().await;
    let issuer = form_encoded(&world.provider.origin());
    for wrong in [
        "",
        "&iss=https%3A%2F%2Fevil.example",
        &format!("&iss={issuer}%2F"),
        &format!("&iss={}", issuer.to_uppercase()),
    ] {
        let (mut browser, callback) = at_callback(&world, "/account").await;
        let without: Vec<_> = callback.split('&').filter(|pair| !pair.starts_with("iss=")).collect();
        assert!(is_problem(&browser.get(&format!("{}{wrong}", without.join("&"))).await), "{wrong}");
    }
    assert_eq!(world.provider.count("authorization_code"), 0);
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn cb_07_head_does_not_use_up_the_transaction_and_post_is_refused() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/account").await;
    assert_eq!(browser.send(Method::HEAD, &callback, &[], None).await.status, StatusCode::OK);
    let variant = callback.replace("/auth/callback?", "/auth/callback/?");
    assert_eq!(browser.send(Method::HEAD, &variant, &[], None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.post(&callback, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(world.provider.count("authorization_code"), 0);
    assert_eq!(browser.open(&callback).await.path(), "/account");
}
