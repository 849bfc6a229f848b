//! A further API that demands more than its token has: what the user agrees to is named in its next token request.

use crate::{
    api::several::{BOARDS, ORDERS_PANEL, STOCK_PANEL, by_scope, has_orders, has_stock, params},
    support::{
        Browser, Page,
        hostile::{At, HostileWorld, Raw},
    },
};

/// The API demands this scope, which nothing but `step_up_scopes` names.
fn demand(world: &HostileWorld, scope: &str) {
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    let forbidden = Raw::json(403, "{}").with("www-authenticate", &challenge);
    world.warehouse.script(|script| script.answers.insert("/orders".into(), forbidden));
}

fn satisfy(world: &HostileWorld) {
    let stock = Raw::json(200, r#"{"orders":[{"id":"SKU-1"}]}"#);
    world.warehouse.script(|script| script.answers.insert("/orders".into(), stock));
}

/// The link that requests the missing access.
fn link(page: &Page) -> String {
    let at = page.body.find("/auth/sign-in?").unwrap_or_else(|| panic!("no link: {}", page.body));
    page.body[at..].split('"').next().unwrap().replace("&amp;", "&")
}

async fn agrees(world: &HostileWorld, browser: &mut Browser<'_>, scope: &str) {
    demand(world, scope);
    let page = browser.fetch(STOCK_PANEL).await;
    let link = link(&page);
    satisfy(world);
    browser.open(&link).await;
}

#[tokio::test]
async fn r22_ac_06_a_scope_that_a_further_api_demands_is_named_for_it_and_for_no_other() {
    let world = by_scope::world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    agrees(&world, &mut browser, "stock:count").await;
    let asked = params(world.provider.seen(At::Authorization).last().unwrap(), "scope").remove(0);
    assert!(asked.ends_with("stock:read stock:count"), "{asked}");
    for _ in 0..2 {
        world.advance(180);
        assert!(
            has_stock(&browser.fetch(STOCK_PANEL).await) && has_orders(&browser.fetch(ORDERS_PANEL).await)
        );
        let named = by_scope::named(&world);
        let of_orders = "openid profile offline_access orders:read orders:ship";
        assert_eq!(named[named.len() - 2..], ["stock:read stock:count", of_orders]);
    }
    assert_eq!(world.provider.reuses(), 0);
}

#[tokio::test]
async fn r22_a_scope_that_the_user_declines_costs_the_api_nothing_else() {
    let world = by_scope::world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    let before = "openid profile offline_access orders:read orders:ship stock:read";
    world.provider.script(|script| script.grants = Some(before.to_owned()));
    agrees(&world, &mut browser, "stock:count").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    let named = by_scope::named(&world);
    assert_eq!(named[named.len() - 2..], ["stock:read stock:count", "stock:read"]);
    demand(&world, "stock:count");
    let page = browser.fetch(STOCK_PANEL).await;
    assert!(page.body.contains("<code>stock:count</code>"), "{}", page.body);
}

#[tokio::test]
async fn p3_a_scope_that_a_panel_of_an_exchanging_api_needs_is_asked_for_and_exchanged() {
    let api = "[[api]]\nid = \"warehouse\"\ntitle = \"Warehouse\"\nurl = \"WAREHOUSE\"\ntoken = \"exchange\"\naudience = \"stock\"\nscopes = [\"stock:read\"]\nstep_up_scopes = [\"stock:count\"]\n";
    let world = HostileWorld::with(&format!("{BOARDS}{api}")).await;
    world.provider.script(|script| {
        script.targets = [("stock".to_owned(), "stock:read stock:count".to_owned())].into();
    });
    satisfy(&world);
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
    agrees(&world, &mut browser, "stock:count").await;
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await) && has_orders(&browser.fetch(ORDERS_PANEL).await));
    let asked = params(world.provider.seen(At::Authorization).last().unwrap(), "scope").remove(0);
    assert!(asked.ends_with(" stock:count"), "{asked}");
    let exchanged = world.provider.seen(At::Exchange);
    let scopes: Vec<_> = exchanged.iter().map(|seen| seen.field("scope").unwrap()).collect();
    assert_eq!(scopes, ["stock:read", "stock:read stock:count"]);
    // The scope is refused at the exchange: without it, the API has its token all the same.
    world.provider.script(|script| script.targets = [("stock".to_owned(), "stock:read".to_owned())].into());
    world.advance(180);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
}
