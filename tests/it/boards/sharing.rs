//! How panels of one page fetch: they share requests, and none waits for another.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    boards::{answer, asked, calls_since, panel, part},
    support::{
        hostile::{HostileWorld, Raw},
        until,
    },
};

const SHARED: &str = r#"
[[board]]
id = "shared"
title = "Shared"
period = { choices = ["7d"] }

[[board.panel]]
id = "p0"
title = "Revenue"
kind = "stat"
get = "/sums?from={from}&to={to}"
value = "$.revenue"
before = "period"

[[board.panel]]
id = "p1"
title = "Orders"
kind = "stat"
get = "/sums?from={from}&to={to}"
value = "$.orders"

[[board.panel]]
id = "p2"
title = "Days"
kind = "line"
get = "/sums?from={from}&to={to}"
rows = "$.days[*]"
x = "day"
y = ["revenue"]

[[board.panel]]
id = "p3"
title = "The same days"
kind = "table"
get = "/sums?from={from}&to={to}"
rows = "$.days[*]"

[[board.panel]]
id = "p4"
title = "Others"
kind = "list"
get = "/stock"
rows = "$.days[*]"
label = "day"
"#;

/// A board of eight tables, each with its own path.
fn eight() -> String {
    let panel = |number: u32| {
        format!(
            "[[board.panel]]\nid = \"p{number}\"\ntitle = \"P{number}\"\nkind = \"table\"\nget = \"/p{number}\"\nrows = \"$.r[*]\"\n"
        )
    };
    format!("[[board]]\nid = \"eight\"\ntitle = \"Eight\"\n{}", (0..8).map(panel).collect::<String>())
}

/// Longer than a page waits for its panels, also on a busy machine.
const SLOW: Duration = Duration::from_secs(5);

#[tokio::test]
async fn panels_that_ask_for_the_same_path_share_one_call() {
    let world = HostileWorld::with(SHARED).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let sums = json!({ "revenue": 10, "orders": 2, "days": [{ "day": "2026-01-11", "revenue": 10 }] });
    answer(&world, "/sums", &sums);
    answer(&world, "/stock", &sums);
    world.api.script(|script| script.delay = Some(Duration::from_millis(100)));
    let (now, before) = ("/sums?from=2026-01-11&to=2026-01-20", "/sums?from=2026-01-01&to=2026-01-10");
    for _ in 0..2 {
        let seen = world.api.calls().len();
        let page = browser.get("/boards/shared?from=2026-01-11&to=2026-01-20").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("Still loading") && !page.body.contains("isn’t responding"));
        assert!(part(&page.body, 0).contains("no change") && part(&page.body, 3).contains("<tbody>"));
        assert_eq!(asked(&calls_since(&world, seen)), ["/stock", before, now], "the next page asks anew");
    }
    let seen = world.api.calls().len();
    panel(&mut browser, "shared", 1, "from=2026-01-11&to=2026-01-20").await;
    assert_eq!(asked(&calls_since(&world, seen)), [now], "without `before` there is one call");
    // A number is worth showing even if the previous one is unknown.
    let mut only_now = [Raw::json(500, "{}"), Raw::json(404, "{}"), Raw::json(200, "{}")].into_iter();
    let mut is_shown = async |raw: Raw| {
        world.api.script(|script| script.answers.insert("/sums".into(), raw));
        panel(&mut browser, "shared", 1, "").await.body.contains("No value")
    };
    assert!(!is_shown(only_now.next().unwrap()).await && !is_shown(only_now.next().unwrap()).await);
    assert!(is_shown(only_now.next().unwrap()).await);
}

#[tokio::test]
async fn ac_11_the_panels_of_a_page_are_fetched_at_once() {
    let world = HostileWorld::with(&eight()).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let rows = json!({ "r": [{ "id": "R-1" }] });
    world.api.script(|script| {
        script.instead = Some(Raw::json(200, &rows.to_string()));
        script.delay = Some(SLOW);
    });
    browser.waits_for_panels = false;
    let start = Instant::now();
    let page = browser.get("/boards/eight").await;
    until(|| world.api.calls().len() == 8).await;
    assert!(start.elapsed() < SLOW, "all eight before the first response: {:?}", start.elapsed());
    assert_eq!(page.status, StatusCode::OK);
    world.api.script(|script| script.delay = None);
    browser.waits_for_panels = true;
    assert_eq!(browser.get("/boards/eight").await.body.matches("<tbody>").count(), 8);
}

#[tokio::test]
async fn ac_11_a_slow_panel_delays_nothing_but_itself() {
    let world = HostileWorld::with(&eight()).await;
    let rows = json!({ "r": [{ "id": "R-1" }] });
    world.api.script(|script| {
        script.instead = Some(Raw::json(200, &rows.to_string()));
        script.delays.insert("/p4".into(), SLOW);
    });
    // The machine may be too busy for the other panels, too.
    let mut rounds = 0;
    let (mut browser, page, before) = loop {
        rounds += 1;
        let (mut browser, _) = world.signed_in("/account").await;
        browser.waits_for_panels = false;
        let (before, start) = (world.api.calls().len(), Instant::now());
        let page = browser.get("/boards/eight").await;
        assert!(start.elapsed() < SLOW, "{:?}", start.elapsed());
        if page.body.matches("data-waiting").count() == 1 || rounds == 10 {
            break (browser, page, before);
        }
    };
    for index in 0..8 {
        let panel = part(&page.body, index);
        let is_slow = index == 4;
        assert_eq!(
            (panel.contains("<tbody>"), panel.contains("Still loading")),
            (!is_slow, is_slow),
            "{index}"
        );
        assert_eq!(panel.contains("data-waiting"), is_slow, "{index}");
    }
    let late = panel(&mut browser, "eight", 4, "").await;
    assert!(late.body.contains("<tbody>"), "{}", late.body);
    let calls = world.api.calls().split_off(before);
    assert_eq!(
        calls.iter().filter(|call| call.path == "/p4").count(),
        1,
        "the script joins the page's fetch"
    );
}

#[tokio::test]
async fn ac_11_one_session_cannot_pile_requests_up_on_the_api() {
    let board = "[[board]]\nid = \"all\"\ntitle = \"All\"\n[[board.panel]]\nid = \"p0\"\ntitle = \"All\"\nkind = \"table\"\n\
                 get = \"/all\"\nrows = \"$.r[*]\"\nsearch = \"q\"\n";
    // No call ends while the pages are made, however busy the machine is.
    let world = HostileWorld::with(&format!("api_timeout = \"60s\"\n{board}")).await;
    let (browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    answer(&world, "/all", &json!({ "r": [{ "a": 1 }] }));
    world.api.script(|script| script.delay = Some(Duration::from_secs(3600)));
    let cookies = browser.at_app.clone();
    let mut tabs: Vec<_> = (0..100).map(|_| world.browser()).collect();
    for tab in &mut tabs {
        tab.at_app = cookies.clone();
        tab.waits_for_panels = false;
    }
    let pages = tabs.iter_mut().enumerate();
    let pages = futures::future::join_all(
        pages.map(|(number, tab)| async move { tab.get(&format!("/boards/all?p0.q={number}")).await }),
    );
    for page in pages.await {
        assert_eq!(page.status, StatusCode::OK);
    }
    until(|| world.api.calls().len() - before >= 32).await;
    // Those of the last pages, too.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let made = world.api.calls().len() - before;
    assert!((32..=64).contains(&made), "of 100 searches {made} are under way");
    world.api.script(|script| script.delay = None);
    let other = world.signed_in("/boards/all?p0.q=other").await.1;
    assert!(other.body.contains("<tbody>"), "another session is not hindered");
}
