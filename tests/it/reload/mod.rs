//! Changes of boards and notice while the program runs. This file has what is taken up; `refused` what is not, `files` how changes
//! of files are noticed, and `program` the program itself with real signals.

mod author;
mod files;
mod program;
mod refused;

use std::time::Duration;

use axum::http::{Method, StatusCode};
use claimcheck_model::SessionNews;
use serde_json::json;

use crate::support::{
    Listening, World,
    hostile::{HostileWorld, Raw},
    log::OwnLog,
    until,
};

/// A further board.
const STOCK: &str = "\n[[board]]\nid = \"stock\"\ntitle = \"Stock\"\n[[board.panel]]\ntitle = \"All\"\nkind = \"table\"\n\
                     get = \"/orders\"\nrows = \"$.orders[*]\"\n";

#[tokio::test]
async fn rl_01_reload_takes_up_new_changed_and_removed_boards_for_people_who_are_signed_in() {
    let mut world = World::start().await;
    let mut files = world.follow().await;
    let log = OwnLog::begin();
    let (mut browser, page) = world.signed_in("ada", "/boards/orders").await;
    assert!(page.body.contains("Total, €") && !page.body.contains("/boards/stock"));
    assert!(!files.hang_up(), "nothing has changed");
    files.change("Total, €", "Sum, €");
    files.change("id = \"reports\"", "id = \"margins\"");
    files.write("claimcheck.toml", &format!("{}{STOCK}", files.text()));
    assert!(files.hang_up());
    let page = browser.open("/boards/orders").await;
    assert!(page.body.contains("Sum, €") && page.body.contains("/boards/stock"), "{}", page.body);
    assert_eq!(browser.open("/boards/reports").await.status, StatusCode::NOT_FOUND);
    for board in ["margins", "stock"] {
        let page = browser.open(&format!("/boards/{board}")).await;
        assert!(page.status.is_success() && page.body.contains("<table"), "{}", page.body);
    }
    let text = log.text();
    for part in [
        "event=\"boards taken up\" reason=\"SIGHUP\" boards=3 panels=3",
        "added=\"margins, stock\"",
        "removed=\"reports\"",
        "changed=\"orders\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let health = files.health().await;
    assert_eq!(
        (&health["boards"]["boards"], &health["boards"]["panels"]),
        (&json!(3), &json!(3)),
        "{health}"
    );
    assert_eq!(health["boards"].get("refused"), None);
}

#[tokio::test]
async fn rl_01_reload_takes_up_rights_and_the_next_request_meets_them_in_every_way_of_access() {
    let mut world = World::start().await;
    let mut files = world.follow().await;
    let (mut browser, page) = world.signed_in("ada", "/boards/orders").await;
    let csv = page.body.split('"').find(|text| text.contains("/csv")).unwrap().replace("&amp;", "&");
    assert_eq!(browser.fetch(&csv).await.status, StatusCode::OK);
    // A role that nobody has, and a scope that the sign-in does not request.
    files.change(
        "title = \"Orders\"\n\n[[board.panel]]",
        "title = \"Orders\"\nrole = \"nobody\"\n\n[[board.panel]]",
    );
    files.change(
        "id = \"reports\"\ntitle = \"Reports\"",
        "id = \"reports\"\ntitle = \"Reports\"\nscope = \"reports:audit\"",
    );
    assert!(files.hang_up());
    for path in ["/boards/orders", csv.as_str()] {
        let page = browser.open(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}: {}", page.body);
    }
    // The missing scope can be requested, although no setting names it apart from the board.
    let page = browser.open("/boards/reports").await;
    let link = page.body.split('"').find(|text| text.contains("ask=")).unwrap().replace("&amp;", "&");
    let request = browser.get(&link).await;
    assert!(request.sent("scope").unwrap().split(' ').any(|scope| scope == "reports:audit"));
    files.change("role = \"nobody\"\n", "");
    assert!(files.hang_up());
    assert_eq!(browser.open("/boards/orders").await.status, StatusCode::OK);
}

#[tokio::test]
async fn rl_01_reload_takes_up_the_notice_in_every_language_and_above_problem_pages() {
    let mut world = World::start().await;
    let mut files = world.follow().await;
    let mut visitor = world.browser();
    assert!(!visitor.open("/").await.body.contains("class=\"notice\""));
    let notice = "notice = { en = \"Back at 18:30\", de = \"Ab 18:30 wieder da\" }\n";
    files.write("claimcheck.toml", &format!("{notice}{}", files.text()));
    assert!(files.hang_up());
    let (mut browser, board) = world.signed_in("ada", "/boards/orders").await;
    let mut pages = vec![board, browser.open("/boards/none").await];
    for path in ["/", "/nothing", "/auth/callback?code=a", "/boards/orders?period=x"] {
        pages.push(visitor.get(path).await);
    }
    // Refused before there is a session: a foreign host, and a form of another site.
    pages.push(visitor.send(Method::GET, "/", &[("host", "elsewhere.example")], None).await);
    for page in pages.iter().filter(|page| !page.status.is_redirection()) {
        let (before, _) =
            page.body.split_once("<main").unwrap_or_else(|| panic!("{}: {}", page.url, page.body));
        assert_eq!(before.matches("<p>Back at 18:30</p>").count(), 1, "{}: {before}", page.url);
    }
    let german = visitor.send(Method::GET, "/", &[("accept-language", "de")], None).await;
    assert!(german.body.contains("<p>Ab 18:30 wieder da</p>"), "{}", german.body);
    files.change(notice, "");
    assert!(files.hang_up());
    assert!(!visitor.open("/").await.body.contains("class=\"notice\""));
}

#[tokio::test]
async fn rl_04_reload_lets_every_request_that_has_begun_end_with_the_boards_that_it_began_with() {
    let mut world = HostileWorld::with(&format!("{STOCK}{}", STOCK.replace("stock", "other"))).await;
    let mut files = world.follow().await;
    let (mut first, page) = world.signed_in("/boards/stock").await;
    let csv = page.body.split('"').find(|text| text.contains("/csv")).unwrap().replace("&amp;", "&");
    let cookies = first.at_app.clone();
    let again = || {
        let mut browser = world.browser();
        browser.at_app.clone_from(&cookies);
        browser
    };
    let (mut second, mut third) = (again(), again());
    let mut stream = Listening::of(&first, &world.app).await;
    assert!(stream.news().await.is_some());
    world.api.script(|script| script.delay = Some(Duration::from_millis(500)));
    let before = world.api.calls().len();
    // On a busy machine, the panel of this page may come later: with the boards of that time.
    first.waits_for_panels = false;
    let change = async {
        until(|| world.api.calls().len() > before).await;
        tokio::time::sleep(Duration::from_millis(150)).await;
        files.change(STOCK, "");
        assert!(files.hang_up());
    };
    let (board, file, other, ()) =
        tokio::join!(first.open("/boards/stock"), second.fetch(&csv), third.open("/boards/other"), change);
    assert!(
        board.status.is_success() && (board.body.contains("<table") || board.body.contains("data-waiting")),
        "{}",
        board.body
    );
    assert!(board.body.contains("/boards/stock"), "the navigation is of the same state");
    assert!(file.status.is_success() && file.body.contains("Customer of"), "{}", file.body);
    assert!(other.status.is_success());
    assert_eq!(first.open("/boards/stock").await.status, StatusCode::NOT_FOUND);
    assert_eq!(second.fetch(&csv).await.status, StatusCode::NOT_FOUND);
    assert!(!third.open("/boards/other").await.body.contains("/boards/stock"));
    // The stream of the page that was open goes on: it tells the end that a later request brings.
    first.post("/auth/sign-out", &[]).await;
    assert!(matches!(stream.news().await, Some(SessionNews::Ended(_))));
}

#[tokio::test]
async fn rl_04_reload_shows_what_was_fetched_before_by_the_new_definition() {
    let mut world = HostileWorld::with(STOCK).await;
    let rows = json!({ "orders": [{ "id": 1, "name": "Pump" }], "others": [{ "id": 2, "name": "Valve" }] });
    let raw = Raw::json(200, &rows.to_string()).with("cache-control", "private, max-age=300");
    world.api.script(|script| script.answers.insert("/orders".to_owned(), raw));
    let mut files = world.follow().await;
    let (mut browser, page) = world.signed_in("/boards/stock").await;
    assert!(page.body.contains("Pump") && !page.body.contains("Valve"));
    files.change("$.orders[*]", "$.others[*]");
    assert!(files.hang_up());
    let page = browser.open("/boards/stock").await;
    assert!(page.body.contains("Valve") && !page.body.contains("Pump"), "{}", page.body);
}
