//! The data sent with a call: the token in one header only, nothing of the browser's; none of the response's headers is
//! passed on; and the token is opaque (AC-01, AC-03, AC-04, AC-10).

use axum::http::Method;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::{BOARD, PANEL, answer, counts, is_data, is_failing, world};
use crate::support::hostile::{Listener, Raw};

/// Longer than the lifetime of access tokens here.
const LATER_SECS: i64 = 180;
const ROWS: &str = r#"{"orders":[{"id":"ORD-7","note":"honest"}]}"#;

#[tokio::test]
async fn ac_01_the_access_token_travels_in_the_authorization_header_only() {
    let world = world().await;
    world.provider.script(|script| script.texts.access_token = "a-text-nobody-else-has-".into());
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(is_data(&page) && is_data(&browser.fetch(PANEL).await));
    world.advance(LATER_SECS);
    assert!(is_data(&browser.fetch(PANEL).await));
    let calls = world.api.calls();
    assert_eq!(calls.len(), 3);
    let issued: Vec<_> = world.provider.issued().into_iter().map(|issued| issued.access_token).collect();
    assert_eq!(
        calls.iter().map(|call| call.token()).collect::<Vec<_>>(),
        [&issued[0], &issued[0], &issued[1]]
    );
    for call in calls {
        assert_eq!((&call.method, call.query.as_str(), call.body.as_str()), (&Method::GET, "limit=7", ""));
        let with_it: Vec<_> = call
            .headers
            .iter()
            .filter(|(_, value)| value.to_str().unwrap().contains("a-text-nobody"))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(with_it, ["authorization"]);
        assert!(!call.path.contains("a-text"));
    }
    for page in &browser.trail {
        assert!(!format!("{page:?}").contains("a-text-nobody"), "{}", page.url);
    }
}

#[tokio::test]
async fn ac_01_an_api_that_repeats_the_token_in_its_rows_shows_it_to_nobody() {
    let world = world().await;
    world.provider.script(|script| script.texts.access_token = "a-text-nobody-else-has-".into());
    let (mut browser, _) = world.signed_in("/account").await;
    for repeats in [
        r#"{"orders":[{"id":"ORD-7","note":"Bearer {echo}"}]}"#,
        r#"{"orders":[{"id":"ORD-7"}],"request":{"headers":[["authorization","{echo}"]]}}"#,
        r#"{"orders":[{"id":"ORD-7","{echo}":1}]}"#,
    ] {
        answer(&world, Raw::json(200, repeats));
        for path in [BOARD, PANEL, "/api/panel?board=orders&panel=orders"] {
            let page = browser.open(path).await;
            assert!(!page.body.contains("a-text-nobody") && !page.body.contains("ORD-7"), "{path}");
        }
    }
    answer(&world, Raw::json(200, ROWS));
    assert!(browser.open(BOARD).await.body.contains("honest"));
}

#[tokio::test]
async fn ac_03_redirects_of_the_api_are_not_followed() {
    let world = world().await;
    let elsewhere = Listener::bind().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let host = elsewhere.origin().trim_start_matches("http:").to_owned();
    let targets = [
        format!("{}/orders", elsewhere.origin()),
        format!("{host}/orders"),
        format!("{}/reports/margin", world.api.origin()),
        "/reports/margin".to_owned(),
        "margin".to_owned(),
    ];
    for status in [300, 301, 302, 303, 307, 308] {
        for target in &targets {
            answer(&world, Raw::json(status, ROWS).with("location", target));
            let before = counts(&world).0;
            let page = browser.get(BOARD).await;
            assert!(is_failing(&page), "{status} to {target}: {}", page.body);
            assert!(!page.headers.contains_key("location") && !page.body.contains("honest"));
            assert_eq!((counts(&world).0, elsewhere.hits()), (before + 1, 0), "{status} to {target}");
        }
    }
    assert!(world.api.calls().iter().all(|call| call.path == "/orders"));
    answer(&world, Raw::json(200, ROWS));
    assert!(is_data(&browser.get(BOARD).await));
}

#[tokio::test]
async fn ac_04_nothing_of_the_browsers_headers_reaches_the_api() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    browser.at_app.insert("another".into(), "of-the-browser".into());
    let headers = [
        ("authorization", "Bearer of-the-browser"),
        ("x-forwarded-for", "of-the-browser"),
        ("accept-language", "of-the-browser"),
        ("user-agent", "of-the-browser"),
        ("referer", "http://localhost:3000/of-the-browser"),
        ("x-api-key", "of-the-browser"),
        ("if-none-match", "\"of-the-browser\""),
        ("range", "bytes=0-1"),
    ];
    for path in [BOARD, PANEL, "/api/panel?board=orders&panel=orders"] {
        let page = browser.send(Method::GET, path, &headers, None).await;
        assert!(page.status.is_success(), "{path}: {}", page.body);
    }
    let calls = world.api.calls();
    assert_eq!(calls.len(), 3);
    for call in calls {
        let mut names: Vec<_> = call.headers.keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "authorization", "host", "user-agent"]);
        assert!(!format!("{:?}", call.headers).contains("of-the-browser"));
        assert_eq!(call.token(), world.provider.issued()[0].access_token);
        assert_eq!(format!("http://{}", call.headers["host"].to_str().unwrap()), world.api.origin());
    }
}

#[tokio::test]
async fn ac_04_nothing_of_the_apis_headers_reaches_the_browser() {
    const HEADERS: [(&str, &str); 10] = [
        ("set-cookie", "claimcheck=of-the-api; Path=/"),
        ("set-cookie", "of-the-api=1"),
        ("location", "https://of-the-api.example/"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("www-authenticate", "Basic realm=\"of-the-api\""),
        ("x-of-the-api", "1"),
        ("cache-control", "public, max-age=0"),
        ("content-security-policy", "default-src of-the-api.example"),
        ("clear-site-data", "\"cookies\""),
    ];
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let jar = browser.at_app.clone();
    for status in [200, 401, 403, 503] {
        let raw = HEADERS.iter().fold(Raw::json(status, ROWS), |raw, (name, value)| raw.with(name, value));
        answer(&world, raw);
        for path in [BOARD, PANEL, "/api/panel?board=orders&panel=orders"] {
            let page = browser.get(path).await;
            assert_eq!(page.status.as_u16(), 200, "{status}: {path}");
            assert_eq!(
                page.body.contains("honest"),
                status == 200,
                "{status}: {path}: its rows, and no more"
            );
            assert!(!format!("{:?}", page.headers).contains("of-the-api"), "{status}: {path}");
            for name in [
                "location",
                "www-authenticate",
                "clear-site-data",
                "access-control-allow-origin",
                "access-control-allow-credentials",
            ] {
                assert!(!page.headers.contains_key(name), "{status}: {path}: {name}");
            }
            assert_eq!(page.header("cache-control"), "no-store", "{status}: {path}");
        }
    }
    // The app itself keeps the board that was opened last.
    assert_eq!(browser.at_app.remove("claimcheck-board").as_deref(), Some("orders"));
    assert_eq!(browser.at_app, jar, "no cookie came or went");
}

/// Texts that only look structured: each is a valid token of this provider.
fn opaque_tokens() -> Vec<String> {
    let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({ "alg": "none", "typ": "at+jwt" }));
    let lies = part(json!({
        "sub": "p-mallory", "name": "Mallory Lies", "exp": 1, "scope": "admin", "roles": ["lies"], "iss": "https://x.example",
    }));
    vec![
        "8xLOxBtZp8".into(),
        "a.b.c".into(),
        format!("{header}.{lies}.c2ln"),
        format!("{header}.{lies}."),
        "~-._+/==".into(),
        "x".repeat(6000),
    ]
}

#[tokio::test]
async fn ac_10_whatever_text_the_access_token_is_everything_works_and_nothing_of_it_is_read() {
    for token in opaque_tokens() {
        let world = world().await;
        world.provider.script(|script| script.at_sign_in.answer.set("access_token", token.as_str()));
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(is_data(&page), "{token}: {}", page.body);
        assert_eq!(counts(&world), (1, 0), "{token}: no refresh for what it seems to say");
        assert_eq!(world.api.calls()[0].token(), token);
        let account = browser.open("/account").await;
        assert!(account.body.contains("Ada Okafor"), "{token}");
        for lie in ["mallory", "Mallory", "lies", "x.example"] {
            assert!(!account.body.contains(lie) && !page.body.contains(lie), "{token}: {lie}");
        }
        world.advance(LATER_SECS);
        assert!(is_data(&browser.fetch(PANEL).await), "{token}");
        assert_eq!(counts(&world), (2, 1), "{token}: it ends when the token answer said");
    }
}

#[tokio::test]
async fn ac_10_a_text_that_is_no_header_value_reaches_nobody_and_breaks_no_page() {
    for token in ["a b\r\nx-more: 1", "tök", "\u{0}"] {
        let world = world().await;
        world.provider.script(|script| script.at_sign_in.answer.set("access_token", token));
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(!is_data(&page), "{token:?}");
        assert_eq!(world.api.calls().len(), 0, "{token:?}");
        world.provider.be_honest();
        assert!(!browser.open("/account").await.status.is_server_error(), "{token:?}");
    }
    let world = world().await;
    assert!(is_data(&world.signed_in(BOARD).await.1));
}
