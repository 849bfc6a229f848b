//! Rows in other shapes than objects, and values inside them, in every kind of panel.

use serde_json::json;

use super::{answer, panel, text};
use crate::support::{Heard, hostile::HostileWorld};

const BOARDS: &str = r#"
[[board]]
id = "shapes"
title = "Shapes"

[[board.panel]]
id = "p0"
title = "Table"
kind = "table"
get = "/values"
rows = "$.result.values[*]"
columns = [{ key = "0", title = "Time", kind = "date" }, { key = "1", title = "Load" }]

[[board.panel]]
id = "p1"
title = "Chart"
kind = "line"
get = "/values"
rows = "$.result.values[*]"
x = "0"
y = ["1"]

[[board.panel]]
id = "p2"
title = "List"
kind = "list"
get = "/values"
rows = "$.result.values[*]"
label = "1"

[[board.panel]]
id = "p3"
title = "By key"
kind = "bar"
get = "/keyed"
rows = "$.counts"
layout = "keys"
x = "$key"
y = [{ key = "$", title = "Orders" }]

[[board.panel]]
id = "p4"
title = "Nested"
kind = "table"
get = "/nested"
rows = "$.orders[*]"
key = "id"
columns = [
    { key = "id", title = "Order" },
    { key = "tags", title = "Tags" },
    { key = "to", title = "To" },
    { key = "lines.0.sku", title = "First" },
    { key = "$.lines[*].sku", title = "All" },
]

[[board.panel]]
id = "p5"
title = "Nested list"
kind = "list"
get = "/nested"
rows = "$.orders[*]"
label = "id"
note = "tags"
value = "$.lines[1].sku"
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    answer(&world, "/values", &json!({ "result": { "values": [[1772460300, "1.5"], [1772460360, "1.7"]] } }));
    answer(&world, "/keyed", &json!({ "counts": { "ash": 4, "birch": 9 } }));
    let lines = json!([{ "sku": "L-1" }, { "sku": "L-2" }]);
    let order = json!({ "id": 7, "tags": ["urgent", "export"], "to": { "city": "Bergen", "zip": "5003" }, "lines": lines });
    answer(&world, "/nested", &json!({ "orders": [order, { "id": 8, "tags": null }] }));
    world
}

#[tokio::test]
async fn r10_values_named_by_their_place_are_read_in_every_kind_of_panel() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (index, words) in [
        (0, &["2 Mar 2026, 14:05", "1.5", "1.7"][..]),
        (1, &["1.5", "1.7"]),
        (2, &["1.5", "1.7"]),
        (3, &["ash", "birch", "4", "9"]),
    ] {
        let page = panel(&mut browser, "shapes", index, "").await;
        let shown = text(&page.body);
        assert!(
            page.body.starts_with('\n') && words.iter().all(|words| shown.contains(words)),
            "{index}: {shown}"
        );
    }
    // What does not fit is named, on the panel and in the log.
    answer(&world, "/values", &json!({ "result": { "values": [{ "t": 1, "v": 2 }] } }));
    answer(&world, "/keyed", &json!({ "counts": [4, 9] }));
    for (index, expected, came) in
        [(0, "lists", "objects"), (1, "lists", "objects"), (3, "an object with one member per row", "a list")]
    {
        let heard = Heard::begin();
        let page = panel(&mut browser, "shapes", index, "").await;
        let told = format!("This panel expects {expected}, but the API returned {came}.");
        assert!(text(&page.body).contains(&told), "{index}: {}", text(&page.body));
        assert!(!page.body.contains("isn’t responding"));
        assert!(
            heard.has(&["answer does not fit", &format!("came=\"{came}\"")]),
            "{:?}",
            heard.lines(&["WARN"])
        );
    }
}

#[tokio::test]
async fn r33_lists_and_objects_in_a_row_are_text_in_table_list_row_page_and_file() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let table = text(&panel(&mut browser, "shapes", 4, "").await.body);
    for words in ["urgent, export", "City: Bergen, Zip: 5003", "L-1", "L-1, L-2"] {
        assert!(table.contains(words), "{words}: {table}");
    }
    let list = text(&panel(&mut browser, "shapes", 5, "").await.body);
    assert!(list.contains("urgent, export") && list.contains("L-2"), "{list}");
    let file = browser.get("/boards/shapes/csv/p4").await.body;
    assert!(file.contains("\"urgent, export\"") && file.contains("\"L-1, L-2\""), "{file}");
    let row = browser.get("/boards/shapes/rows/p4?key=7").await;
    let row = text(&row.body[row.body.find("<main").unwrap()..]);
    assert!(row.contains("Tags urgent , export"), "{row}");
    for shown in [&table, &list, &file, &row] {
        assert!(!shown.contains("[\"") && !shown.contains("{\""), "no JSON: {shown}");
    }
}
