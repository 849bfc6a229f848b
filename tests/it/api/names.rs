//! The requests that a browser can cause: only configured ones, by name (AC-02). URLs are sent exactly as written here,
//! without a browser's normalization.

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use tower::ServiceExt;

use crate::{
    api::{BOARD, counts, is_data, world},
    support::{Browser, hostile::HostileWorld},
};

/// Names with a special meaning in URLs; percent-encoded.
const NAMES: [&str; 20] = [
    "..%2Fadmin",
    "%2e%2e%2fadmin",
    "%2e%2e%2f%2e%2e%2freports%2fmargin",
    "%252e%252e%252fadmin",
    "..%5Cadmin",
    "orders%2F..%2Fadmin",
    "@evil",
    "%40evil.example",
    "user:pass@evil.example",
    "%2F%2Fevil.example",
    "http:%2F%2Fevil.example%2F",
    "orders%3Fx=1",
    "orders%23x",
    "orders%00",
    "%00",
    "orders%0d%0ax-more:%201",
    "orders%20",
    "ORDERS",
    "%F0%9F%93%A6",
    "%FF%FE",
];

/// Requests exactly this target, with this browser's cookies.
async fn exactly(world: &HostileWorld, browser: &Browser<'_>, target: &str) -> (StatusCode, String) {
    let cookies: Vec<_> = browser.at_app.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = Request::get(target)
        .header("host", "localhost:3000")
        .header("cookie", cookies.join("; "))
        .header("sec-fetch-site", "none")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .body(Body::empty())
        .unwrap();
    let from: std::net::SocketAddr = ([127, 0, 0, 1], 4711).into();
    request.extensions_mut().insert(ConnectInfo(from));
    let (parts, body) = world.app.clone().oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, String::from_utf8_lossy(&body).into_owned())
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST)
}

#[tokio::test]
async fn ac_02_a_board_that_is_not_configured_is_not_asked_for() {
    let world = world().await;
    let (browser, _) = world.signed_in("/account").await;
    let plain =
        ["/boards/../admin", "/boards/./orders", "/boards//evil", "/boards/orders/../admin", "/boards/"];
    let encoded = NAMES.map(|name| format!("/boards/{name}"));
    for target in plain.iter().copied().chain(encoded.iter().map(String::as_str)) {
        let (status, body) = exactly(&world, &browser, target).await;
        assert!(is_refusal(status), "{target}: {status}: {body}");
        assert!(!body.contains("<tbody>") && !body.contains("evil"), "{target}");
    }
    assert_eq!(counts(&world), (0, 0));
    let (status, body) = exactly(&world, &browser, BOARD).await;
    assert!(status == StatusCode::OK && body.contains("<tbody>"));
    assert_eq!(world.api.calls()[0].path, "/orders");
}

/// Refused; or the words in place of a panel that an open page has and the board no longer.
fn is_refused(status: StatusCode, body: &str) -> bool {
    is_refusal(status) || (status == StatusCode::OK && body.contains("This panel no longer exists"))
}

#[tokio::test]
async fn ac_02_a_function_is_given_names_of_what_is_configured_or_refuses() {
    let world = world().await;
    let (browser, _) = world.signed_in("/account").await;
    for function in ["/api/panel", "/api/panel_when_ready"] {
        for name in NAMES.iter().chain(&["../admin", "//evil", "/orders", "https://evil.example/", "", "#"]) {
            let name = if *name == "#" { "%23" } else { name };
            let target = format!("{function}?board={name}&panel=orders");
            let (status, body) = exactly(&world, &browser, &target).await;
            assert!(is_refused(status, &body), "{target}: {status}: {body}");
        }
        for panel in ["0", "-1", "Orders", "orders.", "../orders", "orders%00", "%2F%2Fevil", "orders-2", ""]
        {
            let (status, body) =
                exactly(&world, &browser, &format!("{function}?board=orders&panel={panel}")).await;
            assert!(is_refused(status, &body), "{panel}: {status}: {body}");
        }
        for query in ["", "board=orders", "panel=orders", "board[]=orders&panel=orders"] {
            let (status, body) = exactly(&world, &browser, &format!("{function}?{query}")).await;
            assert!(is_refusal(status), "{query}: {status}: {body}");
        }
    }
    assert_eq!(counts(&world), (0, 0));
    for function in ["/api/panel", "/api/panel_when_ready"] {
        let (status, _) = exactly(&world, &browser, &format!("{function}?board=orders&panel=orders")).await;
        assert_eq!(status, StatusCode::OK);
    }
    assert_eq!(counts(&world), (2, 0));
}

#[tokio::test]
async fn ac_02_nothing_of_a_pages_own_query_reaches_the_api() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for query in [
        "q=../admin",
        "orders.q=../admin",
        "orders.sort=//evil.example&orders.order=desc",
        "get=/reports/margin",
        "path=/reports/margin&host=evil.example&api_url=http://evil.example",
        "board=admin&panel=margins&limit=1000",
        "%00=%00&%0d%0a=x",
    ] {
        assert_eq!(browser.get(&format!("{BOARD}?{query}")).await.status, StatusCode::OK, "{query}");
    }
    for (query, status) in [
        ("query=orders.sort%3Did%26orders.q%3D..%2Fadmin%26limit%3D1000%26get%3D%2Freports", StatusCode::OK),
        ("query[sort]=id&query[filter]=../admin", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(browser.fetch(&format!("{}&{query}", super::PANEL)).await.status, status, "{query}");
    }
    let calls = world.api.calls();
    assert_eq!(calls.len(), 8);
    for call in calls {
        assert_eq!((call.path.as_str(), call.query.as_str()), ("/orders", "limit=7"));
        assert_eq!(format!("http://{}", call.headers["host"].to_str().unwrap()), world.api.origin());
    }
    assert!(is_data(&browser.get("/boards/admin").await), "what is configured is asked for by its name");
    assert_eq!(world.api.calls()[8].path, "/reports/margin");
}
