//! Text of others: text from a URL is shown on no page (CS-09), text from a provider is short and plain, and neither
//! can create a separate line in the log (OP-08).

use axum::http::StatusCode;

use super::Log;
use crate::{
    routes,
    support::hostile::{At, HostileWorld},
};

/// Names of query parameters that similar programs read.
const NAMES: [&str; 18] = [
    "return_to",
    "error",
    "error_description",
    "error_uri",
    "__err",
    "__path",
    "reason",
    "message",
    "flash",
    "title",
    "next",
    "ask",
    "kept",
    "redirect",
    "redirect_uri",
    "iss",
    "name",
    "reach",
];
const CANARY: &str = "kanarienvogel";

/// The readable text of a page, including attributes, but without the targets of links and forms.
fn readable(body: &str) -> String {
    let mut text = body.to_owned();
    for attribute in ["href=\"", "action=\"", "value=\"/"] {
        text = text
            .split(attribute)
            .enumerate()
            .map(
                |(index, part)| {
                    if index == 0 { part } else { part.split_once('"').map_or("", |(_, rest)| rest) }
                },
            )
            .collect::<Vec<_>>()
            .join(" ");
    }
    text
}

#[test]
fn what_is_readable_leaves_targets_out() {
    let html = "<a href=\"/x?kanarienvogel\" title=\"a\">b</a><form action=\"/kanarienvogel\">";
    assert!(readable(html).contains("title=\"a\">b") && !readable(html).contains(CANARY));
    assert!(readable("<p>kanarienvogel</p>").contains(CANARY));
    assert!(readable("<input value=\"kanarienvogel\">").contains(CANARY));
}

#[tokio::test]
async fn cs_09_no_page_shows_what_somebody_wrote_into_its_address() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut nobody = world.browser();
    let markup = "%3Cscript%3Ealert(1)%3C/script%3E%22%20onload=%22x";
    let encoded = "a2FuYXJpZW52b2dlbA==";
    let query: Vec<_> = NAMES.iter().map(|name| format!("{name}={CANARY}{markup}")).collect();
    let query = query.join("&");
    let mut looked_at = 0;
    let others =
        ["/nothing", "/auth/sign-in", "/auth/front-channel-logout", "/health/ready"].map(str::to_owned);
    for path in routes::pages().into_iter().chain(others) {
        for query in
            [query.clone(), format!("__path=/api/act&__err={encoded}"), format!("state={CANARY}&{query}")]
        {
            for asks in [&mut browser, &mut nobody] {
                let page = asks.get(&format!("{path}?{query}")).await;
                assert!(!readable(&page.body).contains(CANARY), "{path} shows it: {}", page.body);
                assert!(!page.body.contains("<script>alert") && !page.body.contains("onload=\"x"), "{path}");
                looked_at += usize::from(page.status == StatusCode::OK);
            }
        }
    }
    assert!(looked_at > 10, "{looked_at}");
    // As a path, and in the response to a refused request.
    for path in [format!("/{CANARY}"), format!("/boards/{CANARY}"), format!("/boards/orders/rows/{CANARY}")] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!readable(&page.body).contains(CANARY), "{path}: {}", page.body);
    }
    assert_eq!(world.provider.count(At::CodeExchange), 1);
}

#[tokio::test]
async fn op_08_op_09_what_a_provider_says_is_short_plain_text_and_no_line_of_the_log() {
    let world = HostileWorld::start().await;
    let log = Log::begin();
    let long = "x".repeat(100_000);
    let page_of = |said: &str| {
        let said = said.to_owned();
        world.provider.script(|script| {
            script.callback.remove("code");
            script.callback.set("error", "access_denied\r\nINFO forged=line");
            script.callback.set("error_description", said);
            script.callback.set("error_uri", "javascript:alert(1)");
        });
        async { world.browser().open("/account").await }
    };
    let page = page_of(
        "No\r\nINFO forged=line \u{1b}[31m<b>bold</b> \u{202e}desrever\u{2066} <img src=x onerror=alert(1)>",
    )
    .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("<blockquote>No INFO forged=line [31m&lt;b&gt;bold&lt;/b&gt; desrever"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<img") && !page.body.contains("javascript:"));
    assert!(page.body.chars().all(|c| !c.is_control() || c == '\n'));
    assert!(!page.body.contains(['\u{202e}', '\u{2066}', '\u{1b}']), "{}", page.body);
    let text = log.text();
    assert!(text.contains("sign-in failed") && text.contains("reason=\"provider_error\""), "{text}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("INFO forged")), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    let short = page_of(&long[..6000]).await;
    assert!(!short.body.contains(&"x".repeat(301)) && short.body.contains(&"x".repeat(300)));
}
