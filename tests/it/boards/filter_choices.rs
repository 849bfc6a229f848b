//! The choices of filters: those of an API, defaults, rows that are already here, and tabs.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;

use super::{answer, asked, calls_since, part, text};
use crate::support::{
    World,
    hostile::{HostileWorld, Raw},
};

const BOARDS: &str = r#"
[claims]
region = "region"

[[board]]
id = "places"
title = "Places"

[[board.filter]]
key = "country"
title = "Country"
kind = "choice"
from = { get = "/countries", rows = "$.countries[*]", value = "code", title = "name" }

[[board.filter]]
key = "city"
title = "City"
kind = "choice"
all = "All cities"
from = { get = "/countries/{country}/cities", rows = "$[*]", value = "$" }

[[board.panel]]
id = "p0"
title = "Shops in {city}"
kind = "table"
get = "/countries/{country}/shops?city={city}"
rows = "$.shops[*]"

[[board]]
id = "usual"
title = "Usual"

[[board.filter]]
key = "region"
title = "Region"
kind = "choice"
choices = ["eu", "us"]
default = { claim = "region" }

[[board.filter]]
key = "state"
title = "State"
kind = "choices"
choices = ["open", "paid", "void"]
default = ["open", "paid"]
join = ","

[[board.panel]]
id = "p0"
title = "Orders"
kind = "table"
get = "/orders?region={region}&state={state}"
rows = "$.orders[*]"

[[board]]
id = "here"
title = "Here"

[[board.filter]]
key = "state"
title = "State"
kind = "choice"
choices = ["open", "paid"]
member = "state"

[[board.filter]]
key = "on"
title = "Day"
kind = "date"
member = "at"

[[board.panel]]
id = "p0"
title = "All"
kind = "table"
get = "/all"
rows = "$.orders[*]"

[[board.panel]]
id = "p1"
title = "Pages"
kind = "table"
get = "/pages"
rows = "$.orders[*]"
total = "$.total"
page = { size = 3, limit = "limit", offset = "offset" }
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    world.api.script(|script| {
        script.instead = Some(Raw::json(200, r#"{"orders":[{"id":"A-1","total":7}],"total":1}"#))
    });
    world
}

#[tokio::test]
async fn filters_with_choices_of_the_api_accept_only_those_and_depend_on_each_other() {
    let world = world().await;
    answer(
        &world,
        "/countries",
        &json!({ "countries": [{ "code": "fr", "name": "France" }, { "code": "../x", "name": "X" }] }),
    );
    answer(&world, "/countries/fr/cities", &json!(["Lyon", "Paris"]));
    answer(&world, "/countries/fr/shops", &json!({ "shops": [{ "id": "S-1" }] }));
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.get("/boards/places").await;
    let shown = text(&page.body);
    assert!(shown.contains("Choose Country") && shown.contains("City Choose Country first."), "{shown}");
    assert!(page.body.contains("<option value=\"fr\">France</option>") && !page.body.contains("../x"));
    assert!(page.body.contains("id=\"filters\" open"), "the form is open");
    assert_eq!(asked(&calls_since(&world, before)), ["/countries"], "nothing else can be requested");

    let page = browser.get("/boards/places?country=fr&city=Paris").await;
    let shown = text(&page.body);
    assert!(shown.contains("S-1") && shown.contains("Shops in Paris"), "{shown}");
    assert!(shown.contains("Country: France") && shown.contains("City: Paris"), "{shown}");
    let page = browser.get("/boards/places?country=fr").await;
    assert!(text(&page.body).contains("Shops in All cities"));

    for (query, title) in [
        ("country=de", "Country"),
        ("country=..%2Fx", "Country"),
        ("country=FR", "Country"),
        ("country=fr&city=Berlin", "City"),
        ("city=Paris", "City"),
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/places?{query}")).await;
        let told = format!("The value for “{title}” in the address isn’t valid");
        assert!(text(&page.body).contains(&told), "{query}");
        let calls = asked(&calls_since(&world, before));
        let is_known = |call: &String| {
            ["/countries", "/countries/fr/cities", "/countries/fr/shops"].contains(&call.as_str())
        };
        assert!(calls.iter().all(is_known), "{query}: {calls:?}");
    }
}

#[tokio::test]
async fn filters_that_cannot_be_checked_are_sent_nowhere() {
    let world = world().await;
    world.api.script(|script| script.answers.insert("/countries".into(), Raw::json(500, "{}")));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/places?country=fr").await;
    let shown = text(&page.body);
    assert!(
        page.status == StatusCode::OK && shown.contains("The choices can’t be loaded right now."),
        "{shown}"
    );
    assert!(shown.contains("reports an error"), "{shown}");
    assert!(world.api.calls().iter().all(|call| !call.path.contains("/fr")), "{:?}", world.api.calls());
    // The value is kept in the form until the choices are there again.
    assert!(page.body.contains("name=\"country\" value=\"fr\""));
    answer(&world, "/countries", &json!({ "countries": [{ "code": "fr", "name": "France" }] }));
    answer(&world, "/countries/fr/cities", &json!(["Lyon"]));
    answer(&world, "/countries/fr/shops", &json!({ "shops": [{ "id": "S-1" }] }));
    assert!(text(&browser.get("/boards/places?country=fr").await.body).contains("S-1"));
}

#[tokio::test]
async fn filters_have_defaults_that_a_user_can_unset() {
    let world = world().await;
    world.provider.script(|script| script.person.claims.insert("region".into(), json!("us")));
    let (mut browser, _) = world.signed_in("/account").await;
    for (query, expected) in [
        ("", "/orders?region=us&state=open%2Cpaid"),
        ("region=eu", "/orders?region=eu&state=open%2Cpaid"),
        ("region=&state=", "/orders"),
        ("state=&state=void", "/orders?region=us&state=void"),
        ("region=mars&state=x", "/orders?region=us&state=open%2Cpaid"),
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/usual?{query}")).await;
        assert_eq!(asked(&calls_since(&world, before)), [expected], "{query}");
        assert_eq!(page.body.contains("isn’t valid"), query.contains("mars"), "{query}");
    }
    let page = browser.get("/boards/usual").await;
    // The chip of a default unsets it, and the form says so, too.
    assert!(page.body.contains("href=\"/boards/usual?region=\""), "{}", page.body);
    assert!(page.body.contains("href=\"/boards/usual?state=paid\""));
    assert!(page.body.contains("<input type=\"hidden\" name=\"state\" value=\"\""));
    for claim in [json!("mars"), json!(["eu"]), json!(null)] {
        world.provider.script(|script| script.person.claims.insert("region".into(), claim.clone()));
        let (mut browser, _) = world.signed_in("/account").await;
        let before = world.api.calls().len();
        let page = browser.get("/boards/usual").await;
        assert!(!page.body.contains("isn’t valid"), "{claim}");
        assert_eq!(asked(&calls_since(&world, before)), ["/orders?state=open%2Cpaid"], "{claim}");
    }
}

#[tokio::test]
async fn filters_select_rows_that_are_already_here() {
    let world = world().await;
    let rows = json!([
        { "id": "A-1", "state": "open", "at": "2026-02-03T23:30:00Z" },
        { "id": "A-2", "state": "paid", "at": "2026-02-03" },
        { "id": "A-3", "state": ["open", "late"], "at": null },
    ]);
    answer(&world, "/all", &json!({ "orders": rows }));
    answer(&world, "/pages", &json!({ "orders": rows, "total": 3 }));
    let (mut browser, _) = world.signed_in("/account").await;
    for (query, expected) in [
        ("", vec!["A-1", "A-2", "A-3"]),
        ("state=open", vec!["A-1", "A-3"]),
        ("state=paid", vec!["A-2"]),
        ("on=2026-02-03", vec!["A-1", "A-2"]),
        ("on=2026-02-03&state=paid", vec!["A-2"]),
        ("on=2025-01-01", vec![]),
    ] {
        let page = browser.get(&format!("/boards/here?{query}")).await;
        for table in [0, 1] {
            let shown = part(&page.body, table);
            let found: Vec<_> = ["A-1", "A-2", "A-3"].into_iter().filter(|id| shown.contains(id)).collect();
            assert_eq!(found, expected, "{query}");
        }
        let csv = browser.get(&format!("/boards/here/csv/p0?{query}")).await;
        assert_eq!(csv.body.lines().count(), expected.len() + 1, "{query}");
    }
    let page = browser.get("/boards/here?on=2025-01-01").await;
    assert!(text(part(&page.body, 0)).contains("No row matches the filters."), "{}", text(&page.body));
    let page = browser.get("/boards/here?state=open").await;
    assert!(text(part(&page.body, 0)).contains("2 of 3 rows match the filters"), "{}", text(&page.body));
    // With further pages, the count is about this page.
    answer(&world, "/pages", &json!({ "orders": rows, "total": 300 }));
    let page = browser.get("/boards/here?state=open").await;
    assert!(text(part(&page.body, 1)).contains("2 of 3 rows on this page match the filters"));
}

const TABS: &str = r#"
[[board]]
id = "tabs"
title = "Tabs"

[[board.filter]]
key = "status"
title = "Status"
kind = "choice"
choices = ["open", "paid"]

[[board.filter]]
key = "region"
title = "Region"
kind = "choice"
choices = ["eu", "us"]

[[board.tab]]
title = "Everything"

[[board.tab]]
title = "Unpaid"
filters = { status = "open" }
count = { get = "/count?status={status}&region={region}", value = "$.n" }

[[board.tab]]
title = "Done"
filters = { status = "paid" }
count = { get = "/list?status={status}", value = "$.all" }

[[board.panel]]
id = "p0"
title = "Orders"
kind = "table"
get = "/orders?status={status}&region={region}"
rows = "$.orders[*]"
"#;

#[tokio::test]
async fn filters_have_tabs_with_numbers() {
    let world = HostileWorld::with(TABS).await;
    answer(&world, "/orders", &json!({ "orders": [{ "id": "A-1" }] }));
    answer(&world, "/count", &json!({ "n": 1204 }));
    answer(&world, "/list", &json!({ "all": [1, 2, 3] }));
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.get("/boards/tabs?status=open&region=eu").await;
    let nav = page.body.split_once("class=\"board-tabs\"").unwrap().1.split_once("</nav>").unwrap().0;
    assert!(text(nav).contains("Unpaid 1,204") && text(nav).contains("Done 3"), "{nav}");
    for link in ["?region=eu\"", "?region=eu&amp;status=open\"", "?region=eu&amp;status=paid\""] {
        assert!(nav.contains(&format!("href=\"/boards/tabs{link}")), "{link}: {nav}");
    }
    let current: Vec<_> = nav.split("<li>").skip(1).map(|tab| tab.contains("aria-current")).collect();
    assert_eq!(current, [false, true, false]);
    let asked = asked(&calls_since(&world, before));
    assert_eq!(asked, ["/count?status=open&region=eu", "/list?status=paid", "/orders?status=open&region=eu"]);
    // A number that fails or is late is left out, and delays nothing.
    world.api.script(|script| {
        script.answers.insert("/list".into(), Raw::json(500, "{}"));
        script.delays.insert("/count".into(), Duration::from_secs(9));
    });
    let start = Instant::now();
    let page = browser.get("/boards/tabs").await;
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    let nav = page.body.split_once("class=\"board-tabs\"").unwrap().1.split_once("</nav>").unwrap().0;
    assert_eq!(text(&format!("<a {nav}")), "Everything Unpaid Done");
    assert!(page.body.contains("A-1"));
}

/// The board of the demo with filters.
fn board_of_the_demo() -> String {
    let all = include_str!("../../../crates/demo/src/boards.toml");
    let mut boards = all.split("[[board]]\n").filter(|board| board.starts_with("id = \"find-orders\""));
    // The board of its link is not there.
    let board = boards.next().unwrap().replace(r#", to = "/boards/customer?id={customer_id}""#, "");
    format!("[[board]]\n{board}")
}

#[tokio::test]
async fn filters_of_the_demo_find_orders_of_a_city() {
    let world = World::with(&board_of_the_demo()).await;
    let (mut browser, page) = world.signed_in("jonas", "/boards/find-orders").await;
    let shown = text(&page.body);
    assert!(
        shown.contains("Orders: All countries") && shown.contains("City Choose Country first."),
        "{shown}"
    );
    let counts: Vec<usize> = page
        .body
        .split_once("class=\"board-tabs\"")
        .and_then(|(_, rest)| rest.split_once("</nav>"))
        .map(|(nav, _)| text(&format!("<a {nav}")))
        .iter()
        .flat_map(|text| text.split(' ').filter_map(|word| word.replace(',', "").parse().ok()))
        .collect();
    assert!(counts.len() == 2 && counts.iter().all(|count| *count > 0), "{shown}");
    let page =
        browser.get("/boards/find-orders?country=DE&city=Bremen&status=shipped&status=open&min=50").await;
    let shown = text(&page.body);
    assert!(shown.contains("Orders: Germany") && shown.contains("City: Bremen"), "{shown}");
    let rows: Vec<_> = page.body.split("<tr").filter(|row| row.contains("scope=\"row\"")).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("Bremen")), "{}", rows.len());
    let page = browser.get("/boards/find-orders?country=DE&city=Lyon&customer=kontor").await;
    let shown = text(&page.body);
    assert!(shown.contains("The value for “City” in the address isn’t valid"), "{shown}");
    assert!(shown.contains("rows on this page match the filters"), "{shown}");
    assert!(!page.body.contains("Galerie Nord") && page.body.contains("Hafenkontor"), "{shown}");
}
