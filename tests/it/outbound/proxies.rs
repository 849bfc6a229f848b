//! A proxy in the environment is not used (OP-03): only that of the settings is, because tokens pass through it.

use std::process::Command;

use super::LATER_SECS;
use crate::support::hostile::{At, HostileWorld, Listener};

const PANEL: &str = super::PANEL;
/// Tells the test below that it runs in an environment with proxies, and their address.
const PROXY: &str = "PROXY_OF_THE_TEST";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_03_a_proxy_of_the_environment_hears_nothing() {
    let listener = Listener::bind().await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "outbound::proxies::op_03_everything_that_goes_out_goes_out", "--nocapture"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", PROXY] {
        child.env(name, listener.origin());
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy").env_remove("REQUEST_METHOD");
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(listener.hits(), 1, "the one request that does use it, and no other");
}

/// Uses every endpoint once; if there is a proxy, also sends one request of a client that uses it.
#[tokio::test]
async fn op_03_everything_that_goes_out_goes_out() {
    let world = HostileWorld::start().await;
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(page.body.contains("Customer of"), "{}", page.body);
    world.advance(LATER_SECS);
    assert!(browser.fetch(PANEL).await.body.contains("Customer of"));
    browser.post("/auth/sign-out", &[]).await;
    world.drained().await;
    for at in [At::Discovery, At::Keys, At::CodeExchange, At::UserInfo, At::Refresh, At::Revocation] {
        assert!(world.provider.count(at) > 0, "{at:?}");
    }
    assert_eq!(world.api.calls().len(), 2);
    if std::env::var_os(PROXY).is_some() {
        let client = reqwest::Client::builder().build().unwrap();
        client.get("http://127.0.0.1:9/").send().await.unwrap();
    }
}
