//! A missing scope: requested when the user wants it, granted or not, never in a loop (AC-06).

use claimcheck_model::{AccessDenied, AppError};

use crate::{
    step_up::{BOARD, SCOPES, answer, asked, is_data, link, offer, refusal, request, session, some, world},
    support::hostile::{At, Raw},
};

const NEEDS: &str = "scope = \"stock:read\"";

#[tokio::test]
async fn ac_06_a_consented_request_adds_the_scope_and_comes_back_to_the_same_place() {
    let world = world("", NEEDS).await;
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(page.body.contains("<code>stock:read</code>") && world.api.calls().is_empty());
    let before = session(&world).await;
    world.services.sessions.update_record(&before.key, |r| r.flash = some("kept")).await.unwrap().unwrap();
    let link = link(&world, &mut browser).await;
    let start = browser.get(&link).await;
    assert_eq!(request(&start), [some(&format!("{SCOPES} stock:read")), None, None]);
    assert_eq!(start.sent("prompt"), some("consent"));
    let page = browser.follow(start).await;
    assert!(is_data(&page), "{}: {}", page.url, page.body);
    assert_eq!((asked(&world), world.provider.count(At::Revocation)), ((2, 0), 0));
    let after = session(&world).await;
    assert_eq!(after.key, before.key, "the same session");
    assert_eq!(after.record.history.len(), before.record.history.len() + 1, "with its history");
    assert!(!after.record.was_refused(&after.tokens, "stock:read"));
    assert!(page.body.contains("kept") || after.record.flash == some("kept"), "and its message");
    // A user who signs in again keeps the granted scopes.
    let start = browser.get(&format!("/auth/sign-in?return_to={BOARD}")).await;
    assert_eq!(request(&start)[0], some(&format!("{SCOPES} stock:read")));
    assert!(is_data(&browser.follow(start).await));
    // Not so without a session.
    let start = world.browser().get("/auth/sign-in").await;
    assert_eq!(request(&start)[0], some(SCOPES));
}

#[tokio::test]
async fn ac_06_a_grant_that_does_not_say_its_scope_is_as_it_was_asked_for() {
    let world = world("", NEEDS).await;
    world.provider.script(|script| script.at_sign_in.answer.remove("scope"));
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(!is_data(&page), "it was not asked for");
    let link = link(&world, &mut browser).await;
    assert!(is_data(&browser.open(&link).await));
}

#[tokio::test]
async fn ac_06_a_scope_that_is_not_granted_stays_locked_and_nothing_loops() {
    let world = world("", NEEDS).await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let first = link(&world, &mut browser).await;
    assert!(!is_refused(&world, "stock:read").await, "never asked for");
    world.provider.script(|script| script.grants = some(SCOPES));
    let page = browser.open(&first).await;
    assert!(page.path() == BOARD && page.body.contains("<code>stock:read</code>"), "{}", page.body);
    assert_eq!(asked(&world), (2, 0), "asked once");
    assert!(is_refused(&world, "stock:read").await && world.api.calls().is_empty());
    let start = browser.get("/auth/sign-in").await;
    assert_eq!(request(&start)[0], some(SCOPES), "it is not asked for again by itself");
    let again = link(&world, &mut browser).await;
    world.provider.be_honest();
    assert!(is_data(&browser.open(&again).await), "but when the person wants it");
    assert!(!is_refused(&world, "stock:read").await);
}

#[tokio::test]
async fn ac_06_the_scope_that_the_api_names_is_asked_for() {
    let world = world("", "").await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let insufficient = |scope: &str| {
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
        Raw::json(403, "{}").with("www-authenticate", &challenge)
    };
    answer(&world, insufficient("orders:read  stock:read offline_access openid stock:write"));
    let link = link(&world, &mut browser).await;
    let start = browser.get(&link).await;
    assert_eq!(request(&start), [some(&format!("{SCOPES} stock:read stock:write")), None, None]);
    let page = browser.follow(start).await;
    assert!(page.path() == BOARD && !is_data(&page), "the API is not satisfied");
    assert_eq!(asked(&world), (2, 0), "and nobody is asked again");
    assert_eq!(offer(&world, &mut browser).await, None, "all of it is granted: asking would not help");
    answer(&world, None);
    assert!(is_data(&browser.open(BOARD).await));
}

#[tokio::test]
async fn ac_06_offline_access_is_for_the_settings_to_ask_for() {
    let world = world("", "scope = \"offline_access\"").await;
    world.provider.script(|script| script.grants = some("openid"));
    let (mut browser, _) = world.signed_in(BOARD).await;
    assert_eq!(
        refusal(&mut browser).await,
        AppError::Forbidden(AccessDenied::Scope("offline_access".into()))
    );
    assert_eq!(offer(&world, &mut browser).await, None);
}

#[tokio::test]
async fn ac_06_a_403_is_explained_in_the_apis_own_words() {
    let world = world("", "").await;
    world.provider.script(|script| script.texts.access_token = "canary-access-token-".into());
    let (mut browser, _) = world.signed_in(BOARD).await;
    let problem = |body: &str| Raw::text(403, "application/problem+json", body);
    let said = |words: &str| AccessDenied::Said(words.to_owned());
    let at_the_cut = format!("{{\"detail\":\"{} {{echo}}\"}}", "x".repeat(295));
    let long = format!("{{\"detail\":\"{}\"}}", "x".repeat(5000));
    for (raw, expected) in [
        (
            problem(r#"{"title":"No","detail":"Only for people of Bergen","status":403}"#),
            said("Only for people of Bergen"),
        ),
        (problem(r#"{"title":"Not yours"}"#), said("Not yours")),
        (problem(r#"{"title":"Not yours","detail":" "}"#), said("Not yours")),
        (Raw::text(403, "Application/Problem+JSON; charset=utf-8", r#"{"title":"A"}"#), said("A")),
        (problem("{\"detail\":\"A\\r\\n\\u0000B \\u202eC\"}"), said("A B C")),
        (problem(&long), said(&"x".repeat(300))),
        (problem(&at_the_cut), AccessDenied::Unsaid),
        (problem(r#"{"detail":"{echo}","title":"Not yours"}"#), said("Not yours")),
        (problem(r#"{"detail":{"a":1}}"#), AccessDenied::Unsaid),
        (problem("no JSON"), AccessDenied::Unsaid),
        (problem("[]"), AccessDenied::Unsaid),
        (Raw::json(403, r#"{"detail":"Not a problem"}"#), said("Not a problem")),
        (Raw::json(403, r#"{"error":{"message":"Not yours"}}"#), said("Not yours")),
        (Raw::text(403, "text/html", r#"{"detail":"A page"}"#), AccessDenied::Unsaid),
        (
            problem(r#"{"detail":"Words"}"#)
                .with("www-authenticate", "Bearer error=\"insufficient_scope\", scope=\"stock:read\""),
            AccessDenied::Scope("stock:read".to_owned()),
        ),
    ] {
        answer(&world, raw.clone());
        assert_eq!(refusal(&mut browser).await, AppError::Forbidden(expected), "{raw:?}");
        assert!(!browser.get(BOARD).await.body.contains("canary"), "{raw:?}");
    }
    answer(&world, problem(r#"{"detail":"Words"}"#));
    assert_eq!(offer(&world, &mut browser).await, None);
    assert_eq!(asked(&world), (1, 0));
}

async fn is_refused(world: &crate::support::hostile::HostileWorld, scope: &str) -> bool {
    let signed_in = session(world).await;
    signed_in.record.was_refused(&signed_in.tokens, scope)
}
