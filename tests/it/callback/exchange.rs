//! The token request (CB-08, CB-09).

use std::collections::BTreeSet;

use axum::http::Method;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    callback::{BOARD, is_data},
    support::hostile::{At, HostileWorld, Seen},
};

/// Characters that are special in a form, in a header, in Base64 and beyond ASCII.
const SECRET: &str = "a:b%+ &é=~/?";

#[tokio::test]
async fn cb_08_the_token_request_is_a_form_with_the_verifier_and_the_same_redirect_uri() {
    let world = HostileWorld::start().await;
    let (browser, page) = world.signed_in(BOARD).await;
    assert!(is_data(&page));
    let (asked, exchanged) = (world.provider.seen(At::Authorization), world.provider.seen(At::CodeExchange));
    let [asked, exchange] = [&asked[..], &exchanged[..]].map(|all| match all {
        [one] => one.clone(),
        _ => panic!("one of each: {all:?}"),
    });
    assert_eq!(
        (&exchange.method, exchange.path.as_str(), exchange.query.as_str()),
        (&Method::POST, "/token", "")
    );
    assert_eq!(exchange.header("content-type"), "application/x-www-form-urlencoded");
    let names: Vec<_> = exchange.form.iter().map(|(name, _)| name.as_str()).collect();
    let distinct: BTreeSet<_> = names.iter().copied().collect();
    assert_eq!(distinct, ["code", "code_verifier", "grant_type", "redirect_uri"].into());
    assert_eq!(names.len(), distinct.len(), "none of them twice");
    assert_eq!(exchange.field("grant_type"), Some("authorization_code"));
    assert_eq!(exchange.field("redirect_uri").map(str::to_owned), asked.param("redirect_uri"));
    let callback = browser.trail.iter().find(|page| page.url.path() == "/auth/callback").unwrap();
    let code = callback.url.query_pairs().find(|(name, _)| name == "code").unwrap().1;
    assert_eq!(exchange.field("code"), Some(&*code));
    let hash = Sha256::digest(exchange.field("code_verifier").unwrap());
    assert_eq!(asked.param("code_challenge"), Some(BASE64_URL_SAFE_NO_PAD.encode(hash)));
}

/// How a request authenticates: by header or by form, never both, and in no other way.
fn method(seen: &Seen) -> &'static str {
    let by_header = seen.header("authorization").starts_with("Basic ");
    assert!(by_header || !seen.headers.contains_key("authorization"));
    for other in ["client_assertion", "client_assertion_type"] {
        assert_eq!(seen.field(other), None);
    }
    match (by_header, seen.field("client_id"), seen.field("client_secret")) {
        (true, None, None) => "client_secret_basic",
        (false, Some("app"), Some(SECRET)) => "client_secret_post",
        both => panic!("{both:?}"),
    }
}

#[tokio::test]
async fn cb_09_one_authentication_method_is_used_as_configured_or_as_the_provider_offers() {
    let (basic, post) = ("client_secret_basic", "client_secret_post");
    for (configured, offered, expected) in [
        (None, None, basic),
        (None, Some(json!([basic])), basic),
        (None, Some(json!([post, basic])), basic),
        (None, Some(json!([post])), post),
        (None, Some(json!(["private_key_jwt", post])), post),
        (None, Some(json!(["private_key_jwt"])), basic),
        (Some(basic), Some(json!([post])), basic),
        (Some(post), Some(json!([basic])), post),
        (Some(post), None, post),
    ] {
        let what = format!("{configured:?} at {offered:?}");
        let settings = configured.map(|method| format!("client_auth = \"{method}\"\n")).unwrap_or_default();
        let world = HostileWorld::with_secret(SECRET, &settings).await;
        if let Some(offered) = offered {
            let name = "token_endpoint_auth_methods_supported";
            world.provider.script(|script| script.metadata.set(name, offered));
        }
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(is_data(&page), "{what}: {}", page.body);
        world.advance(180);
        assert!(is_data(&browser.open(BOARD).await), "{what}");
        browser.post("/auth/sign-out", &[]).await;
        world.drained().await;
        for at in [At::CodeExchange, At::Refresh, At::Revocation] {
            let seen = world.provider.seen(at);
            assert!(!seen.is_empty() && seen.iter().all(|seen| method(seen) == expected), "{what}: {at:?}");
            assert!(seen.iter().all(|seen| seen.query.is_empty()), "{what}: nothing secret in an address");
        }
    }
}
