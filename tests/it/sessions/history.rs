//! The history of the session on the page.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{
    Page, World,
    hostile::{At, HostileWorld, Raw},
};

/// Longer than the lifetime of an access token, and than any pause after a failure.
const LATER_SECS: i64 = 300;

/// The entries, newest first.
fn lines(page: &Page) -> Vec<String> {
    let list = page.body.split("<ol class=\"entries perf\">").nth(1).unwrap().split("</ol>").next().unwrap();
    let labels = list.split("<span class=\"label\">").skip(1);
    labels.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_session_tells_what_happened_in_it_newest_first() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        script.person.claims.insert("roles".into(), json!(["orders", "finance"]));
    });
    let (mut browser, page) = world.signed_in("/sessions").await;
    assert_eq!(lines(&page), ["Signed in with password"]);
    for _ in 0..3 {
        world.advance(LATER_SECS);
        browser.open("/boards/orders").await;
    }
    let page = browser.open("/sessions").await;
    assert_eq!(lines(&page), ["API access renewed 3 times", "Signed in with password"]);

    let down = Raw::text(503, "text/html", "down");
    world.provider.script(|script| script.instead.insert(At::Refresh, down));
    for _ in 0..2 {
        world.advance(LATER_SECS);
        browser.open("/boards/orders").await;
    }
    world.drained().await;
    world.provider.script(|script| {
        script.instead.clear();
        script.userinfo.set("roles", json!(["orders"]));
        script.at_refresh.claims.set("roles", json!(["orders"]));
    });
    world.advance(LATER_SECS);
    browser.open("/boards/orders").await;
    let page = browser.open("/sessions").await;
    let failed = "API access couldn’t be renewed: your sign-in provider didn’t respond";
    assert_eq!(
        lines(&page)[..4],
        [
            "Your details changed at your sign-in provider. Roles: finance removed",
            "API access renewed",
            failed,
            "API access renewed 3 times",
        ]
    );
    assert_eq!(browser.open("/auth/sign-in?return_to=/sessions").await.status, StatusCode::OK);
    let page = browser.open("/sessions").await;
    assert_eq!(lines(&page)[0], "Signed in again with password");
    assert_eq!(lines(&page).len(), 6, "what was before goes on: {:?}", lines(&page));
}

#[tokio::test]
async fn a_refresh_of_tokens_alone_is_told_without_a_write_of_the_record() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        script.metadata.remove("userinfo_endpoint");
        script.at_refresh.answer.remove("id_token");
    });
    let (mut browser, _) = world.signed_in("/sessions").await;
    let versions = async || {
        let sessions = &world.services.sessions;
        let key = sessions.page(None, None).await.unwrap()[0].key.clone();
        let session = sessions.reload(&key).await.unwrap().unwrap();
        (session.record_version, session.tokens_version)
    };
    let (record, tokens) = versions().await;
    world.advance(LATER_SECS);
    browser.open("/boards/orders").await;
    assert_eq!(versions().await, (record, tokens + 1));
    let page = browser.open("/sessions").await;
    assert_eq!(lines(&page), ["API access renewed", "Signed in with password"]);
    // With new claims it is one write.
    world.provider.script(|script| script.at_refresh = Default::default());
    world.advance(LATER_SECS);
    browser.open("/boards/orders").await;
    assert_eq!(versions().await, (record + 1, tokens + 2));
}

#[tokio::test]
async fn times_are_those_of_the_person() {
    let world = World::start().await;
    let (_, sam) = world.signed_in("sam", "/sessions").await;
    assert!(sam.body.contains(" UTC</time>"), "the provider says nothing of Sam's zone");
    let (_, jonas) = world.signed_in("jonas", "/sessions").await;
    assert!(!jonas.body.contains(" UTC</time>") && jonas.body.contains("<time"));
}
