//! The bounds of filters: texts that look like placeholders, choices beyond the bound, values that could not be checked,
//! and numbers as users see them.

use serde_json::json;

use super::{answer, asked, calls_since, part, text};
use crate::support::hostile::{HostileWorld, Raw};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.filter]]
key = "name"
title = "Name"
kind = "text"

[[board.filter]]
key = "of"
title = "Of"
kind = "text"

[[board.filter]]
key = "status"
title = "Status"
kind = "choice"
choices = ["open", "paid"]

[[board.filter]]
key = "total"
title = "Total"
kind = "number"
member = "cents"

[[board.panel]]
id = "p0"
title = "Orders {name} { of }"
kind = "table"
get = "/orders?status={status}"
rows = "$.orders[*]"
csv_rows = 1
columns = [{ key = "id", title = "Order" }, { key = "cents", title = "Total", currency = "{currency}", minor = true }]

[[board]]
id = "owners"
title = "Owners"

[[board.filter]]
key = "owner"
title = "Owner"
kind = "choice"
all = "All owners"
from = { get = "/owners", rows = "$.owners[*]", value = "id", title = "name" }

[[board.filter]]
key = "status"
title = "Status"
kind = "choice"
choices = ["open", "paid"]

[[board.tab]]
title = "Everything"

[[board.tab]]
title = "Open"
filters = { status = "open" }
count = { get = "/count?owner={owner}&status={status}", value = "$.orders[*]" }

[[board.panel]]
id = "p0"
title = "Orders of {owner}"
kind = "table"
get = "/orders?owner={owner}&status={status}"
rows = "$.orders[*]"

[[board]]
id = "due"
title = "Due"

[[board.panel]]
id = "p0"
title = "Due"
kind = "stat"
get = "/due"
value = "$.cents"
currency = "$.currency"
minor = true
rules = [{ when = "> 1000", tone = "bad" }]

[[board.panel]]
id = "p1"
title = "Due of a target"
kind = "meter"
get = "/due"
value = "$.cents"
target = "$.goal"
currency = "$.currency"
minor = true
rules = [{ when = "> 1000", tone = "bad" }]
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let rows = json!([
        { "id": "A-1", "cents": 1250, "currency": "EUR" },
        { "id": "A-2", "cents": 1250, "currency": "JPY" },
        { "id": "A-3", "cents": 12.5, "currency": "EUR" },
    ]);
    answer(&world, "/orders", &json!({ "orders": rows }));
    answer(&world, "/count", &json!({ "orders": [{ "id": "A-1" }] }));
    world
}

#[tokio::test]
async fn values_of_filters_are_text_in_titles() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/orders?name=%7Bof%7D%7B+of+%7D&of=x").await;
    assert!(text(&page.body).contains("Orders {of}{ of } x"), "{}", text(&page.body));
}

#[tokio::test]
async fn filters_with_one_value_say_that_a_second_one_is_ignored() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.get("/boards/orders?status=open&status=paid").await;
    assert!(text(&page.body).contains("The value for “Status” in the address"), "{}", text(&page.body));
    assert_eq!(asked(&calls_since(&world, before)), ["/orders?status=open"]);
    let page = browser.get("/boards/orders?status=open").await;
    assert!(!text(&page.body).contains("in the address"));
}

#[tokio::test]
async fn filters_compare_numbers_as_the_column_shows_them() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (total, expected) in [("12.5", vec!["A-1"]), ("1250", vec!["A-2"]), ("7", vec![])] {
        let page = browser.get(&format!("/boards/orders?total={total}")).await;
        let shown = part(&page.body, 0);
        let found: Vec<_> = ["A-1", "A-2", "A-3"].into_iter().filter(|id| shown.contains(id)).collect();
        assert_eq!(found, expected, "{total}: {shown}");
    }
}

#[tokio::test]
async fn filters_say_how_many_choices_of_the_api_are_used() {
    let world = world().await;
    let owners = |count: usize| {
        let owner = |id: usize| json!({ "id": format!("u{id}"), "name": format!("Owner {id}") });
        json!({ "owners": (0..count).map(owner).collect::<Vec<_>>() })
    };
    answer(&world, "/owners", &owners(1000));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/owners?owner=u999").await;
    assert!(page.body.contains("Orders of Owner 999") && !page.body.contains("choices are shown"));
    answer(&world, "/owners", &owners(1001));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/owners?owner=u1000").await;
    let read = text(&page.body);
    assert!(read.contains("“Owner” in the address isn’t among the first 1,000 choices"), "{read}");
    assert!(read.contains("The first 1,000 choices are shown."), "{read}");
}

#[tokio::test]
async fn filters_that_could_not_be_checked_are_not_left_out_of_a_number_or_a_title() {
    let world = world().await;
    world.api.script(|script| _ = script.answers.insert("/owners".into(), Raw::json(500, "{}")));
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.get("/boards/owners?owner=u1").await;
    let tabs = page.body.split_once("class=\"board-tabs\"").unwrap().1.split_once("</nav>").unwrap().0;
    assert_eq!(text(&format!("<a {tabs}")), "Everything Open");
    assert!(!asked(&calls_since(&world, before)).iter().any(|path| path.starts_with("/count")));
    assert!(text(&page.body).contains("Orders of u1") && !text(&page.body).contains("Orders of All"));
    // The same with choices: one entry is one.
    answer(&world, "/owners", &json!({ "owners": [{ "id": "u1", "name": "Ada" }] }));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/owners?owner=u1").await;
    let tabs = page.body.split_once("class=\"board-tabs\"").unwrap().1.split_once("</nav>").unwrap().0;
    assert_eq!(text(&format!("<a {tabs}")), "Everything Open 1");
    assert!(text(&page.body).contains("Orders of Ada"));
}

#[tokio::test]
async fn rules_of_amounts_compare_the_amount_in_the_currency_of_the_response() {
    let world = world().await;
    answer(&world, "/due", &json!({ "cents": 5000, "goal": 90000, "currency": "EUR" }));
    let (mut browser, page) = world.signed_in("/boards/due").await;
    for panel in [0, 1] {
        assert!(!part(&page.body, panel).contains("data-tone=\"bad\""), "{}", part(&page.body, panel));
    }
    answer(&world, "/due", &json!({ "cents": 5000, "goal": 90000, "currency": "JPY" }));
    let page = browser.get("/boards/due").await;
    for panel in [0, 1] {
        assert!(part(&page.body, panel).contains("data-tone=\"bad\""), "{}", part(&page.body, panel));
    }
}
