//! Speculative loads, and requests that are no navigation: they start no sign-in (LR-10), on any route.

use axum::http::Method;
use claimcheck_model::paths;

use crate::{
    routes,
    support::{
        Browser, Page,
        hostile::{At, HostileWorld},
    },
};

/// The headers of speculative loads, and of requests that are no navigation. What a frame gets instead is in `framed`.
const NOT_GOING_ANYWHERE: [&[(&str, &str)]; 8] = [
    &[("sec-purpose", "prefetch")],
    &[("sec-purpose", "prefetch;prerender")],
    &[("sec-purpose", "prefetch;anonymous-client-ip")],
    &[("purpose", "prefetch"), ("sec-fetch-mode", ""), ("sec-fetch-dest", "")],
    &[("x-moz", "prefetch"), ("sec-fetch-mode", ""), ("sec-fetch-dest", "")],
    &[("x-purpose", "preview")],
    &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image"), ("sec-fetch-site", "cross-site")],
    &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty"), ("sec-fetch-site", "same-origin")],
];

async fn ask(browser: &mut Browser<'_>, path: &str, headers: &[(&str, &str)]) -> Page {
    browser.send(Method::GET, path, headers, None).await
}

#[tokio::test]
async fn lr_10_no_route_starts_a_sign_in_for_a_load_that_nobody_looks_at() {
    let world = HostileWorld::start().await;
    let guarded = routes::pages().into_iter().chain(routes::plain().into_iter().map(|(path, _)| path));
    let guarded = guarded.filter(|path| paths::needs_session(path)).chain([paths::SIGN_IN.path().to_owned()]);
    let guarded: Vec<_> = guarded.map(|path| path.replace(['{', '}'], "")).collect();
    assert!(guarded.len() >= 7, "{guarded:?}");
    for path in &guarded {
        for headers in NOT_GOING_ANYWHERE {
            let mut nobody = world.browser();
            let page = ask(&mut nobody, path, headers).await;
            assert_eq!(page.status, 401, "{path} {headers:?}");
            assert_eq!((page.header("location"), page.header("set-cookie")), ("", ""), "{path} {headers:?}");
        }
        let page = world.browser().get(path).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(page.location().as_str().starts_with(world.provider.origin()), "{path}");
    }
}

#[tokio::test]
async fn lr_10_a_callback_that_nobody_looks_at_uses_nothing_up_and_starts_nothing_anew() {
    let world = HostileWorld::start().await;
    let mut browser = world.browser();
    let to_provider = browser.get("/account").await.location();
    let callback = browser.get(to_provider.as_str()).await.location();
    for headers in &NOT_GOING_ANYWHERE[..6] {
        let page = ask(&mut browser, callback.as_str(), headers).await;
        assert_eq!((page.status.as_u16(), page.header("location")), (401, ""), "{headers:?}");
    }
    // In a browser without the cookie, a navigation would restart the sign-in.
    for headers in NOT_GOING_ANYWHERE {
        let page = ask(&mut world.browser(), callback.as_str(), headers).await;
        assert!(page.status.is_client_error(), "{headers:?}: {}", page.status);
        assert_eq!((page.header("location"), page.header("set-cookie")), ("", ""), "{headers:?}");
    }
    assert_eq!(world.provider.count(At::CodeExchange), 0);
    assert_eq!(world.browser().get(callback.as_str()).await.status, 303);
    assert_eq!(browser.open(callback.as_str()).await.path(), "/account", "it is as it was");
}
