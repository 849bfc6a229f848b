//! `/boards/{board}/inspect/{panel}`: who may see the exchange between a panel and its API, and what the page shows.
//! `masks.rs` has what it must not show.

mod masks;

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Page,
    hostile::{HostileWorld, Raw},
    log::OwnLog,
};

const SETTINGS: &str = r#"
inspect_role = ["author", "Panel Admins"]

[claims]
customer_id = "customer_id"

[api_headers]
X-Key = "canary-key-4711-of-the-api"

[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders?limit=3"
rows = "$.orders[*]"
total = "$.total"
search = "q"
columns = [{ key = "id", title = "Order" }, { key = "note", title = "Note" }]

[[board.panel]]
title = "Open"
kind = "stat"
get = "/stat"
value = "$.open"

[[board.panel]]
title = "Search"
kind = "list"
post = "/search"
body = { open = true }
rows = "$.orders[*]"
label = "id"

[[board.panel]]
title = "Of a customer"
kind = "table"
get = "/customers/{claim.customer_id}"
rows = "$.orders[*]"

[[board]]
id = "sales"
title = "Sales"

[board.period]
choices = ["7d"]

[[board.panel]]
title = "Revenue"
kind = "stat"
get = "/sales?from={from}&to={to}"
value = "$.revenue"
before = "period"

[[board.panel]]
title = "The same"
kind = "stat"
get = "/sales?from={from}&to={to}"
value = "$.orders"

[[board]]
id = "books"
title = "Books"
role = "finance"

[[board.panel]]
title = "Books"
kind = "stat"
get = "/books"
value = "$.n"
"#;

async fn world(roles: Value) -> HostileWorld {
    let world = HostileWorld::with(SETTINGS).await;
    world.provider.script(|script| {
        script.at_sign_in.claims.set("roles", roles.clone());
        script.at_refresh.claims.set("roles", roles);
    });
    let rows =
        json!({ "orders": [{ "id": "ORD-1", "note": null }, { "id": "ORD-2", "note": "n" }], "total": 7 });
    world
        .api
        .script(|script| script.instead = Some(Raw::json(200, &rows.to_string()).with("x-secret", "x-1")));
    world
}

/// The visible text of a page's main part, with single spaces.
fn text(page: &Page) -> String {
    let main = page.body.split_once("<main").map_or(page.body.as_str(), |(_, main)| main);
    let texts = main.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let all = texts.collect::<Vec<_>>().join(" ").replace("&quot;", "\"").replace("&amp;", "&");
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

const PAGE: &str = "/boards/orders/inspect/orders";

#[tokio::test]
async fn in_03_people_with_the_role_see_the_exchange_that_the_panel_made() {
    let world = world(json!(["author"])).await;
    let log = OwnLog::begin();
    let (mut browser, board) = world.signed_in("/boards/orders?orders.q=a+b").await;
    assert!(board.body.contains("/boards/orders/inspect/orders?orders.q=a%20b"), "{}", board.body);
    let calls = world.api.calls().len();
    let page = browser.get(&format!("{PAGE}?orders.q=a+b")).await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    assert_eq!(world.api.calls().len(), calls, "the exchange is the panel's own");
    let shown = text(&page);
    for part in [
        "Inspect: Orders",
        "GET http://",
        "/orders",
        "?limit 3",
        "?q a b",
        "authorization Bearer [masked]",
        "x-key [masked]",
        "Status 200",
        "content-type application/json",
        "rows = $.orders[*] 2 rows",
        "columns = id filled in 2 of 2 rows",
        "columns = note filled in 1 of 2 rows",
        "total = $.total 7",
        "\"ORD-1\"",
        "It expires in",
        "ms",
        "Send the request again",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!page.body.contains("x-secret"), "headers by an allow-list");
    let text_of_log = log.text();
    let lines: Vec<_> = text_of_log.lines().filter(|line| line.contains("panel inspected")).collect();
    assert!(lines.len() == 1 && lines[0].contains("orders") && lines[0].contains("session"), "{lines:?}");
    // After a minute a GET is repeated.
    world.advance(61);
    assert_eq!(browser.get(&format!("{PAGE}?orders.q=a+b")).await.status, StatusCode::OK);
    assert_eq!(world.api.calls().len(), calls + 1);
    let german = browser.send(Method::GET, PAGE, &[("accept-language", "de")], None).await;
    assert!(text(&german).contains("Untersuchen: Orders"), "{}", text(&german));
}

#[tokio::test]
async fn in_01_without_role_or_setting_nothing_is_shown_or_sent() {
    for (roles, status) in [
        (json!(["Panel Admins"]), StatusCode::OK),
        (json!(["other", "Author"]), StatusCode::FORBIDDEN),
        (json!([]), StatusCode::FORBIDDEN),
    ] {
        let world = world(roles).await;
        let (mut browser, board) = world.signed_in("/boards/orders").await;
        let calls = world.api.calls().len();
        assert_eq!(board.body.contains("/inspect/"), status == StatusCode::OK);
        let page = browser.get(PAGE).await;
        assert_eq!(page.status, status);
        let sent = browser.post(&format!("{PAGE}/send"), &[]).await;
        assert_eq!(sent.status == StatusCode::SEE_OTHER, status == StatusCode::OK, "{}", sent.status);
        if status != StatusCode::OK {
            assert!(!page.body.contains("ORD-1") && world.api.calls().len() == calls, "{}", page.body);
        }
    }
    let world = HostileWorld::start().await;
    let (mut browser, board) = world.signed_in("/boards/orders").await;
    assert!(!board.body.contains("/inspect/"));
    for path in [PAGE, "/boards/orders/inspect/0", "/boards/none/inspect/orders", "/boards/orders/inspect/x"]
    {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(browser.post(&format!("{PAGE}/send"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn in_01_the_role_lifts_no_lock_of_a_board() {
    for (roles, status) in
        [(json!(["author"]), StatusCode::FORBIDDEN), (json!(["author", "finance"]), StatusCode::OK)]
    {
        let world = world(roles).await;
        let (mut browser, _) = world.signed_in("/account").await;
        assert_eq!(browser.get("/boards/books/inspect/books").await.status, status);
        browser.post("/boards/books/inspect/books/send", &[]).await;
        assert_eq!(world.api.calls().is_empty(), status != StatusCode::OK);
    }
}

#[tokio::test]
async fn in_01_a_role_that_a_refresh_takes_hides_the_exchange() {
    let world = world(json!(["author"])).await;
    let (mut browser, _) = world.signed_in(PAGE).await;
    assert!(text(&browser.get(PAGE).await).contains("ORD-1"));
    world.provider.script(|script| script.at_refresh.claims.set("roles", json!(["other"])));
    world.advance(400);
    for _ in 0..2 {
        let page = browser.get(PAGE).await;
        assert!(page.status == StatusCode::FORBIDDEN && !page.body.contains("ORD-1"), "{}", page.body);
    }
}

#[tokio::test]
async fn in_03_each_failure_of_a_panel_is_explained() {
    let world = world(json!(["author"])).await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (raw, parts) in [
        (Raw::json(500, r#"{"error":"boom"}"#), &["Status 500", "\"boom\""][..]),
        (Raw::json(404, "{}"), &["Status 404"]),
        (Raw::json(403, "{}"), &["Status 403"]),
        (Raw::json(401, "{}"), &["Status 401", "2 times", "was refreshed for this request"]),
        (Raw::redirect(302, "https://elsewhere.example/login"), &["Status 302", "elsewhere.example"]),
        (
            Raw::text(200, "text/html", "<h1>Hello & bye</h1>"),
            &["isn’t JSON", "text/html", "&lt;h1&gt;Hello"],
        ),
        (Raw::json(200, r#"{"orders": [1,}"#), &["from byte"]),
        (Raw::json(200, r#"{"orders": {"a": 1}}"#), &["rows = $.orders[*]"]),
        (Raw::json(200, r#"{"items": []}"#), &["The panel is empty", "nothing: no rows", "\"items\""]),
        (Raw::json(200, ""), &["Status 200", "nothing: no rows"]),
        (Raw::broken_off("{\"a\":"), &["Failure"]),
        (Raw::hang_up(), &["Failure"]),
        (Raw::json(429, "{}").with("retry-after", "1"), &["Status 429", "retry-after 1"]),
    ] {
        world.api.script(|script| script.instead = Some(raw.clone()));
        world.advance(70);
        let page = browser.open(PAGE).await;
        assert_eq!(page.status, StatusCode::OK, "{raw:?}");
        for part in parts {
            assert!(text(&page).contains(part), "{raw:?} {part}: {}", text(&page));
        }
    }
    world.advance(70);
    for (answer, part) in [
        (r#"{"open": 12.50}"#, "value = $.open 12.50"),
        (r#"{"open": "many"}"#, "“many”, which isn’t a number"),
        (r#"{"other": 1}"#, "value = $.open nothing"),
        (
            r#"{"open": [1,2,3,4,5,6,7,8,9,10,11,12]}"#,
            "$.open a list of 12 elements, but one value is needed",
        ),
        (r#"{"open": [7]}"#, "$.open a list of 1 element, but one value is needed"),
        (r#"{"open": []}"#, "$.open a list of 0 elements, but one value is needed"),
        (r#"{"open": {"of": 3, "all": 4}}"#, "$.open an object with 2 members, but one value is needed"),
    ] {
        world.api.script(|script| script.instead = Some(Raw::json(200, answer)));
        world.advance(70);
        let page = browser.open("/boards/orders/inspect/open").await;
        assert!(text(&page).contains(part), "{part}: {}", text(&page));
    }
    // Nothing is sent without the claim.
    let calls = world.api.calls().len();
    let page = browser.open("/boards/orders/inspect/of-a-customer").await;
    assert!(
        text(&page).contains("No request was sent") && world.api.calls().len() == calls,
        "{}",
        text(&page)
    );
}

#[tokio::test]
async fn in_04_a_post_read_is_sent_only_at_the_press_of_a_button() {
    let world = world(json!(["author"])).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/orders/inspect/search").await;
    assert!(text(&page).contains("Send the request") && world.api.calls().is_empty(), "{}", text(&page));
    let send = "/boards/orders/inspect/search/send";
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    let refused = browser.send(Method::POST, send, &foreign, Some(String::new())).await;
    assert!(refused.status == StatusCode::FORBIDDEN && world.api.calls().is_empty(), "{}", refused.status);
    let sent = browser.post(send, &[]).await;
    assert_eq!((sent.status, world.api.calls().len()), (StatusCode::SEE_OTHER, 1));
    let page = browser.follow(sent).await;
    assert!(text(&page).contains("2 rows"), "{}", text(&page));
    assert!(
        page.body.contains("{\n  &quot;open&quot;: true\n}") || page.body.contains("{\n  \"open\": true\n}"),
        "{}",
        page.body
    );
    assert_eq!(world.api.calls().len(), 1);
}

#[tokio::test]
async fn in_03_the_request_for_the_preceding_period_is_shown_beside_the_panels_own() {
    let world = world(json!(["author"])).await;
    let raw = Raw::json(200, r#"{"revenue": 12, "orders": 3}"#);
    world.api.script(|script| script.instead = Some(raw));
    let (mut browser, _) = world.signed_in("/boards/sales").await;
    let calls = world.api.calls();
    let page = browser.get("/boards/sales/inspect/revenue").await;
    let shown = text(&page);
    let (own, before) = shown.split_once("Request for the preceding period").unwrap();
    for call in &calls {
        let from =
            url::form_urlencoded::parse(call.query.as_bytes()).find(|(name, _)| name == "from").unwrap().1;
        let at = [own, before].map(|part| part.contains(&format!("?from {from}")));
        assert!(at == [true, false] || at == [false, true], "{from}: {shown}");
    }
    assert_eq!((calls.len(), world.api.calls().len()), (2, 2), "one for each period, shared by both panels");
    for part in [own, before] {
        assert!(part.contains("Status 200") && part.contains("value = $.revenue 12"), "{part}");
    }
    let other = text(&browser.get("/boards/sales/inspect/the-same").await);
    assert!(other.contains("value = $.orders 3") && !other.contains("preceding period"), "{other}");
}

#[tokio::test]
async fn in_03_the_page_says_whether_an_answer_was_shared_kept_or_confirmed() {
    let world = world(json!(["author"])).await;
    let kept = Raw::json(200, r#"{"revenue": 12, "orders": 3}"#);
    world.api.script(|script| {
        script.instead = Some(kept.clone());
        script.delay = Some(Duration::from_millis(200));
    });
    let page = "/boards/sales/inspect/the-same";
    // Two panels of a board have the same request.
    let (mut browser, _) = world.signed_in("/boards/sales").await;
    let shown = text(&browser.get(page).await);
    assert!(shown.contains("The API sent it. Another request waited for the same answer."), "{shown}");
    // An answer that may be kept is used again, and then confirmed.
    let etag = kept.with("cache-control", "max-age=30").with("etag", "\"v1\"");
    world.api.script(|script| (script.instead, script.delay) = (Some(etag), None));
    world.advance(70);
    browser.open("/boards/sales").await;
    browser.open("/boards/sales").await;
    let shown = text(&browser.get(page).await);
    assert!(shown.contains("The API sent it.") && shown.contains("The kept answer was used"), "{shown}");
    world.advance(40);
    world.api.script(|script| script.instead = Some(Raw::text(304, "text/plain", "")));
    browser.open("/boards/sales").await;
    let shown = text(&browser.get(page).await);
    assert!(shown.contains("Status 304") && shown.contains("confirmed an answer that was kept"), "{shown}");
    assert!(shown.contains("value = $.orders 3"), "{shown}");
}
