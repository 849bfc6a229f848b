//! The timeouts of the settings (R25): a response that is right and late is used if the settings give it the time.

use std::time::{Duration, Instant};

use super::PANEL;
use crate::support::hostile::{At, Authority, ForwardProxy, HostileWorld};

const SLOW: Duration = Duration::from_secs(3);

#[tokio::test]
async fn r25_a_slow_provider_is_waited_for_as_long_as_the_settings_say() {
    for (setting, is_enough) in [("15s", true), ("1s", false)] {
        for at in [At::Discovery, At::Keys, At::CodeExchange, At::UserInfo] {
            let world = HostileWorld::with(&format!("provider_timeout = \"{setting}\"\n")).await;
            world.provider.script(|script| _ = script.delays.insert(at, SLOW));
            let (browser, page) = world.signed_in("/account").await;
            // Without UserInfo, a sign-in has the claims of the ID token.
            let has_session = browser.at_app.contains_key("claimcheck");
            assert_eq!(has_session, is_enough || at == At::UserInfo, "{at:?} {setting}: {}", page.body);
            assert_eq!(
                page.body.contains("details may be missing"),
                !is_enough && at == At::UserInfo,
                "{at:?}"
            );
        }
    }
}

#[tokio::test]
async fn r25_a_refresh_is_waited_for_whatever_the_setting() {
    let world = HostileWorld::with("provider_timeout = \"1s\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| _ = script.delays.insert(At::Refresh, SLOW));
    world.advance(super::LATER_SECS);
    let page = browser.fetch(PANEL).await;
    assert!(page.body.contains("Customer of"), "giving up could lose the session: {}", page.body);
}

#[tokio::test]
async fn r25_a_slow_api_is_waited_for_and_a_page_is_not() {
    for (setting, is_enough) in [("15s", true), ("1s", false)] {
        let world = HostileWorld::with(&format!("api_timeout = \"{setting}\"\n")).await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.api.script(|script| script.delay = Some(SLOW));
        browser.waits_for_panels = false;
        let begun = Instant::now();
        let page = browser.open("/boards/orders").await;
        assert!(begun.elapsed() < SLOW && !page.body.contains("Customer of"), "{:?}", begun.elapsed());
        let page = browser.fetch(PANEL).await;
        assert_eq!(page.body.contains("Customer of"), is_enough, "{setting}: {}", page.body);
    }
}

#[tokio::test]
async fn r25_one_api_has_its_own_timeout() {
    const BOARD: &str = "[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[[board.panel]]\nid = \"orders\"\ntitle = \"A\"\n\
                         kind = \"table\"\napi = \"stock\"\nget = \"/orders\"\nrows = \"$.orders[*]\"\n";
    for (timeout, is_enough) in [("timeout = \"15s\"\n", true), ("", false)] {
        let api = format!(
            "api_timeout = \"1s\"\n[[api]]\nid = \"stock\"\ntitle = \"Stock\"\nurl = \"WAREHOUSE\"\n\
             audience = \"stock\"\n{timeout}{BOARD}"
        );
        let world = HostileWorld::with(&api).await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.warehouse.script(|script| script.delay = Some(SLOW));
        let page = browser.fetch(PANEL).await;
        assert_eq!(page.body.contains("<tbody>"), is_enough, "{timeout}: {}", page.body);
    }
}

#[tokio::test]
async fn r25_a_slow_first_connection_is_no_failure() {
    let authority = Authority::generate();
    let proxy = ForwardProxy::bind(None).await;
    let settings = format!("ca_file = \"FOLDER/ca.pem\"\nproxy = \"http://{}\"\n", proxy.address());
    let [provider, api] = [(); 2].map(|()| authority.identity("localhost"));
    let world = HostileWorld::over_tls(&authority, provider, api, &settings).await;
    // With the usual timeouts. Later requests use the connection again.
    proxy.delay(Duration::from_secs(3));
    let (_, page) = world.signed_in("/account").await;
    assert!(page.status.is_success(), "{}", page.body);
}
