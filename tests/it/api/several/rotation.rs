//! One refresh token for two APIs: never presented twice, however many requests for either API there are, in one
//! process or several (RF-03, RFC 9700 4.14.2).

use std::time::Duration;

use crate::{
    api::several::{
        LATER_SECS, ORDERS_PANEL, STOCK_PANEL, all_is_there, at_two_processes, has_orders, has_stock,
        refreshes, sign_out_during, tabs, tokens, world, world_with,
    },
    support::{
        Browser, Page,
        hostile::{At, Rotation},
    },
};

const SHARED: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";

#[tokio::test]
async fn rf_03_fifty_pages_that_use_both_apis_make_one_grant_for_each() {
    let world = world().await;
    let (browser, _) = world.signed_in("/account").await;
    assert!(all_is_there(&tabs(&world, &browser, 50).await));
    assert_eq!(refreshes(&world), (0, 1), "the sign-in has brought the other");
    world.advance(LATER_SECS);
    assert!(all_is_there(&tabs(&world, &browser, 50).await));
    assert_eq!((refreshes(&world), world.provider.reuses()), ((1, 2), 0));
    let (orders, stock) = tokens(&world);
    assert_eq!((orders.len(), stock.len()), (2, 2));
}

#[tokio::test]
async fn rf_02_each_apis_refresh_goes_on_from_the_others_however_the_provider_rotates() {
    for rotation in [Rotation::Always, Rotation::Never, Rotation::EverySecondTime] {
        let world = world().await;
        world.provider.script(|script| script.rotation = rotation);
        let (mut browser, _) = world.signed_in("/account").await;
        for round in 1..=3 {
            for first in [ORDERS_PANEL, STOCK_PANEL] {
                world.advance(LATER_SECS);
                let second = if first == ORDERS_PANEL { STOCK_PANEL } else { ORDERS_PANEL };
                for panel in [first, second] {
                    let page = browser.fetch(panel).await;
                    let is_right = if panel == ORDERS_PANEL { has_orders(&page) } else { has_stock(&page) };
                    assert!(is_right, "{rotation:?}, round {round}: {}", page.body);
                }
            }
        }
        assert_eq!((refreshes(&world), world.provider.reuses()), ((6, 6), 0), "{rotation:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_processes_that_need_different_apis_at_once_take_turns() {
    let world = world_with(SHARED).await;
    let (_context, other) = world.another().await;
    let (browser, _) = world.signed_in("/account").await;
    // Long enough for the refreshes to overlap.
    world.provider.script(|script| script.delays.insert(At::Refresh, Duration::from_millis(300)));
    for round in 1..=3 {
        world.advance(LATER_SECS);
        let ask = |app, panel: &'static str| {
            let mut tab = Browser::new(app);
            tab.at_app.clone_from(&browser.at_app);
            async move { tab.fetch(panel).await }
        };
        let (orders, stock): (Page, Page) =
            tokio::join!(ask(&world.app, ORDERS_PANEL), ask(&other, STOCK_PANEL));
        assert!(has_orders(&orders), "round {round}: {}", orders.body);
        assert!(has_stock(&stock), "round {round}: {}", stock.body);
        assert_eq!((refreshes(&world), world.provider.reuses()), ((round, round), 0));
        let (orders, stock): (Page, Page) =
            tokio::join!(ask(&other, ORDERS_PANEL), ask(&world.app, STOCK_PANEL));
        assert!(has_orders(&orders) && has_stock(&stock), "each has what the other has stored");
        assert_eq!(refreshes(&world), (round, round));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rf_03_fifty_requests_for_both_apis_at_two_processes_make_one_grant_for_each() {
    let world = world_with(SHARED).await;
    let (_context, other) = world.another().await;
    let (browser, _) = world.signed_in("/account").await;
    world.advance(LATER_SECS);
    let right = at_two_processes(&world, &other, &browser, 50).await;
    assert_eq!((right, refreshes(&world), world.provider.reuses()), (50, (1, 1), 0));
}

#[tokio::test]
async fn rf_11_a_token_for_an_api_that_comes_after_sign_out_is_given_back() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    sign_out_during(&world, &mut browser, At::Refresh).await;
    let issued = world.provider.issued();
    let revoked = world.provider.seen(At::Revocation);
    assert_eq!(issued.len(), 2);
    assert!(revoked.iter().any(|seen| seen.field("token") == Some(&issued[1].access_token)));
    assert!(world.warehouse.calls().is_empty());
}
