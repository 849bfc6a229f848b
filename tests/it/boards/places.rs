//! The parts of a URL or a row that can reach a request to the API: one segment or one parameter, always encoded, or
//! nothing (AC-02). Every refused value is next to a valid one.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{answer, asked, calls_since, function, panel};
use crate::support::hostile::{HostileWorld, Raw};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"
period = { choices = ["7d", "30d"] }

[[board.panel]]
id = "p0"
title = "By offset"
kind = "table"
get = "/orders?from={from}&to={to}"
rows = "$.orders[*]"
total = "$.total"
detail = "/orders/{id}"
search = "q"
order = { by = "sort", order = "order" }
page = { size = 2, limit = "limit", offset = "offset" }
columns = [{ key = "id", title = "Order" }, { key = "city", title = "City" }]

[[board.panel]]
id = "p1"
title = "By number"
kind = "table"
get = "/numbered"
rows = "$.orders[*]"
total = "$.total"
order = { by = "sort" }
page = { size = 2, page = "page[number]", first = 0 }
columns = [{ key = "id", title = "Order" }, { key = "city", title = "City" }]

[[board.panel]]
id = "p2"
title = "By cursor"
kind = "table"
get = "/cursor"
rows = "$.orders[*]"
page = { cursor = "after", next = "$.next" }

[[board.panel]]
id = "p3"
title = "With members"
kind = "table"
get = "/members"
rows = "$.orders[*]"
key = "name"
detail = "/customers/{customer.id}/orders/{id}?of={city}"
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let rows = json!({ "orders": [{ "id": "ORD-1", "city": "Bergen" }], "total": 1 });
    world.api.script(|script| script.instead = Some(Raw::json(200, &rows.to_string())));
    world
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST)
}

#[tokio::test]
async fn ac_02_the_name_of_a_row_stays_one_segment_or_asks_nothing() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let (long, longer) = ("x".repeat(256), "x".repeat(300));
    for (key, segment) in [
        ("ORD-1", Some("ORD-1")),
        ("..%2Fadmin", None),
        ("..%5Cadmin", None),
        ("%252e%252e%252f", None),
        ("%252e%252e", None),
        ("@evil", Some("%40evil")),
        ("//evil", Some("%2F%2Fevil")),
        ("http:%2F%2Fevil", Some("http%3A%2F%2Fevil")),
        ("?x=", Some("%3Fx%3D")),
        ("%23", Some("%23")),
        ("a%26key=b", Some("a%26key%3Db")),
        ("%7Bid%7D", Some("%7Bid%7D")),
        ("%FF", Some("%EF%BF%BD")),
        (&long, Some(&*long)),
        (&longer, None),
        ("..", None),
        (".", None),
        ("%2e%2e", None),
        ("%00", None),
        ("a%00b", None),
        ("a%0D%0Ax-more:1", None),
        ("", None),
    ] {
        let query = format!("key={key}");
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/orders/rows/p0?{query}")).await;
        let drawer = function(&mut browser, "row", "orders", 0, &query).await;
        let calls = calls_since(&world, before);
        match segment {
            Some(segment) => {
                // A gateway may take a slash for one: then the answer must say that it is this row, which it does not.
                let status = if segment.contains("%2F") { StatusCode::NOT_FOUND } else { StatusCode::OK };
                assert_eq!((page.status, drawer.status), (status, status), "{key}");
                let path = format!("/orders/{segment}");
                assert_eq!(asked(&calls), [path.clone(), path], "{key}");
            }
            None => {
                assert!(is_refusal(page.status) && is_refusal(drawer.status), "{key}: {}", page.status);
                assert_eq!(asked(&calls), [""; 0], "{key}");
            }
        }
    }
    for nameless in ["", "?", "?name=ORD-1", "?KEY=ORD-1"] {
        let page = browser.get(&format!("/boards/orders/rows/p0{nameless}")).await;
        assert!(is_refusal(page.status), "{nameless}");
    }
    let before = world.api.calls().len();
    browser.get("/boards/orders/rows/p0?key=ORD-1&key=..%2Fadmin").await;
    assert_eq!(asked(&calls_since(&world, before)), ["/orders/ORD-1"], "the first counts");
}

#[tokio::test]
async fn ac_02_the_members_of_a_row_stay_where_they_belong() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let long = "x".repeat(300);
    for (hostile, encoded) in [
        (json!("C-1"), Some("C-1")),
        (json!(7), Some("7")),
        (json!(true), Some("true")),
        (json!("../../admin"), None),
        (json!("%2e%2e%2f"), None),
        (json!("2024/001"), Some("2024%2F001")),
        (json!("@evil"), Some("%40evil")),
        (json!("//evil"), Some("%2F%2Fevil")),
        (json!("?x=#y&z"), Some("%3Fx%3D%23y%26z")),
        (json!(".."), None),
        (json!("."), None),
        (json!(""), None),
        (json!(null), None),
        (json!({ "a": 1 }), None),
        (json!([".."]), None),
        (json!("a\0b"), None),
        (json!("a\r\nx-more: 1"), None),
        (json!(long), None),
    ] {
        let of = |customer: &Value, id: &Value, city: &Value| json!({ "orders": [{ "name": "n", "customer": { "id": customer }, "id": id, "city": city }] });
        let good = json!("a");
        for (rows, path) in [
            (of(&hostile, &good, &good), "/customers/{}/orders/a?of=a"),
            (of(&good, &hostile, &good), "/customers/a/orders/{}?of=a"),
            (of(&good, &good, &hostile), "/customers/a/orders/a?of={}"),
        ] {
            answer(&world, "/members", &rows);
            let before = world.api.calls().len();
            let page = browser.get("/boards/orders/rows/p3?key=n").await;
            let mut calls = asked(&calls_since(&world, before));
            assert_eq!(calls.pop().as_deref(), Some("/members"), "{hostile}");
            // Dots are an ordinary value in a parameter.
            let in_parameter = match hostile.as_str() {
                Some("../../admin") => Some("..%2F..%2Fadmin"),
                Some("%2e%2e%2f") => Some("%252e%252e%252f"),
                text => text.filter(|text| text.starts_with('.')),
            };
            let encoded = encoded.or(in_parameter.filter(|_| path.ends_with("{}")));
            match encoded {
                Some(encoded) => {
                    assert_eq!(page.status, StatusCode::OK, "{hostile}");
                    assert_eq!(calls, [path.replace("{}", encoded)], "{hostile}");
                }
                None => assert_eq!((page.status, calls.len()), (StatusCode::NOT_FOUND, 0), "{hostile}"),
            }
        }
    }
}

#[tokio::test]
async fn ac_02_search_order_and_page_fill_their_parameters_and_no_more() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let (long, cut, longest) = (format!("p0.q={}", "x".repeat(300)), "x".repeat(200), "x".repeat(3000));
    let (long_cut, too_long) = (format!("q={cut}&limit=2"), format!("p2.page={longest}"));
    let days = "from=2026-01-01&to=2026-01-31";
    for (question, sent) in [
        ("", "limit=2"),
        ("p0.q=Ash%20Tree", "q=Ash%20Tree&limit=2"),
        ("p0.q=../admin%26limit=9%23", "q=..%2Fadmin%26limit%3D9%23&limit=2"),
        ("p0.q=a%00b%0D%0Ax-more:1", "q=abx-more%3A1&limit=2"),
        ("p0.q=%40evil//evil?x=", "q=%40evil%2F%2Fevil%3Fx%3D&limit=2"),
        (&long, &long_cut),
        ("p0.sort=city", "sort=city&order=asc&limit=2"),
        ("p0.sort=city&p0.order=desc", "sort=city&order=desc&limit=2"),
        ("p0.sort=city&p0.order=../x", "sort=city&order=asc&limit=2"),
        ("p0.order=desc", "limit=2"),
        ("p0.sort=total&p0.order=desc", "limit=2"),
        ("p0.sort=City", "limit=2"),
        ("p0.sort=-city", "limit=2"),
        ("p0.sort=city,id", "limit=2"),
        ("p0.sort=../admin", "limit=2"),
        ("p0.sort=city%26x=1", "limit=2"),
        ("p0.page=2", "limit=2&offset=2"),
        ("p0.page=1", "limit=2"),
        ("p0.page=1000000", "limit=2&offset=1999998"),
        ("p0.page=1000001", "limit=2"),
        ("p0.page=0", "limit=2"),
        ("p0.page=-1", "limit=2"),
        ("p0.page=2%00", "limit=2"),
        ("p0.page=2%23", "limit=2"),
        ("p0.page=../admin", "limit=2"),
        ("p0.page=99999999999999999999", "limit=2"),
        ("limit=1000&offset=5&from=2020-01-01&get=/admin", "limit=2"),
        ("p1.q=x&p2.sort=city&p9.page=3", "limit=2"),
        ("q=x&sort=city&page=3", "limit=2"),
        ("P0.q=x&p0.Q=x&p0q=x&.q=x&p0..q=x&p0.q.q=x", "limit=2"),
    ] {
        let before = world.api.calls().len();
        let page = panel(&mut browser, "orders", 0, &format!("{days}&{question}")).await;
        assert_eq!(page.status, StatusCode::OK, "{question}");
        assert_eq!(asked(&calls_since(&world, before)), [format!("/orders?{days}&{sent}")], "{question}");
    }
    for (index, question, sent) in [
        (1, "", "/numbered?page%5Bnumber%5D=0"),
        (1, "p1.page=3", "/numbered?page%5Bnumber%5D=2"),
        (1, "p1.page=../admin", "/numbered?page%5Bnumber%5D=0"),
        (1, "p1.page=0", "/numbered?page%5Bnumber%5D=0"),
        (1, "p1.sort=id&p1.order=desc", "/numbered?sort=-id&page%5Bnumber%5D=0"),
        (1, "p1.sort=evil&p1.order=desc", "/numbered?page%5Bnumber%5D=0"),
        (1, "p1.q=x", "/numbered?page%5Bnumber%5D=0"),
        (2, "", "/cursor"),
        (2, "p2.page=b3J%3D", "/cursor?after=b3J%3D"),
        (2, "p2.page=../admin%26x=1", "/cursor?after=..%2Fadmin%26x%3D1"),
        (2, "p2.page=%00%0D%0Ax-more:1", "/cursor?after=%00%0D%0Ax-more%3A1"),
        (2, "p2.page=@evil%23", "/cursor?after=%40evil%23"),
        (2, &*too_long, "/cursor"),
        (2, "p2.sort=id", "/cursor"),
    ] {
        let before = world.api.calls().len();
        let page = panel(&mut browser, "orders", index, question).await;
        assert_eq!(page.status, StatusCode::OK, "{question}");
        assert_eq!(asked(&calls_since(&world, before)), [sent], "{question}");
    }
    let header = world.api.calls().iter().any(|call| call.headers.contains_key("x-more"));
    assert!(!header, "a line break made no header");
}
