//! `/boards/{board}`. This file has the demo's boards and the general rules; each group of rules has its own file.

mod all_pages;
mod answers;
mod board_parts;
mod cells;
mod charts;
mod downloads;
mod exact;
mod exports;
mod failures;
mod files;
mod filter_bounds;
mod filter_choices;
mod filters;
mod image_bounds;
mod images;
mod kinds;
mod layout;
mod link_boards;
mod links;
mod markup;
mod numbers;
mod paging;
mod panel_kinds;
mod periods;
mod places;
mod reports;
mod requests;
mod rights;
mod roles;
mod row_details;
mod rows;
mod shapes;
mod sharing;
mod styles;
mod subject_actions;
mod subject_failures;
mod subjects;

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use claimcheck_model::paths;
use serde_json::Value;

use crate::support::{
    Browser, Fault, Page, World,
    hostile::{Call, HostileWorld, Raw},
};

/// Sets the API's response at a path from now on.
fn answer(world: &HostileWorld, path: &str, body: &Value) {
    let raw = Raw::json(200, &body.to_string());
    world.api.script(|script| script.answers.insert(path.to_owned(), raw));
}

/// A panel as requested by the script of a page with this query. The boards of these tests give their panels the ids `p0`,
/// `p1` and so on.
async fn panel(browser: &mut Browser<'_>, board: &str, panel: usize, query: &str) -> Page {
    function(browser, "panel_when_ready", board, panel, query).await
}

/// A read function of a panel, called by the script of a page with this query.
async fn function(browser: &mut Browser<'_>, name: &str, board: &str, panel: usize, query: &str) -> Page {
    named(browser, name, board, &format!("p{panel}"), query).await
}

/// The same with the id of the panel.
async fn named(browser: &mut Browser<'_>, name: &str, board: &str, panel: &str, query: &str) -> Page {
    let pairs = [("board", board), ("panel", panel), ("query", query)];
    browser.fetch(&paths::with_query(&format!("/api/{name}"), &pairs)).await
}

/// The calls to the API after the first `before`, each checked to have the API's own host and the user's token.
fn calls_since(world: &HostileWorld, before: usize) -> Vec<Call> {
    let calls = world.api.calls().split_off(before);
    for call in &calls {
        assert_eq!(format!("http://{}", call.headers["host"].to_str().unwrap()), world.api.origin());
        assert!(world.provider.owner(call.token()).is_some());
    }
    calls
}

/// Path and query of each call, sorted.
fn asked(calls: &[Call]) -> Vec<String> {
    let mut asked: Vec<_> = calls
        .iter()
        .map(|Call { path, query, .. }| match query.is_empty() {
            true => path.clone(),
            false => format!("{path}?{query}"),
        })
        .collect();
    asked.sort();
    asked
}

/// The part of a board's page with one panel.
fn part(body: &str, panel: usize) -> &str {
    let (_, rest) = body.split_once(&format!("id=\"panel-p{panel}\"")).unwrap();
    rest.split_once("</section>").unwrap().0
}

/// The visible text of markup, with single spaces.
fn text(html: &str) -> String {
    let texts = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let all = texts.collect::<Vec<_>>().join(" ").replace("&amp;", "&");
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without the spaces and commas that group digits.
fn ungrouped(html: &str) -> String {
    html.replace([',', '\u{a0}', '\u{202f}'], "")
}

#[tokio::test]
async fn a_board_shows_the_apis_rows_with_scripts_off_filtered_and_sorted() {
    let world = World::start().await;
    let (mut browser, page) = world.signed_in("jonas", "/boards/orders").await;
    assert!(ungrouped(&page.body).contains("100 of 1500 rows"), "the demo has 1500 orders");
    let filtered = browser.open("/boards/orders?orders.q=no-such-row").await;
    assert!(filtered.body.contains("No row contains") && filtered.body.contains("0 rows found"));
    let sorted = browser.open("/boards/orders?orders.sort=total&orders.order=desc").await;
    let totals: Vec<f64> = sorted
        .body
        .split("<tr")
        .filter(|row| row.contains("scope=\"row\""))
        .filter_map(|row| row.split("data-sort=\"").nth(3)?.split_once('"')?.0.parse().ok())
        .collect();
    assert!(totals.len() >= 50 && totals.windows(2).all(|pair| pair[0] >= pair[1]), "{totals:?}");
}

#[tokio::test]
async fn an_island_gets_its_panel_as_text_that_needs_no_json_and_as_its_pages_query_asks() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("jonas", "/account").await;
    let all = browser.fetch("/api/panel_when_ready?board=orders&panel=orders&query=").await;
    assert_eq!(all.header("content-type"), "text/plain; charset=utf-8");
    assert!(
        all.body.starts_with('\n') && ungrouped(&all.body).contains("100 of 1500 rows"),
        "no failure, then the HTML"
    );
    // The URL of its page: /boards/orders?orders.q=100%25&orders.order=desc&orders.sort=total
    let query = "orders.q%3D100%2525%26orders.order%3Ddesc%26orders.sort%3Dtotal";
    let asked =
        browser.fetch(&format!("/api/panel_when_ready?board=orders&panel=orders&query={query}")).await;
    assert!(asked.body.contains("value=\"100%\"") && asked.body.contains("0 rows found"));
    assert!(asked.body.contains("aria-sort=\"descending\""));
    world.api.set(Fault::Answer(500, "application/json", "{}"));
    let failed = browser.fetch("/api/panel_when_ready?board=orders&panel=orders").await;
    assert_eq!(failed.body.lines().next(), Some("The API reports an error"));
}

#[tokio::test]
async fn ac_11_a_slow_api_delays_its_panel_and_not_the_page() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let slow = Duration::from_secs(5);
    world.api.set(Fault::Slow(slow));
    browser.waits_for_panels = false;
    let start = Instant::now();
    let page = browser.open("/boards/orders").await;
    assert!(start.elapsed() < slow, "{:?}", start.elapsed());
    assert!(page.body.contains("Still loading") && page.status == StatusCode::OK);
    let rows = browser.fetch("/api/panel_when_ready?board=orders&panel=orders").await;
    assert!(rows.body.contains("<tbody>"));
    assert_eq!(world.api.count("GET /orders"), 1, "the island collects what the page had asked for");
}

#[tokio::test]
async fn ac_11_an_api_that_fails_or_talks_nonsense_leaves_the_page_usable() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for fault in [
        Fault::Answer(500, "application/json", "{}"),
        Fault::Answer(200, "text/html", "<h1>hello</h1>"),
        Fault::Answer(200, "application/json", "{\"orders\": [1"),
        Fault::Answer(302, "application/json", "{}"),
    ] {
        world.api.set(fault);
        let page = browser.open("/boards/orders").await;
        let is_told = page.body.contains("reports an error") || page.body.contains("answer can’t be shown");
        assert!(page.status == StatusCode::OK && is_told);
        assert!(!page.body.contains("<h1>hello"));
    }
    world.api.set(Fault::None);
    assert!(browser.open("/boards/orders").await.body.contains("<tbody>"));
}

#[tokio::test]
async fn ac_06_a_403_names_the_missing_scope_and_causes_no_refresh() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("jonas", "/boards/orders").await;
    world.api.set(Fault::Answer(403, "application/json", "{}"));
    let page = browser.open("/boards/orders").await;
    assert!(page.body.contains("You don’t have access to this"));
    assert_eq!((world.api.count("GET /orders"), world.provider.count("refresh_token")), (2, 0));
    world.api.set(Fault::None);
    let page = browser.open("/boards/reports").await;
    assert!(page.body.contains("reports:read") && page.body.contains("You don’t have access to this"));
    assert_eq!(world.api.count("/reports/margin"), 0, "what the sign-in does not include is not asked for");
    let (_, page) = world.signed_in("ada", "/boards/reports").await;
    assert!(page.body.contains("<tbody>"), "who has the scope sees the report");
}

#[tokio::test]
async fn ac_04_nothing_of_the_browsers_reaches_the_api_and_nothing_of_the_apis_headers_the_browser() {
    let world = World::start().await;
    let (_, page) = world.signed_in("ada", "/boards/orders").await;
    for header in ["access-control-allow-origin", "www-authenticate", "location"] {
        assert!(page.headers.get(header).is_none(), "{header}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn an_unknown_board_is_a_404_and_a_known_one_is_not() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    let page = browser.open("/boards/nothing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("Not found") && page.body.contains("Ada Okafor"));
    assert_eq!(browser.open("/boards/orders").await.status, StatusCode::OK);
}

/// Whether a text has a JWT: a header that begins with `{"` in base64url, a dot, and the same again. The first three
/// letters alone also occur by chance, in a nonce.
fn has_jwt(text: &str) -> bool {
    let is_base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.match_indices("eyJ").any(|(at, _)| text[at..].trim_start_matches(is_base64url).starts_with(".eyJ"))
}

#[tokio::test]
async fn sc_01_no_token_is_in_any_page() {
    assert!(has_jwt("a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln b") && !has_jwt("nonce-abeyJ0123 eyJ."));
    let world = World::start().await;
    let (mut browser, first) = world.signed_in("ada", "/boards/orders").await;
    let account = browser.open("/account").await;
    let function = browser.fetch("/api/account").await;
    for page in [first, account, function] {
        assert!(!has_jwt(&page.body), "{} holds a token", page.url);
    }
}

#[tokio::test]
async fn sessions_survive_a_restart_on_sqlite() {
    let mut world = World::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let cookies = world.signed_in("ada", "/boards/orders").await.0.at_app;
    world.restart().await;
    let mut browser = world.browser();
    browser.at_app = cookies;
    assert!(browser.open("/boards/orders").await.body.contains("<tbody>"));
}

#[tokio::test]
async fn ac_09_a_scope_that_repeats_the_token_is_not_shown_and_an_honest_one_is() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (scope, shown) in [("orders:all", true), ("{echo}", false), ("a {echo} b", false)] {
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
        let refusal = Raw::json(403, "{}").with("www-authenticate", &challenge);
        world.api.script(|script| script.instead = Some(refusal));
        let page = browser.open("/boards/orders").await;
        assert!(page.body.contains("You don’t have access to this"), "{scope}");
        assert_eq!(page.body.contains("orders:all"), shown, "{scope}");
        let token = &world.provider.issued()[0].access_token;
        assert!(world.api.saw(token) && !page.body.contains(token), "{scope}");
    }
}
