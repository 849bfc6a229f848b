//! Markup from an API, a settings file or a URL is text wherever it is shown (AC-11, SC-05).

use serde_json::json;

use super::{answer, function, panel, part};
use crate::support::hostile::HostileWorld;

/// Would end attributes and elements of any kind if it were not escaped.
const HOSTILE: &str = "\"'></td></title></svg><xmp data-x=\"1\" onload='x'>&lt;&{{7*7}}";

const BOARDS: &str = r#"
[[board]]
id = "hostile"
title = "Board HOSTILE"
period = { choices = ["7d"] }

[[board.panel]]
id = "p0"
title = "Stat HOSTILE"
kind = "stat"
get = "/n"
value = "$.n"
unit = "HOSTILE"

[[board.panel]]
id = "p1"
title = "List HOSTILE"
kind = "list"
get = "/n"
rows = "$.rows[*]"
label = "word"
note = "word"
value = "word"
tag = "word"
unit = "HOSTILE"

[[board.panel]]
id = "p2"
title = "Chart HOSTILE"
kind = "line"
get = "/n"
rows = "$.rows[*]"
x = "word"
y = [{ key = "n", title = "Series HOSTILE" }, { key = "m", title = "Other HOSTILE" }]
unit = "HOSTILE"

[[board.panel]]
id = "p3"
title = "Bars HOSTILE"
kind = "bar"
get = "/n"
rows = "$.rows[*]"
x = "word"
y = ["n", "m"]

[[board.panel]]
id = "p4"
title = "Declared HOSTILE"
kind = "table"
get = "/n"
key = "word"
rows = "$.rows[*]"
search = "q"
page = { size = 2, cursor = "after", next = "$.next" }
columns = [
    { key = "word", title = "Column HOSTILE", kind = "tag" },
    { key = "word2", title = "Link", kind = "link" },
    { key = "key HOSTILE", title = "Own" },
]

[[board.panel]]
id = "p5"
title = "Inferred HOSTILE"
kind = "table"
get = "/n"
rows = "$.rows[*]"

[[board.panel]]
id = "p6"
title = "Empty HOSTILE"
kind = "table"
get = "/n"
rows = "$.none[*]"

[[board.panel]]
id = "p7"
title = "Locked HOSTILE"
kind = "table"
get = "/n"
rows = "$.rows[*]"
scope = "<xmp>"
"#;

async fn world() -> HostileWorld {
    let in_toml = HOSTILE.replace('\\', "\\\\").replace('"', "\\\"");
    let world = HostileWorld::with(&BOARDS.replace("HOSTILE", &in_toml)).await;
    let row = |n: u32| {
        let mut row = json!({ "word": HOSTILE, "word2": format!("https://x.example/{HOSTILE}"), "n": n, "m": -1.5,
            "inner": { HOSTILE: HOSTILE, "status": HOSTILE }, "lines": [{ HOSTILE: HOSTILE, "status": HOSTILE }] });
        row[format!("key {HOSTILE}")] = json!(HOSTILE);
        row[HOSTILE] = json!(HOSTILE);
        row["status"] = json!(HOSTILE);
        row
    };
    let all = json!({ "n": 5, "rows": [row(1), row(2)], "none": [], "next": HOSTILE });
    answer(&world, "/n", &all);
    world
}

/// Checks that none of it became an element or an attribute, and that every id is one of ours.
fn assert_harmless(body: &str, least: usize, place: &str) {
    assert!(!body.contains("<xmp"), "{place}: {body}");
    assert!(!body.contains("\"'>") && !body.contains("'></td></title>"), "{place}: {body}");
    let shown = body.matches("&lt;xmp").count();
    assert!(shown >= least, "{place}: shown {shown} times, not {least}: {body}");
    for name in [" id=\"", " for=\"", " aria-controls=\""] {
        for id in body.split(name).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(
                id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
                "{place}: {id}"
            );
        }
    }
}

#[tokio::test]
async fn ac_11_markup_in_any_value_is_text_in_every_kind_of_panel() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/hostile").await;
    assert_harmless(&page.body, 40, "the board");
    for (index, least) in [(0, 2), (1, 8), (2, 8), (3, 6), (4, 8), (5, 8), (6, 1), (7, 2)] {
        assert_harmless(part(&page.body, index), least, &format!("panel {index} of the page"));
        let drawn = panel(&mut browser, "hostile", index, "").await;
        assert_harmless(&drawn.body, least.min(2), &format!("panel {index} by itself"));
        assert!(drawn.header("content-type").starts_with("text/plain"));
    }
    let tags = part(&page.body, 1).split("class=\"tag\"").skip(1);
    let tags: Vec<_> = tags.map(|rest| rest.split_once("</span>").unwrap().0).collect();
    assert_eq!(tags.len(), 2);
    assert!(tags.iter().all(|tag| tag.ends_with("&amp;lt;&amp;{{7*7}}")), "{tags:?}");
}

#[tokio::test]
async fn ac_11_markup_in_a_row_is_text_on_its_page_in_its_drawer_and_in_a_file() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut key = "key=".to_owned();
    claimcheck_model::paths::encode_into(&mut key, HOSTILE);
    let page = browser.get(&format!("/boards/hostile/rows/p4?{key}")).await;
    assert_eq!(page.status.as_u16(), 200);
    assert_harmless(&page.body, 10, "the row's page");
    let drawer = function(&mut browser, "row", "hostile", 4, &key).await;
    assert_eq!(drawer.status.as_u16(), 200);
    assert_harmless(&drawer.body, 10, "the drawer");
    let missing = browser.get(&format!("/boards/hostile/rows/p4?{key}x")).await;
    assert_eq!(missing.status.as_u16(), 404);
    assert_harmless(&missing.body, 1, "the page of a row that is not there");
    let file = browser.get("/boards/hostile/csv/p4").await;
    assert!(file.header("content-type").starts_with("text/csv"));
    assert_eq!(file.header("x-content-type-options"), "nosniff", "no browser takes it for a page");
}

#[tokio::test]
async fn sc_05_markup_in_an_address_is_text_in_fields_links_and_notices() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut hostile = String::new();
    claimcheck_model::paths::encode_into(&mut hostile, HOSTILE);
    for name in ["q", "p4.q", "p4.sort", "p4.page", "p5.q", "p5.sort", "p6.q", "p0.q", "period", "from", "to"]
    {
        let query = format!("{name}={hostile}");
        let page = browser.get(&format!("/boards/hostile?{query}")).await;
        assert_eq!(page.status.as_u16(), 200, "{name}");
        assert_harmless(&page.body, 20, name);
        assert_harmless(&panel(&mut browser, "hostile", 5, &query).await.body, 1, name);
    }
}
