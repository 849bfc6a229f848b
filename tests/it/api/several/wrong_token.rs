//! A token that the provider issues for the wrong API is never sent (FS1): neither one that names another audience, nor
//! one that another API has at the moment.

use serde_json::{Value, json};

use crate::{
    api::several::{
        API, BOARDS, LATER_SECS, ORDERS, ORDERS_PANEL, STOCK_PANEL, WAREHOUSE, has_orders, has_stock,
        refreshes, unreachable::is_told, world, world_with,
    },
    support::{
        Heard, Page,
        hostile::{At, HostileWorld, Raw},
    },
};

const MINUTE_SECS: i64 = 61;

/// A signed access token; different for each number.
fn jwt(world: &HostileWorld, claims: Value, number: usize) -> String {
    let mut claims = claims.as_object().unwrap().clone();
    claims.insert("jti".to_owned(), json!(number));
    let keys = world.provider.keys();
    keys.sign(&keys.header(), &Value::Object(claims))
}

fn next_refresh(world: &HostileWorld, token: &str) {
    world.provider.script(|script| script.at_refresh.answer.set("access_token", token));
}

fn is_locked(page: &Page, title: &str) -> bool {
    page.status == 200 && page.body.contains(&format!("grant access to <strong>{title}</strong>"))
}

#[tokio::test]
async fn fs1_a_jwt_for_another_audience_is_not_sent_and_one_for_the_api_is() {
    for (aud, is_sent) in [
        (json!(WAREHOUSE), true),
        (json!([WAREHOUSE]), true),
        (json!([ORDERS, WAREHOUSE]), true),
        (json!(ORDERS), false),
        (json!([ORDERS]), false),
        (json!("https://warehouse.example"), false),
        (json!([]), false),
        (json!(7), false),
    ] {
        let (world, heard) = (world().await, Heard::begin());
        let (mut browser, _) = world.signed_in("/account").await;
        let token = jwt(&world, json!({ "aud": aud }), 1);
        next_refresh(&world, &token);
        let page = browser.fetch(STOCK_PANEL).await;
        assert_eq!(has_stock(&page), is_sent, "{aud}: {}", page.body);
        assert_eq!(world.warehouse.saw(&token), is_sent, "{aud}");
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "{aud}");
        if !is_sent {
            assert!(is_told(&page) && is_told(&browser.fetch(STOCK_PANEL).await), "{aud}");
            assert_eq!(refreshes(&world), (0, 1), "{aud}: asked once in a minute");
            assert_eq!(heard.lines(&["no access token", "warehouse", "token_audience"]).len(), 1, "{aud}");
            let token = jwt(&world, json!({ "aud": WAREHOUSE }), 2);
            next_refresh(&world, &token);
            world.advance(MINUTE_SECS);
            assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{aud}: the refresh token was stored");
            assert_eq!(world.provider.reuses(), 0);
        }
        world.drained().await;
        assert_eq!(world.provider.count(At::Revocation), 0, "revoking it might end the whole grant");
    }
}

#[tokio::test]
async fn fs1_tokens_without_an_audience_are_not_compared() {
    for number in 0..3 {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        let token = match number {
            0 => jwt(&world, json!({ "client_id": "app" }), 1),
            1 => "opaque.but.dotted".to_owned(),
            _ => "eyJhbGciOiJkaXIifQ..iv.sealed.tag".to_owned(),
        };
        next_refresh(&world, &token);
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await), "{token}");
    }
}

#[tokio::test]
async fn fs1_an_api_by_scopes_is_compared_with_token_audience_only() {
    for (more, aud, is_sent) in [
        ("", "anything", true),
        ("token_audience = \"api-id\"\n", "api-id", true),
        ("token_audience = \"api-id\"\n", "anything", false),
    ] {
        let world = HostileWorld::with(&format!("{BOARDS}{API}{more}")).await;
        world.warehouse.script(|script| {
            script.answers.insert("/orders".into(), Raw::json(200, r#"{"orders":[{"id":"SKU-1"}]}"#));
        });
        let (mut browser, _) = world.signed_in("/account").await;
        next_refresh(&world, &jwt(&world, json!({ "aud": aud }), 1));
        assert_eq!(has_stock(&browser.fetch(STOCK_PANEL).await), is_sent, "{more} {aud}");
    }
}

#[tokio::test]
async fn fs1_the_current_token_of_another_api_is_not_sent() {
    let (world, heard) = (world().await, Heard::begin());
    let (mut browser, _) = world.signed_in("/account").await;
    let of_orders = world.provider.issued()[0].access_token.clone();
    next_refresh(&world, &of_orders);
    let page = browser.fetch(STOCK_PANEL).await;
    assert!(is_told(&page), "{}", page.body);
    assert!(!world.warehouse.saw(&of_orders) && world.warehouse.calls().is_empty());
    assert_eq!(heard.lines(&["no access token", "warehouse", "same as that of another API"]).len(), 1);
    world.provider.be_honest();
    world.advance(MINUTE_SECS);
    assert!(has_stock(&browser.fetch(STOCK_PANEL).await) && has_orders(&browser.fetch(ORDERS_PANEL).await));
}

#[tokio::test]
async fn fs1_the_api_of_the_sign_in_does_not_get_the_token_of_a_further_one_either() {
    for is_jwt in [false, true] {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        assert!(has_stock(&browser.fetch(STOCK_PANEL).await));
        let of_stock = match is_jwt {
            false => world.provider.issued()[1].access_token.clone(),
            true => jwt(&world, json!({ "aud": [WAREHOUSE] }), 1),
        };
        world.advance(LATER_SECS);
        next_refresh(&world, &of_stock);
        for _ in 0..2 {
            let page = browser.fetch(ORDERS_PANEL).await;
            assert!(is_locked(&page, "API"), "{is_jwt}: {}", page.body);
        }
        assert!(!world.api.saw(&of_stock), "{is_jwt}");
        assert_eq!(refreshes(&world), (1, 1), "{is_jwt}: asked once in a minute");
        world.provider.be_honest();
        world.advance(MINUTE_SECS);
        assert!(has_orders(&browser.fetch(ORDERS_PANEL).await), "{is_jwt}: the session went on");
        assert_eq!((world.provider.count(At::CodeExchange), world.provider.reuses()), (1, 0), "{is_jwt}");
    }
}

#[tokio::test]
async fn fs1_a_first_token_for_another_audience_is_not_sent_and_strands_nobody() {
    for scopes in ["openid offline_access orders:read", "openid orders:read"] {
        let world = world_with(&format!("scopes = \"{scopes}\"\n")).await;
        let wrong = jwt(&world, json!({ "aud": WAREHOUSE }), 1);
        world.provider.script(|script| script.at_sign_in.answer.set("access_token", wrong.as_str()));
        let (mut browser, page) = world.signed_in("/account").await;
        assert!(page.status == 200 && page.path() == "/account", "{}", page.body);
        let page = browser.fetch(ORDERS_PANEL).await;
        if scopes.contains("offline") {
            assert!(has_orders(&page), "a refresh brought another: {}", page.body);
        } else {
            assert!(is_locked(&page, "API") && is_locked(&browser.fetch(ORDERS_PANEL).await, "API"));
            assert_eq!(browser.open("/account").await.status, 200, "the session goes on");
        }
        assert!(!world.api.saw(&wrong) && !world.warehouse.saw(&wrong));
        assert_eq!(world.provider.count(At::CodeExchange), 1);
    }
}

#[tokio::test]
async fn fs1_h9_with_one_api_any_audience_is_accepted_unless_token_audience_is_set() {
    for (more, is_sent) in [
        ("audience = \"https://orders.example/\"\n", true),
        ("audience = \"https://orders.example/\"\ntoken_audience = \"anything\"\n", true),
        ("token_audience = \"orders-id\"\n", false),
    ] {
        let world = HostileWorld::with(more).await;
        let token = jwt(&world, json!({ "aud": "anything" }), 1);
        world.provider.script(|script| {
            script.at_sign_in.answer.set("access_token", token.as_str());
            script.at_refresh.answer.set("access_token", jwt(&world, json!({ "aud": "anything" }), 2));
        });
        let (_, page) = world.signed_in("/boards/orders").await;
        assert_eq!(page.body.contains("Customer of p-ada"), is_sent, "{more}: {}", page.body);
        assert_eq!(world.api.calls().is_empty(), !is_sent, "{more}");
    }
}

#[tokio::test]
async fn fs1_apis_that_are_the_same_to_the_provider_may_have_the_same_token() {
    let further = |id: &str, scopes: &str| {
        format!(
            "[[api]]\nid = \"{id}\"\ntitle = \"{id}\"\nurl = \"WAREHOUSE\"\nresource = \"{WAREHOUSE}\"\nscopes = [{scopes}]\n"
        )
    };
    for (scopes, is_sent) in [("\"stock:read\"", true), ("\"stock:count\"", false)] {
        let apis = further("warehouse", "\"stock:read\"") + &further("docks", scopes);
        let boards = BOARDS.replacen("get = \"/orders\"", "api = \"docks\"\nget = \"/orders\"", 1);
        let world = HostileWorld::with(&format!("resource = \"{ORDERS}\"\n{boards}{apis}")).await;
        world.provider.script(|script| {
            let targets = [(ORDERS, "orders:read"), (WAREHOUSE, "stock:read stock:count")];
            script.targets = targets.map(|(name, scopes)| (name.to_owned(), scopes.to_owned())).into();
        });
        let (mut browser, _) = world.signed_in("/account").await;
        next_refresh(&world, "one-for-all");
        assert!(browser.fetch(STOCK_PANEL).await.body.contains("Customer of p-ada"));
        let page = browser.fetch(ORDERS_PANEL).await;
        assert_eq!(page.body.contains("Customer of p-ada"), is_sent, "{scopes}: {}", page.body);
        assert_eq!(is_locked(&page, "docks"), !is_sent, "{scopes}");
    }
}
