//! The filters of a board: what they put into requests, what of an address is accepted, and where they are kept.

use axum::http::StatusCode;
use serde_json::json;

use super::{answer, asked, calls_since, function, panel, text};
use crate::support::hostile::{HostileWorld, Raw};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.filter]]
key = "status"
title = "Status"
kind = "choice"
choices = ["open", { value = "past_due", title = "Past due" }]

[[board.filter]]
key = "region"
title = "Region"
kind = "choices"
choices = ["eu", "us", "x/y"]

[[board.filter]]
key = "min"
title = "At least"
kind = "number"

[[board.filter]]
key = "since"
title = "Since"
kind = "date"

[[board.filter]]
key = "booked"
title = "Booked in"
kind = "month"

[[board.filter]]
key = "vip"
title = "Only VIP"
kind = "toggle"

[[board.filter]]
key = "name"
title = "Name"
kind = "text"

[[board.panel]]
id = "p0"
title = "Orders {status}"
kind = "table"
get = "/orders?fixed=1&status={status}&region={region}&min=gte:{min}&since={since}&month={booked}&vip={vip}&name={name}"
rows = "$.orders[*]"
total = "$.total"
detail = "/orders/{id}?region={region}"
order = { by = "sort" }
page = { size = 2, limit = "limit", offset = "offset" }
columns = [{ key = "id", title = "Order" }, { key = "total", title = "Total" }]

[[board.panel.action]]
label = "Ship"
post = "/orders/{id}/ship"

[[board]]
id = "body"
title = "Body"

[[board.filter]]
key = "min"
title = "At least"
kind = "number"

[[board.filter]]
key = "region"
title = "Region"
kind = "choices"
choices = ["eu", "us"]

[[board.filter]]
key = "vip"
title = "Only VIP"
kind = "toggle"

[[board.panel]]
id = "p0"
title = "Found"
kind = "table"
post = "/search"
body = { where = { min = "{min}", region = "{region}", vip = "{vip}" }, limit = 5 }
rows = "$.orders[*]"

[[board]]
id = "path"
title = "Path"

[[board.filter]]
key = "name"
title = "Name"
kind = "text"

[[board.panel]]
id = "p0"
title = "Orders of {name}"
kind = "table"
get = "/customers/{name}/orders?of={name}"
rows = "$.orders[*]"
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    world.api.script(|script| {
        script.instead = Some(Raw::json(200, r#"{"orders":[{"id":"A-1","total":7}],"total":1}"#))
    });
    world
}

#[tokio::test]
async fn filters_fill_requests_and_what_is_unset_is_left_out() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let (whole, rest) = ("fixed=1", "&limit=2");
    for (query, expected) in [
        ("", String::new()),
        ("status=open", "&status=open".into()),
        ("status=&region=&min=&since=&booked=&vip=&name=", String::new()),
        ("region=us&region=eu&region=us", "&region=us&region=eu".into()),
        ("region=x%2Fy", "&region=x%2Fy".into()),
        ("min=12.50", "&min=gte:12.50".into()),
        ("min=-3&since=2026-02-28&booked=2026-02", "&min=gte:-3&since=2026-02-28&month=2026-02".into()),
        ("vip=true&name=A%26b%3Dc%20%23%C3%B8", "&vip=true&name=A%26b%3Dc%20%23%C3%B8".into()),
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/orders?{query}")).await;
        assert!(page.status == StatusCode::OK && !page.body.contains("isn’t valid"), "{query}");
        let expected = format!("/orders?{whole}{expected}{rest}");
        assert_eq!(asked(&calls_since(&world, before)), [&*expected], "{query}");
        let script = panel(&mut browser, "orders", 0, query).await;
        assert_eq!(script.status, StatusCode::OK);
        assert_eq!(asked(&calls_since(&world, before)), [&*expected, &*expected], "{query}");
    }
}

#[tokio::test]
async fn filters_of_an_address_that_are_not_valid_are_dropped_with_a_notice() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (query, title) in [
        ("status=paid", "Status"),
        ("status=Open", "Status"),
        ("status=open%00", "Status"),
        ("status=..%2Fadmin", "Status"),
        ("region=mars", "Region"),
        ("min=1e999", "At least"),
        ("min=NaN", "At least"),
        ("min=1%26admin%3Dtrue", "At least"),
        ("min=%2B5", "At least"),
        ("min=1,5", "At least"),
        ("since=2026-02-30", "Since"),
        ("since=20260228", "Since"),
        ("since=2026-02-28T00:00:00Z", "Since"),
        ("booked=2026-13", "Booked in"),
        ("booked=2026-02-01", "Booked in"),
        ("vip=yes", "Only VIP"),
        ("vip=false", "Only VIP"),
        ("name=a%0Ab", "Name"),
        ("name=%20%20", "Name"),
        (&format!("name={}", "x".repeat(201)), "Name"),
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/orders?{query}")).await;
        let told = format!("The value for “{title}” in the address isn’t valid");
        assert!(page.status == StatusCode::OK && text(&page.body).contains(&told), "{query}");
        assert_eq!(asked(&calls_since(&world, before)), ["/orders?fixed=1&limit=2"], "{query}");
        assert!(!page.body.contains(&format!("href=\"/boards/orders?{query}")), "{query}");
    }
    // Of several values, those that are valid stay.
    let before = world.api.calls().len();
    let page = browser.get("/boards/orders?region=eu&region=mars").await;
    assert!(text(&page.body).contains("The value for “Region”"));
    assert_eq!(asked(&calls_since(&world, before)), ["/orders?fixed=1&region=eu&limit=2"]);
    // What is no filter is ignored without a word.
    let page = browser.get("/boards/orders?colour=red&utm_source=x").await;
    assert!(!page.body.contains("isn’t valid") && !page.body.contains("colour"));
}

#[tokio::test]
async fn filters_have_their_types_in_a_body() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (query, expected) in [
        ("", json!({ "where": {}, "limit": 5 })),
        ("min=10", json!({ "where": { "min": 10 }, "limit": 5 })),
        ("region=us&vip=true", json!({ "where": { "region": ["us"], "vip": true }, "limit": 5 })),
    ] {
        let before = world.api.calls().len();
        browser.get(&format!("/boards/body?{query}")).await;
        let calls = calls_since(&world, before);
        let sent: serde_json::Value = serde_json::from_str(&calls[0].body).unwrap();
        assert_eq!(sent, expected, "{query}");
    }
}

#[tokio::test]
async fn filters_are_kept_by_every_link_and_form_of_the_board() {
    let world = world().await;
    let rows = json!({ "orders": [{ "id": "A-1", "total": 7 }, { "id": "A-2", "total": 8 }], "total": 9 });
    answer(&world, "/orders", &rows);
    answer(&world, "/orders/A-1", &json!({ "id": "A-1", "total": 7 }));
    let (mut browser, _) = world.signed_in("/account").await;
    let query = "status=open&region=eu&region=us";
    let page = browser.get(&format!("/boards/orders?{query}&p0.page=2&p0.q=x")).await;
    // BTreeMap order: region, then status.
    let kept = "region=eu&amp;region=us&amp;status=open";
    for link in [
        format!("/boards/orders/rows/p0?key=A-1&amp;{kept}"),
        format!("/boards/orders/csv/p0?{kept}"),
        format!("/boards/orders/rows/p0/actions/ship?key=A-1&amp;{kept}"),
        format!("/boards/orders?{kept}&amp;p0.q=x&amp;p0.sort=total"),
        format!("/boards/orders?{kept}&amp;p0.q=x&amp;p0.page=3"),
        // A chip without its value, at the first page.
        "/boards/orders?region=us&amp;status=open&amp;p0.q=x\"".to_owned(),
        "/boards/orders?region=eu&amp;region=us&amp;p0.q=x\"".to_owned(),
    ] {
        assert!(page.body.contains(&link), "{link}\n{}", page.body);
    }
    // The form keeps what belongs to panels, at their first pages.
    let form = page.body.split_once("class=\"filter-set\"").unwrap().1.split_once("</form>").unwrap().0;
    assert!(form.contains("name=\"p0.q\" value=\"x\"") && !form.contains("name=\"p0.page\""), "{form}");
    assert!(form.contains("<option value=\"open\" selected>open</option>"), "{form}");
    assert!(form.contains("value=\"us\" checked"), "{form}");

    let before = world.api.calls().len();
    let row = browser.get(&format!("/boards/orders/rows/p0?key=A-1&{query}")).await;
    assert!(
        row.body.contains(&format!("href=\"/boards/orders?{kept}#panel-p0\"")),
        "the way back: {}",
        row.body
    );
    assert_eq!(asked(&calls_since(&world, before)), ["/orders/A-1?region=eu&region=us"]);
    let drawer = function(&mut browser, "row", "orders", 0, &format!("key=A-1&{query}")).await;
    assert_eq!(drawer.status, StatusCode::OK);

    let before = world.api.calls().len();
    let csv = browser.get(&format!("/boards/orders/csv/p0?{query}")).await;
    assert!(csv.body.contains("A-1"));
    assert_eq!(
        asked(&calls_since(&world, before)),
        ["/orders?fixed=1&status=open&region=eu&region=us&limit=2"]
    );

    let form = browser.get(&format!("/boards/orders/rows/p0/actions/ship?key=A-1&{query}")).await;
    assert!(form.body.contains(&format!("href=\"/boards/orders?{kept}")), "{}", form.body);
    let fields: Vec<_> = form.fields();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let sent = browser.post("/api/act", &fields).await;
    let location = sent.location();
    let board = location.as_str().split('#').next().unwrap();
    assert!(board.ends_with("/boards/orders?region=eu&region=us&status=open"), "{location:?}");
}

#[tokio::test]
async fn ac_02_filters_in_a_path_fill_one_segment() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (value, expected) in [
        ("Ash%20%26%20Co.", "/customers/Ash%20%26%20Co./orders?of=Ash%20%26%20Co."),
        ("%C3%B8%3Fx%3D1%23", "/customers/%C3%B8%3Fx%3D1%23/orders?of=%C3%B8%3Fx%3D1%23"),
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/path?name={value}")).await;
        assert!(page.status == StatusCode::OK && page.body.contains("A-1"), "{value}");
        assert_eq!(asked(&calls_since(&world, before)), [expected]);
    }
    for value in [
        "..",
        ".",
        "%2E%2E",
        "a%2Fb",
        "a%5Cb",
        "a%252Fb",
        "%252e%252e",
        "..%3B",
        "%EF%BC%8E%EF%BC%8E",
        "a%0A",
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/path?name={value}")).await;
        let shown = text(&page.body);
        assert!(shown.contains("The value for “Name” in the address isn’t valid"), "{value}");
        assert!(shown.contains("Choose Name") && !page.body.contains("data-failure"), "{value}: {shown}");
        assert!(calls_since(&world, before).is_empty(), "{value}");
        let script = panel(&mut browser, "path", 0, &format!("name={value}")).await;
        assert!(script.body.starts_with('\n') && calls_since(&world, before).is_empty(), "{value}");
        let csv = browser.get(&format!("/boards/path/csv/p0?name={value}")).await;
        assert_eq!(csv.status, StatusCode::BAD_REQUEST, "{value}");
        assert!(calls_since(&world, before).is_empty(), "{value}");
    }
    // Markup in a value is text everywhere.
    let page = browser.get("/boards/path?name=%3Cb%3Ex%3C%22").await;
    assert!(
        !page.body.contains("<b>x") && text(&page.body).contains("Orders of &lt;b&gt;x&lt;"),
        "{}",
        page.body
    );
}
