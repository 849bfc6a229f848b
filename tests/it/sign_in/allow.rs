//! Who may sign in at all: the rules of `[[allow]]`.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Page,
    hostile::{At, HostileWorld, Raw},
    log::OwnLog,
    until,
};

const SESSION: &str = "claimcheck";
const DOMAIN: &str = "[[allow]]\nemail_domain = \"example.com\"\n";
const HD: &str = "[[allow]]\nclaim = \"hd\"\nis = [\"example.com\", \"example.org\"]\n";

async fn world(rules: &str, claims: Value) -> HostileWorld {
    let boards = "[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[[board.panel]]\ntitle = \"Orders\"\nkind = \"table\"\n\
                  get = \"/orders\"\nrows = \"$.orders[*]\"\nkey = \"id\"\n";
    let world = HostileWorld::with(&format!("{rules}{boards}")).await;
    say(&world, claims);
    world
}

/// The claims of the user from now on.
fn say(world: &HostileWorld, claims: Value) {
    world.provider.script(|script| {
        script.person.claims = claims.as_object().unwrap().clone();
        script.person.claims.insert("name".to_owned(), json!("Ada Okafor"));
    });
}

fn is_refused(page: &Page) -> bool {
    let is_page = page.body.contains("You have no access with this account");
    assert!(is_page || page.status == StatusCode::OK, "{} {}", page.status, page.body);
    assert!(!is_page || page.status == StatusCode::FORBIDDEN);
    is_page
}

#[tokio::test]
async fn users_who_meet_a_rule_sign_in_and_others_get_a_page_and_no_session() {
    for (rules, claims, may) in [
        (DOMAIN, json!({ "email": "ada@example.com", "email_verified": true }), true),
        (DOMAIN, json!({ "email": "Ada@Example.COM", "email_verified": "true" }), true),
        (DOMAIN, json!({ "email": "ada@example.com", "email_verified": false }), false),
        (DOMAIN, json!({ "email": "ada@example.com" }), false),
        (DOMAIN, json!({ "email": "ada@sub.example.com", "email_verified": true }), false),
        (DOMAIN, json!({ "email": "ada@evil.example", "email_verified": true }), false),
        (HD, json!({ "hd": "example.org" }), true),
        (HD, json!({ "hd": "evil.example", "email": "a@example.com", "email_verified": true }), false),
        (HD, json!({}), false),
        (
            "[[allow]]\nclaim = \"groups\"\nis = \"Night shift\"\n[[allow]]\nclaim = \"realm_access.roles\"\nis = \"staff\"\n",
            json!({ "realm_access": { "roles": ["x", "staff"] } }),
            true,
        ),
        ("", json!({}), true),
    ] {
        let log = OwnLog::begin();
        let world = world(rules, claims.clone()).await;
        let (browser, page) = world.signed_in("/boards/orders").await;
        assert_eq!(is_refused(&page), !may, "{rules} {claims}");
        assert_eq!(browser.at_app.contains_key(SESSION), may, "{rules} {claims}");
        assert_eq!(log.text().contains("reason=\"not_allowed\""), !may);
        if !may {
            assert_eq!(world.api.calls().len(), 0);
            assert!(page.body.contains("Reference") && page.body.contains("Use another account"));
            // The tokens are revoked.
            until(|| world.provider.count(At::Revocation) > 0).await;
        }
    }
}

#[tokio::test]
async fn the_page_leads_to_another_account_in_both_languages() {
    let world = world(HD, json!({ "hd": "evil.example" })).await;
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(is_refused(&page));
    let (_, rest) = page.body.split_once("href=\"/auth/sign-in").unwrap();
    let link = format!("/auth/sign-in{}", rest.split('"').next().unwrap().replace("&amp;", "&"));
    let away = browser.get(&link).await;
    assert_eq!(away.sent("prompt").as_deref(), Some("login consent"), "the provider asks for the account");
    say(&world, json!({ "hd": "example.com" }));
    let page = browser.follow(away).await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/boards/orders"));

    say(&world, json!({}));
    let mut browser = world.browser();
    let german = [("accept-language", "de")];
    let mut page = browser.send(Method::GET, "/boards/orders", &german, None).await;
    while page.status.is_redirection() {
        page = browser.send(Method::GET, page.location().as_str(), &german, None).await;
    }
    assert!(page.body.contains("Sie haben mit diesem Konto keinen Zugriff"), "{}", page.body);
    assert!(page.body.contains("Anderes Konto verwenden"));
}

#[tokio::test]
async fn the_rules_apply_again_when_claims_change() {
    let world = world(HD, json!({ "hd": "example.com" })).await;
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(!is_refused(&page));
    // A refresh with the same claims changes nothing.
    world.advance(130);
    assert_eq!(browser.get("/boards/orders").await.status, StatusCode::OK);
    // The claim is another one: at the next refresh the session ends, and its tokens are revoked.
    let log = OwnLog::begin();
    world.provider.script(|script| {
        script.at_refresh.claims.set("hd", "evil.example");
        script.at_sign_in.claims.set("hd", "evil.example");
        script.userinfo.set("hd", "evil.example");
    });
    world.advance(130);
    browser.get("/boards/orders").await;
    let page = browser.open("/boards/orders").await;
    assert!(is_refused(&page), "{}", page.body);
    assert!(log.text().contains("any more"), "{}", log.text());
}

#[tokio::test]
async fn the_same_user_who_signs_in_again_without_access_loses_the_session_and_another_user_does_not() {
    let world = world(HD, json!({ "hd": "example.com" })).await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| script.person.sub = "p-eve".to_owned());
    say(&world, json!({ "hd": "evil.example" }));
    let page = browser.open("/auth/sign-in?return_to=%2Faccount").await;
    assert!(is_refused(&page));
    assert_eq!(browser.get("/account").await.status, StatusCode::OK, "another account changes nothing");
    world.provider.script(|script| script.person.sub = "p-ada".to_owned());
    let page = browser.open("/auth/sign-in?return_to=%2Faccount").await;
    assert!(is_refused(&page));
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER, "signed out");
}

#[tokio::test]
async fn a_rule_that_needs_userinfo_does_not_refuse_while_it_is_unavailable() {
    let world = world(HD, json!({ "hd": "example.com" })).await;
    world.provider.script(|script| {
        script.at_sign_in.claims.remove("hd");
        script.instead.insert(At::UserInfo, Raw::text(500, "text/html", "no"));
    });
    let (browser, page) = world.signed_in("/boards/orders").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.body);
    assert!(!browser.at_app.contains_key(SESSION) && page.body.contains("Try again"));
    world.provider.script(|script| drop(script.instead.remove(&At::UserInfo)));
    assert!(!is_refused(&world.signed_in("/boards/orders").await.1));
}

#[tokio::test]
async fn without_usable_userinfo_the_id_token_decides_and_the_page_leads_to_another_account() {
    for answer in [
        // Entra's UserInfo takes tokens for Microsoft Graph only, and others refuse tokens for an API.
        Raw::json(401, "{}").with("www-authenticate", "Bearer error=\"invalid_token\""),
        Raw::json(403, "{}"),
        Raw::text(200, "text/html", "<h1>Sign in</h1>"),
    ] {
        let log = OwnLog::begin();
        let world = world(HD, json!({ "hd": "example.com" })).await;
        world.provider.script(|script| drop(script.instead.insert(At::UserInfo, answer)));
        let (mut browser, page) = world.signed_in("/boards/orders").await;
        assert!(!is_refused(&page), "the ID token has the claim");
        world.provider.script(|script| script.at_sign_in.claims.remove("hd"));
        let (other, page) = world.signed_in("/boards/orders").await;
        assert!(is_refused(&page) && page.body.contains("Use another account"));
        assert!(!other.at_app.contains_key(SESSION));
        assert!(log.text().contains("only the claims of the ID token count"), "{}", log.text());
        // What the claim was when the session began is not disproved.
        assert!(is_refused(&browser.open("/auth/sign-in?return_to=%2Faccount").await));
        assert_eq!(browser.get("/account").await.status, StatusCode::OK, "the session goes on");
    }
}
