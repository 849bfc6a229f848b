//! The proxy of the settings (R20): everything goes through it except the hosts that the settings exclude.

use axum::http::StatusCode;

use super::{LATER_SECS, PANEL};
use crate::support::{
    Heard,
    hostile::{At, Authority, ForwardProxy, HostileWorld},
};

/// Uses every endpoint once.
async fn use_all(world: &HostileWorld) {
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(page.body.contains("Customer of"), "{}", page.body);
    world.advance(LATER_SECS);
    assert!(browser.fetch(PANEL).await.body.contains("Customer of"));
    browser.post("/auth/sign-out", &[]).await;
    world.drained().await;
    for at in [At::Discovery, At::Keys, At::CodeExchange, At::UserInfo, At::Refresh, At::Revocation] {
        assert!(world.provider.count(at) > 0, "{at:?}");
    }
}

#[tokio::test]
async fn r20_everything_goes_through_the_proxy_but_the_exceptions() {
    let proxy = ForwardProxy::bind(None).await;
    let setting = format!("proxy = \"http://{}\"\n", proxy.address());
    let world = HostileWorld::with(&setting).await;
    use_all(&world).await;
    let (provider, api) = (world.provider.origin().to_owned(), world.api.origin().to_owned());
    for origin in [&provider, &api] {
        assert!(
            proxy.seen().iter().any(|seen| seen.starts_with(&format!("GET {origin}/"))),
            "{:?}",
            proxy.seen()
        );
    }
    let before = proxy.seen().len();
    for exception in ["127.0.0.1", "127.0.0.0/8", "internal.example.com, 127.0.0.1"] {
        let world = HostileWorld::with(&format!("{setting}no_proxy = \"{exception}\"\n")).await;
        use_all(&world).await;
        assert_eq!(proxy.seen().len(), before, "{exception}");
    }
    let world = HostileWorld::with(&format!("{setting}no_proxy = \"127.0.0.2, example.com\"\n")).await;
    use_all(&world).await;
    assert!(proxy.seen().len() > before, "another host is no exception");
}

#[tokio::test]
async fn r20_https_goes_through_a_tunnel_and_the_certificate_is_that_of_the_target() {
    let authority = Authority::generate();
    let proxy = ForwardProxy::bind(None).await;
    let settings = format!("ca_file = \"FOLDER/ca.pem\"\nproxy = \"http://{}\"\n", proxy.address());
    let [provider, api] = [(); 2].map(|()| authority.identity("localhost"));
    let mut world = HostileWorld::over_tls(&authority, provider, api, &settings).await;
    use_all(&world).await;
    let seen = proxy.seen();
    assert!(!seen.is_empty() && seen.iter().all(|seen| seen.starts_with("CONNECT localhost:")), "{seen:?}");
    // The proxy sees no more than host and port, and cannot pretend to be the provider.
    let other = Authority::generate();
    let [provider, api] = [(); 2].map(|()| other.identity("localhost"));
    let false_world = HostileWorld::over_tls(&other, provider, api, "").await;
    let [right, wrong] = [&world, &false_world].map(|world| world.provider.origin().replace("https://", ""));
    proxy.lead(&right, &wrong);
    // A new process has no connection from before.
    world.restart().await;
    let page = world.browser().open("/boards/orders").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.body);
    assert_eq!(false_world.provider.everything().len(), 0);
}

#[tokio::test]
async fn r20_a_proxy_that_wants_credentials_gets_them_and_nobody_else_does() {
    let proxy = ForwardProxy::bind(Some(("me@x", "canary%"))).await;
    let heard = Heard::begin();
    let with = |user: &str| format!("proxy = \"http://{user}{}\"\n", proxy.address());
    let world = HostileWorld::with(&with("me%40x:canary%25@")).await;
    use_all(&world).await;
    assert_eq!(proxy.refused(), 0);
    let leaks = |world: &HostileWorld| {
        let provider = world.provider.everything();
        provider.iter().any(|seen| format!("{:?}", seen.headers).contains("canary"))
    };
    assert!(!leaks(&world) && !heard.has(&["canary"]));
    for user in ["", "me%40x:canary-2@"] {
        let world = HostileWorld::with(&with(user)).await;
        let page = world.browser().open("/boards/orders").await;
        assert!(page.status.is_server_error() && !page.body.contains("canary"), "{}", page.body);
        assert_eq!(world.provider.everything().len(), 0);
    }
    assert!(proxy.refused() > 0 && !heard.has(&["canary"]));
}

#[tokio::test]
async fn r20_metadata_cannot_send_the_proxy_inward() {
    let authority = Authority::generate();
    let proxy = ForwardProxy::bind(None).await;
    let settings = format!("ca_file = \"FOLDER/ca.pem\"\nproxy = \"http://{}\"\n", proxy.address());
    let [provider, api] = [(); 2].map(|()| authority.identity("localhost"));
    let world = HostileWorld::over_tls(&authority, provider, api, &settings).await;
    for inward in ["https://169.254.169.254/keys", "https://10.0.0.1/keys", "https://198.18.0.1/keys"] {
        world.provider.script(|script| script.metadata.set("jwks_uri", inward));
        let page = world.browser().open("/boards/orders").await;
        assert!(page.status.is_server_error(), "{inward}: {}", page.status);
        world.advance(3);
    }
    assert!(proxy.seen().iter().all(|seen| seen.starts_with("CONNECT localhost:")), "{:?}", proxy.seen());
}
