//! Pages whose next one is a URL or a header, and APIs that return fewer rows than they were asked for.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{panel, text};
use crate::support::{
    Browser, Heard,
    hostile::{Call, HostileWorld, Raw},
};

const BOARDS: &str = r#"
[[board]]
id = "pages"
title = "Pages"

[[board.panel]]
id = "p0"
title = "Link"
kind = "table"
get = "/orders?state=open"
rows = "$.rows[*]"
search = "q"
page = { size = 2, limit = "limit", next = "$.next" }

[[board.panel]]
id = "p1"
title = "Cursor"
kind = "table"
get = "/orders?state=open"
rows = "$.rows[*]"
page = { size = 2, limit = "limit", cursor = "cursor", next = "$.next" }

[[board.panel]]
id = "p2"
title = "Header"
kind = "table"
get = "/orders"
rows = "$.rows[*]"
total_header = "X-Total-Count"
page = { size = 2, limit = "limit", next_header = "Link" }

[[board.panel]]
id = "p3"
title = "Offset"
kind = "table"
get = "/orders"
rows = "$.rows[*]"
total = "$.total"
page = { size = 4, limit = "limit", offset = "offset" }

[[board.panel]]
id = "p4"
title = "Offset without a total"
kind = "table"
get = "/by-offset"
rows = "$.rows[*]"
page = { size = 4, limit = "limit", offset = "offset" }

[[board.panel]]
id = "p5"
title = "Number without a total"
kind = "table"
get = "/by-number"
rows = "$.rows[*]"
page = { size = 4, page = "page" }
"#;

async fn world() -> HostileWorld {
    HostileWorld::with(BOARDS).await
}

fn answers(world: &HostileWorld, body: &Value) -> Raw {
    Raw::json(200, &body.to_string().replace("API", world.api.origin()))
}

/// The name of the next page of a panel; `None` if there is none.
async fn next(browser: &mut Browser<'_>, index: usize, query: &str) -> (Option<String>, String) {
    let page = panel(browser, "pages", index, query).await;
    assert!(page.body.contains("<tbody>"), "{}", page.body);
    let pages: Vec<_> =
        page.body.split("data-page=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let last = pages.last().filter(|page| !page.is_empty()).map(|page| page.replace("&amp;", "&"));
    (last, text(&page.body))
}

fn encoded(page: &str) -> String {
    url::form_urlencoded::byte_serialize(page.as_bytes()).collect()
}

#[tokio::test]
async fn r11_a_url_below_the_base_is_taken_apart_and_any_other_ends_the_paging_visibly() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let long = format!("API/orders?cursor={}", "x".repeat(3000));
    for (link, taken) in [
        ("API/orders?cursor=abc", Some("cursor=abc")),
        ("/orders?cursor=abc", Some("cursor=abc")),
        ("?cursor=abc", Some("cursor=abc")),
        ("API/other/path?cursor=abc&state=all&limit=9&q=x", Some("cursor=abc")),
        ("API/orders?cursor=a%26b%3Dc", Some("cursor=a%26b%3Dc")),
        ("https://evil.example/orders?cursor=abc", None),
        ("//evil.example/orders?cursor=abc", None),
        ("https://user:pass@evil.example/?cursor=abc", None),
        ("javascript:alert(1)", None),
        ("API/orders?state=all", None),
        (&long, None),
    ] {
        let raw = answers(&world, &json!({ "rows": [{ "a": 1 }], "next": link }));
        world.api.script(|script| script.instead = Some(raw));
        for index in [0, 1] {
            if index == 1 && link.starts_with("javascript:") {
                // For an API that takes cursors, this is one.
                continue;
            }
            let heard = Heard::begin();
            let (page, shown) = next(&mut browser, index, "").await;
            assert_eq!(page.is_some(), taken.is_some(), "{index} {link}: {page:?}");
            assert_eq!(
                shown.contains("link to the next page can’t be used"),
                taken.is_none(),
                "{link}: {shown}"
            );
            assert_eq!(heard.has(&["no next page"]), taken.is_none(), "{link}");
            let Some((page, taken)) = page.zip(taken) else { continue };
            panel(&mut browser, "pages", index, &format!("p{index}.page={}", encoded(&page))).await;
            let call = world.api.calls().pop().unwrap();
            assert_eq!(
                (call.path.as_str(), call.query),
                ("/orders", format!("state=open&limit=2&{taken}")),
                "{link}"
            );
        }
    }
    let raw = answers(&world, &json!({ "rows": [{ "a": 1 }], "next": null }));
    world.api.script(|script| script.instead = Some(raw));
    let (page, shown) = next(&mut browser, 0, "").await;
    assert!(page.is_none() && !shown.contains("next page can’t"), "the last page: {shown}");
}

#[tokio::test]
async fn r11_a_browser_cannot_choose_the_parameters_of_a_page() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let raw = answers(&world, &json!({ "rows": [{ "a": 1 }], "next": "API/orders?cursor=abc" }));
    world.api.script(|script| script.instead = Some(raw));
    let (page, _) = next(&mut browser, 0, "").await;
    let page = page.unwrap();
    let mut forged = page.clone();
    forged.replace_range(forged.len() - 4.., "AAAA");
    for strange in ["cursor=abc", "admin=1", "", &forged, &page[1..]] {
        panel(&mut browser, "pages", 0, &format!("p0.page={}", encoded(strange))).await;
        assert_eq!(world.api.calls().pop().unwrap().query, "state=open&limit=2", "{strange}");
    }
    panel(&mut browser, "pages", 2, &format!("p2.page={}", encoded(&page))).await;
    assert_eq!(world.api.calls().pop().unwrap().query, "limit=2", "the page of another panel");
}

#[tokio::test]
async fn r11_the_next_page_and_the_total_may_be_headers() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let link = format!("<{}/orders?page=3>; rel=\"next\"", world.api.origin());
    for (total, is_read) in [("812", true), ("items 0-1/812", true), ("many", false)] {
        let raw = answers(&world, &json!({ "rows": [{ "a": 1 }, { "a": 2 }] }));
        let raw = raw.with("link", &link).with("x-total-count", total);
        world.api.script(|script| script.instead = Some(raw));
        let (page, shown) = next(&mut browser, 2, "").await;
        assert_eq!(shown.contains("1–2 of 812 rows"), is_read, "{shown}");
        panel(&mut browser, "pages", 2, &format!("p2.page={}", encoded(&page.unwrap()))).await;
        assert_eq!(world.api.calls().pop().unwrap().query, "limit=2&page=3");
    }
}

#[tokio::test]
async fn f19_a_cursor_named_1_leads_on() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for cursor in [json!("1"), json!(1), json!("2"), json!("0")] {
        let raw = answers(&world, &json!({ "rows": [{ "a": 1 }], "next": cursor }));
        world.api.script(|script| script.instead = Some(raw));
        let (page, _) = next(&mut browser, 1, "").await;
        panel(&mut browser, "pages", 1, &format!("p1.page={}", page.unwrap())).await;
        let sent = cursor.as_str().map_or_else(|| cursor.to_string(), str::to_owned);
        assert_eq!(world.api.calls().pop().unwrap().query, format!("state=open&limit=2&cursor={sent}"));
    }
}

#[tokio::test]
async fn f35_every_row_is_reached_if_the_api_caps_the_size() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let heard = Heard::begin();
    let (mut query, mut seen) = (String::new(), Vec::new());
    for _ in 0..5 {
        // An API that returns at most 3 of its 8 rows, whatever the limit says.
        let offset: usize =
            query.split_once('=').map_or(Ok(1), |(_, page)| page.split('~').next().unwrap().parse()).unwrap();
        let start = (offset - 1) * 3;
        let rows: Vec<_> = (start..(start + 3).min(8)).map(|n| json!({ "n": format!("row-{n}") })).collect();
        let raw = answers(&world, &json!({ "rows": rows, "total": 8 }));
        world.api.script(|script| script.instead = Some(raw));
        let (page, shown) = next(&mut browser, 3, &query).await;
        let sent = world.api.calls().pop().unwrap().query;
        assert_eq!(sent, if start == 0 { "limit=4".to_owned() } else { format!("limit=4&offset={start}") });
        seen.extend((0..8).filter(|n| shown.contains(&format!("row-{n}"))));
        match page.filter(|page| page.contains('~')) {
            Some(page) if seen.len() < 8 => query = format!("p3.page={page}"),
            _ => break,
        }
    }
    assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert!(heard.has(&["API caps the page size"]));
}

/// An API without totals that returns at most 3 of its 8 rows, or of its 2 rows for the search `few`.
fn capped(call: &Call) -> Raw {
    let parameter = |name: &str| {
        let found = url::form_urlencoded::parse(call.query.as_bytes()).find(|(found, _)| found == name)?;
        found.1.parse::<usize>().ok()
    };
    let start = match call.path.as_str() {
        "/by-number" => (parameter("page").unwrap_or(1) - 1) * 3,
        _ => parameter("offset").unwrap_or(0),
    };
    let rows: Vec<_> = (start..(start + 3).min(8)).map(|n| json!({ "n": format!("row-{n}") })).collect();
    Raw::json(200, &json!({ "rows": rows }).to_string())
}

#[tokio::test]
async fn f35_every_row_is_reached_without_a_total_too() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.api.script(|script| script.by_call = Some(capped));
    let heard = Heard::begin();
    for (index, pages) in [(4, 3), (5, 3)] {
        let (mut query, mut seen, mut count) = (String::new(), HashSet::new(), 0);
        loop {
            count += 1;
            let (page, shown) = next(&mut browser, index, &query).await;
            seen.extend((0..8).filter(|n| shown.contains(&format!("row-{n}"))));
            // The link to the previous page has a name, too.
            match page
                .filter(|page| page.split('~').next().and_then(|page| page.parse().ok()) == Some(count + 1))
            {
                Some(page) => query = format!("p{index}.page={page}"),
                None => break,
            }
        }
        assert_eq!((seen.len(), count), (8, pages), "{index}");
        let file = browser.get(&format!("/boards/pages/csv/p{index}?rows=all")).await;
        assert!((0..8).all(|n| file.body.contains(&format!("row-{n}"))), "{}", file.body);
    }
    assert!(heard.has(&["API caps the page size"]));
}

#[tokio::test]
async fn f35_a_short_page_is_the_last_one_if_the_next_page_has_nothing_new() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    fn has_more(call: &Call) -> bool {
        call.query.contains("offset=") || call.query.contains("page=2")
    }
    fn two() -> Raw {
        Raw::json(200, r#"{"rows":[{"n":"a"},{"n":"b"}]}"#)
    }
    for (by_call, has_next, what) in [
        (
            (|call| if has_more(call) { Raw::json(200, r#"{"rows":[]}"#) } else { two() })
                as fn(&Call) -> Raw,
            false,
            "no rows",
        ),
        (|call| if has_more(call) { Raw::json(200, "") } else { two() }, false, "no content"),
        (|call| if has_more(call) { Raw::json(404, "{}") } else { two() }, false, "no such page"),
        (|_| two(), false, "the same rows: this API has no pages"),
        // Nothing is known, so no row is left out.
        (|call| if has_more(call) { Raw::json(500, "{}") } else { two() }, true, "a failure"),
        (|call| if has_more(call) { Raw::hang_up() } else { two() }, true, "no response"),
    ] {
        world.api.script(|script| script.by_call = Some(by_call));
        for index in [4, 5] {
            let (page, shown) = next(&mut browser, index, "").await;
            assert_eq!(page.is_some(), has_next, "{index} {what}: {shown}");
        }
    }
    // A full page needs no second request, and neither does an empty one.
    for (rows, calls) in [(4, 1), (5, 1), (0, 1), (3, 2)] {
        let rows: Vec<_> = (0..rows).map(|n| json!({ "n": n })).collect();
        let raw = Raw::json(200, &json!({ "rows": rows }).to_string());
        world.api.script(|script| (script.by_call, script.instead) = (None, Some(raw)));
        let before = world.api.calls().len();
        panel(&mut browser, "pages", 4, "").await;
        assert_eq!(world.api.calls().len() - before, calls, "{}", rows.len());
    }
}
