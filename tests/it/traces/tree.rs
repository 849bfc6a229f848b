//! TC-07: the spans of a sign-in, a board and an action.

use axum::http::Method;

use super::{
    Recording,
    collector::{Collector, tree},
    decode::Span,
};
use crate::support::{
    Browser, Page,
    hostile::{HostileWorld, Raw},
};

fn find<'a>(all: &'a [Span], name: &str) -> &'a Span {
    all.iter().rfind(|span| span.name == name).unwrap_or_else(|| panic!("no {name}:\n{}", tree(all)))
}

/// Whether a span is below another.
fn is_below(all: &[Span], span: &Span, above: &Span) -> bool {
    let parent = all.iter().find(|other| other.id == span.parent);
    parent.is_some_and(|parent| parent.id == above.id || is_below(all, parent, above))
}

/// Sends the form of an action, as it is.
async fn submit(browser: &mut Browser<'_>, form: &Page) -> Page {
    let fields = form.fields();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/api/act", &pairs).await
}

#[tokio::test]
async fn tc_07_a_sign_in_a_board_and_an_action_are_trees_of_spans() {
    let collector = Collector::start().await;
    let world = HostileWorld::with(&collector.setting()).await;
    let recording = Recording::begin(&world.services.settings);
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    world.api.script(|script| script.answers.insert("/reminders".into(), Raw::json(200, "{}")));
    let form = browser.open("/boards/orders/actions/remind").await;
    let sent = submit(&mut browser, &form).await;
    assert!(sent.status.is_redirection(), "{}", sent.body);
    world.drained().await;
    recording.end().await;
    let all = collector.spans();
    println!("{}", tree(&all));

    let callback = find(&all, "GET /auth/callback");
    assert_eq!((callback.kind, callback.parent.as_str()), (2, ""));
    for below in ["provider token: authorization_code", "store insert"] {
        assert!(is_below(&all, find(&all, below), callback), "{below}:\n{}", tree(&all));
    }
    let board = find(&all, "GET /boards/{board}");
    assert_eq!(board.attribute("http.request.method"), "GET");
    assert_eq!(board.attribute("http.route"), "/boards/{board}");
    assert_eq!(board.attribute("http.response.status_code"), "200");
    assert_eq!(board.error, None);
    for below in ["session load", "store find", "render", "panel", "GET /orders"] {
        let span = all.iter().rfind(|span| span.name == below && is_below(&all, span, board));
        assert!(span.is_some(), "{below}:\n{}", tree(&all));
    }
    let read = find(&all, "GET /orders");
    for (name, value) in [
        ("claimcheck.board", "orders"),
        ("claimcheck.panel", "orders"),
        ("claimcheck.api", "default"),
        ("http.request.method", "GET"),
        ("url.template", "/orders"),
        ("claimcheck.attempts", "1"),
        ("http.response.status_code", "200"),
    ] {
        assert_eq!(read.attribute(name), value, "{name}: {read:?}");
    }
    let action = find(&all, "action");
    assert_eq!(action.attribute("claimcheck.action"), "remind");
    assert_eq!(action.attribute("claimcheck.outcome"), "done");
    assert!(is_below(&all, find(&all, "POST /reminders"), action));
    // Children lie within their parents' trace, and begin after them.
    for span in &all {
        if let Some(parent) = all.iter().find(|other| other.id == span.parent) {
            assert!(parent.trace == span.trace && parent.started <= span.started, "{span:?}");
        }
        assert!(span.started <= span.ended);
    }
}

#[tokio::test]
async fn tc_07_failures_and_unknown_outcomes_are_errors() {
    let collector = Collector::start().await;
    let world = HostileWorld::with(&collector.setting()).await;
    let recording = Recording::begin(&world.services.settings);
    let (mut browser, _) = world.signed_in("/boards/orders").await;
    let form = browser.open("/boards/orders/actions/remind").await;
    world.api.script(|script| script.instead = Some(Raw::json(500, "{}")));
    submit(&mut browser, &form).await;
    // Another token, and a rejected one again.
    let rejected = Raw::json(401, "{}").with("www-authenticate", "Bearer error=\"invalid_token\"");
    world.api.script(|script| script.instead = Some(rejected));
    world.advance(120);
    browser.send(Method::GET, "/boards/orders", &[], None).await;
    world.drained().await;
    recording.end().await;
    let all = collector.spans();
    let post = find(&all, "POST /reminders");
    assert!(post.error.is_some() && post.attribute("error.type") == "500", "{}", tree(&all));
    let action = find(&all, "action");
    assert_eq!(action.attribute("claimcheck.outcome"), "unclear");
    assert_eq!(action.error.as_deref(), Some("the outcome is unknown"));
    let read = find(&all, "GET /orders");
    assert_eq!(read.attribute("claimcheck.attempts"), "2", "{}", tree(&all));
    assert_eq!(read.attribute("error.type"), "401");
    let refresh = find(&all, "refresh");
    assert!(is_below(&all, find(&all, "provider token: refresh_token"), refresh), "{}", tree(&all));
    assert!(all.iter().any(|span| span.name == "store lease"));
}
