//! `/boards/{board}/csv/{panel}`: the rows of a table as shown, as a download.

use axum::http::StatusCode;
use serde_json::json;

use super::{answer, asked, calls_since};
use crate::support::{
    Page,
    hostile::{HostileWorld, Raw},
};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
id = "p0"
title = "Here"
kind = "table"
get = "/here"
rows = "$.orders[*]"
columns = [
    { key = "id", title = "Order" },
    { key = "note", title = "=Note" },
    { key = "total", title = "Total", kind = "number" },
    { key = "at", title = "At", kind = "date" },
]

[[board.panel]]
id = "p1"
title = "At the API"
kind = "table"
get = "/there"
rows = "$.orders[*]"
search = "q"
order = { by = "sort" }
page = { size = 2, offset = "offset" }
columns = [{ key = "id", title = "Order" }]

[[board.panel]]
id = "p2"
title = "No table"
kind = "stat"
get = "/here"
value = "$.n"

[[board.panel]]
id = "p3"
title = "Whose"
kind = "table"
get = "/orders"
rows = "$.orders[*]"

[[board.panel]]
id = "p4"
title = "Locked"
kind = "table"
get = "/here"
rows = "$.orders[*]"
scope = "gold:read"
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let order = |id: &str, note: &str, total: f64| json!({ "id": id, "note": note, "total": total, "at": "2026-01-01T23:30:00Z" });
    let orders = json!({ "orders": [
        order("A-1", "ash, \"old\"\ntree", -1234.5),
        order("A-2", "=HYPERLINK(\"http://evil\")", 9.0),
        order("B-3", "@SUM(A1)", 100.0),
        order("A-4", "+1\u{a0}ash", 10.0),
        order("A-5", "\t=1", 1.0),
    ] });
    answer(&world, "/here", &orders);
    answer(&world, "/there", &orders);
    world
}

fn is_file(page: &Page) -> bool {
    page.status == StatusCode::OK
        && page.header("content-type") == "text/csv; charset=utf-8; header=present"
        && page.header("content-disposition").starts_with("attachment; filename=\"orders-")
        && page.header("x-content-type-options") == "nosniff"
        && page.header("cache-control") == "no-store"
        && page.body.starts_with('\u{feff}')
}

/// The first field of each record after the header, which is an id here.
fn ids(page: &Page) -> Vec<&str> {
    let ids = page.body.split("\r\n").skip(1).filter_map(|line| line.split(',').next());
    ids.map(|id| id.trim_matches('"')).filter(|id| !id.is_empty()).collect()
}

#[tokio::test]
async fn the_rows_are_written_as_they_are_filtered_sorted_and_paged() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/orders/csv/p0").await;
    assert!(is_file(&page), "{page:?}");
    assert_eq!(page.header("content-disposition"), "attachment; filename=\"orders-p0.csv\"");
    assert_eq!(ids(&page), ["A-1", "A-2", "B-3", "A-4", "A-5"]);
    for (query, rows) in [
        ("p0.q=ash", &["A-1", "A-4"][..]),
        ("p0.q=no-such-row", &[]),
        ("p0.sort=total", &["A-1", "A-5", "A-2", "A-4", "B-3"]),
        ("p0.sort=total&p0.order=desc&p0.q=a-", &["A-4", "A-2", "A-5", "A-1"]),
        ("p1.q=ash", &["A-1", "A-2", "B-3", "A-4", "A-5"]),
    ] {
        let page = browser.get(&format!("/boards/orders/csv/p0?{query}")).await;
        assert!(is_file(&page));
        assert_eq!(ids(&page), rows, "{query}");
    }
    let before = world.api.calls().len();
    let page = browser.get("/boards/orders/csv/p1?p1.q=ash&p1.sort=id&p1.order=desc&p1.page=3").await;
    assert!(is_file(&page));
    assert_eq!(asked(&calls_since(&world, before)), ["/there?q=ash&sort=-id&offset=4"]);
    assert_eq!(ids(&page).len(), 5, "what the API has found is not filtered again");
}

#[tokio::test]
async fn no_cell_of_a_file_is_a_formula_and_numbers_are_plain() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/orders/csv/p0").await;
    let lines = [
        "\u{feff}\"Order\",\"'=Note\",\"Total\",\"At\"",
        "\"A-1\",\"ash, \"\"old\"\"\ntree\",\"-1234.5\",\"2026-01-01T23:30:00Z\"",
        "\"A-2\",\"'=HYPERLINK(\"\"http://evil\"\")\",\"9.0\",\"2026-01-01T23:30:00Z\"",
        "\"B-3\",\"'@SUM(A1)\",\"100.0\",\"2026-01-01T23:30:00Z\"",
        "\"A-4\",\"'+1\u{a0}ash\",\"10.0\",\"2026-01-01T23:30:00Z\"",
        "\"A-5\",\"'\t'=1\",\"1.0\",\"2026-01-01T23:30:00Z\"",
        "",
    ];
    assert_eq!(page.body, lines.join("\r\n"));
}

#[tokio::test]
async fn a_file_is_for_the_person_whose_rows_they_are() {
    let world = world().await;
    let address = "/boards/orders/csv/p3?p3.q=Customer";
    let mut browser = world.browser();
    let signed_out = browser.get(address).await;
    assert!(signed_out.status.is_redirection() && signed_out.header("content-disposition").is_empty());
    let file = browser.follow(signed_out).await;
    assert!(is_file(&file) && file.path() == address, "through the sign-in, and back");
    assert!(file.body.contains("Customer of p-ada"));
    let (mut other, _) = world.signed_in_as("p-mei", "Mei Tanaka", "/account").await;
    let others = other.get(address).await;
    assert!(is_file(&others) && others.body.contains("Customer of p-mei") && !others.body.contains("p-ada"));
    assert!(browser.get(address).await.body.contains("Customer of p-ada"));
    let before = world.api.calls().len();
    let mut nobody = world.browser();
    let asked = nobody.fetch(address).await;
    assert!(!is_file(&asked) && !asked.body.contains("Customer of"), "{asked:?}");
    assert_eq!(world.api.calls().len(), before);
}

#[tokio::test]
async fn what_cannot_be_a_file_is_a_page_that_says_so() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (path, status) in [
        ("/boards/orders/csv/p9", 404),
        ("/boards/orders/csv/p2", 404),
        ("/boards/nothing/csv/p0", 404),
        ("/boards/orders/csv/x", 404),
        ("/boards/orders/csv/-1", 404),
        ("/boards/orders/csv/0", 404),
        ("/boards/orders/csv/P0", 404),
        ("/boards/orders/csv/p0%2F..", 404),
        ("/boards/..%2Forders/csv/p0", 404),
        ("/boards/orders/csv/%FF", 404),
        ("/boards/orders/csv/p4", 403),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.header("content-disposition").is_empty(), "{path}");
        assert!(page.header("content-type").starts_with("text/html") && page.body.contains("<h1"), "{path}");
    }
    assert_eq!(world.api.calls().len(), 0);
    for raw in
        [Raw::json(500, "{}"), Raw::json(404, "{}"), Raw::json(200, "{\"orders\":[1]}"), Raw::json(200, "no")]
    {
        world.api.script(|script| script.answers.insert("/here".into(), raw.clone()));
        let page = browser.get("/boards/orders/csv/p0").await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{raw:?}");
        assert!(
            page.header("content-disposition").is_empty() && page.body.contains("isn’t responding"),
            "{raw:?}"
        );
        assert_eq!(page.header("cache-control"), "no-store");
        let script = browser.fetch("/boards/orders/csv/p0").await;
        assert_eq!((script.status, script.body.as_str()), (StatusCode::BAD_GATEWAY, "\"ApiUnavailable\""));
    }
    answer(&world, "/here", &json!({ "orders": [] }));
    assert!(is_file(&browser.get("/boards/orders/csv/p0").await), "no rows are a file too");
}
