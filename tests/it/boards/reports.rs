//! Answers that an API prepares: 202, a job with its own address, `pending`, and files.

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use futures::future::join_all;
use serde_json::json;

use super::{panel, text};
use crate::support::{
    Browser, Heard,
    hostile::{HostileWorld, Listener, Raw},
};

const BOARDS: &str = r#"
api_timeout = "3s"
store = "sqlite:FOLDER/sessions.db"

[[board]]
id = "same"
title = "The same request"

[[board.panel]]
id = "p0"
title = "Report"
kind = "table"
get = "/report"
rows = "$.rows[*]"
columns = [{ key = "a", title = "A" }]

[[board]]
id = "job"
title = "A job"

[[board.panel]]
id = "p0"
title = "Report"
kind = "table"
post = "/reports"
body = { year = "2026" }
job = { get = "/jobs/{id}", done = "status = ready", failed = "status in failed, cancelled", result = "/reports/{report.id}", every = 1, at_most = 10 }
rows = "$.rows[*]"
columns = [{ key = "a", title = "A" }]

[[board]]
id = "pending"
title = "Pending"

[[board.panel]]
id = "p0"
title = "Total"
kind = "stat"
get = "/total"
value = "$.total"
job = { item = "$.state", done = "is = done", every = 1 }

[[board]]
id = "files"
title = "Files"

[[board.panel]]
id = "p0"
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [
    { key = "id", title = "Order" },
    { key = "invoice", title = "Invoice", download = "/orders/{id}/invoice", types = ["txt"] },
    { key = "label", title = "Label", download = "/orders/{id}/label", types = ["txt"], job = { get = "/jobs/{job}", done = "status = ready", every = 1 } },
]
"#;
const ROWS: &str = r#"{"rows":[{"a":"first"}]}"#;
const PREPARING: &str = "The API is preparing this";

async fn world() -> HostileWorld {
    HostileWorld::with(BOARDS).await
}

/// The response at a path from now on.
fn at(world: &HostileWorld, path: &str, raw: Raw) {
    world.api.script(|script| script.answers.insert(path.to_owned(), raw));
}

fn accepted(body: &str) -> Raw {
    Raw::json(202, body)
}

/// The calls of this method to a path so far.
fn calls(world: &HostileWorld, method: &Method, path: &str) -> usize {
    world.api.calls().iter().filter(|call| call.method == *method && call.path == path).count()
}

async fn shown(browser: &mut Browser<'_>, board: &str) -> String {
    panel(browser, board, 0, "").await.body
}

/// The same once the API has prepared it, which takes several requests on a busy machine.
async fn prepared(browser: &mut Browser<'_>, board: &str) -> String {
    let mut body = shown(browser, board).await;
    for _ in 0..10 {
        if body.starts_with(PREPARING) {
            body = shown(browser, board).await;
        }
    }
    body
}

#[tokio::test]
async fn jb_01_a_202_is_no_error_and_the_same_request_is_sent_again_when_the_api_says() {
    let world = world().await;
    at(&world, "/report", accepted("").with("retry-after", "1"));
    let (mut browser, _) = world.signed_in("/account").await;
    browser.waits_for_panels = false;
    let page = browser.open("/boards/same").await;
    assert!(page.body.contains(PREPARING) && page.body.contains(">Check now</a>"), "{}", page.body);
    assert!(page.body.contains(" data-waiting"), "its script waits for it");
    let begun = Instant::now();
    let tabs = (0..8).map(|_| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        async move { shown(&mut tab, "same").await }
    });
    for body in join_all(tabs).await {
        assert!(body.starts_with(PREPARING), "what is shown stays: {body}");
    }
    let most = 2 + usize::try_from(begun.elapsed().as_secs()).unwrap();
    let asked = calls(&world, &Method::GET, "/report");
    assert!((2..=most).contains(&asked), "{asked} requests in {:?}", begun.elapsed());
    for raw in [Raw::json(200, ROWS), Raw::json(200, r#"{"rows":[]}"#)] {
        at(&world, "/report", raw);
        let body = shown(&mut browser, "same").await;
        assert!(body.starts_with('\n') && (body.contains("first") || body.contains("0 rows")), "{body}");
    }
}

#[tokio::test]
async fn jb_02_a_location_is_followed_below_the_base_of_the_api_only() {
    let world = world().await;
    let evil = Listener::bind().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (to, is_own) in [
        ("/jobs/1", true),
        ("jobs/1", true),
        (&*format!("{}/jobs/1", world.api.origin()), true),
        (&*format!("{}/jobs/1", evil.origin()), false),
        ("//169.254.169.254/jobs/1", false),
        (&*format!("{}/jobs/1", world.api.origin().replace("http:", "https:")), false),
    ] {
        let before = calls(&world, &Method::GET, "/jobs/1");
        at(&world, "/report", accepted("").with("location", to).with("retry-after", "1"));
        at(&world, "/jobs/1", Raw::json(200, ROWS));
        let body = match is_own {
            true => prepared(&mut browser, "same").await,
            false => shown(&mut browser, "same").await,
        };
        let asked = calls(&world, &Method::GET, "/jobs/1") - before;
        assert_eq!((body.contains("first"), asked > 0), (is_own, is_own), "{to}: {body}");
        // The finished report is not read again.
        world.advance(61);
        at(&world, "/report", Raw::json(200, ROWS));
        let mut body = String::new();
        for _ in 0..2 {
            body = shown(&mut browser, "same").await;
        }
        assert!(body.contains("first"), "{to}: {body}");
    }
    assert_eq!(evil.hits(), 0);
    // A job that redirects to its result, which is elsewhere or not.
    at(&world, "/report", accepted("").with("location", "/jobs/2"));
    at(&world, "/jobs/2", Raw::redirect(303, "/results/2"));
    at(&world, "/results/2", Raw::json(200, r#"{"rows":[{"a":"row-two"}]}"#));
    let body = prepared(&mut browser, "same").await;
    assert!(body.contains("row-two"), "{body}");
    world.advance(61);
    at(&world, "/jobs/2", Raw::redirect(303, "https://elsewhere.example/results/2"));
    let body = prepared(&mut browser, "same").await;
    assert!(!body.contains("row-two") && body.contains("redirects"), "{body}");
    // A result that redirects in a circle is requested once.
    world.advance(61);
    at(&world, "/report", accepted("").with("location", "/jobs/3"));
    at(&world, "/jobs/3", Raw::redirect(303, "/results/3"));
    at(&world, "/results/3", Raw::redirect(302, "/results/3"));
    let body = prepared(&mut browser, "same").await;
    assert!(body.contains("redirects"), "{body}");
    assert_eq!(calls(&world, &Method::GET, "/results/3"), 1);
}

#[tokio::test]
async fn jb_03_a_job_is_started_once_asked_at_its_pace_and_its_result_is_shown() {
    let world = world().await;
    at(&world, "/reports", accepted(r#"{"id":7,"status":"queued"}"#));
    at(&world, "/jobs/7", Raw::json(200, r#"{"status":"running","progress":10}"#));
    at(&world, "/reports/r1", Raw::json(200, r#"{"status":"archived","rows":[{"a":"first"}]}"#));
    let (mut browser, _) = world.signed_in("/account").await;
    let begun = Instant::now();
    let tabs = (0..6).map(|_| {
        let mut tab = world.browser();
        tab.at_app.clone_from(&browser.at_app);
        async move { shown(&mut tab, "job").await }
    });
    for body in join_all(tabs).await {
        assert!(body.starts_with(PREPARING), "{body}");
    }
    let most = 1 + usize::try_from(begun.elapsed().as_secs()).unwrap();
    let asked = calls(&world, &Method::GET, "/jobs/7");
    assert!((1..=most).contains(&asked), "{asked} requests in {:?}", begun.elapsed());
    // A fault in between does not end it.
    at(&world, "/jobs/7", Raw::json(503, ""));
    assert!(shown(&mut browser, "job").await.starts_with(PREPARING));
    at(&world, "/jobs/7", Raw::json(200, r#"{"status":"ready","report":{"id":"r1"}}"#));
    for _ in 0..2 {
        let body = shown(&mut browser, "job").await;
        assert!(body.contains("first"), "{body}");
    }
    assert_eq!(calls(&world, &Method::POST, "/reports"), 1, "one report for all of them");
    world.advance(61);
    assert!(shown(&mut browser, "job").await.contains("first"));
    assert_eq!(calls(&world, &Method::POST, "/reports"), 2, "another visit, another report");
    // A report that is there at once.
    world.advance(61);
    at(&world, "/reports", Raw::json(200, r#"{"rows":[{"a":"at once"}]}"#));
    assert!(shown(&mut browser, "job").await.contains("at once"));
}

#[tokio::test]
async fn jb_03_an_answer_that_is_pending_is_asked_for_again() {
    let world = world().await;
    at(&world, "/total", Raw::json(200, r#"{"state":{"is":"pending"},"total":null}"#));
    let (mut browser, _) = world.signed_in("/account").await;
    let body = shown(&mut browser, "pending").await;
    assert!(body.starts_with(PREPARING), "{body}");
    at(&world, "/total", Raw::json(200, r#"{"state":{"is":"done"},"total":4711}"#));
    let body = shown(&mut browser, "pending").await;
    assert!(body.starts_with('\n') && body.contains("4,711"), "{body}");
    at(&world, "/total", Raw::json(200, r#"{"total":12}"#));
    assert!(shown(&mut browser, "pending").await.contains("12"), "it says nothing about a state");
}

#[tokio::test]
async fn jb_04_another_process_asks_for_the_same_report() {
    let mut world = world().await;
    at(&world, "/reports", accepted(r#"{"id":7,"status":"queued"}"#));
    at(&world, "/jobs/7", Raw::json(200, r#"{"status":"running"}"#));
    at(&world, "/reports/r1", Raw::json(200, ROWS));
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(shown(&mut browser, "job").await.starts_with(PREPARING));
    let cookies = browser.at_app.clone();
    world.restart().await;
    let mut browser = world.browser();
    browser.at_app = cookies;
    at(&world, "/jobs/7", Raw::json(200, r#"{"status":"ready","report":{"id":"r1"}}"#));
    let body = shown(&mut browser, "job").await;
    assert!(body.contains("first"), "{body}");
    assert_eq!(calls(&world, &Method::POST, "/reports"), 1);
}

#[tokio::test]
async fn jb_05_a_failed_job_is_told_in_the_apis_words_and_not_started_again_at_once() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    at(&world, "/reports", accepted(r#"{"id":7,"status":"queued"}"#));
    let failed = Raw::json(200, r#"{"status":"failed","message":"No data for <b>2026</b>"}"#);
    for (raw, words) in [
        (failed, "No data for &lt;b&gt;2026&lt;/b&gt;"),
        (Raw::json(404, r#"{"detail":"Unknown job"}"#), "Unknown job"),
        (Raw::json(200, "[1, 2"), "JSON"),
    ] {
        at(&world, "/jobs/7", raw);
        let before = calls(&world, &Method::POST, "/reports");
        for _ in 0..3 {
            let body = shown(&mut browser, "job").await;
            assert!(!body.starts_with('\n') && body.contains(words), "{words}: {body}");
        }
        assert_eq!(calls(&world, &Method::POST, "/reports"), before + 1, "{words}");
        world.advance(61);
    }
    // An answer without the member that the address needs.
    at(&world, "/reports", accepted(r#"{"job":7,"status":"queued"}"#));
    let heard = Heard::begin();
    let body = shown(&mut browser, "job").await;
    assert!(body.starts_with("The API couldn’t prepare this"), "{body}");
    assert!(heard.has(&["job without an address"]));
}

#[tokio::test]
async fn jb_06_a_job_that_takes_too_long_is_given_up_and_not_started_twice() {
    let world = world().await;
    at(&world, "/reports", accepted(r#"{"id":7,"status":"queued"}"#));
    at(&world, "/jobs/7", Raw::json(200, r#"{"status":"running"}"#));
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(shown(&mut browser, "job").await.starts_with(PREPARING));
    world.advance(11);
    let body = shown(&mut browser, "job").await;
    assert!(body.starts_with("The API hasn’t finished") && text(&body).contains("Try again"), "{body}");
    let asked = calls(&world, &Method::GET, "/jobs/7");
    assert!(shown(&mut browser, "job").await.starts_with("The API hasn’t finished"));
    assert_eq!(calls(&world, &Method::GET, "/jobs/7"), asked, "not asked again at once");
    assert_eq!(calls(&world, &Method::POST, "/reports"), 1);
    // After an hour it is forgotten.
    world.advance(3600);
    at(&world, "/jobs/7", Raw::json(200, r#"{"status":"ready","report":{"id":"r1"}}"#));
    at(&world, "/reports/r1", Raw::json(200, ROWS));
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(shown(&mut browser, "job").await.contains("first"));
    assert_eq!(calls(&world, &Method::POST, "/reports"), 2);
}

#[tokio::test]
async fn jb_07_a_file_that_is_prepared_has_a_page_that_asks_again_and_then_the_file() {
    let world = world().await;
    let order = json!({ "id": 7, "invoice": "INV-7", "label": "L-7" });
    at(&world, "/orders", Raw::json(200, &json!({ "orders": [order] }).to_string()));
    let (mut browser, _) = world.signed_in("/account").await;
    let file = |column: &str| format!("/boards/files/rows/p0/file?column={column}&key=7");
    at(&world, "/orders/7/invoice", accepted("").with("location", "/jobs/1"));
    at(&world, "/jobs/1", accepted(""));
    for _ in 0..3 {
        let page = browser.get(&file("invoice")).await;
        assert_eq!(page.status, StatusCode::ACCEPTED, "{}", page.body);
        assert!(!page.header("refresh").is_empty() && page.body.contains(">Check now</a>"), "{page:?}");
    }
    assert_eq!(calls(&world, &Method::GET, "/orders/7/invoice"), 1, "it is not started twice");
    tokio::time::sleep(Duration::from_secs(2)).await;
    at(&world, "/jobs/1", Raw::text(200, "text/plain", "an invoice"));
    let page = browser.get(&file("invoice")).await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, "an invoice"));
    assert!(page.header("content-disposition").starts_with("attachment"));
    // With a job that says when the file is at its own address.
    at(&world, "/orders/7/label", accepted(r#"{"job":2}"#));
    at(&world, "/jobs/2", Raw::json(200, r#"{"status":"running"}"#));
    assert_eq!(browser.get(&file("label")).await.status, StatusCode::ACCEPTED);
    tokio::time::sleep(Duration::from_secs(1)).await;
    at(&world, "/jobs/2", Raw::json(200, r#"{"status":"ready"}"#));
    at(&world, "/orders/7/label", Raw::text(200, "text/plain", "a label"));
    let page = browser.get(&file("label")).await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, "a label"));
}
