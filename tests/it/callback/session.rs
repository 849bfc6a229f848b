//! The effect of a callback on sessions (CB-16, CB-17).

use axum::http::StatusCode;

use crate::{
    callback::{BOARD, PANEL, SESSION, altered, at_callback, is_data, return_of, seen},
    support::{
        World,
        hostile::{At, HostileWorld, Person, Raw, Script},
    },
};

const AGAIN: &str = "/auth/sign-in?return_to=/account";

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
async fn cb_16_the_tokens_of_another_person_before_are_given_back() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let first = world.provider.issued()[0].clone();
    world.provider.script(|script| script.person = Person::new("p-eve", "Eve Moreau"));
    let page = browser.open(AGAIN).await;
    assert!(page.body.contains("Eve Moreau") && !page.body.contains("Ada"), "{}", page.body);
    assert!(browser.open(BOARD).await.body.contains("Customer of p-eve"));
    world.drained().await;
    assert!(world.services.sessions.of(world.provider.origin(), "p-ada").await.unwrap().is_empty());
    let revoked = world.provider.seen(At::Revocation);
    let refresh_token = first.refresh_token.as_deref();
    assert!(revoked.iter().any(|seen| seen.field("token") == refresh_token), "{revoked:?}");
    assert!(world.provider.owner(&first.access_token).is_none());
}

type Fault = fn(&mut Script);

#[tokio::test]
async fn cb_17_a_callback_that_fails_leaves_the_running_session_as_it_was() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let cookie = browser.at_app[SESSION].clone();
    let faults: [(&str, Fault); 10] = [
        ("an error", |script| {
            script.callback.remove("code");
            script.callback.set("error", "access_denied");
        }),
        ("another iss", |script| script.callback.set("iss", "https://evil.example")),
        ("no code", |script| script.callback.remove("code")),
        ("a forged code", |script| script.callback.set("code", "forged")),
        ("a forged state", |script| script.callback.set("state", "forged")),
        ("a refused client", |script| {
            script.instead.insert(At::CodeExchange, Raw::json(401, r#"{"error":"invalid_client"}"#));
        }),
        ("a provider that is down", |script| {
            script.instead.insert(At::CodeExchange, Raw::text(503, "text/html", "down"));
        }),
        ("no ID token", |script| script.at_sign_in.answer.remove("id_token")),
        ("another nonce", |script| script.at_sign_in.claims.set("nonce", "another")),
        ("another type of token", |script| script.at_sign_in.answer.set("token_type", "mac")),
    ];
    for (what, fault) in faults {
        world.provider.script(fault);
        let callback = return_of(&mut browser, AGAIN).await;
        let before = seen(&world);
        let page = browser.get(&callback).await;
        // An unusable response redirects; a failure is shown.
        let is_told = page.body.contains("Reference") && !page.status.is_success();
        assert!(is_told || page.header("location") == "/", "{what}: {} {}", page.status, page.body);
        assert_eq!(seen(&world)[1..], before[1..], "{what}");
        assert_eq!(browser.at_app[SESSION], cookie, "{what}");
        assert!(is_data(&browser.fetch(PANEL).await), "{what}");
        world.provider.be_honest();
    }
    assert_eq!(world.provider.count(At::Revocation), 0);
    let sessions = world.services.sessions.of(world.provider.origin(), "p-ada").await.unwrap();
    assert_eq!(sessions.len(), 1, "none was created beside it");
    // Without a fault, the same session continues under a new id.
    let callback = return_of(&mut browser, AGAIN).await;
    assert_eq!(browser.get(&callback).await.status, StatusCode::SEE_OTHER);
    assert_ne!(browser.at_app[SESSION], cookie);
    let gone = altered(&callback, "state", Some("forged"));
    assert_eq!(browser.get(&gone).await.header("location"), "/");
    assert!(is_data(&browser.fetch(PANEL).await));
}
