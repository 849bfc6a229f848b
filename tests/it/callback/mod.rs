//! `GET /auth/callback`: the requirements for an authorization response and for what follows from it. Each fault makes
//! the sign-in fail, and the same response without the fault signs in.

mod answers;
mod exchange;
mod hang_up;
mod overtaken;
mod response;
mod session;
mod suite;
mod transaction;

use axum::http::StatusCode;

use crate::support::{
    Browser, Page, World,
    hostile::{At, HostileWorld},
    log::Listening,
};

const BOARD: &str = "/boards/orders";
const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";
const SESSION: &str = "claimcheck";

/// A browser at the redirect back from the demo's provider, not yet followed.
async fn at_callback<'a>(world: &'a World, target: &str) -> (Browser<'a>, String) {
    let mut browser = world.browser();
    let page = browser.open(target).await;
    let page = browser.press_sign_in(page, "ada").await;
    (browser, page.location().into())
}

/// The same for the provider with scripted responses.
async fn back_from(world: &HostileWorld) -> (Browser<'_>, String) {
    let mut browser = world.browser();
    let callback = return_of(&mut browser, BOARD).await;
    (browser, callback)
}

/// The provider's redirect URL after `start`.
async fn return_of(browser: &mut Browser<'_>, start: &str) -> String {
    let away = browser.get(start).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    browser.get(away.location().as_str()).await.location().into()
}

fn is_problem(page: &Page) -> bool {
    page.status.is_client_error() && page.body.contains("Reference") && page.is_of_app()
}

/// Whether the API's rows are shown.
fn is_data(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.contains("<tbody>")
}

/// The number of code exchanges, refreshes, UserInfo requests and API calls.
fn seen(world: &HostileWorld) -> [usize; 4] {
    let count = |at| world.provider.count(at);
    [count(At::CodeExchange), count(At::Refresh), count(At::UserInfo), world.api.calls().len()]
}

/// The possible reasons if a token response is faulty.
const TOKEN_ANSWER: &[&str] = &["code_refused", "provider_unavailable", "misconfigured"];

/// Opens a callback that must fail: a problem page whose reference is in the log beside one of these reasons, no
/// session, no more than this many token requests, no UserInfo request, no call of the API. Then the provider is honest
/// again, the same browser signs in, and the earlier callback still fails.
async fn refused(
    world: &HostileWorld,
    (mut browser, callback): (Browser<'_>, String),
    (reasons, exchanges): (&[&str], usize),
    what: &str,
) -> Page {
    let (log, before) = (Listening::begin(), seen(world));
    let page = browser.get(&callback).await;
    let log = String::from_utf8(log.text()).unwrap();
    let is_refusal = page.status.is_client_error() || [502, 503].contains(&page.status.as_u16());
    assert!(is_refusal && page.is_of_app(), "{what}: {} {}", page.status, page.body);
    assert_eq!(page.header("location"), "", "{what}");
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(!browser.at_app.contains_key(SESSION), "{what}: there is a session");
    let mut expected = before;
    expected[0] += exchanges;
    assert_eq!(seen(world), expected, "{what}: exchanges, refreshes, UserInfo, calls of the API");
    let reference = page.header("x-request-id");
    assert!(page.body.contains("Reference") && page.body.contains(reference), "{what}: {}", page.body);
    let told = log.lines().find(|line| line.contains("sign-in failed") && line.contains(reference));
    let told = told.unwrap_or_else(|| panic!("{what}: nothing in the log"));
    assert!(reasons.iter().any(|reason| told.contains(&format!("reason=\"{reason}\""))), "{what}: {told}");

    world.provider.be_honest();
    assert!(is_data(&browser.open(BOARD).await), "{what}: an honest sign-in afterwards");
    let (session, before) = (browser.at_app[SESSION].clone(), seen(world));
    let again = browser.get(&callback).await;
    assert!(again.status.is_redirection() && again.location().as_str().starts_with(super::support::APP));
    assert_eq!((&browser.at_app[SESSION], seen(world)), (&session, before), "{what}: the callback again");
    page
}

/// A callback with a parameter replaced or removed.
fn altered(callback: &str, name: &str, value: Option<&str>) -> String {
    let mut url = url::Url::parse(callback).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    url.query_pairs_mut().clear().extend_pairs(pairs).extend_pairs(value.map(|value| (name, value)));
    url.into()
}
