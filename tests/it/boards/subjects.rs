//! Boards about one thing: the address that names it, the one request for it, and its members in requests and texts. What
//! they show if there is nothing to show is in `subject_failures.rs`.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{answer, asked, calls_since, function, panel, part, text};
use crate::support::hostile::HostileWorld;

pub(super) const BOARDS: &str = r##"
inspect_role = ["author"]

[claims]
team = "team"

[[board]]
id = "start"
title = "Start"

[[board.panel]]
id = "p0"
title = "Customers"
kind = "table"
get = "/customers"
rows = "$.customers[*]"

[[board.panel]]
id = "p1"
title = "Lead on"
kind = "links"
links = [{ title = "A customer", to = "/boards/customer?id=42" }]

[[board]]
id = "customer"
title = "Customer"

[board.subject]
get = "/customers/{id}"
item = "$.data"
title = "{name} ({country})"

[board.period]
choices = ["7d", "30d"]

[[board.filter]]
key = "status"
title = "Status"
kind = "choice"
choices = ["open", "paid"]

[[board.tab]]
title = "Open"
filters = { status = "open" }
count = { get = "/invoices/count?customer={id}&status={status}", value = "$.total" }

[[board.panel]]
id = "p0"
title = "About"
kind = "facts"
fields = ["email", "address.city", { key = "tags", title = "Tags", kind = "chips" }]

[[board.panel]]
id = "p1"
title = "Invoices of { subject.name }"
kind = "table"
get = "/invoices?customer={id}&status={status}&from={from}"
rows = "$.invoices[*]"
detail = "/customers/{subject.id}/invoices/{id}"
page = { size = 2, limit = "limit", offset = "offset" }
total = "$.total"
columns = [{ key = "id", title = "Invoice" }, { key = "total", title = "Total", kind = "number" }]

[[board.panel.action]]
label = "Remind"
post = "/customers/{subject.id}/invoices/{id}/remind"
confirm = "Remind {subject.name} of {id}?"

[[board.panel]]
id = "p2"
title = "Plan"
kind = "stat"
get = "/plans/{subject.plan.id}?since={subject.since}"
value = "$.price"

[[board.panel]]
id = "p3"
title = "Revenue"
kind = "stat"
value = "$.revenue"

[[board.panel]]
id = "p4"
title = "Seats"
kind = "meter"
value = "$.seats"
target = "$.seats_max"

[[board.panel]]
id = "p5"
title = "Note"
kind = "text"
text = "**{subject.name}** is customer {id}."

[[board.panel]]
id = "p6"
title = "Found"
kind = "table"
post = "/search"
body = { customer = "{id}", plan = "{subject.plan.id}", vip = "{subject.vip}" }
rows = "$.rows[*]"

[[board.action]]
label = "Suspend"
post = "/customers/{id}/suspend"
confirm = "Suspend {subject.name}?"
done = "{subject.name} is suspended."
fields = [{ key = "plan", kind = "row", value = "{subject.plan.id}" }, { key = "why" }]

[[board]]
id = "me"
title = "My company"

[board.subject]
get = "/company?team={claim.team}"
back = "start"

[[board.panel]]
id = "p0"
title = "About"
kind = "facts"
fields = ["name"]
"##;

pub(super) fn customer(name: &str) -> serde_json::Value {
    json!({ "data": {
        "id": 42, "name": name, "country": "NO", "email": "post@ash.example", "address": { "city": "Bergen" },
        "tags": ["gold", "export"], "plan": { "id": 7 }, "since": "2024-01-31", "vip": true, "revenue": 1250, "seats": 5,
        "seats_max": 8,
    } })
}

pub(super) async fn world() -> HostileWorld {
    let world = HostileWorld::with(&format!("store = \"sqlite:FOLDER/sessions.db\"\n{BOARDS}")).await;
    world.provider.script(|script| {
        script.person.claims.insert("team".to_owned(), json!("north"));
        script.person.claims.insert("roles".to_owned(), json!(["author"]));
    });
    answer(&world, "/customers/42", &customer("Ash & Co <b>"));
    answer(&world, "/customers", &json!({ "customers": [{ "id": 42, "name": "Ash" }] }));
    answer(
        &world,
        "/invoices",
        &json!({ "total": 5, "invoices": [{ "id": "I-1", "total": 7 }, { "id": "I-2", "total": 8 }] }),
    );
    answer(&world, "/invoices/count", &json!({ "total": 3 }));
    answer(&world, "/customers/42/invoices/I-1", &json!({ "id": "I-1", "total": 7, "memo": "by post" }));
    answer(&world, "/plans/7", &json!({ "price": 99 }));
    answer(&world, "/search", &json!({ "rows": [{ "id": "R-1" }] }));
    answer(&world, "/company", &json!({ "id": 3, "name": "North" }));
    world
}

/// The paths without their queries.
pub(super) fn paths(world: &HostileWorld, before: usize) -> Vec<String> {
    let calls = calls_since(world, before);
    asked(&calls).into_iter().map(|path| path.split('?').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn su_01_a_subject_names_its_board_and_fills_requests_titles_and_texts() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.get("/boards/customer?id=42").await;
    assert_eq!(page.status, StatusCode::OK);
    let name = "Ash &amp; Co &lt;b&gt; (NO)";
    assert!(page.body.contains(&format!("<h1>{name}</h1>")), "{}", page.body);
    let title = page.body.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
    assert!(title.starts_with(&format!("{name} · Customer")), "{title}");
    // The first board with a link to this one.
    let head = page.body.split_once("<h1>").unwrap().0;
    let crumb = head.split_once("class=\"crumb\"").unwrap().1;
    assert!(crumb.contains("href=\"/boards/start\"") && text(crumb).contains("Start"), "{crumb}");
    assert!(
        !page.body.contains("href=\"/boards/customer\""),
        "the navigation has no link without a parameter"
    );
    assert!(head.contains("href=\"/boards/me\""), "a board without parameters is in the navigation");

    let about = text(part(&page.body, 0));
    for words in ["Email post@ash.example", "Address city Bergen", "gold", "export"] {
        assert!(about.contains(words), "{words}: {about}");
    }
    assert!(text(part(&page.body, 1)).contains("Invoices of Ash & Co &lt;b&gt;"), "{}", part(&page.body, 1));
    assert!(text(part(&page.body, 2)).contains("99"));
    assert!(text(part(&page.body, 3)).contains("1,250"));
    assert!(text(part(&page.body, 4)).contains('5'));
    assert!(
        text(part(&page.body, 5)).contains("Ash & Co &lt;b&gt; is customer 42"),
        "{}",
        part(&page.body, 5)
    );

    let calls = calls_since(&world, before);
    let asked = asked(&calls);
    assert_eq!(asked.iter().filter(|path| *path == "/customers/42").count(), 1, "{asked:?}");
    for path in ["/invoices/count?customer=42&status=open", "/plans/7?since=2024-01-31"] {
        assert!(asked.iter().any(|asked| asked == path), "{path}: {asked:?}");
    }
    assert!(asked.iter().any(|path| path.starts_with("/invoices?customer=42&from=2")), "{asked:?}");
    assert_eq!(asked.len(), 5, "{asked:?}");
    let body: serde_json::Value =
        serde_json::from_str(&calls.iter().find(|call| call.path == "/search").unwrap().body).unwrap();
    assert_eq!(body, json!({ "customer": "42", "plan": 7, "vip": true }));

    // A subject that a claim finds needs no parameter.
    let before = world.api.calls().len();
    let page = browser.get("/boards/me").await;
    assert!(page.body.contains("<h1>North</h1>"), "{}", page.body);
    assert_eq!(super::asked(&calls_since(&world, before)), ["/company?team=north"]);
}

#[tokio::test]
async fn su_02_a_slow_subject_delays_only_what_needs_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    browser.waits_for_panels = false;
    // Longer than a page waits for a panel: the name is on the page, and so are the panels that need nothing else.
    world.api.script(|script| script.delays.insert("/customers/42".to_owned(), Duration::from_millis(900)));
    let page = browser.get("/boards/customer?id=42").await;
    assert!(
        page.body.contains("<h1>Ash &amp; Co &lt;b&gt; (NO)</h1>")
            && text(part(&page.body, 0)).contains("Bergen"),
        "{}",
        page.body
    );
    world.api.script(|script| script.delays.insert("/customers/42".to_owned(), Duration::from_secs(4)));
    let before = world.api.calls().len();
    let page = browser.get("/boards/customer?id=42").await;
    let is_late = page.body.contains("<h1 data-late=\"\">Customer</h1>");
    assert!(
        page.status == StatusCode::OK && is_late,
        "the board has its own title until the name is known: {}",
        page.body
    );
    assert!(part(&page.body, 1).contains("I-1"), "{}", part(&page.body, 1));
    assert!(text(part(&page.body, 1)).contains("Invoices of \u{2013}"), "{}", part(&page.body, 1));
    for waiting in [0, 2, 3, 4, 6] {
        assert!(part(&page.body, waiting).contains("data-waiting"), "{waiting}");
    }
    // The script of the page gets the panels, and nothing is requested twice.
    for (waiting, words) in [(0, "Bergen"), (1, "Invoices of Ash"), (2, "99"), (3, "1,250")] {
        let shown = panel(&mut browser, "customer", waiting, "id=42").await;
        assert!(text(&shown.body).contains(words), "{waiting}: {}", shown.body);
        // The panels that waited for the name have it for the heading.
        let has_name =
            shown.body.contains("<span data-part=\"name\" hidden>Ash &amp; Co &lt;b&gt; (NO)</span>");
        assert_eq!(has_name, waiting != 1, "{waiting}: {}", shown.body);
    }
    let asked = paths(&world, before);
    assert!(asked.iter().filter(|path| *path == "/plans/7").count() <= 2, "{asked:?}");
}

#[tokio::test]
async fn su_03_values_of_a_subject_stay_in_their_segment_and_a_missing_one_sends_nothing() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let with = |plan: serde_json::Value, since: serde_json::Value| {
        let mut answer = customer("Ash");
        (answer["data"]["plan"]["id"], answer["data"]["since"]) = (plan, since);
        answer
    };
    for (plan, since, expected) in [
        (json!("a b&c"), json!("x&admin=1"), Some("/plans/a%20b%26c?since=x%26admin%3D1")),
        (json!("ø"), json!(7), Some("/plans/%C3%B8?since=7")),
        (json!(".."), json!("x"), None),
        (json!("a/b"), json!("x"), None),
        (json!("%2e%2e"), json!("x"), None),
        (json!("a\\b"), json!("x"), None),
        (json!("a\nb"), json!("x"), None),
        (json!(""), json!("x"), None),
        (json!(null), json!("x"), None),
        (json!({ "a": 1 }), json!("x"), None),
        (json!(7), json!(null), None),
        (json!(7), json!("x".repeat(300)), None),
    ] {
        answer(&world, "/customers/42", &with(plan.clone(), since.clone()));
        let before = world.api.calls().len();
        let shown = panel(&mut browser, "customer", 2, "id=42").await;
        let plans: Vec<String> = asked(&calls_since(&world, before))
            .into_iter()
            .filter(|path| path.starts_with("/plans"))
            .collect();
        assert_eq!(plans.first().map(String::as_str), expected, "{plan} {since}");
        if expected.is_none() {
            assert!(
                shown.body.starts_with('\n') && text(&shown.body).contains("No value for"),
                "{}",
                shown.body
            );
        }
    }
    // The other panels go on.
    let page = browser.get("/boards/customer?id=42").await;
    assert!(page.status == StatusCode::OK && part(&page.body, 1).contains("I-1"));
}

#[tokio::test]
async fn su_04_the_address_of_a_subject_is_kept_by_every_link_and_form() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/customer?id=42&status=open&period=30d&p1.q=x").await;
    let kept = "id=42&amp;period=30d&amp;status=open";
    for link in [
        format!("/boards/customer/rows/p1?key=I-1&amp;{kept}"),
        format!("/boards/customer/csv/p1?{kept}"),
        format!("/boards/customer/rows/p1/actions/remind?key=I-1&amp;{kept}"),
        format!("/boards/customer/actions/suspend?{kept}"),
        format!("/boards/customer/inspect/p3?{kept}"),
        format!("/boards/customer?{kept}&amp;p1.q=x&amp;p1.page=2"),
        "/boards/customer?id=42&amp;period=7d&amp;status=open&amp;p1.q=x\"".to_owned(),
        // The chip without its filter, and the tab.
        "/boards/customer?id=42&amp;period=30d&amp;p1.q=x\"".to_owned(),
        "/boards/customer?id=42&amp;period=30d&amp;status=open&amp;p1.q=x\"".to_owned(),
    ] {
        assert!(page.body.contains(&link), "{link}\n{}", page.body);
    }
    for form in page.body.split("<form method=\"get\"").skip(1) {
        let form = form.split_once("</form>").unwrap().0;
        assert!(form.contains("name=\"id\" value=\"42\""), "{form}");
    }
    // The parameter is no filter: it has no chip and no field.
    assert_eq!(page.body.matches("class=\"filter-chip\"").count(), 1);

    let before = world.api.calls().len();
    let row = browser.get("/boards/customer/rows/p1?key=I-1&id=42&status=open").await;
    assert!(text(&row.body).contains("Memo by post"), "{}", row.body);
    assert!(row.body.contains("href=\"/boards/customer?id=42&amp;status=open#panel-p1\""), "{}", row.body);
    assert_eq!(asked(&calls_since(&world, before)), ["/customers/42", "/customers/42/invoices/I-1"]);
    let drawer = function(&mut browser, "row", "customer", 1, "key=I-1&id=42").await;
    assert!(text(&drawer.body).contains("Memo by post"), "{}", drawer.body);

    let before = world.api.calls().len();
    let csv = browser.get("/boards/customer/csv/p1?id=42&rows=all").await;
    assert!(csv.status == StatusCode::OK && csv.body.contains("I-1"), "{}", csv.body);
    let asked = asked(&calls_since(&world, before));
    assert!(
        asked.iter().all(|path| path.starts_with("/invoices?customer=42&") || path == "/customers/42"),
        "{asked:?}"
    );
    assert!(asked.iter().filter(|path| *path == "/customers/42").count() <= 1, "{asked:?}");

    for number in [1, 3] {
        let seen = browser.get(&format!("/boards/customer/inspect/p{number}?id=42")).await;
        let shown = text(&seen.body);
        let path = if number == 1 { "/invoices" } else { "/customers/42" };
        assert!(seen.status == StatusCode::OK && shown.contains(path), "{shown}");
    }
}
