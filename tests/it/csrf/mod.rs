//! Requests from elsewhere (group CS of docs/requirements.md), over every route there is. `server/guard` proves the rules for
//! themselves; here they stand before everything that changes or tells something.

mod functions;
mod origins;
mod reads;

use axum::http::Method;

use crate::support::{
    Browser, Page,
    hostile::{At, HostileWorld},
};

/// What a foreign request must leave as it was: the provider's and the API's counts, and who is signed in.
#[derive(Debug, PartialEq, Eq)]
struct Trace {
    requests_to_provider: usize,
    calls_of_api: usize,
    session: String,
}

async fn trace(world: &HostileWorld, cookie: &str) -> Trace {
    let mut browser = world.browser();
    browser.at_app.insert("claimcheck".into(), cookie.to_owned());
    let account = browser.fetch("/api/account").await;
    Trace {
        requests_to_provider: world.provider.everything().len(),
        calls_of_api: world.api.calls().len(),
        session: account.body,
    }
}

/// One request with exactly these headers of the browser's; a form, if it is not a read.
async fn send(browser: &mut Browser<'_>, method: &Method, path: &str, headers: &[(&str, &str)]) -> Page {
    let mut all = vec![("sec-fetch-site", ""), ("sec-fetch-mode", ""), ("sec-fetch-dest", "")];
    all.extend_from_slice(headers);
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    let form = (!reads).then(|| crate::routes::CHANGES.to_owned());
    browser.send(method.clone(), path, &all, form).await
}

#[tokio::test]
async fn the_trace_tells_a_sign_out_and_a_refresh_of_details() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let before = trace(&world, &cookie).await;
    assert_eq!(trace(&world, &cookie).await, before);
    browser.post("/api/refresh_account", &[]).await;
    let after = trace(&world, &cookie).await;
    assert_ne!(after, before);
    browser.post("/auth/sign-out", &[]).await;
    assert_ne!(trace(&world, &cookie).await.session, after.session);
    assert!(world.provider.count(At::Revocation) > 0);
}
