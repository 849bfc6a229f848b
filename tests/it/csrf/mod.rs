//! Cross-site requests (group CS of docs/requirements.md), over every route. The unit tests of `server/guard` test the
//! rules alone; these tests check that they protect everything that changes or reveals something.

mod functions;
mod origins;
mod reads;

use axum::http::Method;

use crate::support::{
    Browser, Page,
    hostile::{At, HostileWorld},
};

/// The state that a cross-site request must not change: the request counts of provider and API, and the signed-in user.
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

/// A request with exactly these browser headers; a form unless it is a read.
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
