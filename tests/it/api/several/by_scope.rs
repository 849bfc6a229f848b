//! An API that the provider knows by its scopes only, as Entra does (R22). The request for its token names its scopes, and
//! so does every request for another token of the session.

use crate::{
    api::several::{
        API, BOARDS, LATER_SECS, ORDERS_PANEL, STOCK_PANEL, has_orders, has_stock, params,
        unreachable::is_told,
    },
    support::hostile::{At, HostileWorld, Raw, Rotation},
};

const MINUTE_SECS: i64 = 61;

/// The names here are those of the provider, and no request has them.
pub(super) async fn world() -> HostileWorld {
    let settings =
        format!("scopes = \"openid profile offline_access orders:read orders:ship\"\n{BOARDS}{API}");
    let world = HostileWorld::with(&settings).await;
    world.provider.script(|script| {
        script.by_scope = true;
        script.targets = [
            ("orders".to_owned(), "orders:read orders:ship orders:refund".to_owned()),
            ("warehouse".to_owned(), "stock:read stock:count".to_owned()),
        ]
        .into();
    });
    world.api.script(|script| script.name = Some("orders".to_owned()));
    world.warehouse.script(|script| {
        script.name = Some("warehouse".to_owned());
        script.answers.insert("/orders".into(), Raw::json(200, r#"{"orders":[{"id":"SKU-1"}]}"#));
    });
    world
}

/// The `scope` of each refresh.
pub(super) fn named(world: &HostileWorld) -> Vec<String> {
    let seen = world.provider.seen(At::Refresh);
    assert!(seen.iter().all(|seen| seen.field("resource").is_none() && seen.field("audience").is_none()));
    seen.iter().map(|seen| seen.field("scope").unwrap_or("(none)").to_owned()).collect()
}

#[tokio::test]
async fn r22_each_refresh_names_the_scopes_of_its_api() {
    for rotation in [Rotation::Always, Rotation::Never] {
        let world = world().await;
        world.provider.script(|script| script.rotation = rotation);
        let (mut browser, _) = world.signed_in("/account").await;
        let asked = &world.provider.seen(At::Authorization)[0];
        assert_eq!(
            params(asked, "scope"),
            ["openid profile offline_access orders:read orders:ship stock:read"]
        );
        assert!(params(asked, "resource").is_empty() && params(asked, "audience").is_empty());
        for _ in 0..2 {
            for (panel, is_orders) in [(STOCK_PANEL, false), (ORDERS_PANEL, true)] {
                let page = browser.fetch(panel).await;
                assert!(if is_orders { has_orders(&page) } else { has_stock(&page) }, "{}", page.body);
            }
            world.advance(LATER_SECS);
        }
        let of_orders = "openid profile offline_access orders:read orders:ship";
        assert_eq!(named(&world), ["stock:read", "stock:read", of_orders]);
        assert_eq!(world.provider.reuses(), 0);
    }
}

#[tokio::test]
async fn r22_the_refresh_of_the_sign_ins_api_does_not_name_what_was_not_granted() {
    let world = world().await;
    world.provider.script(|script| {
        script.grants = Some("openid offline_access orders:read stock:read".to_owned());
    });
    let (mut browser, _) = world.signed_in("/account").await;
    world.advance(LATER_SECS);
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    // `profile` is not refused by its absence from a response, because providers often omit such scopes. The provider
    // here refuses it, and the request without scopes follows.
    assert_eq!(named(&world), ["openid profile offline_access orders:read", "(none)"]);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "the other one is not concerned");
}

#[tokio::test]
async fn r22_scopes_that_the_provider_calls_by_other_names_are_named_as_they_were_asked_for() {
    let world = world().await;
    world.provider.script(|script| script.at_sign_in.answer.set("scope", "https://orders.example/read"));
    let (mut browser, _) = world.signed_in("/account").await;
    world.advance(LATER_SECS);
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    assert_eq!(named(&world), ["openid profile offline_access orders:read orders:ship"]);
}

#[tokio::test]
async fn r22_a_refusal_of_the_scopes_locks_the_panels_of_that_api_only() {
    for (status, error) in [
        (400, "invalid_scope"),
        (400, "invalid_target"),
        (400, "invalid_request"),
        (400, "invalid_grant"),
        (403, "access_denied"),
        (401, "access_denied"),
        (400, "consent_required"),
        (422, "insufficient_permissions"),
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        let raw = Raw::json(status, &format!("{{\"error\":\"{error}\"}}"));
        world.provider.script(|script| script.instead.insert(At::Refresh, raw));
        for _ in 0..3 {
            let page = browser.fetch(STOCK_PANEL).await;
            assert!(is_told(&page), "{status} {error}: {}", page.body);
            assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "{status} {error}");
        }
        assert_eq!(world.provider.count(At::Refresh), 1, "{status} {error}: asked once in a minute");
        assert!(world.warehouse.calls().is_empty());
        world.provider.script(|script| script.instead.clear());
        world.advance(MINUTE_SECS);
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{status} {error}");
        assert_eq!(world.provider.count(At::CodeExchange), 1, "{status} {error}");
    }
}

#[tokio::test]
async fn r22_an_outage_or_a_fault_of_this_client_locks_nothing_for_long() {
    for (raw, told) in [
        (Raw::json(503, "{}"), "provider isn’t responding"),
        (Raw::json(429, r#"{"error":"slow_down"}"#), "provider isn’t responding"),
        (Raw::json(400, r#"{"error":"temporarily_unavailable"}"#), "provider isn’t responding"),
        (Raw::json(401, r#"{"error":"invalid_client"}"#), "problem with your sign-in provider"),
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.provider.script(|script| script.instead.insert(At::Refresh, raw));
        let page = browser.fetch(STOCK_PANEL).await;
        assert!(page.body.contains(told), "{told}: {}", page.body);
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
        world.provider.script(|script| script.instead.clear());
        world.advance(20);
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{told}");
    }
}

#[tokio::test]
async fn h9_with_one_api_or_apis_by_resource_a_refresh_names_no_scope() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    world.advance(LATER_SECS);
    assert!(browser.open("/boards/orders").await.body.contains("Customer of p-ada"));
    assert_eq!(named(&world), ["(none)"]);
    let world = super::world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.advance(LATER_SECS);
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await) && has_stock(&browser.fetch(STOCK_PANEL).await));
    assert!(world.provider.seen(At::Refresh).iter().all(|seen| seen.field("scope").is_none()));
}
