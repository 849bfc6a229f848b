//! What a refresh asks, and what it takes for an answer (RF-01, RF-02, RF-09, RF-10).

use crate::tests::support::hostile::{At, HostileWorld};

/// Longer than an access token lives.
const LATER_SECS: i64 = 180;

#[tokio::test]
async fn rf_01_a_refresh_authenticates_like_the_exchange_and_asks_for_no_scope() {
    for (method, is_basic) in [("client_secret_basic", true), ("client_secret_post", false)] {
        let world = HostileWorld::with(&format!("client_auth = \"{method}\"\n")).await;
        world.provider.script(|script| script.texts.refresh_token = " a b+c&d%41=~%".into());
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        for _ in 0..2 {
            world.advance(LATER_SECS);
            let page = browser.open("/boards/orders").await;
            assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
        }
        let (exchanges, refreshes) =
            (world.provider.seen(At::CodeExchange), world.provider.seen(At::Refresh));
        assert_eq!((exchanges.len(), refreshes.len(), world.provider.reuses()), (1, 2, 0));
        for request in refreshes {
            assert_eq!(request.header("authorization"), exchanges[0].header("authorization"));
            assert_eq!(request.header("authorization").starts_with("Basic "), is_basic);
            assert_eq!(request.field("client_secret"), exchanges[0].field("client_secret"));
            assert_eq!((request.field("scope"), request.query.as_str()), (None, ""));
            assert_eq!(request.header("content-type"), "application/x-www-form-urlencoded");
        }
    }
}
