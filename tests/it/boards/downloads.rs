//! `download` on a column: a file of the API, passed on through the server.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use claimcheck_server::http_server::{self, Door, Limits};
use futures::StreamExt;
use serde_json::json;
use tower::ServiceExt;

use super::{answer, panel, part};
use crate::support::{
    Browser, Heard, Page,
    hostile::{HostileWorld, Raw},
    until,
};

const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
id = "p0"
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
detail = "/orders/{id}"
columns = [
    { key = "id", title = "Order" },
    { key = "invoice", title = "Invoice", download = "/orders/{id}/invoice", types = ["pdf", "image", "txt"], max_size = "40kB" },
    { key = "label", title = "Label", download = "/labels/{shipment}" },
    { key = "city", title = "City" },
]

[[board.panel]]
id = "p1"
title = "Locked"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
scope = "gold:read"
columns = [
    { key = "id", title = "Order" },
    { key = "invoice", title = "Invoice", download = "/orders/{id}/invoice" },
]
"#;
const FILE: &str = "/boards/orders/rows/p0/file?column=invoice&key=7";
const PDF: &str = "%PDF-1.7\nan invoice";

async fn world_with(more: &str) -> HostileWorld {
    let world = HostileWorld::with(&format!("{more}{BOARDS}")).await;
    let order = json!({ "id": 7, "invoice": "INV-7", "label": null, "city": "Bergen", "shipment": "S/1" });
    answer(&world, "/orders", &json!({ "orders": [order, { "id": 8, "invoice": null, "shipment": "S-8" }] }));
    answer(&world, "/orders/7", &json!({ "id": 7, "invoice": "INV-7", "city": "Bergen" }));
    sends(&world, Raw::text(200, "application/pdf", PDF));
    world
}

async fn world() -> HostileWorld {
    world_with("").await
}

/// The response with the invoice from now on.
fn sends(world: &HostileWorld, raw: Raw) {
    world.api.script(|script| script.answers.insert("/orders/7/invoice".into(), raw));
}

fn is_download(page: &Page) -> bool {
    page.status == StatusCode::OK
        && page.header("content-disposition").starts_with("attachment; filename=\"")
        && page.header("x-content-type-options") == "nosniff"
        && page.header("cache-control") == "no-store"
        && page.header("content-security-policy").contains("sandbox")
}

/// What a client got before the connection ended, and whether it ended as complete.
async fn bytes_of(browser: &Browser<'_>, app: &Router, path: &str) -> (StatusCode, HeaderMap, Vec<u8>, bool) {
    let cookies: Vec<_> = browser.at_app.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::builder()
        .uri(path)
        .header("host", "localhost:3000")
        .header("accept", "text/html")
        .header("accept-encoding", "br, gzip")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookies.join("; "));
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::new(browser.address, 4711)));
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let (mut body, mut bytes) = (body.into_data_stream(), Vec::new());
    while let Some(part) = body.next().await {
        match part {
            Ok(part) => bytes.extend_from_slice(&part),
            Err(_) => return (parts.status, parts.headers, bytes, false),
        }
    }
    (parts.status, parts.headers, bytes, true)
}

#[tokio::test]
async fn r35_a_file_of_the_api_is_linked_in_row_and_row_page_and_passed_on() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    let (table, link) = (part(&page.body, 0), FILE.replace('&', "&amp;"));
    let link = format!("href=\"{link}\"");
    assert!(table.contains(&link) && table.contains("INV-7"), "{table}");
    assert_eq!(table.matches("/file?").count(), 1, "no link where there is no value");
    assert!(panel(&mut browser, "orders", 0, "").await.body.contains(&link));
    let row = browser.open("/boards/orders/rows/p0?key=7").await;
    assert!(row.body.contains(&link), "{}", row.body);
    let before = world.api.calls().len();
    let file = browser.get(FILE).await;
    assert!(is_download(&file), "{file:?}");
    assert_eq!((file.header("content-type"), file.body.as_str()), ("application/pdf", PDF));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"Invoice 7.pdf\"");
    assert_eq!(file.header("content-length"), PDF.len().to_string());
    let calls = world.api.calls().split_off(before);
    assert_eq!(
        calls.iter().map(|call| call.path.as_str()).collect::<Vec<_>>(),
        ["/orders/7", "/orders/7/invoice"]
    );
    assert!(calls.iter().all(|call| world.provider.owner(call.token()).is_some()));
    assert!(calls[1].headers.get("cookie").is_none() && calls[1].headers.get("range").is_none());
    for (kind, body, sent) in [
        ("Application/PDF; name=\"evil.html\"", PDF, "application/pdf"),
        ("text/plain; charset=utf-8", "plain", "text/plain"),
        ("text/plain", "", "text/plain"),
    ] {
        sends(&world, Raw::text(200, kind, body).with("content-disposition", "inline; filename=\"x.html\""));
        let file = browser.get(FILE).await;
        assert!(is_download(&file) && file.body == body, "{kind}: {file:?}");
        assert_eq!(file.header("content-type"), sent);
        assert!(!file.header("content-disposition").contains("html"));
    }
}

#[tokio::test]
async fn r35_values_of_the_row_fill_the_path_and_stay_in_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.api.script(|script| script.instead = Some(Raw::text(200, "application/pdf", PDF)));
    let before = world.api.calls().len();
    let file = browser.get("/boards/orders/rows/p0/file?column=label&key=7").await;
    assert!(is_download(&file), "{file:?}");
    let calls = world.api.calls().split_off(before);
    assert_eq!(calls.last().unwrap().path, "/labels/S%2F1", "a member that only the table has");
    let order = json!({ "id": 7, "shipment": ".." });
    answer(&world, "/orders", &json!({ "orders": [order] }));
    assert_eq!(
        browser.get("/boards/orders/rows/p0/file?column=label&key=7").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(world.api.calls().iter().filter(|call| call.path.starts_with("/labels")).count(), 1);
}

#[tokio::test]
async fn r35_what_is_no_allowed_file_is_a_page_with_a_way_back() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let large = "x".repeat(40_001);
    for (raw, status, words) in [
        (Raw::text(200, "text/html", "<html>hello"), 502, "another kind of file"),
        (Raw::text(200, "image/svg+xml", "<svg/>"), 502, "another kind of file"),
        (Raw::text(200, "application/xml", "<a/>"), 502, "another kind of file"),
        (Raw::text(200, "application/pdf", "<html>hello"), 502, "another kind of file"),
        (Raw::text(200, "application/pdf", "\n <!doctype html>%PDF-1.7"), 502, "another kind of file"),
        (Raw::text(200, "image/png", PDF), 502, "another kind of file"),
        (Raw::text(200, "text/plain", "<script>"), 502, "another kind of file"),
        (Raw::text(200, "application/zip", "PK\u{3}\u{4}"), 502, "another kind of file"),
        (Raw::text(200, "application/octet-stream", PDF), 502, "another kind of file"),
        (Raw::text(200, "", PDF), 502, "another kind of file"),
        (Raw::text(200, "text/plain", &large), 502, "larger than this link allows"),
        (Raw::text(404, "application/pdf", PDF), 404, "This file wasn’t found"),
        (Raw::text(204, "", ""), 404, "This file wasn’t found"),
        (Raw::text(403, "application/json", "{}"), 403, "You don’t have access"),
        (Raw::text(500, "application/pdf", PDF), 502, "isn’t responding"),
        (Raw::text(206, "application/pdf", PDF), 502, "isn’t responding"),
        (Raw::redirect(302, "/elsewhere"), 502, "isn’t responding"),
        (Raw::hang_up(), 502, "isn’t responding"),
        (Raw::text(200, "application/pdf", PDF).with("content-encoding", "br"), 502, "isn’t responding"),
    ] {
        sends(&world, raw.clone());
        let page = browser.get(FILE).await;
        assert_eq!(page.status.as_u16(), status, "{raw:?}");
        assert!(page.header("content-disposition").is_empty(), "{raw:?}");
        assert!(page.header("content-type").starts_with("text/html") && page.body.contains("<h1"), "{raw:?}");
        assert!(
            page.body.contains(words) && page.body.contains("href=\"/boards/orders#panel-p0\""),
            "{raw:?}: {}",
            page.body
        );
        assert!(!page.body.contains("hello") && page.header("cache-control") == "no-store");
        let script = browser.fetch(FILE).await;
        assert!(script.status.as_u16() == status && script.header("content-type") == "application/json");
    }
    for path in [
        "/boards/orders/rows/p0/file?column=id&key=7",
        "/boards/orders/rows/p0/file?column=none&key=7",
        "/boards/orders/rows/p0/file?column=invoice",
        "/boards/orders/rows/p0/file?column=invoice&key=9",
        "/boards/orders/rows/p9/file?column=invoice&key=7",
        "/boards/none/rows/p0/file?column=invoice&key=7",
        "/boards/orders/rows/p0/file?column=1&key=7",
        "/boards/orders/rows/p0/file?key=7",
        "/boards/orders/rows/p0/files/1?key=7",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    sends(&world, Raw::text(200, "application/pdf", PDF));
    assert!(is_download(&browser.get(FILE).await));
}

#[tokio::test]
async fn r35_rights_are_those_of_the_panel_and_a_rejected_token_is_replaced_once() {
    let world = world().await;
    let mut nobody = world.browser();
    assert!(
        nobody.get(FILE).await.status.is_redirection()
            && nobody.fetch(FILE).await.status == StatusCode::UNAUTHORIZED
    );
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let locked = browser.get("/boards/orders/rows/p1/file?column=invoice&key=7").await;
    assert_eq!((locked.status, world.api.calls().len()), (StatusCode::FORBIDDEN, before));
    assert!(locked.body.contains("gold:read") && locked.body.contains("Request access"), "{}", locked.body);
    // The row comes with the first token, the file is refused.
    let token = world.provider.issued().last().unwrap().access_token.clone();
    answer(&world, "/orders/7", &json!({ "id": 7 }));
    sends(
        &world,
        Raw::text(401, "text/plain", "").with("www-authenticate", "Bearer error=\"invalid_token\""),
    );
    let issued = world.provider.issued().len();
    let refused = browser.get(FILE).await;
    assert_eq!(
        (refused.status, world.provider.issued().len()),
        (StatusCode::BAD_GATEWAY, issued + 1),
        "once"
    );
    world.api.script(|script| script.refused.insert(token));
    sends(&world, Raw::text(200, "application/pdf", PDF));
    assert!(is_download(&browser.get(FILE).await));
}

#[tokio::test]
async fn r35_a_file_that_breaks_off_or_is_too_large_never_ends_as_complete() {
    let world = world().await;
    let (browser, _) = world.signed_in("/account").await;
    let begin = format!("{PDF}{}", "x".repeat(20_000));
    let mut is_logged = false;
    for raw in [
        Raw::broken_off(&begin),
        Raw::broken_off(&begin).with("content-length", "30000"),
        Raw::endless_of(PDF),
    ] {
        sends(&world, raw.clone().typed("application/pdf"));
        let heard = Heard::begin();
        let (status, headers, bytes, is_complete) = bytes_of(&browser, &world.app, FILE).await;
        assert!(status == StatusCode::OK && !is_complete, "{raw:?} {status}");
        assert!(
            headers.get("content-encoding").is_none() && bytes.len() <= 40_000 && bytes.starts_with(b"%PDF")
        );
        is_logged |= heard.has(&["download broken off"]);
    }
    assert!(is_logged);
    sends(&world, Raw::text(200, "application/pdf", &begin));
    let (_, _, bytes, is_complete) = bytes_of(&browser, &world.app, FILE).await;
    assert!(is_complete && bytes == begin.as_bytes(), "the same without a fault");
}

#[tokio::test]
async fn r35_the_connection_of_a_broken_file_breaks() {
    let world = world().await;
    let (browser, _) = world.signed_in("/account").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{FILE}", listener.local_addr().unwrap());
    let served = tokio::spawn(http_server::serve(
        listener,
        world.app.clone(),
        std::future::pending(),
        Limits::default(),
        Door::direct(world.services.budget.connections.clone()),
    ));
    let cookies: Vec<_> = browser.at_app.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let get = async || {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(&url).header("host", "localhost:3000").header("cookie", cookies.join("; "));
        let answer = request.header("accept", "text/html").send().await.unwrap();
        (answer.status(), answer.bytes().await)
    };
    let begin = format!("{PDF}{}", "x".repeat(20_000));
    for length in ["", "30000"] {
        sends(&world, Raw::broken_off(&begin).typed("application/pdf").with("content-length", length));
        let (status, bytes) = get().await;
        assert!(status == StatusCode::OK && bytes.is_err(), "{length}: {bytes:?}");
    }
    sends(&world, Raw::text(200, "application/pdf", &begin));
    assert_eq!(get().await.1.unwrap(), begin.as_bytes());
    served.abort();
}

#[tokio::test]
async fn r35_a_file_with_a_token_is_cut_before_it_also_across_parts() {
    let world = world_with("[api_headers]\nX-Key = \"0123456789abcdef-key\"\n").await;
    world.provider.script(|script| script.texts.access_token = "a-text-nobody-else-has-".into());
    let (browser, _) = world.signed_in("/account").await;
    let token = world.provider.issued()[0].access_token.clone();
    for secret in ["{echo}", "0123456789abcdef-key"] {
        for lead in [0, 9_000, 20_000] {
            let body = format!("plain text {}{secret} end", "x".repeat(lead));
            sends(&world, Raw::in_parts(&body, 7).typed("text/plain"));
            let (status, _, bytes, is_complete) = bytes_of(&browser, &world.app, FILE).await;
            let text = String::from_utf8(bytes).unwrap();
            assert!(
                !is_complete || status == StatusCode::BAD_GATEWAY,
                "{secret} {lead} {status} {text:.300}"
            );
            assert!(!text.contains(&token[..8]) && !text.contains("0123456"), "{text:.60}");
        }
    }
    let body = format!("plain text {} end", "x".repeat(20_000));
    sends(&world, Raw::in_parts(&body, 7).typed("text/plain"));
    let (_, _, bytes, is_complete) = bytes_of(&browser, &world.app, FILE).await;
    assert!(is_complete && bytes == body.as_bytes());
}

#[tokio::test]
async fn r35_a_sign_out_breaks_running_downloads_off() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let begin = format!("{PDF}{}", "x".repeat(10_000));
    sends(&world, Raw::silent_after(&begin).typed("application/pdf"));
    let mut other = world.browser();
    other.at_app = browser.at_app.clone();
    let begun = std::time::Instant::now();
    let (running, _) = tokio::join!(bytes_of(&other, &world.app, FILE), async {
        until(|| world.api.calls().iter().any(|call| call.path == "/orders/7/invoice")).await;
        // The begin of the response has arrived, too.
        tokio::time::sleep(Duration::from_millis(500)).await;
        browser.post("/auth/sign-out", &[("reach", "only-here")]).await
    });
    assert!(running.0 == StatusCode::OK && !running.3 && running.2.starts_with(b"%PDF"));
    assert!(begun.elapsed() < Duration::from_secs(9), "before the time limit of the silence");
}

#[tokio::test]
async fn r35_downloads_have_their_own_limit_and_a_time_for_each_silence() {
    let world = world_with("api_timeout = \"1s\"\n").await;
    let (browser, _) = world.signed_in("/account").await;
    // A byte every 200 ms for longer than the time limit: only silence counts.
    sends(&world, Raw::drip_of("plain").typed("text/plain").with("content-length", "13"));
    let (status, _, bytes, is_complete) = bytes_of(&browser, &world.app, FILE).await;
    assert!(status == StatusCode::OK && is_complete && bytes.len() == 13, "{status} {bytes:?}");
    let cookies: Vec<_> = browser.at_app.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let begin = format!("{PDF}{}", "x".repeat(10_000));
    sends(&world, Raw::silent_after(&begin).typed("application/pdf"));
    let open = async || {
        let request =
            Request::builder().uri(FILE).header("host", "localhost:3000").header("accept", "text/html");
        let mut request = request.header("cookie", cookies.join("; ")).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::new(browser.address, 4711)));
        world.app.clone().oneshot(request).await.unwrap()
    };
    let (mut running, begun) = (Vec::new(), std::time::Instant::now());
    for _ in 0..6 {
        running.push(open().await);
    }
    assert!(running.iter().all(|answer| answer.status() == StatusCode::OK));
    let busy = open().await;
    assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
    let page = to_bytes(busy.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&page).contains("Too many downloads"));
    drop(running.pop());
    // One that the client has left counts no more.
    while open().await.status() != StatusCode::OK {
        assert!(begun.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let silent = to_bytes(running.pop().unwrap().into_body(), usize::MAX).await;
    assert!(silent.is_err(), "silence ends it");
}
