//! `/boards/{board}/csv/{panel}`: the format of the user's locale, and the rows of all pages.

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode},
};
use futures::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{answer, part};
use crate::support::{
    Browser, Heard, Page,
    hostile::{HostileWorld, Raw},
};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.filter]]
key = "on"
title = "On"
kind = "date"
member = "day"

[[board.panel]]
id = "p0"
title = "Pages"
kind = "table"
get = "/pages"
rows = "$.rows[*]"
total = "$.total"
page = { size = 2, cursor = "after", next = "$.next" }
csv_rows = 5
columns = [
    { key = "id", title = "Id" },
    { key = "amount", title = "Amount", kind = "number" },
    { key = "note", title = "Note" },
    { key = "day", title = "Day", kind = "date" },
]

[[board.panel]]
id = "p1"
title = "One page"
kind = "table"
get = "/one"
rows = "$[*]"
"#;
const ALL: &str = "/boards/orders/csv/p0?rows=all";

fn row(id: u32) -> Value {
    json!({ "id": id, "amount": format!("{id}.50"), "note": "a;=1", "day": "2026-03-02" })
}

/// A chain of pages at `/pages`, by their cursors; every page is the same, because the script knows paths only.
async fn world(page: Value) -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    answer(&world, "/pages", &page);
    world
}

async fn get_in(browser: &mut Browser<'_>, path: &str, language: &str) -> Page {
    browser.send(Method::GET, path, &[("accept-language", language)], None).await
}

#[tokio::test]
async fn r18_separator_and_decimal_mark_are_those_of_the_users_locale_or_choice() {
    let world = world(json!({ "rows": [row(1)] })).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let comma = "\u{feff}\"Id\",\"Amount\",\"Note\",\"Day\"\r\n\"1\",\"1.50\",\"a;'=1\",\"2026-03-02\"\r\n";
    let semicolon =
        "\u{feff}\"Id\";\"Amount\";\"Note\";\"Day\"\r\n\"1\";\"1,50\";\"a;'=1\";\"2026-03-02\"\r\n";
    for (language, query, expected) in [
        ("de-DE", "", semicolon),
        ("fr-FR", "", semicolon),
        ("nb", "", semicolon),
        ("de-CH", "", comma),
        ("en-GB", "", comma),
        ("en-US,de;q=0.5", "", comma),
        ("ja", "", comma),
        ("de-DE", "separator=comma", comma),
        ("en-GB", "separator=semicolon", semicolon),
        ("en-GB", "separator=%3D", comma),
    ] {
        let page = get_in(&mut browser, &format!("/boards/orders/csv/p0?{query}"), language).await;
        assert_eq!(page.body, expected, "{language} {query}");
    }
}

#[tokio::test]
async fn r18_all_rows_are_linked_where_there_are_more_than_the_page_shows() {
    let world = world(json!({ "rows": [row(1), row(2)], "next": "b", "total": 4 })).await;
    let (mut browser, page) = world.signed_in("/boards/orders?p0.q=x").await;
    let [paged, single] = [0, 1].map(|panel| part(&page.body, panel).to_owned());
    assert!(paged.contains("csv/p0?p0.q=x&amp;rows=all") && paged.contains("CSV, all rows"), "{paged}");
    answer(&world, "/one", &json!([{ "a": 1 }]));
    assert!(!single.contains("rows=all"));
    let german = get_in(&mut browser, "/boards/orders", "de").await;
    assert!(german.body.contains("CSV, alle Zeilen"));
    let one = browser.get("/boards/orders/csv/p1?rows=all").await;
    assert_eq!(one.body, "\u{feff}\"A\"\r\n\"1\"\r\n");
    assert_eq!(one.header("content-disposition"), "attachment; filename=\"orders-p1-all.csv\"");
    let many: Vec<Value> = (0..2500).map(|a| json!({ "a": a })).collect();
    answer(&world, "/one", &json!(many));
    assert!(browser.open("/boards/orders").await.body.contains("csv/p1?rows=all"), "cut by the table");
    assert_eq!(browser.get("/boards/orders/csv/p1?rows=all").await.body.lines().count(), 2501);
    assert_eq!(browser.get("/boards/orders/csv/p1").await.body.lines().count(), 2001);
}

/// A stream read part by part; what arrives while the pages change.
struct Stream {
    status: StatusCode,
    name: String,
    body: axum::body::BodyDataStream,
}

impl Stream {
    async fn open(browser: &Browser<'_>, world: &HostileWorld, path: &str) -> Self {
        let cookies: Vec<_> = browser.at_app.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            Request::builder().uri(path).header("host", "localhost:3000").header("accept", "text/html");
        let mut request = request.header("cookie", cookies.join("; ")).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::new(browser.address, 4711)));
        let (parts, body) = world.app.clone().oneshot(request).await.unwrap().into_parts();
        let name =
            parts.headers.get("content-disposition").map_or("", |value| value.to_str().unwrap()).to_owned();
        Self { status: parts.status, name, body: body.into_data_stream() }
    }

    /// The next part; `None` at the end, `Err` if it breaks.
    async fn next(&mut self) -> Option<Result<String, ()>> {
        let part = self.body.next().await?;
        Some(part.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).map_err(drop))
    }
}

#[tokio::test]
async fn r18_all_pages_are_one_file_page_by_page() {
    let world = world(json!({ "rows": [row(1), row(2)], "next": "b", "total": 3 })).await;
    let (browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let mut file = Stream::open(&browser, &world, ALL).await;
    assert_eq!(
        (file.status, file.name.as_str()),
        (StatusCode::OK, "attachment; filename=\"orders-p0-all.csv\"")
    );
    assert!(file.next().await.unwrap().unwrap().starts_with("\u{feff}\"Id\""));
    assert_eq!(
        world.api.calls().len(),
        before + 1,
        "the next page is not requested before the client takes it"
    );
    answer(&world, "/pages", &json!({ "rows": [row(3)] }));
    assert_eq!(file.next().await.unwrap().unwrap().lines().count(), 2);
    assert!(file.next().await.unwrap().unwrap().starts_with("\"3\",\"3.50\""));
    assert_eq!(file.next().await, None);
    let calls = world.api.calls().split_off(before);
    assert_eq!(calls.iter().map(|call| call.query.as_str()).collect::<Vec<_>>(), ["", "after=b"]);
    // A client that goes away ends the requests.
    answer(&world, "/pages", &json!({ "rows": [row(1), row(2)], "next": "b" }));
    let before = world.api.calls().len();
    let mut file = Stream::open(&browser, &world, ALL).await;
    file.next().await;
    drop(file);
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(world.api.calls().len(), before + 1);
}

#[tokio::test]
async fn r18_a_file_that_was_cut_says_so_in_its_name_and_at_its_end() {
    let world = world(json!({ "rows": [row(1), row(2)], "next": "b", "total": 9 })).await;
    let (browser, _) = world.signed_in("/account").await;
    for total in [true, false] {
        let page = |next: &str| {
            let mut page = json!({ "rows": [row(1), row(2)], "next": next });
            if total {
                page["total"] = json!(9);
            }
            page
        };
        answer(&world, "/pages", &page("b"));
        let mut file = Stream::open(&browser, &world, ALL).await;
        let bound = if total { "orders-p0-first-5-rows.csv" } else { "orders-p0-at-most-5-rows.csv" };
        assert!(file.name.contains(bound), "{}", file.name);
        // How many rows a filter selects is not known.
        let selected = Stream::open(&browser, &world, &format!("{ALL}&on=2026-03-02")).await;
        assert!(selected.name.contains("orders-p0-at-most-5-rows.csv"), "{}", selected.name);
        let mut all = String::new();
        for next in ["b", "c", "d", "e"] {
            answer(&world, "/pages", &page(next));
            let Some(part) = file.next().await else { break };
            all.push_str(&part.unwrap());
        }
        assert_eq!(file.next().await, None);
        let lines: Vec<&str> = all.lines().collect();
        assert_eq!(lines.len(), 1 + 5 + 1, "{all}");
        assert_eq!(lines[6], "\"This file is not complete: it ends after 5 rows, the limit of this table.\"");
    }
}

#[tokio::test]
async fn r18_a_failure_in_the_middle_never_ends_as_complete() {
    let first = json!({ "rows": [row(1), row(2)], "next": "b" });
    let world = world(first.clone()).await;
    let (browser, _) = world.signed_in("/account").await;
    let mut is_logged = false;
    for raw in [
        Raw::json(500, "{}"),
        Raw::json(200, "{\"rows\":[{"),
        Raw::json(403, "{}"),
        Raw::json(404, "{}"),
        Raw::hang_up(),
        Raw::json(200, "{\"rows\":[7]}"),
        // The same cursor again.
        Raw::json(200, &first.to_string()),
    ] {
        answer(&world, "/pages", &first);
        let heard = Heard::begin();
        let mut file = Stream::open(&browser, &world, ALL).await;
        assert!(file.status == StatusCode::OK && file.next().await.unwrap().is_ok());
        world.api.script(|script| script.answers.insert("/pages".into(), raw.clone()));
        let mut last = file.next().await;
        while let Some(Ok(_)) = last {
            last = file.next().await;
        }
        assert_eq!(last, Some(Err(())), "{raw:?}");
        is_logged |= heard.has(&["export broken off"]);
    }
    assert!(is_logged);
    // Before the first byte, it is a page.
    world.api.script(|script| script.answers.insert("/pages".into(), Raw::json(500, "{}")));
    let file = Stream::open(&browser, &world, ALL).await;
    assert!(file.status == StatusCode::BAD_GATEWAY && file.name.is_empty());
}

#[tokio::test]
async fn r18_exports_have_their_own_limit() {
    let world = world(json!({ "rows": [row(1), row(2)], "next": "b" })).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let running = [Stream::open(&browser, &world, ALL).await, Stream::open(&browser, &world, ALL).await];
    assert!(running.iter().all(|file| file.status == StatusCode::OK));
    assert_eq!(browser.get(ALL).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/boards/orders/csv/p0").await.status, StatusCode::OK, "a page is no export");
    drop(running);
    assert_eq!(Stream::open(&browser, &world, ALL).await.status, StatusCode::OK);
}
