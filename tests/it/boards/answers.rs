//! What an API may answer: successes without content, almost JSON, requests to wait, and answers that stay right.

use axum::http::StatusCode;

use super::{panel, part, text};
use crate::support::{
    Heard,
    hostile::{HostileWorld, Raw},
};

const BOARDS: &str = r#"
[[board]]
id = "all"
title = "All"

[[board.panel]]
id = "p0"
title = "Table"
kind = "table"
get = "/orders"
rows = "$.rows[*]"

[[board.panel]]
id = "p1"
title = "List"
kind = "list"
get = "/list"
rows = "$.rows[*]"
label = "a"

[[board.panel]]
id = "p2"
title = "Chart"
kind = "line"
get = "/chart"
rows = "$.rows[*]"
x = "a"
y = ["b"]

[[board.panel]]
id = "p3"
title = "Stat"
kind = "stat"
get = "/stat"
value = "$.rows[0].b"

[[board.action]]
label = "Go"
post = "/go"

[[board]]
id = "one"
title = "One"

[[board.panel]]
id = "p0"
title = "Stat"
kind = "stat"
get = "/stat"
value = "$.rows[0].b"

[[board.panel]]
id = "p1"
title = "Words"
kind = "text"
text = "Nothing is requested for this."
"#;

async fn world() -> HostileWorld {
    HostileWorld::with(BOARDS).await
}

fn answers(world: &HostileWorld, raw: Raw) {
    world.api.script(|script| script.instead = Some(raw));
}

const ROWS: &str = r#"{"rows":[{"a":"first","b":1}]}"#;

#[tokio::test]
async fn r17_every_success_is_read_and_nothing_is_empty_not_a_fault() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let heard = Heard::begin();
    for status in [200, 201, 203, 206, 226, 299] {
        answers(&world, Raw::json(status, ROWS));
        for index in 0..4 {
            let page = panel(&mut browser, "all", index, "").await;
            assert!(
                page.body.starts_with('\n') && page.body.contains(if index == 3 { ">1<" } else { "first" }),
                "{status} {index}: {}",
                page.body
            );
        }
    }
    for raw in [
        Raw::text(204, "", ""),
        Raw::text(205, "", ""),
        Raw::text(200, "", ""),
        Raw::json(200, ""),
        Raw::json(201, " \n"),
        Raw::json(200, "null"),
        Raw::json(200, "{}"),
    ] {
        answers(&world, raw.clone());
        for (index, words) in [(0, "0 rows"), (1, "No entries"), (2, ""), (3, "No value")] {
            let page = panel(&mut browser, "all", index, "").await;
            assert!(
                page.body.starts_with('\n') && page.body.contains(words),
                "{raw:?} {index}: {}",
                page.body
            );
            assert!(
                !page.body.contains("can’t be shown") && !page.body.contains("isn’t responding"),
                "{raw:?}"
            );
        }
    }
    assert!(heard.lines(&["WARN"]).is_empty(), "{:?}", heard.lines(&["WARN"]));
    answers(&world, Raw::redirect(303, "/orders"));
    assert!(panel(&mut browser, "all", 0, "").await.body.contains("redirects to another address"));
}

#[tokio::test]
async fn r32_almost_json_is_read_and_what_is_none_has_its_kind_and_place() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for body in [
        r#"{"rows":[{"a":"first","b":1},{"a":"x","b":NaN},{"a":"y","b":-Infinity},{"a":"z","b":Infinity}]}"#,
        "\u{feff}{\"rows\":[{\"a\":\"first\",\"b\":1}]}",
        ")]}',\n{\"rows\":[{\"a\":\"first\",\"b\":1}]}",
        "\r\n\t{\"rows\":[{\"a\":\"first\",\"b\":1}]}\r\n",
    ] {
        answers(&world, Raw::json(200, body));
        for index in 0..3 {
            assert!(panel(&mut browser, "all", index, "").await.body.contains("first"), "{body}");
        }
        assert!(!panel(&mut browser, "all", 0, "").await.body.contains("NaN"), "a gap");
    }
    for (body, at) in [
        (r#"{"rows":[{"a":1},{"a":<b>}]}"#, 22),
        (r#"{"rows":[{"a":1},]}"#, 17),
        ("{\"rows\":[", 9),
        ("[1] 2", 4),
        ("<html>", 0),
        (")]}'\n{\"a\":}", 10),
        ("{'a':1}", 1),
    ] {
        answers(&world, Raw::json(200, body));
        let heard = Heard::begin();
        let page = panel(&mut browser, "all", 0, "").await;
        assert!(page.body.contains(&format!("isn’t JSON from byte {at} on")), "{body}: {}", text(&page.body));
        assert!(heard.has(&[&format!("not JSON at byte {at}: ")]), "{body}: {:?}", heard.lines(&["WARN"]));
    }
    for kind in ["text/html", "text/plain", "application/xml"] {
        answers(&world, Raw::text(200, kind, ROWS));
        let page = panel(&mut browser, "all", 0, "").await;
        assert!(page.body.contains(&format!("Its type is {kind}")), "{}", page.body);
    }
}

#[tokio::test]
async fn r42_an_api_that_asks_for_fewer_requests_gets_fewer_and_the_panel_says_so() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let fewer = "The API is limiting requests";
    for (raw, title) in [
        (Raw::json(429, "{}").with("retry-after", "30"), fewer),
        // Maintenance, or too much load: that has nothing to do with the number of requests.
        (Raw::json(503, "{}").with("retry-after", "30"), "The API is unavailable at the moment"),
        (Raw::json(403, "{}").with("x-ratelimit-remaining", "0").with("retry-after", "30"), fewer),
    ] {
        answers(&world, raw.clone());
        let before = world.api.calls().len();
        for index in [0, 1, 0] {
            let page = panel(&mut browser, "all", index, "").await;
            assert!(page.body.contains(title), "{raw:?}: {}", page.body);
            assert!(text(&page.body).contains("The next attempt is at "), "{}", page.body);
        }
        assert_eq!(world.api.calls().len(), before + 1, "{raw:?}");
        answers(&world, Raw::json(200, ROWS));
        world.advance(29);
        assert!(!panel(&mut browser, "all", 0, "").await.body.contains("first"));
        world.advance(2);
        assert!(panel(&mut browser, "all", 0, "").await.body.contains("first"), "{raw:?}");
    }
    // A wait is of one session, and has a bound.
    answers(&world, Raw::json(429, "{}").with("retry-after", "999999"));
    panel(&mut browser, "all", 0, "").await;
    answers(&world, Raw::json(200, ROWS));
    let (mut other, _) = world.signed_in_as("other", "Other", "/account").await;
    assert!(panel(&mut other, "all", 0, "").await.body.contains("first"), "another session is not held up");
}

/// A page without scripts shows what was there, like a page with scripts.
#[tokio::test]
async fn r42_rows_that_were_kept_are_shown_while_the_api_asks_to_wait() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for kept in [("etag", "\"v1\""), ("cache-control", "max-age=5")] {
        for raw in
            [Raw::json(429, "{}").with("retry-after", "30"), Raw::json(503, "{}").with("retry-after", "30")]
        {
            answers(&world, Raw::json(200, ROWS).with(kept.0, kept.1));
            world.advance(6);
            assert!(
                !text(&browser.open("/boards/all").await.body).contains("taking requests right now"),
                "{kept:?}"
            );
            world.advance(6);
            answers(&world, raw.clone());
            let before = world.api.calls().len();
            // The first page is answered by the refusals, the next ones without asking.
            for _ in 0..3 {
                let page = text(&browser.open("/boards/all").await.body);
                assert!(page.contains("first"), "{raw:?} {kept:?}: {page}");
                assert_eq!(
                    page.matches("taking requests right now. The next attempt is at").count(),
                    4,
                    "{page}"
                );
            }
            assert!((1..=4).contains(&(world.api.calls().len() - before)), "{raw:?}");
            let panel = panel(&mut browser, "all", 0, "").await;
            assert!(panel.body.starts_with('\n') && panel.body.contains("first"), "{}", panel.body);
            world.advance(31);
            answers(
                &world,
                Raw::json(200, &ROWS.replace("first", "second")).with("cache-control", "no-store"),
            );
            let page = text(&browser.open("/boards/all").await.body);
            assert!(page.contains("second") && !page.contains("is limiting requests"), "{page}");
        }
    }
    // An answer that must not be kept is not shown again.
    answers(&world, Raw::json(429, "{}").with("retry-after", "30"));
    let page = text(&browser.open("/boards/all").await.body);
    assert!(!page.contains("second") && page.contains("The next attempt is at"), "{page}");
}

#[tokio::test]
async fn r42_answers_stay_as_long_as_the_api_says_and_are_confirmed_by_their_tag() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let count = || world.api.calls().len();
    answers(&world, Raw::json(200, ROWS).with("cache-control", "max-age=60").with("etag", "\"v1\""));
    for _ in 0..3 {
        assert!(panel(&mut browser, "all", 0, "").await.body.contains("first"));
    }
    assert_eq!(count(), 1, "fresh");
    assert!(panel(&mut browser, "all", 1, "").await.body.contains("first"));
    assert_eq!(count(), 2, "another request has its own answer");
    let (mut other, _) = world.signed_in_as("other", "Other", "/account").await;
    assert!(panel(&mut other, "all", 0, "").await.body.contains("first"));
    assert_eq!(count(), 3, "an answer belongs to one session");
    world.advance(61);
    answers(&world, Raw::text(304, "", ""));
    assert!(panel(&mut browser, "all", 0, "").await.body.contains("first"), "unchanged");
    let calls = world.api.calls();
    assert_eq!(calls[3].headers["if-none-match"], "\"v1\"");
    answers(&world, Raw::json(200, &ROWS.replace("first", "second")).with("cache-control", "no-store"));
    world.advance(61);
    assert!(panel(&mut browser, "all", 0, "").await.body.contains("second"), "changed");
    assert!(panel(&mut browser, "all", 0, "").await.body.contains("second"));
    assert_eq!(count(), 6, "not kept");
    answers(&world, Raw::text(304, "", ""));
    assert!(
        panel(&mut browser, "all", 0, "").await.body.contains("isn’t responding"),
        "unchanged, but from what?"
    );
}

#[tokio::test]
async fn r42_an_action_forgets_what_was_kept() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    answers(&world, Raw::json(200, ROWS).with("cache-control", "max-age=60"));
    panel(&mut browser, "all", 0, "").await;
    let form = browser.open("/boards/all/actions/go").await;
    answers(&world, Raw::json(200, &ROWS.replace("first", "second")));
    let fields = form.fields();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = browser.post("/api/act", &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(panel(&mut browser, "all", 0, "").await.body.contains("second"));
}

#[tokio::test]
async fn ch_10_a_board_has_one_time_and_a_panel_its_own_only_if_its_data_are_older() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    answers(&world, Raw::json(200, ROWS).with("cache-control", "max-age=300"));
    panel(&mut browser, "all", 0, "").await;
    answers(&world, Raw::json(200, ROWS).with("cache-control", "no-store"));
    for (secs, is_older) in [(60, false), (1, true)] {
        world.advance(secs);
        let page = browser.get("/boards/all").await;
        let head = page.body.split_once("data-part=\"newest\"").unwrap().1;
        let newest = head.split(['>', '<']).nth(1).unwrap();
        assert!(newest.starts_with("as of ") && head.contains("data-part=\"reload-all\""), "{newest}");
        for index in 0..4 {
            let panel = part(&page.body, index);
            assert_eq!(panel.contains("data-shown"), is_older && index == 0, "{secs} {index}: {panel}");
            assert_eq!(panel.contains(&format!(">{newest}<")), index > 0, "{secs} {index}: {panel}");
        }
    }
    // A board with one request has neither: its panel has both.
    let page = browser.get("/boards/one").await;
    let (is_head, is_link) = (page.body.contains("data-part=\"newest\""), page.body.contains("reload-all"));
    assert!(!is_head && !is_link && text(part(&page.body, 0)).contains("as of "), "{}", page.body);
}
