//! The requirements for an ID token at sign-in (IT-01 … IT-18): each fault is refused without using any of the
//! response, and the same token without the fault is accepted. The tests for refreshes are in `refresh/id_token.rs`.

mod algorithms;
mod asked;
mod audiences;
mod claims;
mod keys;
mod malformed;
mod modules;
mod person;
mod signature;
mod tenants;

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{
    Page,
    hostile::{At, HostileWorld},
    log::OwnLog,
};

/// A description, a claim, its faulty value (`None` removes it), and the rule that the token breaks then.
type Fault = (&'static str, &'static str, Option<Value>, &'static str);

fn alter(world: &HostileWorld, name: &str, value: Option<Value>) {
    world.provider.script(|script| match value {
        Some(value) => script.at_sign_in.claims.set(name, value),
        None => script.at_sign_in.claims.remove(name),
    });
}

/// Signs in with each fault in turn, then without any: only the last sign-in succeeds.
async fn each_is_refused(world: &HostileWorld, faults: Vec<Fault>) {
    for (what, name, value, cause) in faults {
        alter(world, name, value);
        is_refused(world, what, cause).await;
        world.provider.be_honest();
    }
    is_accepted(world, "an honest one").await;
}

/// Signs in with variants that are all valid.
async fn each_is_accepted(world: &HostileWorld, variants: Vec<(&str, &str, Option<Value>)>) {
    for (what, name, value) in variants {
        alter(world, name, value);
        is_accepted(world, what).await;
        world.provider.be_honest();
    }
}

/// Starts a sign-in whose ID token is refused for this cause. It has no effect: no session, no UserInfo request, no
/// token used or revealed, and a page whose reference is in the log beside the cause.
pub async fn is_refused(world: &HostileWorld, what: &str, cause: &str) {
    let page = fails(world, what, cause).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{what}: {}", page.body);
    assert!(page.body.contains("couldn’t be verified"), "{what}: {}", page.body);
}

/// The same, for any content of the page.
pub async fn fails(world: &HostileWorld, what: &str, cause: &str) -> Page {
    let log = OwnLog::begin();
    let asked = (world.provider.count(At::UserInfo), world.api.calls().len());
    let issued = world.provider.issued().len();
    let mut browser = world.browser();
    let page = browser.open("/boards/orders").await;
    assert!(page.is_of_app() && page.url.path() == "/auth/callback", "{what}: {}", page.url);
    assert!(page.status.is_client_error() || page.status.is_server_error(), "{what}: {}", page.status);
    assert!(!browser.at_app.contains_key("claimcheck"), "{what}: there is a session");
    assert_eq!((world.provider.count(At::UserInfo), world.api.calls().len()), asked, "{what}: it goes on");
    let answers = world.provider.issued();
    assert_eq!(answers.len(), issued + 1, "{what}");
    let answer = answers.last().unwrap();
    let used =
        |seen: &super::support::hostile::Seen| seen.header("authorization").contains(&answer.access_token);
    assert!(!world.provider.everything().iter().any(used), "{what}: the access token was used");

    let (_, rest) = page.body.split_once("Reference").unwrap_or_else(|| panic!("{what}: {}", page.body));
    let (_, rest) = rest.split_once("class=\"num\">").unwrap();
    let reference = rest.split('<').next().unwrap();
    let log = log.text();
    let line = log.lines().find(|line| line.contains("sign-in failed")).unwrap_or_default();
    assert!(reference.len() > 5 && line.contains(reference), "{what}: {reference} in {log}");
    assert!(line.contains(cause), "{what}: not for {cause:?} but {line}");
    for token in answer.id_token.iter().chain([&answer.access_token]).filter(|token| token.len() > 8) {
        assert!(!log.contains(token) && !page.body.contains(token), "{what}: a token is told");
    }
    // The transaction is used up: the same response is not exchanged again.
    let exchanges = world.provider.count(At::CodeExchange);
    let again = browser.get(page.url.as_str()).await;
    assert!(!browser.at_app.contains_key("claimcheck") && !again.body.contains("<tbody>"), "{what}");
    assert_eq!(world.provider.count(At::CodeExchange), exchanges, "{what}: exchanged twice");
    page
}

/// Signs in, and opens a page with data from the provider and the API.
pub async fn is_accepted(world: &HostileWorld, what: &str) {
    let asked = world.provider.count(At::UserInfo);
    let (browser, page) = world.signed_in("/account").await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/account"), "{what}: {}", page.body);
    assert!(browser.at_app.contains_key("claimcheck"), "{what}");
    // The OpenID Foundation's suite also regards a sign-in as complete when UserInfo has been requested.
    assert_eq!(world.provider.count(At::UserInfo), asked + 1, "{what}");
}
