//! The refresh plan of the OpenID Foundation's conformance suite for relying parties, module by module, by the numbers
//! in docs/requirements.md.

use axum::http::Method;
use serde_json::json;

use crate::{
    refresh::{LATER_SECS, PANEL, is_data},
    support::{
        Browser,
        hostile::{At, HostileWorld},
    },
};

/// The user refreshes their details.
async fn press(browser: &mut Browser<'_>) -> u16 {
    let headers = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty"), ("accept", "*/*")];
    let answer = browser.send(Method::POST, "/api/refresh_account", &headers, Some(String::new())).await;
    answer.status.as_u16()
}

/// The access tokens with which UserInfo was requested.
fn asked_with(world: &HostileWorld) -> Vec<String> {
    let seen = world.provider.seen(At::UserInfo);
    seen.iter().map(|seen| seen.header("authorization").trim_start_matches("Bearer ").to_owned()).collect()
}

#[tokio::test]
async fn suite_35_refresh_token_then_userinfo_with_the_new_token_and_no_more_scope() {
    let world = HostileWorld::start().await;
    // 50 or more characters of VSCHAR (RFC 6749 A.17).
    let text: String = (0x20..=0x7e_u8).map(char::from).collect();
    world.provider.script(|script| script.texts.refresh_token = text.clone());
    let (mut browser, before) = world.signed_in("/account").await;
    world.advance(LATER_SECS);
    assert_eq!(press(&mut browser).await, 200);
    let (refreshes, issued) = (world.provider.seen(At::Refresh), world.provider.issued());
    assert_eq!((refreshes.len(), issued.len()), (1, 2));
    assert_eq!(refreshes[0].field("refresh_token"), issued[0].refresh_token.as_deref());
    assert!(refreshes[0].field("refresh_token").is_some_and(|token| token.starts_with(&text)));
    assert_eq!(refreshes[0].field("scope"), None, "as much as was granted");
    let asked = asked_with(&world);
    assert_eq!(asked[0], issued[0].access_token);
    assert!(asked.len() > 1 && asked[1..].iter().all(|token| *token == issued[1].access_token), "{asked:?}");
    let scopes = |body: &str| body.split("Granted permissions").nth(1).map(str::to_owned);
    let page = browser.open("/account").await;
    let shown = |body: &str| scopes(body).unwrap().split("</section>").next().unwrap().to_owned();
    assert_eq!(shown(&page.body), shown(&before.body));
}

/// A refreshed ID token with that claim changed: no UserInfo request afterwards, and none of the new tokens is used.
async fn refused(claim: &str, value: serde_json::Value) {
    for by_person in [true, false] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.provider.script(|script| script.at_refresh.claims.set(claim, value.clone()));
        world.advance(LATER_SECS);
        let status =
            if by_person { press(&mut browser).await } else { browser.fetch(PANEL).await.status.as_u16() };
        assert_eq!(status, 401, "the session is over");
        world.drained().await;
        let issued = world.provider.issued();
        assert_eq!((issued.len(), world.provider.count(At::Refresh)), (2, 1));
        assert_eq!(asked_with(&world), [issued[0].access_token.clone()], "at sign-in, and not afterwards");
        assert!(!world.api.saw(&issued[1].access_token));
    }
    // The same with its value from the sign-in.
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let honest = if claim == "iss" { json!(world.provider.origin()) } else { json!("p-ada") };
    world.provider.script(|script| script.at_refresh.claims.set(claim, honest));
    world.advance(LATER_SECS);
    assert!(is_data(&browser.fetch(PANEL).await));
    assert_eq!(asked_with(&world).last(), Some(&world.provider.issued()[1].access_token));
}

#[tokio::test]
async fn suite_36_refresh_token_invalid_issuer() {
    refused("iss", json!("https://evil.example")).await;
}

#[tokio::test]
async fn suite_37_refresh_token_invalid_sub() {
    refused("sub", json!("p-ada-invalid")).await;
}
