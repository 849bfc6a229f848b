//! `/`, and the headers of every response.

use axum::http::{Method, StatusCode};

use super::support::World;

#[tokio::test]
async fn home_signed_out_says_what_this_is_and_signed_in_leads_to_the_first_board() {
    let world = World::start().await;
    let home = world.browser().open("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(
        home.body.contains("href=\"/auth/sign-in\"") && !home.body.contains("const site"),
        "nothing to load"
    );
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    assert_eq!(browser.get("/").await.header("location"), "/boards/orders");
}

#[tokio::test]
async fn sc_10_an_anonymous_view_stores_nothing_and_sets_no_cookie() {
    let world = World::start().await;
    let mut browser = world.browser();
    for path in ["/", "/nothing", "/favicon.ico"] {
        assert!(browser.open(path).await.headers.get("set-cookie").is_none(), "{path}");
    }
    assert!(browser.get("/account").await.header("set-cookie").starts_with("claimcheck-browser="));
}

#[tokio::test]
async fn hd_01_every_page_has_a_policy_without_unsafe_inline() {
    let world = World::start().await;
    let (mut browser, board) = world.signed_in("ada", "/boards/orders").await;
    let not_found = browser.open("/nothing").await;
    let problem = browser.open("/auth/callback?code=a").await;
    let home = world.browser().open("/").await;
    assert_eq!(not_found.status, StatusCode::NOT_FOUND);
    for page in [&board, &not_found, &problem, &home] {
        let csp = page.header("content-security-policy");
        for directive in
            ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]
        {
            assert!(csp.contains(directive), "{} lacks {directive}: {csp}", page.url);
        }
        assert!(!csp.contains("unsafe-inline") && !csp.contains("'unsafe-eval'"));
        assert!(!page.body.contains(" style="), "{} has inline style", page.url);
    }
    let nonce = |csp: &str| csp.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0.to_owned();
    let first = nonce(board.header("content-security-policy"));
    assert!(board.body.contains(&format!("nonce=\"{first}\"")), "its scripts carry the nonce");
    let again = browser.open("/boards/orders").await;
    assert_ne!(first, nonce(again.header("content-security-policy")), "a fresh nonce each time");
}

#[tokio::test]
async fn pages_are_compressed_and_the_page_that_holds_the_hint_is_not() {
    let world = World::start().await;
    let (mut browser, plain) = world.signed_in("ada", "/boards/orders").await;
    let asks = [("accept-encoding", "gzip, br"), ("sec-fetch-site", "same-origin")];
    let page = browser.send(Method::GET, "/boards/orders", &asks, None).await;
    assert_eq!((plain.header("content-encoding"), page.header("content-encoding")), ("", "br"));
    assert_eq!(
        browser.send(Method::GET, "/account", &[("sec-purpose", "prefetch"), asks[0]], None).await.status,
        200
    );
    let sign_out = browser.send(Method::POST, "/auth/sign-out", &asks, Some(String::new())).await;
    assert_eq!((sign_out.status, sign_out.header("content-encoding")), (StatusCode::OK, ""));
    let refused = browser.send(Method::GET, "/account", &[("sec-purpose", "prefetch"), asks[0]], None).await;
    assert_eq!((refused.status, refused.header("content-encoding")), (StatusCode::UNAUTHORIZED, ""));
    assert!(refused.body.contains("You’re signed out"));
}
