//! What the layout of boards needs in the markup: heads, widths, heights, labels of cards, whole texts, menus of actions.

use serde_json::json;

use super::answer;
use crate::support::{Page, hostile::HostileWorld};

const BOARDS: &str = r#"
[[board]]
id = "one"
title = "Orders"
width = "wide"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
detail = "/orders/{id}"
columns = [
    { key = "id", title = "Order" },
    { key = "note", title = "Note" },
    { key = "placed", title = "Placed", kind = "date" },
    { key = "items", title = "Items", kind = "number" },
    { key = "total", title = "Total", kind = "number", currency = "EUR" },
]

[[board.panel.action]]
label = "Ship"
post = "/orders/{id}/ship"

[[board.panel.action]]
label = "Refund"
post = "/orders/{id}/refund"

[[board.panel.action]]
label = "Void"
post = "/orders/{id}/void"
role = "auditor"

[[board]]
id = "other"
title = "Stock"

[[board.panel]]
title = "Articles to order"
kind = "table"
get = "/orders"
rows = "$.orders[*]"

[[board.panel.action]]
label = "Lock"
post = "/orders/{id}/lock"
role = "auditor"

[[board]]
id = "mixed"
title = "Mixed"

[[board.panel]]
title = "Count"
kind = "stat"
get = "/orders"
value = "$.count"

[[board.panel]]
title = "By day"
kind = "bar"
size = "two-thirds"
get = "/orders"
rows = "$.orders[*]"
x = "id"
y = ["items"]

[[board.panel]]
title = "Other count"
kind = "stat"
get = "/orders"
value = "$.count"
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let long = "A note that is certainly longer than what a line of a table shows <b>";
    let orders = json!([
        { "id": "O-1", "note": long, "placed": "2026-03-02T14:05:00Z", "items": 3, "total": 12.5 },
        { "id": "O-2", "note": "short", "placed": null, "items": 4, "total": 7 },
    ]);
    answer(&world, "/orders", &json!({ "count": 2, "orders": orders }));
    world
}

fn section<'a>(page: &'a Page, panel: &str) -> &'a str {
    let section = page.body.split("<section ").find(|part| part.contains(&format!("id=\"panel-{panel}\"")));
    section.unwrap_or_default()
}

#[tokio::test]
async fn ly_01_a_board_of_one_panel_has_one_head() {
    let world = world().await;
    let (mut browser, one) = world.signed_in("/boards/one").await;
    let head = |page: &Page| {
        page.body
            .split_once("<header class=\"board-head\">")
            .unwrap()
            .1
            .split_once("</header>")
            .unwrap()
            .0
            .to_owned()
    };
    assert!(one.body.contains("class=\"page board single\""), "{}", one.body);
    assert!(one.root().contains(" data-board=\"wide\""), "{}", one.root());
    assert!(!head(&one).contains("<p class=\"muted\">"), "the same title is not repeated: {}", head(&one));
    let other = browser.open("/boards/other").await;
    assert!(
        other.body.contains("class=\"page board single\"") && head(&other).contains(">Articles to order</p>")
    );
    let mixed = browser.open("/boards/mixed").await;
    assert!(mixed.body.contains("class=\"page board\""));
    assert!(mixed.root().contains(" data-board=\"\""), "{}", mixed.root());
}

#[tokio::test]
async fn ly_02_a_number_beside_a_chart_keeps_its_height() {
    let world = world().await;
    let (_, mixed) = world.signed_in("/boards/mixed").await;
    let is_short = |panel: &str| section(&mixed, panel).split('>').next().unwrap().contains("data-short");
    assert!(is_short("count") && !is_short("by-day") && !is_short("other-count"), "{}", mixed.body);
}

#[tokio::test]
async fn ly_03_a_cell_has_the_whole_of_a_long_text() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/one").await;
    assert!(
        page.body.contains(
            "title=\"A note that is certainly longer than what a line of a table shows &lt;b&gt;\""
        ),
        "{}",
        page.body
    );
    assert!(!page.body.contains("title=\"short\""), "a short one is visible as it is");
}

#[tokio::test]
async fn ly_04_one_action_of_a_row_is_a_button_and_all_others_are_in_a_menu() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/one").await;
    let row = page.body.split("<tr").find(|row| row.contains(">O-1<")).unwrap();
    let (button, menu) = row.split_once("popovertarget=\"acts-orders.O_1\"").unwrap();
    assert!(button.contains("actions/ship?key=O-1") && !button.contains("actions/refund"), "{row}");
    assert!(menu.contains("id=\"acts-orders.O_1\"") && menu.contains("popover=\"auto\""), "{row}");
    assert!(menu.contains("actions/refund?key=O-1") && menu.contains("actions/void?key=O-1"), "{row}");
    assert!(menu.contains("More actions: O-1") && menu.contains("O-1, no access"), "{row}");
    // A row whose actions are all locked has the menu only.
    let locked = browser.open("/boards/other").await;
    let row = locked.body.split("<tr").find(|row| row.contains(">O-2<")).unwrap();
    let (before, _) = row.split_once("popovertarget").unwrap();
    assert!(!before.contains("data-part=\"act\"") && row.contains("actions/lock?key=O-2"), "{row}");
}

#[tokio::test]
async fn ly_05_cells_have_what_a_card_shows_on_a_phone() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/one").await;
    let row =
        |key: &str| page.body.split("<tr").find(|row| row.contains(&format!(">{key}<"))).unwrap().to_owned();
    let first = row("O-1");
    assert!(first.contains("class=\"num top\""), "{first}");
    let (_, amount) = first.split_once("num top").unwrap();
    assert!(amount.split("</td>").next().unwrap().contains("12.50"), "the amount is at the top: {first}");
    for label in ["Placed", "Items"] {
        assert!(first.contains(&format!("data-label=\"{label}\"")), "{first}");
    }
    assert!(!first.contains("data-label=\"Total\"") && !first.contains("data-label=\"Note\""), "{first}");
    assert!(!row("O-2").contains("data-label=\"Placed\""), "nothing before an empty value: {}", row("O-2"));
}
