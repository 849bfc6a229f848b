//! Sign-out by the provider and together with it: logout tokens, back channel, front channel, and the return from
//! RP-initiated logout. The OpenID Foundation's test modules are referred to by name.

mod back_channel;
mod demo;
mod end_session;
mod front_channel;
mod in_flight;
mod rp_initiated;
mod token;

use axum::{
    Router,
    http::{Method, StatusCode},
};
use claimcheck_model::paths;
use url::form_urlencoded;

use crate::support::{Browser, Page, hostile::HostileWorld};

/// The headers of the provider's server: no cookie, nothing from a browser.
const SERVER: [(&str, &str); 4] =
    [("accept", "*/*"), ("sec-fetch-mode", ""), ("sec-fetch-dest", ""), ("sec-fetch-site", "")];

/// Posts a logout token as a provider does.
pub(super) async fn post(app: &Router, token: &str) -> Page {
    post_form(app, &[("logout_token", token)]).await
}

async fn post_form(app: &Router, pairs: &[(&str, &str)]) -> Page {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let page =
        Browser::new(app).send(Method::POST, paths::BACK_CHANNEL_LOGOUT.path(), &SERVER, Some(form)).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("set-cookie"), "");
    page
}

/// Accepted: 200 with an empty body.
pub(super) fn is_accepted(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.is_empty()
}

/// Refused with a reason as JSON (2.8).
pub(super) fn is_refused(page: &Page) -> bool {
    let error: serde_json::Value = serde_json::from_str(&page.body).unwrap_or_default();
    let is_told = error["error"] == "invalid_request" && error["error_description"].is_string();
    page.status == StatusCode::BAD_REQUEST && page.header("content-type") == "application/json" && is_told
}

/// Whether the cookies of this browser belong to a session, requested like a script does; starts nothing.
pub(super) async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.fetch("/api/account").await.status == StatusCode::OK
}

/// A logout token like that of the Foundation's suite: no `typ`, and a meaningless claim.
fn of_suite(world: &HostileWorld, sid: &str) -> crate::support::hostile::LogoutToken {
    let token = world.provider.logout(Some("p-ada"), Some(sid));
    token.headed("typ", serde_json::Value::Null).with("ignored_claim", "ignored")
}

/// Posts it like the suite does, beside a meaningless field.
async fn post_of_suite(world: &HostileWorld, token: &str) -> Page {
    post_form(&world.app, &[("ignored_field", "ignored"), ("logout_token", token)]).await
}
