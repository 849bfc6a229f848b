//! `/boards/{board}/rows/{panel}?key=…`, and the function `row` with the same rules.

use axum::http::StatusCode;
use serde_json::json;

use super::{answer, asked, calls_since, function, text};
use crate::support::{
    Browser, Page,
    hostile::{HostileWorld, Raw},
};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "All orders"

[[board.panel]]
id = "p0"
title = "Whole at the API"
kind = "table"
get = "/list"
rows = "$.orders[*]"
detail = "/one/{id}"
columns = [{ key = "id", title = "Order" }, { key = "total", title = "Sum, €", kind = "number", decimals = 2 }]

[[board.panel]]
id = "p1"
title = "In the list"
kind = "table"
get = "/list"
rows = "$.orders[*]"

[[board.panel]]
id = "p2"
title = "No table"
kind = "stat"
get = "/list"
value = "$.n"

[[board.panel]]
id = "p3"
title = "Locked"
kind = "table"
get = "/list"
rows = "$.orders[*]"
scope = "gold:read"
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    answer(
        &world,
        "/list",
        &json!({ "orders": [{ "id": "A-1", "total": 5 }, { "id": "A-2", "city": "Bergen" }] }),
    );
    let whole = json!({
        "id": "A-1", "total": 5, "placed_at": "2026-01-01T23:30:00Z", "tags": ["fragile", "gift"],
        "customer": { "name": "Ash Ltd", "since": "2020-02-03" },
        "lines": [{ "article": "Lamp", "price": 2.5 }, { "article": "Chair", "price": 2.5 }],
        "empty": [], "deep": [[1]],
    });
    answer(&world, "/one/A-1", &whole);
    world
}

/// The same row as a page and from the drawer's function.
async fn both(browser: &mut Browser<'_>, panel: usize, query: &str) -> [Page; 2] {
    let page = browser.get(&format!("/boards/orders/rows/p{panel}?{query}")).await;
    [page, function(browser, "row", "orders", panel, query).await]
}

#[tokio::test]
async fn a_row_is_shown_whole_with_what_is_nested_in_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let [page, drawer] = both(&mut browser, 0, "key=A-1&p0.sort=total&p0.q=lamp").await;
    assert_eq!(asked(&calls_since(&world, 0)), ["/one/A-1", "/one/A-1"], "the list need not be asked");
    for shown in [&page, &drawer] {
        assert_eq!(shown.status, StatusCode::OK);
        let read = text(&shown.body);
        for words in [
            "A-1",
            "Sum, € 5.00",
            "Placed at 1 Jan 2026, 23:30 UTC",
            "Tags fragile , gift",
            "Customer",
            "Name Ash Ltd",
            "Since 3 Feb 2020",
            "Article Price Lamp 2.50 Chair 2.50",
        ] {
            assert!(read.contains(words), "{words}: {read}");
        }
        assert!(read.contains("Deep 1"), "what is nested twice is text, too: {read}");
    }
    assert!(
        page.body.contains("href=\"/boards/orders?p0.q=lamp&amp;p0.sort=total&amp;p0.order=asc#panel-p0\""),
        "the way back"
    );
    assert!(page.body.contains("All orders") && drawer.body.starts_with('\n'), "{}", drawer.body);
    assert!(!drawer.body.contains("<html") && drawer.header("content-type").starts_with("text/plain"));
    let before = world.api.calls().len();
    let [page, drawer] = both(&mut browser, 1, "key=A-2").await;
    assert!(text(&page.body).contains("City Bergen") && text(&drawer.body).contains("City Bergen"));
    assert!(!page.body.contains("A-1"), "no other row");
    assert_eq!(asked(&calls_since(&world, before)), ["/list", "/list"]);
}

#[tokio::test]
async fn there_is_nothing_where_no_row_is() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (panel, query, calls) in [
        (0, "key=A-9", 2),
        (1, "key=A-9", 2),
        (1, "key=", 0),
        (1, "", 0),
        (2, "key=A-1", 0),
        (9, "key=A-1", 0),
    ] {
        let before = world.api.calls().len();
        let [page, drawer] = both(&mut browser, panel, query).await;
        assert_eq!(
            (page.status, drawer.status),
            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
            "{panel} {query}"
        );
        let words = if panel == 9 { "This panel no longer exists" } else { "Not found" };
        assert!(page.body.contains(words), "{panel} {query}");
        assert_eq!(drawer.body, "\"NotFound\"", "{panel} {query}");
        assert_eq!(calls_since(&world, before).len(), calls, "{panel} {query}");
    }
    for path in
        ["/boards/nothing/rows/p0", "/boards/orders/rows/x", "/boards/orders/rows/-1", "/boards/orders/rows"]
    {
        assert_eq!(browser.get(&format!("{path}?key=A-1")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = browser.fetch("/api/row?board=orders&query=key%3DA-1").await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::BAD_REQUEST, "\"Invalid\""));
    for panel in [0, 1] {
        assert!(both(&mut browser, panel, "key=A-1").await.iter().all(|page| page.status == StatusCode::OK));
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_shown_says_why_with_a_status() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let denied = Raw::json(403, "{}")
        .with("www-authenticate", "Bearer error=\"insufficient_scope\", scope=\"orders:all\"");
    let (down, denied_status) = (StatusCode::BAD_GATEWAY, StatusCode::FORBIDDEN);
    for (raw, status, words) in [
        (Raw::json(500, "{}"), down, "reports an error"),
        (Raw::json(200, "[]"), down, "can’t be shown"),
        (Raw::json(200, "\"A-1\""), down, "can’t be shown"),
        (Raw::text(200, "text/html", "<h1>hello</h1>"), down, "can’t be shown"),
        (denied, denied_status, "orders:all"),
    ] {
        world.api.script(|script| script.answers.insert("/one/A-1".into(), raw.clone()));
        let [page, drawer] = both(&mut browser, 0, "key=A-1").await;
        assert_eq!((page.status, drawer.status), (status, status), "{raw:?}");
        assert!(page.body.contains(words) && page.body.contains("Ada Okafor"), "{raw:?}: {}", page.body);
        assert!(!page.body.contains("hello"));
    }
    let before = world.api.calls().len();
    let [page, drawer] = both(&mut browser, 3, "key=A-1").await;
    assert_eq!((page.status, drawer.status), (denied_status, denied_status));
    assert!(page.body.contains("<code>gold:read</code>") && drawer.body.contains("gold:read"));
    assert_eq!(world.api.calls().len(), before, "what the sign-in does not include is not asked for");
}

#[tokio::test]
async fn cs_07_a_row_is_for_who_is_signed_in() {
    let world = world().await;
    let mut browser = world.browser();
    let drawer = function(&mut browser, "row", "orders", 0, "key=A-1").await;
    assert_eq!((drawer.status, drawer.body.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""));
    let page = browser.get("/boards/orders/rows/p0?key=A-1").await;
    assert!(page.status.is_redirection() && page.location().as_str().starts_with(world.provider.origin()));
    assert_eq!(world.api.calls().len(), 0);
    let page = browser.follow(page).await;
    assert!(page.path() == "/boards/orders/rows/p0?key=A-1" && page.body.contains("Ash Ltd"), "{}", page.url);
    assert_eq!(page.header("cache-control"), "no-store");
}
