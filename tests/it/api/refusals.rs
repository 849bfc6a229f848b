//! The effect of the API's refusals: one refresh and one retry, or nothing (AC-05, AC-06).

use std::collections::HashSet;

use super::{BOARD, PANEL, answer, counts, is_data, is_failing, world};
use crate::support::hostile::Raw;

/// A 401 with these challenges, one header each.
fn refusal(status: u16, challenges: &[&str]) -> Raw {
    challenges.iter().fold(Raw::json(status, "{}"), |raw, value| raw.with("www-authenticate", value))
}

#[tokio::test]
async fn ac_05_an_api_that_refuses_every_token_is_asked_twice_and_the_provider_once() {
    for challenges in [
        &[][..],
        &["Bearer error=\"invalid_token\""],
        &["Basic realm=\"a, b\", Bearer realm=\"x\", error=\"invalid_token\""],
        &["Basic realm=\"a\"", "bearer error=invalid_token"],
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in("/account").await;
        answer(&world, refusal(401, challenges));
        let page = browser.get(BOARD).await;
        assert!(is_failing(&page), "{challenges:?}: {}", page.body);
        assert_eq!(counts(&world), (2, 1), "{challenges:?}");
        let tokens: HashSet<_> = world.api.calls().iter().map(|call| call.token().to_owned()).collect();
        assert_eq!(tokens.len(), 2, "{challenges:?}: the second time with another token");
        answer(&world, None);
        assert!(is_data(&browser.get(BOARD).await), "{challenges:?}: still signed in");
        assert_eq!(counts(&world), (3, 1), "{challenges:?}");
    }
}

#[tokio::test]
async fn ac_05_a_token_that_the_api_no_longer_takes_is_replaced_unseen() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let first = world.provider.issued()[0].access_token.clone();
    world.api.script(|script| {
        script.refused.insert(first);
    });
    assert!(is_data(&browser.get(BOARD).await));
    assert_eq!(counts(&world), (3, 1));
    assert!(is_data(&browser.fetch(PANEL).await));
    assert_eq!(counts(&world), (4, 1), "and the new one is kept");
}

#[tokio::test]
async fn ac_05_what_another_token_would_not_mend_is_asked_once() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for raw in [
        refusal(401, &["Bearer error=\"invalid_request\""]),
        refusal(401, &["Basic realm=\"a\", Bearer error=\"insufficient_scope\", scope=\"x\""]),
        refusal(401, &["Digest nonce=\"a\"", "Bearer error=\"unknown_to_us\""]),
        refusal(400, &["Bearer error=\"invalid_token\""]),
        refusal(407, &["Bearer error=\"invalid_token\""]),
        Raw::json(429, "{}").with("retry-after", "0"),
        Raw::json(500, "{}"),
        Raw::json(502, "{}"),
        Raw::json(503, "{}").with("retry-after", "0"),
        Raw::json(404, "{}"),
    ] {
        let before = counts(&world).0;
        answer(&world, raw.clone());
        let page = browser.get(BOARD).await;
        assert!(is_failing(&page), "{raw:?}: {}", page.body);
        assert_eq!(counts(&world), (before + 1, 0), "{raw:?}");
    }
    answer(&world, None);
    assert!(is_data(&browser.get(BOARD).await));
}

#[tokio::test]
async fn ac_06_the_scope_that_is_missing_is_shown_and_nothing_is_refreshed() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (challenges, shown) in [
        (
            &["Bearer error=\"insufficient_scope\", scope=\"stock:read stock:write\""][..],
            "stock:read stock:write",
        ),
        (&["Basic realm=\"x, y\", Bearer error=\"insufficient_scope\", scope=\"stock:read\""], "stock:read"),
        (&["Basic realm=\"x\"", "BEARER Scope=stock:read, Error=insufficient_scope"], "stock:read"),
        (&["Bearer error=\"insufficient_scope\", scope=\"<b>stock</b>\""], "&lt;b&gt;stock&lt;/b&gt;"),
    ] {
        let before = counts(&world).0;
        answer(&world, refusal(403, challenges));
        for path in [BOARD, BOARD] {
            let page = browser.get(path).await;
            assert_eq!(page.status.as_u16(), 200);
            assert!(page.body.contains("You don’t have access to this"), "{challenges:?}");
            assert!(page.body.contains(&format!("<code>{shown}</code>")), "{challenges:?}: {}", page.body);
        }
        assert_eq!(counts(&world), (before + 2, 0), "{challenges:?}: one call a page");
    }
    for challenges in [
        &[][..],
        &["Bearer"],
        &["Bearer error=\"insufficient_scope\""],
        &["Bearer error=\"insufficient_scope\", scope=\"a\u{e9}\""],
        &["Bearer error=\"invalid_token\", scope=\"stock:read\""],
        &["Basic error=\"insufficient_scope\", scope=\"stock:read\""],
    ] {
        answer(&world, refusal(403, challenges));
        let page = browser.get(BOARD).await;
        assert!(
            page.body.contains("You don’t have access to this")
                && !page.body.contains("Your sign-in doesn’t include")
        );
    }
    assert_eq!(counts(&world).1, 0);
    answer(&world, None);
    assert!(is_data(&browser.get(BOARD).await), "and it goes on when the API lets the person in");
}
