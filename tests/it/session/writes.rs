//! Requests that overlap a sign-out, a refresh, or each other: no session is brought back, nothing is lost (SC-12,
//! SC-13, SC-14).

use std::time::Duration;

use axum::http::{Method, StatusCode};

use crate::{
    session::LATER_SECS,
    support::hostile::{At, HostileWorld, Raw},
};

const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";

#[tokio::test]
async fn sc_12_a_request_held_open_over_a_sign_out_writes_nothing_back() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let tab = || {
        let mut tab = world.browser();
        tab.at_app.insert("claimcheck".into(), cookie.clone());
        tab
    };
    let (mut reads, mut writes, mut views) = (tab(), tab(), tab());
    views.waits_for_panels = false;
    world.api.script(|script| script.delay = Some(Duration::from_secs(2)));
    world.provider.script(|script| {
        script.late.insert(At::UserInfo, Duration::from_secs(2));
        script.person.claims.insert("nickname".into(), "written back".into());
    });
    let seen = (world.api.calls().len(), world.provider.count(At::UserInfo));
    let signs_out = async {
        while (world.api.calls().len(), world.provider.count(At::UserInfo)) < (seen.0 + 1, seen.1 + 1) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        browser.post("/auth/sign-out", &[]).await
    };
    let script = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let (read, written, viewed, sign_out) = tokio::join!(
        reads.fetch(PANEL),
        writes.send(Method::POST, "/api/refresh_account", &script, Some(String::new())),
        views.get("/boards/orders"),
        signs_out,
    );
    assert_eq!(sign_out.status, StatusCode::OK);
    for held in [&read, &written, &viewed] {
        // The board that was opened last is no matter of the session.
        let set = held
            .headers
            .get_all("set-cookie")
            .iter()
            .all(|cookie| cookie.as_bytes().starts_with(b"claimcheck-board="));
        assert!(set, "{}: {:?}", held.url, held.headers);
        assert!(!held.status.is_server_error(), "{}: {}", held.url, held.status);
    }
    assert_eq!((written.status.as_u16(), written.body.as_str()), (401, "\"SignedOut\""));
    assert_eq!(tab().fetch("/api/account").await.body, "\"SignedOut\"");
    world.advance(10_000_000);
    assert_eq!(world.services.sessions.purge().await.unwrap(), 1, "only the mark of the sign-in is left");
}

#[tokio::test]
async fn sc_13_of_fifty_mixed_requests_at_expiry_the_newest_refresh_token_survives() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (browser, _) = world.signed_in("/account").await;
    for round in 1..=3 {
        world.advance(LATER_SECS);
        let requests = (0..50).map(|number| {
            let mut tab = world.browser();
            tab.at_app.clone_from(&browser.at_app);
            async move {
                match number % 5 {
                    0 => tab.get("/boards/orders").await,
                    1 => tab.get("/account").await,
                    2 => tab.fetch(PANEL).await,
                    3 => tab.fetch("/api/account").await,
                    _ => tab.post("/api/refresh_account", &[]).await,
                }
            }
        });
        for page in futures::future::join_all(requests).await {
            let is_fine = page.status == StatusCode::OK || page.status == StatusCode::SEE_OTHER;
            assert!(is_fine && page.is_of_app(), "round {round}: {} {}", page.url, page.status);
            assert!(!page.body.contains("isn’t responding"), "round {round}: {}", page.url);
        }
        assert_eq!((world.provider.count(At::Refresh), world.provider.reuses()), (round, 0));
    }
    let (sent, issued) = (world.provider.seen(At::Refresh), world.provider.issued());
    for (number, request) in sent.iter().enumerate() {
        assert_eq!(request.field("refresh_token"), issued[number].refresh_token.as_deref());
    }
}

#[tokio::test]
async fn sc_14_new_tokens_are_stored_before_they_are_used_whatever_is_answered() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let script = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let mut failing = 0;
    for round in 0..2 {
        world.advance(LATER_SECS);
        let page = if round == 0 {
            // The refresh succeeds, the API call fails, and the response is a 5xx.
            let broken = Raw::text(500, "text/html", "broken");
            world.provider.script(|script| script.instead.insert(At::UserInfo, broken));
            browser.send(Method::POST, "/api/refresh_account", &script, Some(String::new())).await
        } else {
            world.api.script(|script| script.instead = Some(Raw::text(502, "text/html", "broken")));
            browser.fetch(PANEL).await
        };
        failing += usize::from(page.status.is_server_error());
        assert!(!page.body.contains("Customer of"));
        assert_eq!(world.provider.count(At::Refresh), round + 1);
        world.provider.be_honest();
        world.api.script(|script| script.instead = None);
    }
    assert_eq!(failing, 1, "one of them answered with a 5xx");
    assert!(browser.fetch(PANEL).await.body.contains("Customer of p-ada"));
    assert_eq!(world.provider.count(At::Refresh), 2, "the stored access token is used");
    world.advance(LATER_SECS);
    assert!(browser.fetch(PANEL).await.body.contains("Customer of p-ada"));
    let (sent, issued) = (world.provider.seen(At::Refresh), world.provider.issued());
    for (number, request) in sent.iter().enumerate() {
        assert_eq!(
            request.field("refresh_token"),
            issued[number].refresh_token.as_deref(),
            "refresh {number}"
        );
    }
    assert_eq!((sent.len(), world.provider.reuses()), (3, 0));
}
