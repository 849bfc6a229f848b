//! What panels say when an API fails: different words for different causes, the API's own sentence, one notice for one
//! outage, and the references under which the log has the cause.

use serde_json::json;

use super::{function, panel, part, text};
use crate::support::{
    Browser, Heard,
    hostile::{HostileWorld, Raw},
};

const BOARDS: &str = r#"
inspect_role = "author"

[[board]]
id = "all"
title = "All"

[[board.panel]]
id = "p0"
title = "Orders"
kind = "table"
get = "/orders?q=jane"
rows = "$.rows[*]"
key = "a"
detail = "/orders/{a}"
columns = [{ key = "a", title = "A" }, { key = "b", title = "B" }]

[[board.panel]]
id = "p1"
title = "Names"
kind = "list"
get = "/names"
rows = "$.rows[*]"
label = "a"

[[board.panel]]
id = "p2"
title = "Sum"
kind = "stat"
get = "/sum"
value = "$.sum"

[[board]]
id = "one"
title = "One"

[[board.panel]]
id = "p0"
title = "Sum"
kind = "stat"
get = "/sum"
value = "$.sum"
"#;

async fn world() -> HostileWorld {
    HostileWorld::with(BOARDS).await
}

fn answers(world: &HostileWorld, raw: Raw) {
    world.api.script(|script| script.instead = Some(raw));
}

/// The text of a panel that is alone at its API.
async fn alone(browser: &mut Browser<'_>) -> String {
    text(&panel(browser, "one", 0, "").await.body)
}

#[tokio::test]
async fn st_01_each_status_has_its_own_words_and_the_apis_sentence_in_every_shape() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let bodies = [
        ("application/problem+json", r#"{"title":"Bad","detail":"Say which region."}"#),
        ("application/problem+json", r#"{"title":"Say which region."}"#),
        ("application/json", r#"{"message":"Say which region."}"#),
        ("application/json", r#"{"error":"Say which region."}"#),
        ("application/json", r#"{"error":{"code":7,"message":"Say which region."}}"#),
        ("application/json", r#"{"errors":[{"message":"Say which region."}]}"#),
        ("application/json", r#"{"errors":{"region":["Say which region."]}}"#),
        ("application/json", r#"{"error":"invalid_request","error_description":"Say which region."}"#),
        ("application/vnd.api+json", r#"{"errors":[{"detail":"Say which region."}]}"#),
        ("application/json", r#"[{"errorCode":"X","message":"Say\nwhich region."}]"#),
    ];
    for (status, title) in [
        (400, "doesn’t accept this request"),
        (402, "doesn’t accept this request"),
        (404, "has nothing at this address"),
        (409, "doesn’t accept this request"),
        (410, "has nothing at this address"),
        (422, "doesn’t accept this request"),
        (451, "doesn’t accept this request"),
        (500, "reports an error"),
        (501, "reports an error"),
        (503, "reports an error"),
        (599, "reports an error"),
    ] {
        for (kind, body) in bodies {
            answers(&world, Raw::json(status, body).typed(kind));
            let shown = alone(&mut browser).await;
            assert!(shown.contains(title), "{status} {body}: {shown}");
            assert!(shown.contains("which region.”"), "{status} {body}: {shown}");
        }
        answers(&world, Raw::text(status, "text/plain; charset=utf-8", "Say which region.\n"));
        let shown = alone(&mut browser).await;
        let words = if status < 500 { "which region.”" } else { &*format!("status {status}") };
        assert!(shown.contains(title) && shown.contains(words), "{status}: {shown}");
        // Without words, the status.
        for raw in [
            Raw::text(status, "text/plain", "at region.rs:7\nat region.rs:9"),
            Raw::text(status, "text/plain", &"region ".repeat(100)),
            Raw::text(status, "text/html", "<h1>Say which region.</h1>"),
            Raw::json(status, "{}"),
            Raw::text(status, "", ""),
            Raw::json(status, r#"{"message":"<!doctype html><p>Say which region."}"#),
        ] {
            answers(&world, raw);
            let shown = alone(&mut browser).await;
            assert!(
                shown.contains(title) && shown.contains(&format!("status {status}")),
                "{status}: {shown}"
            );
            assert!(!shown.contains("region"), "{status}: {shown}");
        }
    }
    // A refusal is about access, also with other words than problem details.
    for (kind, body) in bodies {
        answers(&world, Raw::json(403, body).typed(kind));
        let shown = alone(&mut browser).await;
        assert!(
            shown.contains("You don’t have access to this") && shown.contains("region."),
            "{body}: {shown}"
        );
    }
    answers(&world, Raw::json(401, r#"{"message":"Who are you?"}"#));
    let shown = alone(&mut browser).await;
    assert!(shown.contains("doesn’t accept your sign-in") && shown.contains("Who are you?"), "{shown}");
    for raw in [Raw::redirect(302, "/login"), Raw::redirect(308, "https://elsewhere.example/")] {
        answers(&world, raw);
        let shown = alone(&mut browser).await;
        assert!(shown.contains("can’t be shown") && shown.contains("redirects"), "{shown}");
        assert!(!shown.contains("elsewhere"), "{shown}");
    }
    answers(&world, Raw::text(200, "text/html", "<h1>Hello</h1>"));
    assert!(alone(&mut browser).await.contains("text/html"));
    answers(&world, Raw::hang_up());
    assert!(alone(&mut browser).await.contains("isn’t responding"));
    // The same request made right.
    answers(&world, Raw::json(200, r#"{"sum":7}"#));
    assert!(alone(&mut browser).await.contains('7'));
}

#[tokio::test]
async fn st_01_too_many_requests_say_when_and_why() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let raw = Raw::json(429, r#"{"message":"60 requests a minute are enough."}"#).with("retry-after", "30");
    answers(&world, raw);
    // The second one is not sent, and has the words of the first.
    for _ in 0..2 {
        let shown = alone(&mut browser).await;
        assert!(shown.contains("is limiting requests") && shown.contains("next attempt is at"), "{shown}");
        assert!(shown.contains("60 requests a minute"), "{shown}");
    }
    world.advance(31);
    answers(&world, Raw::json(200, r#"{"sum":7}"#));
    assert!(alone(&mut browser).await.contains('7'));
}

#[tokio::test]
async fn st_01_a_row_says_why_it_cannot_be_shown() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let rows = Raw::json(200, r#"{"rows":[{"a":"x1","b":2}]}"#);
    world.api.script(|script| {
        script.answers.insert("/orders".to_owned(), rows);
        script.answers.insert("/orders/x1".to_owned(), Raw::json(400, r#"{"error":"Archived."}"#));
    });
    let page = browser.get("/boards/all/rows/p0?key=x1").await;
    assert!(
        page.body.contains("doesn’t accept this request") && page.body.contains("Archived."),
        "{}",
        page.body
    );
    world.api.script(|script| {
        script.answers.insert("/orders/x1".to_owned(), Raw::json(200, r#"{"a":"x1","b":2}"#));
    });
    assert!(browser.get("/boards/all/rows/p0?key=x1").await.status.is_success());
}

#[tokio::test]
async fn st_03_one_notice_says_what_several_panels_of_an_api_have() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/all").await;
    let hidden = |body: &str| {
        body.split_once("id=\"outage-default\"").unwrap().1.split_once('>').unwrap().0.contains("hidden")
    };
    assert!(hidden(&page.body), "nothing fails: {}", page.body);
    for (raw, words) in [
        (Raw::json(500, r#"{"message":"Out of paper."}"#), "has answered with errors since"),
        (Raw::hang_up(), "since"),
    ] {
        answers(&world, raw);
        // The first one may still wait for the others.
        browser.get("/boards/all").await;
        let page = browser.get("/boards/all").await;
        assert!(!hidden(&page.body) && page.body.matches(words).count() == 1, "{words}: {}", page.body);
        assert_eq!(page.body.matches("The notice above the panels says why").count(), 3, "{}", page.body);
        assert!(page.body.contains("The next attempt is at"), "{}", page.body);
        assert_eq!(page.body.matches(">Try again</a>").count(), 0);
        // The script of a panel gets a short mark, and the text for the notice.
        let fetched = panel(&mut browser, "all", 1, "").await;
        let (failure, _) = fetched.body.split_once('\n').unwrap();
        let (mark, notice) = failure.split_once('\t').unwrap();
        assert!(mark == "Not up to date" && notice.contains("since"), "{failure}");
    }
    answers(&world, Raw::json(200, r#"{"rows":[{"a":"x1","b":2}],"sum":7}"#));
    let page = browser.get("/boards/all").await;
    assert!(hidden(&page.body) && page.body.contains("x1"), "{}", page.body);
}

#[tokio::test]
async fn st_03_panels_that_fail_for_different_reasons_say_so_themselves() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let answer =
        |path: &str, raw: Raw| world.api.script(|script| script.answers.insert(path.to_owned(), raw));
    answer("/orders", Raw::json(500, "{}"));
    answer("/names", Raw::json(404, "{}"));
    answer("/sum", Raw::json(200, r#"{"sum":7}"#));
    let page = browser.get("/boards/all").await;
    assert!(part(&page.body, 0).contains("reports an error"), "{}", page.body);
    assert!(part(&page.body, 1).contains("has nothing at this address"), "{}", page.body);
    assert!(!page.body.contains("The notice above") && part(&page.body, 2).contains('7'), "{}", page.body);
}

#[tokio::test]
async fn wb_02_each_panel_has_its_own_reference_and_its_lines_name_board_panel_method_and_path() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    answers(&world, Raw::json(400, r#"{"message":"No."}"#));
    let heard = Heard::begin();
    let page = browser.get("/boards/all").await;
    let id = page.header("x-request-id").to_owned();
    for (index, (name, path)) in [("p0", "/orders"), ("p1", "/names"), ("p2", "/sum")].into_iter().enumerate()
    {
        let reference = format!("{id}-{}", index + 1);
        assert!(part(&page.body, index).contains(&reference), "{reference}: {}", page.body);
        let line = [reference.as_str(), "board=\"all\"", name, "panel without data", "GET", path];
        assert!(heard.has(&line), "{line:?}: {:?}", heard.lines(&[&id]));
        assert!(heard.has(&[&reference, "cannot be used", path, "400"]), "{:?}", heard.lines(&[&reference]));
    }
    assert!(heard.lines(&["jane"]).is_empty(), "the query is personal");
}

#[tokio::test]
async fn wb_01_a_path_that_matches_nothing_is_told_from_an_empty_answer() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let heard = Heard::begin();
    answers(&world, Raw::json(200, r#"{"rows":[],"sum":null}"#));
    for index in 0..3 {
        let shown = panel(&mut browser, "all", index, "").await.body;
        assert!(!shown.contains("isn’t where this panel looks"), "{index}: {shown}");
    }
    assert!(heard.lines(&["WARN"]).is_empty(), "{:?}", heard.lines(&["WARN"]));
    answers(&world, Raw::json(200, r#"{"items":[{"a":1}],"total":1}"#));
    for (index, path) in [(0, "$.rows"), (1, "$.rows"), (2, "$.sum")] {
        for _ in 0..2 {
            let shown = panel(&mut browser, "all", index, "").await.body;
            assert!(
                shown.contains("isn’t where this panel looks") && shown.contains("Reference"),
                "{index}: {shown}"
            );
        }
        let name = format!("panel=\"p{index}\"");
        let lines = heard.lines(&["WARN", "path matches nothing", "all", &name, path, "items, total"]);
        assert_eq!(lines.len(), 1, "once: {:?}", heard.lines(&["WARN"]));
    }
    // A column that no row has, beside one that is empty.
    answers(&world, Raw::json(200, r#"{"rows":[{"a":"x1","c":null},{"a":"x2"}],"sum":7}"#));
    let shown = function(&mut browser, "panel_when_ready", "all", 0, "").await.body;
    assert!(shown.contains("x1"), "{shown}");
    assert!(heard.has(&["WARN", "path matches nothing", "columns", "\"b\""]), "{:?}", heard.lines(&["WARN"]));
}

#[tokio::test]
async fn wb_01_parts_of_a_list_and_values_of_another_kind_are_told_apart_too() {
    let world = world().await;
    world.provider.script(|script| {
        script.person.claims.insert("roles".to_owned(), json!(["author"]));
    });
    let (mut browser, _) = world.signed_in("/account").await;
    let heard = Heard::begin();
    // The rows are there, their label is not.
    answers(&world, Raw::json(200, r#"{"rows":[{"name":"x1"},{"name":"x2"}],"sum":7}"#));
    let shown = text(&panel(&mut browser, "all", 1, "").await.body);
    assert!(shown.contains("label : a matches nothing. What is there has: name ."), "{shown}");
    assert!(heard.has(&["WARN", "path matches nothing", "label", "\"a\""]), "{:?}", heard.lines(&["WARN"]));
    answers(&world, Raw::json(200, r#"{"rows":[{"a":null},{"a":"x2"}],"sum":7}"#));
    assert!(!text(&panel(&mut browser, "all", 1, "").await.body).contains("matches nothing"));
    // A value that is no number.
    for (sum, came) in
        [(r#""open""#, "a text"), ("true", "true or false"), (r#"{"a":1}"#, "an object"), ("[1]", "a list")]
    {
        answers(&world, Raw::json(200, &format!(r#"{{"sum":{sum}}}"#)));
        let shown = text(&panel(&mut browser, "all", 2, "").await.body);
        let told = format!("value : $.sum leads to {came} . The panel needs a number .");
        assert!(shown.contains("No value") && shown.contains(&told), "{told}: {shown}");
    }
    let lines = heard.lines(&["WARN", "path leads to another shape", "$.sum", "a number"]);
    assert_eq!(lines.len(), 1, "once: {:?}", heard.lines(&["WARN"]));
    answers(&world, Raw::json(200, r#"{"sum":null}"#));
    let shown = text(&panel(&mut browser, "all", 2, "").await.body);
    assert!(shown.contains("No value") && !shown.contains("needs a number"), "{shown}");
    // Users who may not inspect panels see the value that there is not, and no settings.
    let (mut other, _) = world.signed_in_as("other", "Other", "/account").await;
    answers(&world, Raw::json(200, r#"{"sum":"open"}"#));
    let shown = text(&panel(&mut other, "all", 2, "").await.body);
    assert!(shown.contains("No value") && !shown.contains("$.sum"), "{shown}");
}
