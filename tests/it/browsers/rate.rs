//! Rate limits by client address.

use axum::http::{Method, StatusCode};
use claimcheck_model::paths;

use crate::support::{
    Browser, Page, World,
    hostile::{At, HostileWorld},
};

const TWO: &str = "sign_in_rate = 2\ntrusted_proxies = [\"10.0.0.0/8\"]\n";
const PROXY: [u8; 4] = [10, 0, 0, 1];

/// Starts a sign-in at this path.
async fn begin(browser: &mut Browser<'_>, path: &str, forwarded_for: &str) -> Page {
    browser.send(Method::GET, path, &[("x-forwarded-for", forwarded_for)], None).await
}

#[tokio::test]
async fn op_05_a_sign_in_too_many_is_a_page_that_says_when_and_leads_on() {
    let world = World::with(TWO).await;
    let mut browser = world.browser();
    for path in ["/auth/sign-in", "/account"] {
        assert_eq!(browser.get(path).await.status, StatusCode::SEE_OTHER);
    }
    for path in ["/auth/sign-in?return_to=/boards/orders?q=a", "/boards/orders?q=a"] {
        let refused = browser.get(path).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!((refused.header("location"), refused.header("set-cookie")), ("", ""));
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        assert!(refused.body.contains("Too many sign-ins") && refused.body.contains("Reference"));
        assert!(
            refused.body.contains("/auth/sign-in?return_to=%2Fboards%2Forders%3Fq%3Da"),
            "the way back is kept"
        );
    }
    assert_eq!(browser.open("/").await.status, StatusCode::OK, "only sign-ins are counted");
    let mut other = world.browser();
    other.address = [192, 0, 2, 9].into();
    assert_eq!(
        other.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "another address is another client"
    );
}

#[tokio::test]
async fn op_05_whoever_is_signed_in_is_not_counted_and_no_limit_is_none() {
    let world = World::with(TWO).await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for _ in 0..5 {
        assert_eq!(browser.open("/boards/orders").await.status, StatusCode::OK);
    }
    let world = World::with("sign_in_rate = 0\n").await;
    for _ in 0..1000 {
        assert_eq!(world.browser().get("/account").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn op_05_the_restart_of_a_lost_sign_in_is_counted_too() {
    for (rate, expected) in [(1, StatusCode::TOO_MANY_REQUESTS), (2, StatusCode::SEE_OTHER)] {
        let world = World::with(&format!("sign_in_rate = {rate}\n")).await;
        let mut browser = world.browser();
        let page = browser.open("/account").await;
        let callback = browser.press_sign_in(page, "ada").await.location();
        browser.at_app.clear();
        let page = browser.get(callback.as_str()).await;
        assert_eq!(page.status, expected);
        assert_eq!(page.headers.contains_key("retry-after"), expected.is_client_error());
        assert_eq!(page.headers.contains_key("location"), expected.is_redirection());
    }
}

#[tokio::test]
async fn op_05_a_forged_address_does_not_evade_the_limit_and_a_trusted_proxys_word_is_taken() {
    let world = World::with(TWO).await;
    let mut forger = world.browser();
    forger.address = [192, 0, 2, 9].into();
    for (number, expected) in [(1, 303), (2, 303), (3, 429), (4, 429)] {
        let page = begin(&mut forger, "/account", &format!("203.0.113.{number}")).await;
        assert_eq!(page.status, expected, "an untrusted peer is counted by itself");
    }
    let mut proxy = world.browser();
    proxy.address = PROXY.into();
    for number in 1..=4 {
        let page = begin(&mut proxy, "/account", &format!("203.0.113.{number}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "different people behind one proxy");
    }
    for (number, expected) in [(5, 303), (6, 429), (7, 429)] {
        // The client's own entry comes before the one added by the proxy.
        let page = begin(&mut proxy, "/account", &format!("198.51.100.{number}, 203.0.113.1")).await;
        assert_eq!(page.status, expected, "one person behind the proxy");
    }
}

#[tokio::test]
async fn op_05_callbacks_without_end_are_refused_and_leave_a_sign_in_as_it_was() {
    let world = HostileWorld::with("sign_in_rate = 3\n").await;
    let mut browser = world.browser();
    let to_provider = browser.get("/account").await.location();
    let callback = browser.get(to_provider.as_str()).await.location();
    let mut flooder = world.browser();
    for (number, expected) in [(1, 400), (2, 400), (3, 400), (4, 429), (5, 429)] {
        let address = ["/auth/callback?code=a&state=b", "/auth/callback", "/auth/callback?state=a&state=b"];
        let page = flooder.get(address[number % 3]).await;
        assert_eq!(page.status, expected, "number {number}");
        assert_eq!(page.headers.contains_key("retry-after"), expected == 429);
    }
    let page = browser.get(callback.as_str()).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "the same address");
    assert!(page.body.contains("/auth/sign-in?return_to=%2Faccount"), "the way back is kept");
    assert_eq!(world.provider.count(At::CodeExchange), 0);
    browser.address = [192, 0, 2, 9].into();
    assert_eq!(browser.open(callback.as_str()).await.path(), "/account", "the transaction is as it was");
    // A signed-in user is redirected, however often.
    for _ in 0..10 {
        assert_eq!(browser.get(callback.as_str()).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn op_05_the_provider_is_not_asked_without_end_who_people_are() {
    let world = HostileWorld::with("sign_in_rate = 3\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.provider.count(At::UserInfo);
    let fetch = [("accept", "application/json"), ("sec-fetch-site", "same-origin")];
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let page = browser
            .send(
                Method::POST,
                claimcheck_model::functions::REFRESH_ACCOUNT.path.path(),
                &fetch,
                Some(String::new()),
            )
            .await;
        assert_eq!(page.headers.contains_key("retry-after"), page.status == 429);
        statuses.push(page.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(world.provider.count(At::UserInfo) - before, 3);
    // With scripts off: back on the page, with a message.
    let page = browser.post(claimcheck_model::functions::REFRESH_ACCOUNT.path.path(), &[]).await;
    let page = browser.follow(page).await;
    assert!(page.body.contains("This couldn’t be completed") && page.path() == "/account", "{}", page.body);
}

#[tokio::test]
async fn op_05_refused_logout_tokens_are_counted_and_those_of_the_provider_are_not() {
    let world = HostileWorld::with("sign_in_rate = 3\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut flooder = world.browser();
    flooder.address = [192, 0, 2, 9].into();
    for expected in [400, 400, 400, 400, 429] {
        let page = flooder.post(paths::BACK_CHANNEL_LOGOUT.path(), &[("logout_token", "x.y.z")]).await;
        assert_eq!(page.status, expected);
        assert_eq!(page.headers.contains_key("retry-after"), expected == 429);
        assert_eq!(page.header("cache-control"), "no-store");
    }
    let mut provider = world.browser();
    for number in 0..10 {
        let sid = format!("another-{number}");
        let token = world.provider.logout(None, Some(&sid)).signed(world.provider.keys());
        let page = provider.post(paths::BACK_CHANNEL_LOGOUT.path(), &[("logout_token", &token)]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}

/// By design: a sign-out with a session is as rare as the sign-in before it, and one without a session costs nothing.
#[tokio::test]
async fn op_05_signing_out_is_never_refused_and_without_a_session_asks_nobody() {
    let world = HostileWorld::with("sign_in_rate = 3\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let asked = world.provider.everything().len();
    let mut nobody = world.browser();
    for _ in 0..20 {
        assert_eq!(nobody.post(paths::SIGN_OUT.path(), &[]).await.status, StatusCode::OK);
    }
    assert_eq!(world.provider.everything().len(), asked);
    assert_eq!(browser.post(paths::SIGN_OUT.path(), &[]).await.status, StatusCode::OK);
}
