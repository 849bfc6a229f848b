//! Two APIs with one sign-in: each has its own access token, fetched once, and failures of one do not affect the other.
//! This file has the world of these tests, and the rules that apply to every API.

mod by_scope;
mod consent;
mod exchange;
mod rotation;
mod unreachable;
mod wrong_token;

use std::time::Duration;

use axum::{Router, http::Method};

use crate::support::{
    Browser, Page,
    hostile::{At, HostileWorld, Raw, Seen},
    until,
};

/// Longer than the lifetime of access tokens here.
const LATER_SECS: i64 = 180;
/// The identifiers of the APIs at the provider.
const ORDERS: &str = "https://orders.example/";
const WAREHOUSE: &str = "https://warehouse.example/";
const BOARD: &str = "/boards/both";
/// The panels as requested by a page's script. Both APIs have the same path.
const ORDERS_PANEL: &str = "/api/panel_when_ready?board=both&panel=orders";
const STOCK_PANEL: &str = "/api/panel_when_ready?board=both&panel=stock";

const API: &str = r#"
[[api]]
id = "warehouse"
title = "Warehouse"
url = "WAREHOUSE"
scopes = ["stock:read"]
step_up_scopes = ["stock:count"]
"#;

/// In the file, the boards come before the API that they name.
const BOARDS: &str = r#"
[[board]]
id = "both"
title = "Both"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"

[[board.panel]]
title = "Stock"
kind = "table"
api = "warehouse"
get = "/orders"
rows = "$.orders[*]"
scope = "stock:read"
"#;

/// The number of right answers to this many requests, half of them for each API and at each process.
async fn at_two_processes(
    world: &HostileWorld,
    other: &Router,
    browser: &Browser<'_>,
    requests: usize,
) -> usize {
    let asked = (0..requests).map(|number| {
        let mut tab = Browser::new(if number % 2 == 0 { &world.app } else { other });
        tab.at_app.clone_from(&browser.at_app);
        let is_of_orders = number % 4 < 2;
        async move {
            let page: Page = tab.fetch(if is_of_orders { ORDERS_PANEL } else { STOCK_PANEL }).await;
            if is_of_orders { has_orders(&page) } else { has_stock(&page) }
        }
    });
    futures::future::join_all(asked).await.into_iter().filter(|is_right| *is_right).count()
}

/// Signs out while another tab waits for a token for the second API, which this endpoint sends late.
async fn sign_out_during(world: &HostileWorld, browser: &mut Browser<'_>, at: At) {
    let before = world.provider.count(at);
    world.provider.script(|script| script.late.insert(at, Duration::from_secs(2)));
    let mut tab = world.browser();
    tab.at_app.clone_from(&browser.at_app);
    let (page, _) = tokio::join!(tab.fetch(STOCK_PANEL), async {
        until(|| world.provider.count(at) > before).await;
        browser.post("/auth/sign-out", &[]).await
    });
    assert_eq!(page.status, 401);
    world.drained().await;
}

async fn world() -> HostileWorld {
    world_with("").await
}

/// With further settings, and a provider and APIs that know each other.
async fn world_with(more: &str) -> HostileWorld {
    let settings = format!("{more}resource = \"{ORDERS}\"\n{BOARDS}{API}resource = \"{WAREHOUSE}\"\n");
    let world = HostileWorld::with(&settings).await;
    let targets = [(ORDERS, "openid orders:read"), (WAREHOUSE, "stock:read")];
    world.provider.script(|script| {
        script.targets = targets.map(|(target, scope)| (target.to_owned(), scope.to_owned())).into();
    });
    world.api.script(|script| script.name = Some(ORDERS.to_owned()));
    world.warehouse.script(|script| {
        script.name = Some(WAREHOUSE.to_owned());
        script.answers.insert("/orders".into(), Raw::json(200, r#"{"orders":[{"id":"SKU-1"}]}"#));
    });
    world
}

fn has_orders(page: &Page) -> bool {
    page.status == 200 && page.body.contains("Customer of p-ada") && !page.body.contains("SKU-1")
}

fn has_stock(page: &Page) -> bool {
    page.status == 200 && page.body.contains("SKU-1") && !page.body.contains("Customer of")
}

/// The refreshes at the provider, by requested resource.
fn refreshes(world: &HostileWorld) -> (usize, usize) {
    let seen = world.provider.seen(At::Refresh);
    let of = |resource: &str| seen.iter().filter(|seen| seen.field("resource") == Some(resource)).count();
    assert_eq!(of(ORDERS) + of(WAREHOUSE), seen.len());
    (of(ORDERS), of(WAREHOUSE))
}

/// The tokens that reached each API, each once, in order.
fn tokens(world: &HostileWorld) -> (Vec<String>, Vec<String>) {
    let of = |calls: Vec<crate::support::hostile::Call>| {
        let mut tokens: Vec<_> = calls.iter().map(|call| call.token().to_owned()).collect();
        tokens.dedup();
        tokens
    };
    (of(world.api.calls()), of(world.warehouse.calls()))
}

/// This many tabs of one browser, each with both panels at once.
async fn tabs(world: &HostileWorld, browser: &Browser<'_>, count: usize) -> Vec<(Page, Page)> {
    let tabs = (0..count).map(|_| {
        let (mut one, mut other) = (world.browser(), world.browser());
        one.at_app.clone_from(&browser.at_app);
        other.at_app.clone_from(&browser.at_app);
        async move { tokio::join!(one.fetch(ORDERS_PANEL), other.fetch(STOCK_PANEL)) }
    });
    futures::future::join_all(tabs).await
}

fn all_is_there(pages: &[(Page, Page)]) -> bool {
    pages.iter().all(|(orders, stock)| has_orders(orders) && has_stock(stock))
}

fn params(seen: &Seen, name: &str) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(seen.query.as_bytes());
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

#[tokio::test]
async fn ac_01_ac_10_each_api_sees_its_own_opaque_token_in_the_authorization_header_only() {
    let world = world().await;
    let text = claimcheck_base::random::text::<24>().unwrap();
    world.provider.script(|script| script.texts.access_token.clone_from(&text));
    let (mut browser, _) = world.signed_in("/account").await;
    for round in 0..2 {
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
        let stock = browser.fetch(STOCK_PANEL).await;
        assert!(has_stock(&stock), "{}", stock.body);
        let page = browser.open(BOARD).await;
        assert!(page.body.contains("SKU-1") && page.body.contains("Customer of p-ada"), "{}", page.body);
        assert!(!page.body.contains(&text));
        assert_eq!(refreshes(&world), (round, round + 1));
        world.advance(LATER_SECS);
    }
    let asked = &world.provider.seen(At::Authorization)[0];
    assert_eq!(params(asked, "resource"), [ORDERS, WAREHOUSE]);
    assert!(params(asked, "scope")[0].split(' ').any(|scope| scope == "stock:read"));
    assert_eq!(world.provider.seen(At::CodeExchange)[0].field("resource"), Some(ORDERS));
    for (api, target) in [(&world.api, ORDERS), (&world.warehouse, WAREHOUSE)] {
        assert_eq!(api.calls().len(), 4, "two panels and two pages");
        for call in api.calls() {
            assert_eq!(world.provider.target(call.token()).as_deref(), Some(target));
            assert_eq!((&call.method, call.query.as_str(), call.body.as_str()), (&Method::GET, "", ""));
            let of_headers = call.headers.iter().filter(|(_, value)| value.to_str().unwrap().contains(&text));
            assert_eq!(of_headers.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["authorization"]);
            assert_eq!(format!("http://{}", call.headers["host"].to_str().unwrap()), api.origin());
        }
    }
    let asked = world.provider.seen(At::UserInfo);
    let token = |seen: &Seen| seen.header("authorization").trim_start_matches("Bearer ").to_owned();
    assert!(
        !asked.is_empty() && asked.iter().all(|seen| world.provider.target(&token(seen)).unwrap() == ORDERS)
    );
}

#[tokio::test]
async fn ac_05_a_401_of_one_api_replaces_its_token_and_no_other() {
    let world = world().await;
    let (browser, _) = world.signed_in("/account").await;
    assert!(all_is_there(&tabs(&world, &browser, 1).await));
    let (orders, stock) = tokens(&world);
    world.warehouse.script(|script| script.refused.extend(stock));
    assert!(all_is_there(&tabs(&world, &browser, 5).await));
    assert_eq!(refreshes(&world), (0, 2));
    let (orders_later, stock_later) = tokens(&world);
    assert_eq!((orders_later, stock_later.len()), (orders, 2), "the other's goes on");
}

#[tokio::test]
async fn ac_05_an_api_that_refuses_every_token_is_asked_twice_and_the_other_lives() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(all_is_there(&tabs(&world, &browser, 1).await));
    world.warehouse.script(|script| {
        script.answers.insert(
            "/orders".into(),
            Raw::json(401, "{}").with("www-authenticate", "Bearer error=\"invalid_token\""),
        );
    });
    let before = world.warehouse.calls().len();
    let page = browser.fetch(STOCK_PANEL).await;
    assert!(page.status == 200 && page.body.contains("doesn’t accept your sign-in"), "{}", page.body);
    assert_eq!((world.warehouse.calls().len(), refreshes(&world)), (before + 2, (0, 2)));
    browser.fetch(STOCK_PANEL).await;
    assert_eq!((world.warehouse.calls().len(), refreshes(&world)), (before + 3, (0, 2)), "no third token");
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    let token = world.api.calls()[0].token().to_owned();
    world.api.script(|script| script.refused.insert(token));
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "whose own 401 still brings another");
    assert_eq!(refreshes(&world), (1, 2));
}

#[tokio::test]
async fn ac_03_a_redirect_from_one_api_to_the_other_is_not_followed() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    let to_orders = Raw::redirect(307, &format!("{}/orders", world.api.origin()));
    world.warehouse.script(|script| script.answers.insert("/orders".into(), to_orders));
    assert!(browser.fetch(STOCK_PANEL).await.body.contains("redirects to another address"));
    assert!(world.api.calls().is_empty());
}

#[tokio::test]
async fn the_account_page_tells_of_every_api_and_shows_no_token() {
    let world = world().await;
    let (mut browser, before) = world.signed_in("/account").await;
    assert!(before.body.contains("requested when first needed"), "{}", before.body);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    let after = browser.open("/account").await;
    let panel = |title: &str| {
        let rest = after.body.split(&format!("<h2>{title}</h2>")).nth(1).unwrap_or_else(|| panic!("{title}"));
        rest.split("</section>").next().unwrap().to_owned()
    };
    let (of_orders, of_stock) = (panel("Granted permissions"), panel("Granted permissions for Warehouse"));
    assert!(of_orders.contains("orders:read") && !of_orders.contains("stock:read"), "{of_orders}");
    assert!(of_stock.contains("stock:read") && !of_stock.contains("orders:read"), "{of_stock}");
    assert!(after.body.contains("API access valid until"));
    assert!(after.body.contains("Warehouse access valid until"));
    for issued in world.provider.issued() {
        assert!(!after.body.contains(&issued.access_token));
    }
}

#[tokio::test]
async fn lo_04_sign_out_gives_the_tokens_of_all_apis_back() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    browser.post("/auth/sign-out", &[]).await;
    world.drained().await;
    let issued = world.provider.issued();
    let revoked = world.provider.seen(At::Revocation);
    let is_revoked = |token: &str| revoked.iter().any(|seen| seen.field("token") == Some(token));
    assert_eq!(issued.len(), 2);
    assert!(issued.iter().all(|issued| is_revoked(&issued.access_token)));
    assert!(is_revoked(issued[1].refresh_token.as_ref().unwrap()));
}

#[tokio::test]
async fn an_audience_is_named_where_the_provider_wants_that() {
    let settings = format!("audience = \"orders\"\n{BOARDS}{API}audience = \"warehouse\"\n");
    let world = HostileWorld::with(&settings).await;
    world.provider.script(|script| {
        script.targets = [("warehouse".to_owned(), "stock:read".to_owned())].into();
    });
    world.warehouse.script(|script| script.name = Some("warehouse".to_owned()));
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_orders(&browser.fetch(STOCK_PANEL).await) && has_orders(&browser.fetch(ORDERS_PANEL).await));
    world.advance(LATER_SECS);
    assert!(has_orders(&browser.fetch(ORDERS_PANEL).await));
    let authorization = &world.provider.seen(At::Authorization)[0];
    assert_eq!(params(authorization, "audience"), ["orders"]);
    assert!(params(authorization, "resource").is_empty());
    let asked = world.provider.seen(At::Refresh);
    let audiences: Vec<_> = asked.iter().map(|seen| seen.field("audience")).collect();
    assert_eq!(audiences, [Some("warehouse"), None], "the default's is what the sign-in was for");
    assert!(asked.iter().all(|seen| seen.field("resource").is_none()));
}
