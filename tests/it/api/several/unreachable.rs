//! An API for which the provider issues no token: the user sees which one, everything else works, and nobody is signed
//! out (RFC 8707 2).

use crate::{
    api::several::{
        BOARD, LATER_SECS, ORDERS_PANEL, STOCK_PANEL, WAREHOUSE, has_orders, has_stock, refreshes, world,
        world_with,
    },
    support::{
        Page,
        hostile::{At, HostileWorld, Raw},
    },
};

/// The pause after which a refused API is requested again. The tokens of the sign-in are still valid then.
const MINUTE_SECS: i64 = 61;

pub(super) fn is_told(page: &Page) -> bool {
    page.status == 200
        && page.body.contains("You don’t have access to this")
        && page.body.contains("grant access to <strong>Warehouse</strong>")
}

fn refuse(world: &HostileWorld, error: Option<&str>) {
    let raw = error.map(|error| Raw::json(400, &format!("{{\"error\":\"{error}\"}}")));
    world.provider.script(|script| script.instead = raw.map(|raw| (At::Refresh, raw)).into_iter().collect());
}

#[tokio::test]
async fn an_api_that_the_provider_does_not_know_is_named_and_the_other_lives() {
    let world = world().await;
    let known = world.provider.script(|script| script.targets.remove(WAREHOUSE)).unwrap();
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.fetch(STOCK_PANEL).await;
    assert!(is_told(&page), "{}", page.body);
    for _ in 0..3 {
        assert!(is_told(&browser.fetch(STOCK_PANEL).await));
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
        let page = browser.open(BOARD).await;
        assert!(
            page.body.contains("Customer of p-ada")
                && page.body.contains("grant access to <strong>Warehouse")
        );
    }
    assert_eq!(refreshes(&world), (0, 1), "asked once in a minute");
    assert!(world.warehouse.calls().is_empty(), "it is not sent another's token instead");
    world.advance(LATER_SECS);
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "the refusal has spent nothing");
    assert!(is_told(&browser.fetch(STOCK_PANEL).await));
    assert_eq!(refreshes(&world), (1, 2));
    world.provider.script(|script| script.targets.insert(WAREHOUSE.to_owned(), known));
    world.advance(MINUTE_SECS);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    assert_eq!(world.provider.reuses(), 0);
}

#[tokio::test]
async fn f14_what_is_said_of_a_further_api_ends_no_session() {
    for error in [
        "invalid_grant",
        "invalid_request",
        "unsupported_grant_type",
        "no_access_for_you",
        "invalid_target",
        "invalid_scope",
        "unauthorized_client",
        "access_denied",
        "consent_required",
        "interaction_required",
        "login_required",
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        refuse(&world, Some(error));
        let page = browser.fetch(STOCK_PANEL).await;
        assert!(is_told(&page), "{error}: {}", page.body);
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "{error}");
        refuse(&world, None);
        world.advance(MINUTE_SECS);
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{error}");
        assert_eq!(world.provider.reuses(), 0);
    }
}

#[tokio::test]
async fn f14_invalid_grant_for_a_further_api_is_decided_by_the_api_of_the_sign_in() {
    let world = world().await;
    let known = world.provider.script(|script| {
        script.target_refusal = "invalid_grant";
        script.targets.remove(WAREHOUSE).unwrap()
    });
    let (mut browser, _) = world.signed_in("/account").await;
    for round in 1..=3 {
        assert!(is_told(&browser.fetch(STOCK_PANEL).await), "{round}");
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "{round}");
        // The token of the sign-in's own API has expired, too: it is refreshed before the answer counts.
        world.advance(LATER_SECS);
        assert!(is_told(&browser.fetch(STOCK_PANEL).await), "{round}");
        assert_eq!(refreshes(&world).0, round);
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "{round}");
        assert_eq!(refreshes(&world).0, round, "and not once more");
        world.advance(MINUTE_SECS);
    }
    world.provider.script(|script| script.targets.insert(WAREHOUSE.to_owned(), known));
    world.advance(LATER_SECS);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    assert_eq!((world.provider.reuses(), world.provider.count(At::CodeExchange)), (0, 1));
}

#[tokio::test]
async fn f14_a_grant_that_has_ended_ends_the_session_from_the_panel_of_any_api() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.revoke_all();
    assert!(is_told(&browser.fetch(STOCK_PANEL).await), "the token of the sign-in is still valid");
    world.advance(LATER_SECS);
    assert_eq!(browser.fetch(STOCK_PANEL).await.status, 401);
    assert_eq!(browser.fetch(STOCK_PANEL).await.status, 401);
    assert_eq!(refreshes(&world), (1, 2), "each asked once, no loop");
}

#[tokio::test]
async fn rf_08_a_provider_that_is_down_for_one_api_leaves_the_other_alone() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| script.instead.insert(At::Refresh, Raw::json(503, "{}")));
    let page = browser.fetch(STOCK_PANEL).await;
    assert!(page.status == 200 && page.body.contains("provider isn’t responding"), "{}", page.body);
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    assert!(browser.fetch(STOCK_PANEL).await.body.contains("provider isn’t responding"));
    assert_eq!(refreshes(&world), (0, 1), "not tried again at once");
    refuse(&world, None);
    let token = world.provider.issued()[0].access_token.clone();
    world.api.script(|script| script.refused.insert(token));
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "the other is not held back");
    assert_eq!(refreshes(&world), (1, 1));
    world.advance(10);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}

#[tokio::test]
async fn a_token_at_hand_is_used_to_its_end_when_the_provider_refuses_the_next() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    let known = world.provider.script(|script| script.targets.remove(WAREHOUSE)).unwrap();
    // It is due between 90 and 96 seconds of 120.
    world.advance(100);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    world.advance(MINUTE_SECS);
    assert!(is_told(&browser.fetch(STOCK_PANEL).await));
    world.provider.script(|script| script.targets.insert(WAREHOUSE.to_owned(), known));
    world.advance(MINUTE_SECS);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}

#[tokio::test]
async fn without_a_refresh_token_only_the_api_of_the_sign_in_can_be_reached() {
    let world = world_with("scopes = \"openid orders:read\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.fetch(STOCK_PANEL).await;
    assert!(is_told(&page) && page.body.contains("refresh token"), "{}", page.body);
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    assert_eq!((refreshes(&world), world.warehouse.calls().len()), ((0, 0), 0));
    assert!(
        browser
            .open("/account")
            .await
            .body
            .contains("not available: your sign-in provider didn’t issue a refresh token")
    );
    let world = world_with("scopes = \"openid orders:read offline_access\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}

#[tokio::test]
async fn a_scope_that_the_apis_own_token_lacks_locks_its_panel() {
    for of_sign_in in ["openid offline_access", "openid offline_access stock:read"] {
        let world = world().await;
        world.provider.script(|script| {
            script.targets.insert(WAREHOUSE.to_owned(), "stock:count".to_owned());
            script.at_sign_in.answer.set("scope", of_sign_in);
        });
        let (mut browser, _) = world.signed_in("/account").await;
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "not known yet: the API decides");
        let calls = world.warehouse.calls().len();
        let page = browser.fetch(STOCK_PANEL).await;
        assert!(page.body.contains("<code>stock:read</code>"), "{of_sign_in}: {}", page.body);
        assert_eq!(world.warehouse.calls().len(), calls);
    }
}

#[tokio::test]
async fn rf_05_a_wrong_id_token_beside_another_apis_token_ends_the_session_unused() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| script.at_refresh.claims.set("sub", "p-mallory"));
    assert_eq!(browser.fetch(STOCK_PANEL).await.status, 401);
    world.drained().await;
    assert!(world.warehouse.calls().is_empty());
    let issued = world.provider.issued();
    let revoked = world.provider.seen(At::Revocation);
    let is_revoked = |token: &str| revoked.iter().any(|seen| seen.field("token") == Some(token));
    assert!(issued.len() == 2 && is_revoked(&issued[1].access_token));
}

#[tokio::test]
async fn who_signs_in_again_is_not_told_what_was_refused_before() {
    let world = world().await;
    let known = world.provider.script(|script| script.targets.remove(WAREHOUSE)).unwrap();
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(is_told(&browser.fetch(STOCK_PANEL).await));
    world.provider.script(|script| script.targets.insert(WAREHOUSE.to_owned(), known));
    assert!(is_told(&browser.fetch(STOCK_PANEL).await), "not asked for again so soon");
    assert_eq!(browser.open("/auth/sign-in?return_to=/account").await.path(), "/account");
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}
