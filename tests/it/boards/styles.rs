//! Five styles of APIs, with the answers and boards of the book's page about them.

use std::collections::BTreeMap;

use super::{calls_since, named, text};
use crate::support::hostile::{Call, HostileWorld, Raw};

const PAGE: &str = include_str!("../../../docs/boards/styles.md");

/// The blocks of a section of the page, by language.
fn section(title: &str) -> BTreeMap<&'static str, &'static str> {
    let (_, rest) = PAGE.split_once(&format!("## {title}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let blocks = section.split("```").skip(1).step_by(2);
    blocks.map(|block| block.split_once('\n').unwrap()).collect()
}

/// The API with the answer of a section, the id of its board, and that of its panel, which is made from the title.
async fn world(title: &str, path: &str, link: &str) -> (HostileWorld, String, String) {
    let section = section(title);
    // The tables of the page come after the API's base, which is `/v1`.
    let world = HostileWorld::with(section["toml"]).await;
    let answer = section["json"].replace("\"/v1/", "\"/");
    let raw = Raw::json(200, &answer).with("link", &link.replace("API", world.api.origin()));
    world.api.script(|script| script.answers.insert(path.to_owned(), raw));
    let after = |text: &str, begin: &str| {
        let (_, rest) = text.split_once(begin).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (_, panel) = section["toml"].split_once("[[board.panel]]").unwrap();
    (world, after(section["toml"], "id = \""), after(panel, "title = \"").to_lowercase())
}

/// The visible text of the panel, and the call of its next page.
async fn shown(title: &str, path: &str, link: &str) -> (String, Option<Call>, HostileWorld) {
    let (world, board, id) = world(title, path, link).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = named(&mut browser, "panel_when_ready", &board, &id, "").await;
    assert!(page.body.starts_with('\n'), "{title}: {}", text(&page.body));
    let pages = page.body.split("data-page=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let next = pages.last().map(|page| page.replace("&amp;", "&"));
    let before = world.api.calls().len();
    if let Some(next) = next.filter(|next| !next.is_empty()) {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        named(&mut browser, "panel_when_ready", &board, &id, &format!("{id}.page={next}")).await;
    }
    let call = calls_since(&world, before).pop();
    drop(browser);
    (text(&page.body), call, world)
}

#[tokio::test]
async fn r11_json_api() {
    let (text, next, world) = shown("JSON:API", "/articles", "").await;
    for words in ["7", "JSON:API paints my bikeshed", "2 Mar 2026, 14:05 UTC", "9", "1–1 of 2 row"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(world.api.calls()[0].headers["accept"], "application/vnd.api+json");
    assert_eq!(next.unwrap().query, "include=author&page%5Bsize%5D=1&page%5Bafter%5D=abc");
}

#[tokio::test]
async fn r11_odata() {
    let (text, next, world) = shown("OData", "/Orders", "").await;
    for words in ["10248", "32.38", "2 Mar 2026", "urgent, export"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(world.api.calls()[0].headers["prefer"], "odata.maxpagesize=50");
    assert_eq!(next.unwrap().query, "$count=true&%24skiptoken=10248");
    let (mut browser, _) = world.signed_in("/account").await;
    let query = "orders.sort=Freight&orders.order=desc";
    named(&mut browser, "panel_when_ready", "odata", "orders", query).await;
    assert_eq!(world.api.calls().pop().unwrap().query, "$count=true&%24orderby=Freight%20desc");
}

#[tokio::test]
async fn r11_rest_with_link_headers() {
    let link = "<API/repositories/1/issues?state=closed&per_page=9&page=2>; rel=\"next\", <API/x?page=9>; rel=\"last\"";
    let (text, next, world) = shown("REST with `Link` headers", "/repos/acme/lamps/issues", link).await;
    for words in ["1347", "Found a bug", "octocat", "bug, urgent", "2 Mar 2026, 14:05 UTC"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(world.api.calls()[0].headers["x-github-api-version"], "2022-11-28");
    let next = next.unwrap();
    assert_eq!(
        (next.path.as_str(), next.query.as_str()),
        ("/repos/acme/lamps/issues", "state=open&per_page=50&page=2"),
        "only what the panel does not set is taken from the link"
    );
}

#[tokio::test]
async fn r10_time_series() {
    let (text, _, world) = shown("Time series", "/query_range", "").await;
    assert!(text.contains("1.5") && text.contains("1.7") && !text.contains("NaN"), "{text}");
    assert!(world.api.calls()[0].query.starts_with("query=load&start=1"), "{}", world.api.calls()[0].query);
}

#[tokio::test]
async fn r10_graphql() {
    let (text, next, world) = shown("GraphQL", "/graphql", "").await;
    for words in ["ORD-7", "Ash Ltd", "L-1, L-2"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let variables =
        |call: &Call| serde_json::from_str::<serde_json::Value>(&call.body).unwrap()["variables"].clone();
    assert_eq!(variables(&world.api.calls()[0]), serde_json::json!({ "state": "OPEN", "first": 1 }));
    let next = variables(&next.unwrap());
    assert_eq!(next, serde_json::json!({ "state": "OPEN", "first": 1, "after": "Y3Vyc29yOjE=" }));
}
