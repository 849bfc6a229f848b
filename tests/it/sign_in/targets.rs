//! The target of a sign-in (LR-09): always a page of this site, whatever was requested.

use axum::http::StatusCode;
use url::form_urlencoded::byte_serialize;

use crate::support::{APP, hostile::HostileWorld};

fn address(return_to: &str) -> String {
    format!("/auth/sign-in?return_to={}", byte_serialize(return_to.as_bytes()).collect::<String>())
}

#[tokio::test]
async fn lr_09_a_sign_in_ends_on_this_site_and_adds_no_header() {
    let world = HostileWorld::start().await;
    let (long, longer) = (format!("/{}", "a".repeat(2048)), "/%2e".repeat(600));
    for (asked, lands) in [
        ("/account", "/account"),
        ("/boards/orders?q=a%20b&sort=total", "/boards/orders?q=a%20b&sort=total"),
        ("", "/"),
        ("https://evil.example", "/"),
        ("HTTPS:evil.example", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/%09/evil.example", "/%09/evil.example"),
        ("/%0d%0aX-Evil: y", "/"),
        ("/%0d%0aX-Evil:y", "/%0d%0aX-Evil:y"),
        ("/\r\nX-Evil: y", "/"),
        ("/a\0b", "/"),
        ("javascript:alert(1)", "/"),
        ("data:text/html,a", "/"),
        ("/@evil.example", "/@evil.example"),
        ("@evil.example", "/"),
        ("/..//evil.example", "/"),
        ("/account/../..//evil.example/", "/"),
        ("http://localhost:3000/account", "/"),
        ("/auth/sign-out", "/"),
        ("/auth/callback?code=a&state=b", "/"),
        ("/api/account", "/"),
        (&long, "/"),
        (&longer, "/"),
    ] {
        let mut browser = world.browser();
        let away = browser.get(&address(asked)).await;
        assert_eq!(away.status, StatusCode::SEE_OTHER, "{asked:?}: {}", away.body);
        let back = browser.get(away.location().as_str()).await;
        let done = browser.get(back.location().as_str()).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, lands), "{asked:?}");
        assert!(done.location().as_str().starts_with(&format!("{APP}/")), "{asked:?}");
        for page in [&away, &done] {
            assert!(!page.headers.contains_key("x-evil"), "{asked:?}");
        }
    }
    // A URL that is too long is refused before it is parsed.
    let page = world.browser().get(&address(&format!("/{}", "a".repeat(8192)))).await;
    assert_eq!(page.status, StatusCode::URI_TOO_LONG);
    let page = world.browser().get(&address(&format!("/{}", "a".repeat(8000)))).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "one that fits leads home");
}

#[tokio::test]
async fn lr_09_a_target_in_a_state_that_is_not_ours_leads_nowhere() {
    // The target is sealed in `state`, so that nobody else can set it.
    let world = HostileWorld::start().await;
    for state in ["https://evil.example", "//evil.example", "eyJ0YXJnZXQiOiJodHRwczovL2V2aWwuZXhhbXBsZSJ9"] {
        let page = world.browser().get(&format!("/auth/callback?code=a&state={state}")).await;
        assert_eq!((page.status, page.header("location")), (StatusCode::BAD_REQUEST, ""));
        assert!(!page.body.contains("evil"), "{}", page.body);
    }
}
