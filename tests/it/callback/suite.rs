//! Modules of the OpenID Foundation's conformance suite for relying parties about a sign-in as a whole and its
//! response, by name: the basic plan and the client plan of FAPI 2.0.

use serde_json::json;

use super::{BOARD, altered, back_from, is_data, refused, seen};
use crate::support::hostile::{At, HostileWorld};

#[tokio::test]
async fn lr_01_oidcc_client_test() {
    let world = HostileWorld::start().await;
    let (_, page) = world.signed_in(BOARD).await;
    assert!(is_data(&page), "{}", page.body);
    let order: Vec<_> = world.provider.everything().iter().map(|seen| seen.at).collect();
    let expected = [At::Discovery, At::Authorization, At::CodeExchange, At::Keys, At::UserInfo];
    assert_eq!(order, expected);
    let token = &world.provider.issued()[0].access_token;
    let userinfo = &world.provider.seen(At::UserInfo)[0];
    assert_eq!(userinfo.header("authorization"), format!("Bearer {token}"));
}

#[tokio::test]
async fn lr_02_oidcc_client_test_scope_userinfo_claims() {
    let world = HostileWorld::with("scopes = \"openid profile email\"\n").await;
    world.provider.script(|script| {
        script.userinfo.set("nickname", "The Countess");
        script.userinfo.set("email", "countess@people.example");
    });
    let (_, page) = world.signed_in("/account").await;
    let asked = world.provider.seen(At::Authorization)[0].param("scope").unwrap();
    assert_eq!(asked, "openid profile email");
    for claim in ["The Countess", "countess@people.example"] {
        assert!(page.body.contains(claim), "{claim}: {}", page.body);
    }
}

#[tokio::test]
async fn cb_09_oidcc_client_test_client_secret_basic() {
    let world = HostileWorld::start().await;
    let methods = json!(["client_secret_basic"]);
    world.provider.script(|script| script.metadata.set("token_endpoint_auth_methods_supported", methods));
    assert!(is_data(&world.signed_in(BOARD).await.1));
    let exchange = &world.provider.seen(At::CodeExchange)[0];
    assert!(exchange.header("authorization").starts_with("Basic "));
    assert_eq!((exchange.field("client_id"), exchange.field("client_secret")), (None, None));
}

/// An altered response causes no further requests; the unaltered one signs in.
async fn response(name: &str, value: Option<&str>, reason: &str) {
    let world = HostileWorld::start().await;
    let (browser, callback) = back_from(&world).await;
    let spoilt = altered(&callback, name, value);
    let before = world.provider.everything().len();
    let mut tab = world.browser();
    tab.at_app.clone_from(&browser.at_app);
    let page = tab.get(&spoilt).await;
    assert!(page.status.is_client_error(), "{}", page.body);
    assert_eq!((world.provider.everything().len(), seen(&world)), (before, [0; 4]), "another call was made");
    let (browser, callback) = back_from(&world).await;
    refused(&world, (browser, altered(&callback, name, value)), (&[reason], 0), name).await;
    let (mut browser, callback) = back_from(&world).await;
    assert!(is_data(&browser.open(&callback).await));
}

#[tokio::test]
async fn cb_06_fapi2_security_profile_final_client_test_invalid_authorization_response_iss() {
    response("iss", Some("https://evil.example"), "malformed").await;
}

#[tokio::test]
async fn cb_06_fapi2_security_profile_final_client_test_remove_authorization_response_iss() {
    response("iss", None, "malformed").await;
}

#[tokio::test]
async fn cb_01_fapi2_security_profile_final_client_test_ensure_authorization_response_with_invalid_state_fails()
 {
    response("state", Some("invalid"), "lost").await;
}

#[tokio::test]
async fn cb_01_fapi2_security_profile_final_client_test_ensure_authorization_response_with_invalid_missing_state_fails()
 {
    response("state", None, "malformed").await;
}

#[tokio::test]
async fn cb_14_fapi2_security_profile_final_client_test_token_endpoint_response_without_expires_in() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.at_sign_in.answer.remove("expires_in"));
    assert!(is_data(&world.signed_in(BOARD).await.1));
}

#[tokio::test]
async fn cb_11_fapi2_security_profile_final_client_test_token_type_case_insensitivity() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.at_sign_in.answer.set("token_type", "bEARER"));
    assert!(is_data(&world.signed_in(BOARD).await.1));
}
