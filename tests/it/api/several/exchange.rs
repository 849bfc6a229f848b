//! An API whose token comes from a token exchange (P3, RFC 8693). The subject is the token of the sign-in's own API. What
//! goes wrong concerns the exchanging API only.

use std::time::Duration;

use crate::{
    api::several::{
        BOARDS, LATER_SECS, ORDERS_PANEL, STOCK_PANEL, all_is_there, at_two_processes, has_orders, has_stock,
        params, sign_out_during, tabs, unreachable::is_told,
    },
    support::hostile::{At, HostileWorld, Raw, Seen},
};

const MINUTE_SECS: i64 = 61;
const API: &str =
    "[[api]]\nid = \"warehouse\"\ntitle = \"Warehouse\"\nurl = \"WAREHOUSE\"\ntoken = \"exchange\"\n";

/// Further settings, and what names the API in the exchange.
async fn world_with(more: &str, named: &str) -> HostileWorld {
    let world = HostileWorld::with(&format!("{more}{BOARDS}{API}{named}\n")).await;
    world.provider.script(|script| {
        let names = ["stock", "urn:stock"];
        script.targets = names.map(|name| (name.to_owned(), "stock:read stock:count".to_owned())).into();
        if !named.contains("resource") {
            script.targets.remove("urn:stock");
        }
    });
    world.warehouse.script(|script| {
        script.name = Some(if named.contains("resource") { "urn:stock" } else { "stock" }.to_owned());
        script.answers.insert("/orders".into(), Raw::json(200, r#"{"orders":[{"id":"SKU-1"}]}"#));
    });
    world
}

async fn world() -> HostileWorld {
    world_with("", "audience = \"stock\"").await
}

/// The numbers of refreshes and exchanges.
fn counts(world: &HostileWorld) -> (usize, usize) {
    (world.provider.count(At::Refresh), world.provider.count(At::Exchange))
}

fn refuse(world: &HostileWorld, status: u16, error: &str) {
    let raw = Raw::json(status, &format!("{{\"error\":\"{error}\"}}"));
    world.provider.script(|script| script.instead.insert(At::Exchange, raw));
}

#[tokio::test]
async fn p3_the_token_of_the_sign_in_is_exchanged_once_and_kept() {
    for (named, fields) in [
        ("audience = \"stock\"", [Some("stock"), None, None]),
        ("resource = \"urn:stock\"", [None, Some("urn:stock"), None]),
        ("scopes = [\"stock:read\", \"stock:count\"]", [None, None, Some("stock:read stock:count")]),
        ("audience = \"stock\"\nscopes = [\"stock:read\"]", [Some("stock"), None, Some("stock:read")]),
    ] {
        for auth in ["", "client_auth = \"client_secret_post\"\n"] {
            let world = world_with(auth, named).await;
            let (browser, _) = world.signed_in("/account").await;
            assert!(all_is_there(&tabs(&world, &browser, 5).await), "{named}");
            assert_eq!(counts(&world), (0, 1), "{named}");
            let seen: &Seen = &world.provider.seen(At::Exchange)[0];
            assert_eq!(["audience", "resource", "scope"].map(|name| seen.field(name)), fields, "{named}");
            let issued = world.provider.issued();
            assert_eq!(seen.field("subject_token"), Some(issued[0].access_token.as_str()));
            assert!(world.warehouse.calls().iter().all(|call| call.token() == issued[1].access_token));
            assert!(!world.api.saw(&issued[1].access_token) && !world.warehouse.saw(&issued[0].access_token));
            let asked = &world.provider.seen(At::Authorization)[0];
            assert!(params(asked, "resource").is_empty() && !params(asked, "scope")[0].contains("stock"));
        }
    }
}

#[tokio::test]
async fn p3_a_subject_that_has_ended_is_refreshed_first() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for round in 1..=3 {
        world.advance(LATER_SECS);
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{round}");
        assert_eq!(counts(&world), (round, round));
        let issued = world.provider.issued();
        let subject = world.provider.seen(At::Exchange)[round - 1].field("subject_token").unwrap().to_owned();
        assert_eq!(subject, issued[issued.len() - 2].access_token, "the new one");
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
        assert_eq!(counts(&world), (round, round), "its refresh served the other API, too");
    }
    assert_eq!(world.provider.reuses(), 0);
}

#[tokio::test]
async fn p3_a_token_that_the_api_refuses_is_exchanged_again_once() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    let token = world.warehouse.calls()[0].token().to_owned();
    world.warehouse.script(|script| script.refused.insert(token));
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    assert_eq!(counts(&world), (0, 2));
    world.warehouse.script(|script| {
        let unauthorized = Raw::json(401, "{}").with("www-authenticate", "Bearer error=\"invalid_token\"");
        script.answers.insert("/orders".into(), unauthorized);
    });
    for _ in 0..3 {
        assert!(browser.fetch(STOCK_PANEL).await.body.contains("doesn’t accept your sign-in"));
    }
    assert_eq!(counts(&world), (0, 2), "not for every request");
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
}

#[tokio::test]
async fn p3_a_refused_exchange_locks_that_api_only_and_is_not_repeated_at_once() {
    for (status, error) in [
        (403, "access_denied"),
        (400, "access_denied"),
        (401, "access_denied"),
        (400, "invalid_target"),
        (400, "invalid_scope"),
        (400, "invalid_request"),
        (400, "invalid_grant"),
        (403, "invalid_grant"),
        (400, "unauthorized_client"),
        (400, "unsupported_grant_type"),
        (400, "unsupported_token_type"),
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        refuse(&world, status, error);
        for _ in 0..3 {
            let page = browser.fetch(STOCK_PANEL).await;
            assert!(is_told(&page), "{status} {error}: {}", page.body);
            assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "{status} {error}");
        }
        assert_eq!(counts(&world), (0, 1), "{status} {error}");
        assert!(world.warehouse.calls().is_empty(), "no other token is sent instead");
        world.provider.script(|script| script.instead.clear());
        world.advance(MINUTE_SECS);
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{status} {error}");
        assert_eq!(world.provider.count(At::CodeExchange), 1, "{status} {error}: the session went on");
    }
}

#[tokio::test]
async fn p3_a_subject_that_the_provider_ended_early_is_replaced_once() {
    let world = world().await;
    world.provider.script(|script| script.at_sign_in.answer.remove("expires_in"));
    let (mut browser, _) = world.signed_in("/account").await;
    refuse(&world, 400, "invalid_request");
    world.advance(400);
    assert!(is_told(&browser.fetch(STOCK_PANEL).await));
    assert_eq!(counts(&world), (1, 2), "another subject was tried");
    world.advance(MINUTE_SECS);
    assert!(is_told(&browser.fetch(STOCK_PANEL).await));
    assert_eq!(counts(&world), (1, 3), "a new subject is not replaced");
    world.provider.script(|script| script.instead.clear());
    world.advance(MINUTE_SECS);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}

#[tokio::test]
async fn p3_an_outage_of_the_exchange_passes() {
    for raw in [
        Raw::json(503, "{}"),
        Raw::json(429, "{}"),
        Raw::json(400, r#"{"error":"temporarily_unavailable"}"#),
        Raw::text(404, "text/html", "<h1>gateway</h1>"),
        Raw::text(200, "text/html", "<h1>gateway</h1>"),
        Raw::json(200, "not JSON"),
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.provider.script(|script| script.instead.insert(At::Exchange, raw.clone()));
        let page = browser.fetch(STOCK_PANEL).await;
        assert!(page.body.contains("provider isn’t responding"), "{raw:?}: {}", page.body);
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
        assert!(browser.fetch(STOCK_PANEL).await.body.contains("provider isn’t responding"));
        assert_eq!(counts(&world), (0, 1), "{raw:?}: not tried again at once");
        world.provider.script(|script| script.instead.clear());
        world.advance(20);
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{raw:?}");
    }
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    refuse(&world, 401, "invalid_client");
    assert!(browser.fetch(STOCK_PANEL).await.body.contains("problem with your sign-in provider"));
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
}

#[tokio::test]
async fn p3_only_an_access_token_of_the_negotiated_type_is_used() {
    for (name, value) in [
        ("issued_token_type", Some("urn:ietf:params:oauth:token-type:refresh_token")),
        ("issued_token_type", Some("urn:ietf:params:oauth:token-type:saml2")),
        ("issued_token_type", None),
        ("token_type", Some("N_A")),
        ("token_type", Some("DPoP")),
        ("token_type", None),
        ("access_token", Some("")),
        ("access_token", None),
    ] {
        let world = world().await;
        world.provider.script(|script| match value {
            Some(value) => script.at_exchange.set(name, value),
            None => script.at_exchange.remove(name),
        });
        let (mut browser, _) = world.signed_in("/account").await;
        for _ in 0..2 {
            let page = browser.fetch(STOCK_PANEL).await;
            assert!(is_told(&page), "{name} {value:?}: {}", page.body);
        }
        assert_eq!((counts(&world), world.warehouse.calls().len()), ((0, 1), 0), "{name} {value:?}");
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    }
    let world = world().await;
    world.provider.script(|script| script.at_exchange.set("token_type", "bearer"));
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}

#[tokio::test]
async fn p3_a_refresh_token_in_the_response_is_revoked_and_never_used() {
    let world = world().await;
    world.provider.script(|script| script.at_exchange.set("refresh_token", "not-asked-for"));
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    world.drained().await;
    let revoked = world.provider.seen(At::Revocation);
    assert_eq!(revoked.iter().map(|seen| seen.field("token")).collect::<Vec<_>>(), [Some("not-asked-for")]);
    assert_eq!(revoked[0].field("token_type_hint"), Some("refresh_token"));
    world.advance(LATER_SECS);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    let refreshed = world.provider.seen(At::Refresh);
    assert!(refreshed.iter().all(|seen| seen.field("refresh_token") != Some("not-asked-for")));

    // A provider that repeats the session's own refresh token does not lose it.
    let world = self::world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let own = world.provider.issued()[0].refresh_token.clone().unwrap();
    world.provider.script(|script| script.at_exchange.set("refresh_token", own));
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 0);
}

#[tokio::test]
async fn p3_a_subject_that_comes_back_is_not_sent_to_the_other_api() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let subject = world.provider.issued()[0].access_token.clone();
    world.provider.script(|script| script.at_exchange.set("access_token", subject.as_str()));
    assert!(is_told(&browser.fetch(STOCK_PANEL).await));
    assert!(world.warehouse.calls().is_empty());
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    world.provider.script(|script| script.at_exchange = Default::default());
    world.advance(MINUTE_SECS);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}

#[tokio::test]
async fn p3_without_a_refresh_token_the_exchange_works_as_long_as_its_subject() {
    let world = world_with("scopes = \"openid orders:read\"\n", "audience = \"stock\"").await;
    let (mut browser, page) = world.signed_in("/account").await;
    assert!(page.body.contains("requested when first needed"), "{}", page.body);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    assert_eq!(counts(&world), (0, 1));
    world.advance(LATER_SECS);
    let page = browser.fetch(STOCK_PANEL).await;
    assert!(is_told(&page) && page.body.contains("refresh token"), "{}", page.body);
    assert_eq!(counts(&world), (0, 1));
}

#[tokio::test]
async fn p3_a_grant_that_has_ended_ends_the_session_by_the_refresh_and_not_by_the_exchange() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.revoke_all();
    assert!(is_told(&browser.fetch(STOCK_PANEL).await), "the subject has not ended");
    world.advance(LATER_SECS);
    assert_eq!(browser.fetch(STOCK_PANEL).await.status, 401);
    assert_eq!(counts(&world), (1, 1));
}

#[tokio::test]
async fn p3_lo_04_sign_out_revokes_an_exchanged_token() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    browser.post("/auth/sign-out", &[]).await;
    world.drained().await;
    let exchanged = world.provider.issued()[1].access_token.clone();
    let revoked = world.provider.seen(At::Revocation);
    assert!(revoked.iter().any(|seen| seen.field("token") == Some(&exchanged)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_rf_03_processes_exchange_under_the_lease_of_the_session() {
    let world = world_with("store = \"sqlite:FOLDER/sessions.db\"\n", "audience = \"stock\"").await;
    let (_context, other) = world.another().await;
    let (browser, _) = world.signed_in("/account").await;
    for at in [At::Refresh, At::Exchange] {
        world.provider.script(|script| script.delays.insert(at, Duration::from_millis(200)));
    }
    world.advance(LATER_SECS);
    let right = at_two_processes(&world, &other, &browser, 40).await;
    assert_eq!((right, counts(&world), world.provider.reuses()), (40, (1, 1), 0));
}

#[tokio::test]
async fn p3_rf_11_a_token_that_comes_after_sign_out_is_revoked() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    sign_out_during(&world, &mut browser, At::Exchange).await;
    let exchanged = world.provider.issued()[1].access_token.clone();
    assert!(world.provider.seen(At::Revocation).iter().any(|seen| seen.field("token") == Some(&exchanged)));
    assert!(world.warehouse.calls().is_empty());
}
