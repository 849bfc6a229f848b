//! `detail` of a table as a table: where the object is in the answer, which members are shown, and how nested ones look.

use axum::http::StatusCode;
use serde_json::json;

use super::{answer, asked, calls_since, function, text};
use crate::support::hostile::HostileWorld;

const BOARDS: &str = r##"
[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
id = "p0"
title = "Chosen"
kind = "table"
get = "/list"
rows = "$.orders[*]"
detail = { get = "/one/{id}", item = "$.data", fields = [
    "customer.name",
    { key = "total", title = "Sum", currency = "EUR" },
    { key = "place", template = "{customer.city}, {customer.country}" },
    "tags",
    "customer",
    { key = "lines", title = "Positions" },
    "nothing",
] }
columns = [{ key = "id", title = "Order" }]

[[board.panel]]
id = "p1"
title = "Whole"
kind = "table"
get = "/list"
rows = "$.orders[*]"
detail = { get = "/one/{id}", item = "$.data" }
columns = [
    { key = "id", title = "Order" },
    { key = "$.customer.name", title = "Buyer", to = "https://crm.example.com/c?x={$.customer.city}" },
]

[[board.panel]]
id = "p2"
title = "Of the list"
kind = "table"
get = "/list"
rows = "$.orders[*]"
detail = { fields = [
    "city",
    { key = "total", title = "Sum" },
    { key = "$.places[0].zip", title = "Zip" },
    { key = "owner", title = "Owner", to = "https://crm.example.com/c?x={$.owner.id}" },
] }
columns = [{ key = "id", title = "Order" }]
"##;

#[tokio::test]
async fn su_08_a_row_shows_the_chosen_members_of_an_object_in_its_answer() {
    let world = HostileWorld::with(BOARDS).await;
    let list = json!({ "orders": [{ "id": "A-1", "city": "Oslo", "total": 5, "hidden": "no",
        "places": [{ "zip": "5003" }], "owner": { "id": 7, "name": "Ash" } }] });
    answer(&world, "/list", &list);
    let whole = json!({ "meta": { "secret": "not shown" }, "data": {
        "id": "A-1", "total": 12.5, "memo": "not chosen", "tags": ["fragile", "gift"],
        "customer": { "name": "Ash", "city": "Bergen", "country": "NO", "codes": [1, 2],
            "owner": { "name": "Birch", "manager": { "name": "Cedar", "phones": [{ "no": "1" }] } } },
        "lines": [{ "article": "Lamp", "price": 2.5 }, { "article": "Chair", "price": 3.5 }],
    } });
    answer(&world, "/one/A-1", &whole);
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.get("/boards/orders/rows/p0?key=A-1").await;
    let drawer = function(&mut browser, "row", "orders", 0, "key=A-1").await;
    assert_eq!(asked(&calls_since(&world, before)), ["/one/A-1", "/one/A-1"]);
    for shown in [&page, &drawer] {
        let parts = shown.body.split_once("class=\"parts\"").unwrap().1.split("</main>").next().unwrap();
        let read = text(parts);
        for words in [
            "Customer name Ash",
            "Sum €12.50",
            "Place Bergen, NO",
            "Customer Name Ash City Bergen",
            "Customer: Owner Name Birch",
            "Positions",
            "Article Price Lamp 2.50 Chair 3.50",
        ] {
            assert!(read.contains(words), "{words}: {read}");
        }
        assert!(shown.body.contains("cell-tags"), "a list of texts is chips: {}", shown.body);
        assert!(!read.contains("not chosen") && !read.contains("not shown"), "{read}");
        // Deeper objects are a line of text, and nothing is JSON.
        assert!(read.contains("Name: Cedar") && !read.contains('{') && !read.contains("&quot;"), "{read}");
    }
    let page = browser.get("/boards/orders/rows/p1?key=A-1").await;
    let read = text(&page.body);
    assert!(read.contains("Memo not chosen") && !read.contains("not shown"), "{read}");
    let link = "href=\"https://crm.example.com/c?x=Bergen\"";
    assert!(read.contains("Buyer Ash") && page.body.contains(link), "{}", page.body);
    let before = world.api.calls().len();
    let page = browser.get("/boards/orders/rows/p2?key=A-1").await;
    let read = text(&page.body);
    assert!(read.contains("City Oslo") && read.contains("Sum 5") && !read.contains("Hidden"), "{read}");
    assert!(read.contains("Zip 5003"), "a JSONPath leads into the row: {read}");
    let link = "href=\"https://crm.example.com/c?x=7\"";
    assert!(page.body.contains(link) && read.contains("Name: Ash"), "an object can be a link: {}", page.body);
    assert_eq!(asked(&calls_since(&world, before)), ["/list"]);
    // Another row, or nothing, at the place of the object.
    for (data, status) in [
        (json!({ "data": { "id": "A-2" } }), StatusCode::NOT_FOUND),
        (json!({ "data": null }), StatusCode::NOT_FOUND),
        (json!({ "id": "A-1" }), StatusCode::NOT_FOUND),
        (json!({ "data": [{ "id": "A-1" }] }), StatusCode::BAD_GATEWAY),
    ] {
        answer(&world, "/one/A-1", &data);
        assert_eq!(browser.get("/boards/orders/rows/p0?key=A-1").await.status, status, "{data}");
    }
}
