//! Requests of panels: headers per API, claims in requests, POST reads, and what the log says about them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{answer, calls_since, panel, text};
use crate::support::{
    Heard,
    hostile::{Call, HostileWorld, Raw},
};

const CLAIMS: &str = r#"
[claims]
customer_id = "$['https://example.com/customer_id']"
tenant = "tenant"

[api_headers]
X-Tenant = "t-{claim.tenant}"
X-Api-Version = "2026-03-01"

[[api]]
id = "keyed"
title = "Keyed"
url = "WAREHOUSE/v2"
auth = "none"
headers = { Authorization = "ApiKey canary-of-the-key-0815" }

[[board]]
id = "orders"
title = "Orders"

[[board.action]]
label = "Pay"
post = "/customers/{claim.customer_id}/payments"
fields = [{ key = "customer", kind = "row", value = "{claim.customer_id}" }, { key = "note" }]

[[board.panel]]
id = "p0"
title = "Path"
kind = "table"
get = "/customers/{claim.customer_id}/orders?of={claim.customer_id}"
rows = "$.orders[*]"
search = "q"

[[board.panel]]
id = "p1"
title = "Body"
kind = "table"
post = "/orders/search"
body = { customer = "{claim.customer_id}", open = true, limit = 50 }
rows = "$.orders[*]"
total = "$.total"
search = "text"
page = { size = 2, limit = "page.size", offset = "page.from" }

[[board.panel]]
id = "p2"
title = "GraphQL"
kind = "table"
post = "/graphql"
query = "query Orders($customer: ID!, $after: String) { orders(customer: $customer, after: $after) { id } }"
variables = { customer = "{claim.customer_id}" }
rows = "$.data.orders[*]"
page = { size = 2, cursor = "after", next = "$.data.next" }

[[board.panel]]
id = "p3"
title = "Key only"
kind = "table"
api = "keyed"
get = "/stock"
rows = "$.orders[*]"
"#;

async fn world(claims: &[(&str, Value)]) -> HostileWorld {
    let world = HostileWorld::with(CLAIMS).await;
    world.provider.script(|script| {
        for (name, value) in claims {
            script.person.claims.insert((*name).to_owned(), value.clone());
        }
    });
    let rows = json!({ "total": 1, "orders": [{ "id": "ORD-1" }], "data": { "orders": [{ "id": "ORD-1" }], "next": "c2" } });
    world.api.script(|script| script.instead = Some(Raw::json(200, &rows.to_string())));
    world.warehouse.script(|script| script.instead = Some(Raw::json(200, &rows.to_string())));
    world
}

fn customer(value: Value) -> Vec<(&'static str, Value)> {
    vec![("https://example.com/customer_id", value), ("tenant", json!("acme"))]
}

fn path(call: &Call) -> String {
    format!("{}?{}", call.path, call.query)
}

#[tokio::test]
async fn r09_each_api_gets_its_headers_and_a_keyed_one_no_token() {
    let world = world(&customer(json!("C-1"))).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let own = panel(&mut browser, "orders", 0, "").await;
    assert!(own.body.contains("ORD-1"), "{}", own.body);
    let calls = world.api.calls();
    assert_eq!(calls[0].headers["x-tenant"], "t-acme");
    assert_eq!(calls[0].headers["x-api-version"], "2026-03-01");
    assert!(world.provider.owner(calls[0].token()).is_some(), "with the user's token");
    let keyed = panel(&mut browser, "orders", 3, "").await;
    assert!(keyed.body.contains("ORD-1"), "{}", keyed.body);
    let calls = world.warehouse.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].headers["authorization"], "ApiKey canary-of-the-key-0815");
    assert!(!calls[0].headers.contains_key("x-tenant"), "headers belong to one API");
    // An API that repeats its key is not shown, and the key is in no log.
    let heard = Heard::begin();
    for (status, body) in
        [(200, r#"{"orders":[{"id":"ApiKey canary-of-the-key-0815"}]}"#), (500, "{}"), (401, "{}")]
    {
        world.warehouse.script(|script| script.instead = Some(Raw::json(status, body)));
        let page = panel(&mut browser, "orders", 3, "").await;
        assert!(!page.body.contains("canary") && !page.body.contains("<tbody>"), "{}", page.body);
    }
    assert!(heard.has(&["the API's response cannot be used"]) && !heard.has(&["canary"]));
}

#[tokio::test]
async fn r28_a_claim_fills_path_query_body_and_header_encoded_as_one_value() {
    for (value, encoded) in [
        (json!("C-1"), "C-1"),
        (json!(4711), "4711"),
        (json!("a b&c=d"), "a%20b%26c%3Dd"),
        (json!("\u{f6}\"}"), "%C3%B6%22%7D"),
    ] {
        let world = world(&customer(value.clone())).await;
        let (mut browser, _) = world.signed_in("/account").await;
        for index in 0..3 {
            let page = panel(&mut browser, "orders", index, "").await;
            assert!(page.body.contains("ORD-1"), "{value}: {}", page.body);
        }
        let calls = world.api.calls();
        assert_eq!(path(&calls[0]), format!("/customers/{encoded}/orders?of={encoded}"));
        let of = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let body: Value = serde_json::from_str(&calls[1].body).unwrap();
        assert_eq!(body, json!({ "customer": of, "open": true, "limit": 50, "page": { "size": 2 } }));
        let body: Value = serde_json::from_str(&calls[2].body).unwrap();
        assert_eq!(body["variables"], json!({ "customer": of }));
        assert_eq!(
            (&calls[1].method, &calls[1].headers["content-type"]),
            (&Method::POST, &"application/json".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn r28_without_a_usable_claim_the_panel_is_locked_and_nothing_is_sent() {
    for value in [
        json!("../admin"),
        json!("..%2fadmin"),
        json!("a/b"),
        json!("a\\b"),
        json!("%2e%2e"),
        json!("a%252fb"),
        json!("a\u{2215}b"),
        json!("a\r\nb"),
        json!(""),
        json!("  "),
        json!(null),
        json!(["C-1"]),
        json!({ "id": "C-1" }),
        json!(true),
        json!("x".repeat(300)),
    ] {
        let world = world(&customer(value.clone())).await;
        let (mut browser, _) = world.signed_in("/account").await;
        let page = panel(&mut browser, "orders", 0, "").await;
        assert!(
            text(&page.body).contains("This needs Customer id from your account"),
            "{value}: {}",
            page.body
        );
        assert!(world.api.calls().is_empty(), "{value}");
    }
    let world = world(&[("tenant", json!("acme"))]).await;
    let (mut browser, _) = world.signed_in("/account").await;
    for index in 0..3 {
        let page = panel(&mut browser, "orders", index, "").await;
        assert!(text(&page.body).contains("Customer id from your account"), "{}", page.body);
    }
    assert!(world.api.calls().is_empty());
}

#[tokio::test]
async fn r28_a_header_takes_visible_ascii_only() {
    for (tenant, is_sent) in [
        (json!("acme"), true),
        (json!("acme & co: 7"), true),
        (json!("gr\u{fc}n"), false),
        (json!("a\r\nX-Admin: 1"), false),
        (json!("a\tb"), false),
        (json!([]), false),
    ] {
        let claims = [("https://example.com/customer_id", json!("C-1")), ("tenant", tenant.clone())];
        let world = world(&claims).await;
        let (mut browser, _) = world.signed_in("/account").await;
        let page = panel(&mut browser, "orders", 0, "").await;
        assert_eq!(page.body.contains("ORD-1"), is_sent, "{tenant}: {}", page.body);
        assert_eq!(text(&page.body).contains("Tenant from your account"), !is_sent, "{tenant}");
        assert_eq!(world.api.calls().len(), usize::from(is_sent), "{tenant}");
    }
}

#[tokio::test]
async fn r28_answers_are_shared_by_the_filled_request_only() {
    let world = world(&customer(json!("C-1"))).await;
    let page = world.signed_in("/boards/orders").await.1;
    assert_eq!(page.status, StatusCode::OK);
    let before = world.api.calls().len();
    world.provider.script(|script| {
        script.person.sub = "other".to_owned();
        script
            .person
            .claims
            .extend(customer(json!("C-2")).into_iter().map(|(name, value)| (name.to_owned(), value)));
    });
    let (mut browser, _) = world.signed_in("/account").await;
    panel(&mut browser, "orders", 0, "").await;
    let calls = calls_since(&world, before);
    assert_eq!(path(&calls[0]), "/customers/C-2/orders?of=C-2");
}

#[tokio::test]
async fn r11_a_post_read_is_searched_and_paged_in_its_body() {
    let world = world(&customer(json!("C-1"))).await;
    let (mut browser, _) = world.signed_in("/account").await;
    panel(&mut browser, "orders", 1, "p1.q=a%22b&p1.page=3").await;
    panel(&mut browser, "orders", 2, "p2.page=c2").await;
    let calls = world.api.calls();
    let body: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!((&body["text"], &body["page"]), (&json!("a\"b"), &json!({ "size": 2, "from": 4 })));
    let body: Value = serde_json::from_str(&calls[1].body).unwrap();
    assert_eq!(body["variables"], json!({ "customer": "C-1", "after": "c2" }));
    assert!(calls.iter().all(|call| call.query.is_empty()));
}

#[tokio::test]
async fn r10_errors_of_graphql_are_shown_unless_there_is_data() {
    let world = world(&customer(json!("C-1"))).await;
    let (mut browser, _) = world.signed_in("/account").await;
    answer(
        &world,
        "/graphql",
        &json!({ "errors": [{ "message": "Unknown <b>customer</b>" }], "data": null }),
    );
    let page = panel(&mut browser, "orders", 2, "").await;
    assert!(
        page.body.contains("Unknown &lt;b&gt;customer") && page.body.contains("reports an error"),
        "{}",
        page.body
    );
    answer(
        &world,
        "/graphql",
        &json!({ "errors": [{ "message": "x" }], "data": { "orders": [{ "id": "ORD-7" }] } }),
    );
    assert!(panel(&mut browser, "orders", 2, "").await.body.contains("ORD-7"));
}

#[tokio::test]
async fn f18_the_log_has_neither_queries_nor_values_of_slots() {
    let world = world(&customer(json!("canary-customer"))).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let heard = Heard::begin();
    for raw in [
        Raw::json(500, "{}"),
        Raw::hang_up(),
        Raw::json(200, "<"),
        Raw::json(429, "{}").with("retry-after", "0"),
    ] {
        world.api.script(|script| script.instead = Some(raw));
        panel(&mut browser, "orders", 0, "p0.q=canary-word").await;
        panel(&mut browser, "orders", 1, "p1.q=canary-word").await;
    }
    assert!(heard.lines(&["/customers/{claim.customer_id}/orders"]).len() >= 4);
    assert!(!heard.has(&["canary"]), "{:?}", heard.lines(&["canary"]));
}

#[tokio::test]
async fn f08_a_row_of_another_key_is_not_shown() {
    let board = "[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[[board.panel]]\nid = \"p0\"\ntitle = \"Orders\"\nkind = \"table\"\n\
                 get = \"/orders\"\nrows = \"$.orders[*]\"\nkey = \"id\"\ndetail = \"/orders/{id}\"\n";
    let world = HostileWorld::with(board).await;
    let (mut browser, _) = world.signed_in("/account").await;
    // As a gateway answers that decodes the slash.
    for (body, key, is_shown) in [
        (json!({ "id": "2024/001", "city": "Bergen" }), "2024%2F001", true),
        (json!({ "id": "7", "city": "Bergen" }), "2024%2F001", false),
        (json!({ "city": "Bergen" }), "2024%2F001", false),
        (json!({ "id": 7, "city": "Bergen" }), "7", true),
        (json!({ "city": "Bergen" }), "7", true),
    ] {
        world.api.script(|script| script.instead = Some(Raw::json(200, &body.to_string())));
        let page = browser.get(&format!("/boards/orders/rows/p0?key={key}")).await;
        assert_eq!(page.body.contains("Bergen"), is_shown, "{body} {key}: {}", page.status);
    }
}

/// Submits the action of the board, and returns the calls that it made.
async fn pay(world: &HostileWorld) -> Vec<Call> {
    let (mut browser, _) = world.signed_in("/account").await;
    let form = browser.open("/boards/orders/actions/pay").await;
    let fields = form.fields();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if !pairs.is_empty() {
        browser.post("/api/act", &pairs).await;
    }
    world.api.calls().into_iter().filter(|call| call.path.ends_with("/payments")).collect()
}

#[tokio::test]
async fn r28_r09_actions_have_claims_and_headers_too() {
    let world = world(&customer(json!("C-1"))).await;
    let calls = pay(&world).await;
    assert_eq!((calls.len(), calls[0].path.as_str()), (1, "/customers/C-1/payments"));
    assert_eq!(calls[0].headers["x-tenant"], "t-acme");
    let body: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!(body["customer"], "C-1");
    for claims in [customer(json!("../admin")), customer(json!([])), vec![("tenant", json!("acme"))]] {
        let world = self::world(&claims).await;
        assert!(pay(&world).await.is_empty(), "{claims:?}");
    }
}

/// A `POST` read is repeated like an action: whatever stands before the API may count it.
#[tokio::test]
async fn f25_a_read_by_post_is_repeated_only_if_the_api_says_that_the_token_is_invalid() {
    for (challenge, by_post, by_get) in [
        ("", 1, 2),
        ("Bearer realm=\"a\"", 1, 2),
        ("Bearer error=\"invalid_request\"", 1, 1),
        ("Bearer error=\"invalid_token\"", 2, 2),
    ] {
        for (index, count) in [(0, by_get), (1, by_post), (2, by_post)] {
            let world = world(&customer(json!("C-1"))).await;
            let (mut browser, _) = world.signed_in("/account").await;
            let refusal = Raw::json(401, "{}").with("www-authenticate", challenge);
            world.api.script(|script| script.instead = Some(refusal));
            panel(&mut browser, "orders", index, "").await;
            assert_eq!(world.api.calls().len(), count, "{challenge} {index}");
        }
    }
}

#[tokio::test]
async fn f25_an_action_is_repeated_only_if_the_api_says_that_the_token_is_invalid() {
    for (challenge, count) in [
        ("", 1),
        ("Basic realm=\"a\"", 1),
        ("Bearer", 1),
        ("Bearer realm=\"a\"", 1),
        ("Bearer error=\"invalid_request\"", 1),
        ("Bearer error=\"invalid_token\"", 2),
        ("Basic realm=\"a\", Bearer realm=\"b\", error=\"invalid_token\"", 2),
    ] {
        let world = world(&customer(json!("C-1"))).await;
        let refusal = Raw::json(401, "{}").with("www-authenticate", challenge);
        world.api.script(|script| script.instead = Some(refusal));
        assert_eq!(pay(&world).await.len(), count, "{challenge}");
    }
}
