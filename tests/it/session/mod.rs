//! The session over the whole router (group SC of docs/requirements.md): the parts of it that reach the browser, its
//! cookies, and that no write brings a session back or loses a token. Stores and layer have their own tests.

mod cookies;
mod keys;
mod place;
mod restored;
mod writes;

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    routes::{self, READS},
    support::hostile::{At, HostileWorld},
};

/// Longer than the lifetime of an access token.
const LATER_SECS: i64 = 180;

#[tokio::test]
async fn sc_02_a_claim_is_seen_only_where_it_is_shown_on_purpose() {
    let world = HostileWorld::start().await;
    let hidden = json!({ "deep": "hidden-object" });
    world.provider.script(|script| {
        let claims = &mut script.person.claims;
        // The account page shows every claim that can be one line of text, under "Additional details".
        claims.insert("secret_claim".into(), json!("shown-on-purpose"));
        claims.insert("secret_object".into(), hidden.clone());
        claims.insert("_claim_sources".into(), json!("hidden-source"));
        claims.insert("picture".into(), json!("https://hidden-picture.example/a.png"));
        script.at_sign_in.claims.set("sid", "hidden-sid");
        script.at_sign_in.claims.set("jti", "hidden-jti");
        script.at_sign_in.claims.set("s_hash", "hidden-hash");
    });
    let (mut browser, first) = world.signed_in("/account").await;
    let nonce = world.provider.seen(At::Authorization)[0].param("nonce").unwrap();
    let mut pages = vec![first];
    for path in routes::reading().iter().map(String::as_str).chain(["/nothing", "/auth/callback?error=x"]) {
        let separator = if path.contains('?') { "&" } else { "?" };
        let address = format!("{path}{separator}{READS}");
        pages.push(browser.get(&address).await);
        pages.push(browser.fetch(&address).await);
    }
    let script = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    pages.push(browser.send(Method::POST, "/api/refresh_account", &script, Some(String::new())).await);
    let mut shown = 0;
    for page in pages {
        let is_account = page.url.path().contains("account") && page.status == StatusCode::OK;
        assert_eq!(page.body.contains("shown-on-purpose"), is_account, "{}", page.url);
        assert!(!page.body.contains("hidden-") && !page.body.contains(&nonce), "{}: {}", page.url, page.body);
        let headers = format!("{:?}", page.headers);
        assert!(!headers.contains("shown-on-purpose") && !headers.contains("hidden-"), "{}", page.url);
        shown += usize::from(is_account);
    }
    assert!(shown >= 4, "page, function and refresh: {shown}");
}
