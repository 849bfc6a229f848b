//! Totals, filters, search and order over all pages of a table, up to a bound; and choices of several pages.

use serde_json::{Value, json};

use super::{panel, part, text};
use crate::support::{
    Browser,
    hostile::{Call, HostileWorld, Raw},
};

const BOARDS: &str = r#"
[[board]]
id = "all"
title = "All"

[[board.filter]]
key = "state"
title = "State"
kind = "choice"
choices = ["odd", "even", "none"]
member = "state"

[[board.panel]]
id = "p0"
title = "Offset"
kind = "table"
get = "/offset"
rows = "$.rows[*]"
total = "$.total"
key = "id"
page = { size = 10, limit = "limit", offset = "offset", all = 100 }
columns = [
    { key = "id", title = "Id" },
    { key = "state", title = "State" },
    { key = "n", title = "N", kind = "number", sum = true },
]

[[board.panel]]
id = "p1"
title = "Number"
kind = "table"
get = "/number"
rows = "$.rows[*]"
key = "id"
page = { size = 10, page = "page", all = 100 }
columns = [{ key = "id", title = "Id" }, { key = "n", title = "N", kind = "number", sum = true }]

[[board.panel]]
id = "p2"
title = "Cursor"
kind = "table"
get = "/cursor"
rows = "$.rows[*]"
key = "id"
page = { size = 10, cursor = "after", next = "$.next", all = 100 }
columns = [{ key = "id", title = "Id" }, { key = "n", title = "N", kind = "number", sum = true }]

[[board.panel]]
id = "p3"
title = "Link"
kind = "table"
get = "/link"
rows = "$.rows[*]"
key = "id"
page = { size = 10, next = "$.next", all = 100 }
columns = [{ key = "id", title = "Id" }, { key = "n", title = "N", kind = "number", sum = true }]

[[board.panel]]
id = "p4"
title = "Bound"
kind = "table"
get = "/offset"
rows = "$.rows[*]"
total = "$.total"
sort = "-n"
page = { size = 10, limit = "limit", offset = "offset", all = 15 }
columns = [{ key = "id", title = "Id" }, { key = "n", title = "N", kind = "number", sum = true }]

[[board.panel]]
id = "p5"
title = "One page"
kind = "table"
get = "/offset"
rows = "$.rows[*]"
total = "$.total"
page = { size = 10, limit = "limit", offset = "offset" }
columns = [{ key = "id", title = "Id" }, { key = "n", title = "N", kind = "number", sum = true }]

[[board]]
id = "choices"
title = "Choices"

[[board.filter]]
key = "customer"
title = "Customer"
kind = "choice"
from = { get = "/offset", rows = "$.rows[*]", value = "id", page = { size = 10, limit = "limit", offset = "offset" } }

[[board.filter]]
key = "agent"
title = "Agent"
kind = "choice"
from = { get = "/link", rows = "$.rows[*]", value = "id", page = { size = 10, next = "$.next" } }

[[board.filter]]
key = "endless"
title = "Endless"
kind = "choice"
from = { get = "/endless", rows = "$.rows[*]", value = "id", page = { size = 500, cursor = "after", next = "$.next" } }

[[board.panel]]
id = "p0"
title = "Orders"
kind = "table"
get = "/orders?customer={customer}&agent={agent}&endless={endless}"
rows = "$.rows[*]"
"#;

/// The rows of each API: 37, whose numbers are in no order. `n` has the sum 703.
const ROWS: u64 = 37;

fn row(index: u64) -> Value {
    let n = (index * 11) % ROWS + 1;
    let state = if n.is_multiple_of(2) { "even" } else { "odd" };
    json!({ "id": format!("row-{n:03}"), "n": n, "state": state })
}

fn parameter(call: &Call, name: &str) -> Option<u64> {
    url::form_urlencoded::parse(call.query.as_bytes()).find(|(found, _)| found == name)?.1.parse().ok()
}

/// APIs that page by offset with a total, by number without one, by cursor, and by URL; one never ends.
fn paged(call: &Call) -> Raw {
    let start = match call.path.as_str() {
        "/offset" => parameter(call, "offset").unwrap_or(0),
        "/number" => (parameter(call, "page").unwrap_or(1) - 1) * 10,
        _ => parameter(call, "after").unwrap_or(0),
    };
    if call.path == "/endless" {
        let rows: Vec<Value> = (start..start + 500).map(|n| json!({ "id": format!("e{n}") })).collect();
        return Raw::json(200, &json!({ "rows": rows, "next": (start + 500).to_string() }).to_string());
    }
    let end = (start + 10).min(ROWS);
    let rows: Vec<Value> = (start.min(end)..end).map(row).collect();
    let next = (end < ROWS).then(|| match call.path.as_str() {
        "/link" => format!("/link?after={end}"),
        _ => end.to_string(),
    });
    let answer = match call.path.as_str() {
        "/offset" => json!({ "rows": rows, "total": ROWS }),
        "/number" => json!({ "rows": rows }),
        _ => json!({ "rows": rows, "next": next }),
    };
    Raw::json(200, &answer.to_string())
}

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    world.api.script(|script| script.by_call = Some(paged));
    world
}

/// The names of the rows in a panel, in order, and its text.
async fn shown(browser: &mut Browser<'_>, index: usize, query: &str) -> (Vec<u64>, String) {
    let page = panel(browser, "all", index, query).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    let body = page.body.split_once("<tbody>").map_or("", |(_, rest)| rest);
    let body = text(body.split_once("</tbody>").map_or("", |(body, _)| body));
    let rows = body.split("row-").skip(1).filter_map(|rest| rest.get(..3)?.parse().ok()).collect();
    (rows, text(&page.body))
}

#[tokio::test]
async fn pg_01_a_total_covers_all_pages_however_the_api_pages() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for index in [0, 1, 2, 3] {
        let (rows, read) = shown(&mut browser, index, "").await;
        assert_eq!(rows.len(), 10, "the page of the API is shown: {read}");
        assert!(read.contains("Total of all 37 rows 703"), "{index}: {read}");
        assert!(!read.contains("this page"), "{index}: {read}");
    }
    let (rows, read) = shown(&mut browser, 0, "p0.page=4").await;
    assert_eq!(rows.len(), 7);
    assert!(read.contains("Total of all 37 rows 703"), "on another page, too: {read}");
    let (_, read) = shown(&mut browser, 5, "").await;
    assert!(read.contains("Total of 10 rows on this page"), "without `all`: {read}");
}

#[tokio::test]
async fn pg_02_order_search_and_filters_cover_all_pages_and_make_pages_of_their_own() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let ascending: Vec<u64> = (1..=ROWS).collect();
    for index in [0, 1, 2, 3] {
        let sorted = format!("p{index}.sort=n&p{index}.order=asc");
        for (page, expected) in [("", &ascending[..10]), ("2", &ascending[10..20]), ("4", &ascending[30..])] {
            let (rows, read) = shown(&mut browser, index, &format!("{sorted}&p{index}.page={page}")).await;
            assert_eq!(rows, expected, "{index} {page}: {read}");
            assert!(read.contains("of 37 rows"), "{read}");
        }
        let (rows, read) = shown(&mut browser, index, &format!("{sorted}&p{index}.page=9")).await;
        assert!(rows.is_empty() && read.contains("There are no rows on this page"), "{read}");
        let (rows, _) = shown(&mut browser, index, &format!("p{index}.sort=n&p{index}.order=desc")).await;
        assert_eq!(rows, ascending[27..].iter().rev().copied().collect::<Vec<_>>());
        let (rows, read) = shown(&mut browser, index, &format!("p{index}.q=row-03")).await;
        assert_eq!(rows.len(), 8, "{index}: {read}");
        assert!(read.contains("Total of 8 rows"), "{read}");
        let (rows, read) = shown(&mut browser, index, &format!("p{index}.q=nothing")).await;
        assert!(rows.is_empty() && read.contains("All rows were searched"), "{read}");
    }
    let (rows, read) = shown(&mut browser, 0, "state=even").await;
    assert_eq!(rows.len(), 10);
    assert!(rows.iter().all(|n| n % 2 == 0) && read.contains("of 18 rows"), "{read}");
    assert!(read.contains("Total of 18 rows 342"), "{read}");
    let (rows, _) = shown(&mut browser, 0, "state=even&p0.sort=n&p0.page=2").await;
    assert_eq!(rows, [22, 24, 26, 28, 30, 32, 34, 36], "all three together");
    let (rows, read) = shown(&mut browser, 0, "state=even&p0.q=row-02").await;
    assert_eq!(rows.len(), 5, "{read}");
    let (rows, read) = shown(&mut browser, 0, "state=none").await;
    assert!(rows.is_empty() && read.contains("No row matches the filters"), "{read}");
}

#[tokio::test]
async fn pg_03_beyond_the_bound_the_panel_says_which_rows_are_covered() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let (rows, read) = shown(&mut browser, 4, "").await;
    let mut first: Vec<u64> = (0..15).filter_map(|index| row(index)["n"].as_u64()).collect();
    first.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(rows, first[..10], "{read}");
    assert!(read.contains("Total of the first 15 rows"), "{read}");
    assert!(read.contains("cover the first 15 of 37 rows only"), "{read}");
    let page = panel(&mut browser, "all", 4, "").await;
    assert!(page.body.contains("rows=all"), "all rows can be downloaded: {}", page.body);
    let file = browser.get("/boards/all/csv/p4?rows=all").await;
    assert_eq!(file.body.matches("row-").count(), 37, "{}", file.body);
    let file = browser.get("/boards/all/csv/p0?p0.q=row-03&rows=all").await;
    assert_eq!(file.body.matches("row-").count(), 8, "{}", file.body);
}

#[tokio::test]
async fn pg_04_a_page_that_fails_or_repeats_ends_the_reading_visibly() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    fn fails(call: &Call) -> Raw {
        match parameter(call, "offset").or(parameter(call, "after")) {
            Some(20..) => Raw::json(500, "{}"),
            _ => paged(call),
        }
    }
    world.api.script(|script| script.by_call = Some(fails));
    for index in [0, 2, 3] {
        let (rows, read) = shown(&mut browser, index, &format!("p{index}.sort=n")).await;
        assert_eq!(rows.len(), 10, "{read}");
        assert!(
            read.contains("Total of the first 20 rows") && read.contains("the first 20"),
            "{index}: {read}"
        );
    }
    fn repeats(call: &Call) -> Raw {
        let first = Call { query: String::new(), ..call.clone() };
        paged(&first)
    }
    world.api.script(|script| script.by_call = Some(repeats));
    let before = world.api.calls().len();
    let (_, read) = shown(&mut browser, 1, "p1.sort=n").await;
    assert!(read.contains("Total of 10 rows"), "an API without pages: {read}");
    assert!(world.api.calls().len() - before <= 2);
    fn denied(call: &Call) -> Raw {
        if parameter(call, "after").is_some() { Raw::json(403, "{}") } else { paged(call) }
    }
    world.api.script(|script| script.by_call = Some(denied));
    let page = panel(&mut browser, "all", 3, "p3.sort=id").await;
    assert!(!page.body.contains("<tbody>"), "a denied page is not left out: {}", page.body);
}

#[tokio::test]
async fn pg_05_another_order_or_filter_needs_no_further_requests_unless_the_api_forbids_that() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let calls = async |browser: &mut Browser<'_>, query: &str| {
        let before = world.api.calls().len();
        shown(browser, 0, query).await;
        world.api.calls().len() - before
    };
    assert_eq!(calls(&mut browser, "p0.sort=n").await, 4);
    for query in
        ["p0.sort=id", "p0.sort=n&p0.order=desc", "state=odd", "p0.q=row-01", "p0.sort=n&p0.page=3", ""]
    {
        assert_eq!(calls(&mut browser, query).await, 0, "{query}");
    }
    fn unkept(call: &Call) -> Raw {
        paged(call).with("cache-control", "no-store")
    }
    fn confirmed(call: &Call) -> Raw {
        paged(call).with("cache-control", "no-cache")
    }
    for by_call in [unkept as fn(&Call) -> Raw, confirmed] {
        let world = self::world().await;
        world.api.script(|script| script.by_call = Some(by_call));
        let (mut browser, _) = world.signed_in("/account").await;
        for query in ["p0.sort=n", "p0.sort=id"] {
            let before = world.api.calls().len();
            shown(&mut browser, 0, query).await;
            assert_eq!(world.api.calls().len() - before, 4, "{query}");
        }
    }
}

#[tokio::test]
async fn pg_06_a_row_is_found_on_whatever_page_the_api_has_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for index in [0, 2, 3] {
        let query = format!("p{index}.sort=n&p{index}.page=4");
        let page = browser.get(&format!("/boards/all/rows/p{index}?key=row-037&{query}")).await;
        assert_eq!(page.status.as_u16(), 200, "{index}");
        assert!(text(&page.body).contains("row-037"), "{index}: {}", text(&page.body));
        let page = browser.get(&format!("/boards/all/rows/p{index}?key=row-999&{query}")).await;
        assert_eq!(page.status.as_u16(), 404, "{index}");
    }
    let asked = world.api.calls().into_iter().filter(|call| call.path == "/offset").map(|call| call.query);
    let asked: Vec<String> = asked.collect();
    // Four pages, the page of the row, which its page asks for twice, and four pages for the row that is nowhere.
    assert!(asked.len() <= 4 + 2 + 4, "{asked:?}");
}

#[tokio::test]
async fn pg_07_the_search_and_the_headings_of_such_a_table_ask_the_server() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/all").await;
    let (all, one) = (part(&page.body, 0), part(&page.body, 5));
    assert!(all.contains("data-remote") && all.contains("data-sorted-by-api"), "{all}");
    assert!(!one.contains("data-remote") && !one.contains("data-sorted-by-api"), "{one}");
    assert!(text(one).contains("The filter and the sorting apply to this page only."));
    assert!(!text(all).contains("page only"));
}

#[tokio::test]
async fn pg_08_choices_come_from_all_pages_up_to_a_bound() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/choices").await;
    for value in ["row-001", "row-037"] {
        assert_eq!(page.body.matches(&format!("<option value=\"{value}\"")).count(), 2, "{value}");
    }
    assert!(page.body.contains("<option value=\"e999\"") && !page.body.contains("<option value=\"e1000\""));
    assert!(text(&page.body).contains("The first 1,000 choices are shown."));
    let before = world.api.calls().len();
    let page = browser.get("/boards/choices?customer=row-037&agent=row-036&endless=e999").await;
    assert!(text(&page.body).contains("Customer: row-037"), "{}", text(&page.body));
    let calls: Vec<String> = world.api.calls().split_off(before).into_iter().map(|call| call.query).collect();
    assert_eq!(calls, ["customer=row-037&agent=row-036&endless=e999"], "the choices are used again");
    let page = browser.get("/boards/choices?customer=row-099").await;
    assert!(text(&page.body).contains("isn’t valid, so it is ignored"), "{}", text(&page.body));
}
