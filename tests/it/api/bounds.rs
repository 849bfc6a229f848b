//! Responses of an API are limited in size, time and depth, are JSON or unused, and are shown as text (AC-11). Every
//! refused response is next to a similar one that is shown.

use std::time::{Duration, Instant};

use crate::{
    api::{BOARD, PANEL, answer, counts, is_data, is_failing, world},
    support::hostile::{At, Raw},
};

/// One row, and padding that no column shows.
fn padded(bytes: usize) -> Vec<u8> {
    let mut body = br#"{"orders":[{"id":"ORD-7","note":"shown"}],"pad":""#.to_vec();
    body.resize(body.len() + bytes, b'a');
    body.extend(b"\"}");
    body
}

fn nested(depth: usize) -> Vec<u8> {
    let (open, close) = ("[".repeat(depth), "]".repeat(depth));
    format!("{{\"orders\":[{{\"id\":\"ORD-7\",\"note\":\"shown\"}}],\"deep\":{open}{close}}}").into_bytes()
}

#[tokio::test]
async fn ac_11_op_02_an_answer_of_any_size_is_bounded_compressed_or_not() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let bomb = Raw::gzip(&padded(32 << 20));
    assert!(bomb.size() < 100 << 10, "small as it is sent: {}", bomb.size());
    for raw in [Raw::bytes(padded(20 << 20)), bomb, Raw::endless()] {
        answer(&world, raw);
        let start = Instant::now();
        let page = browser.fetch(PANEL).await;
        assert!(page.body.contains("isn’t responding") && !page.body.contains("shown"));
        assert!(start.elapsed() < Duration::from_secs(8), "not by its timeout: {:?}", start.elapsed());
    }
    for raw in [Raw::bytes(padded(1 << 20)), Raw::gzip(&padded(1 << 20))] {
        answer(&world, raw);
        assert!(browser.fetch(PANEL).await.body.contains("shown"));
    }
    assert_eq!(counts(&world), (5, 0));
}

#[tokio::test]
async fn ac_11_op_01_an_answer_that_drips_ends_and_the_page_does_not_wait_for_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    answer(&world, Raw::drip());
    browser.waits_for_panels = false;
    let start = Instant::now();
    let page = browser.get(BOARD).await;
    assert!(page.status.is_success() && page.body.contains("Still loading"));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    let page = browser.fetch(PANEL).await;
    assert!(page.body.contains("isn’t responding") && start.elapsed() < Duration::from_secs(30));
    assert_eq!(counts(&world), (1, 0), "a timeout is not repeated");
    answer(&world, None);
    assert!(is_data(&browser.get(BOARD).await));
}

#[tokio::test]
async fn ac_11_json_is_json_by_its_type_and_nothing_else_is() {
    const ROWS: &str = r#"{"orders":[{"id":"ORD-7","note":"shown"}]}"#;
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json ;charset=\"UTF-8\"",
        "Application/JSON",
        "application/vnd.orders.v2+json",
        "application/hal+json; profile=\"x\"",
    ] {
        answer(&world, Raw::text(200, kind, ROWS));
        assert!(browser.get(BOARD).await.body.contains("shown"), "{kind}");
    }
    for kind in [
        "text/html",
        "text/html; charset=utf-8",
        "text/plain",
        "text/json",
        "application/javascript",
        "application/jsonp",
        "application/json-seq",
        "application/octet-stream",
        "image/svg+json",
        "json",
        "",
    ] {
        answer(&world, Raw::text(200, "", ROWS).with("content-type", kind));
        let page = browser.get(BOARD).await;
        assert!(is_failing(&page) && !page.body.contains(">shown"), "{kind}");
    }
    for body in ["<h1>shown</h1>", "{\"orders\":[{\"id\":\"shown\"}]", "\"shown\"x"] {
        answer(&world, Raw::json(200, body));
        let page = browser.get(BOARD).await;
        assert!(is_failing(&page) && !page.body.contains(">shown"), "{body}");
    }
    answer(&world, Raw::bytes(b"{\"orders\":[{\"id\":\"\xff\xfe\"}]}".as_slice()));
    assert!(is_failing(&browser.get(BOARD).await), "not UTF-8");
}

#[tokio::test]
async fn ac_11_json_of_any_depth_overflows_no_stack() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let in_rows = format!("{{\"orders\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = "{\"orders\":".repeat(100_000);
    for body in
        [nested(100_000), in_rows.into_bytes(), objects.into_bytes(), "[".repeat(100_000).into_bytes()]
    {
        answer(&world, Raw::bytes(body));
        assert!(is_failing(&browser.get(BOARD).await));
    }
    answer(&world, Raw::bytes(nested(100)));
    assert!(browser.get(BOARD).await.body.contains("shown"));
}

#[tokio::test]
async fn ac_11_values_are_text_whatever_is_in_them() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let hostile = "<script>alert(1)</script>\\\"' onload=x <img src=x onerror=y> {{7*7}} javascript:z";
    let row =
        format!("{{\"orders\":[{{\"id\":\"{hostile}\",\"<i>name</i>\":\"</td></table><h1>out</h1>\"}}]}}");
    answer(&world, Raw::json(200, &row));
    for path in [BOARD, PANEL] {
        let page = browser.get(path).await;
        assert!(is_data(&page), "{path}");
        for markup in ["<script>alert", "<img src=x", "<i>name", "<h1>out"] {
            assert!(!page.body.contains(markup), "{path}: {markup}");
        }
        for text in ["&lt;script&gt;alert(1)", "&lt;img src=x", "&lt;h1&gt;out"] {
            assert!(page.body.contains(text), "{path}: {text}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn ac_09_more_headers_than_any_client_takes_are_no_answer_and_end_no_session() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let many = |count| (0..count).fold(Raw::json(403, "{}"), |raw, _| raw.with("www-authenticate", "Bearer"));
    answer(&world, many(500));
    assert!(is_failing(&browser.fetch(PANEL).await));
    answer(&world, many(50));
    assert!(browser.fetch(PANEL).await.body.contains("have access to this"));
    answer(&world, None);
    assert!(is_data(&browser.get(BOARD).await));
    assert_eq!(world.provider.count(At::Refresh), 0);
}
