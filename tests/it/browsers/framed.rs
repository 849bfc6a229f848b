//! Pages in a frame of another page (R27): a frame shows a link to the page instead, and nothing else may be framed.

use axum::http::{Method, StatusCode};
use claimcheck_model::paths;

use crate::{
    routes,
    support::{
        APP, Browser, Page,
        hostile::{At, HostileWorld},
    },
};

/// The headers of a frame in a page of another site.
const FRAME: [(&str, &str); 2] = [("sec-fetch-dest", "iframe"), ("sec-fetch-site", "cross-site")];

async fn framed(browser: &mut Browser<'_>, path: &str) -> Page {
    browser.send(Method::GET, path, &FRAME, None).await
}

/// Whether it is the page that says that it is in a frame: with a link, and nothing that acts or tells something.
pub fn is_shown_in_frame(page: &Page) -> bool {
    let csp = page.header("content-security-policy");
    let acts =
        ["<script", "<form", "<iframe", "<button", "<input", " onclick=", " onload=", " onerror=", " style="];
    let is_alone = acts.iter().all(|part| !page.body.contains(part));
    page.status == StatusCode::OK
        && csp.contains("frame-ancestors *;")
        && csp.starts_with("default-src 'none';")
        && csp.contains("form-action 'none'")
        && !csp.contains("script-src")
        && page.body.contains("inside another page")
        && page.body.matches("<a ").count() == 1
        && page.body.contains("target=\"_blank\" rel=\"noopener\"")
        && is_alone
        && [page.header("location"), page.header("set-cookie"), page.header("x-frame-options")]
            == ["", "", ""]
        && page.header("cache-control") == "no-store"
}

fn link(page: &Page) -> String {
    let link = page.body.split("<a ").nth(1).and_then(|link| link.split('>').next()).unwrap_or_default();
    let href = link.split_once("href=\"").and_then(|(_, href)| href.split_once('"')).unwrap_or_default().0;
    href.replace("&amp;", "&")
}

#[tokio::test]
async fn r27_a_page_in_a_frame_is_a_link_to_itself_signed_in_or_not() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut nobody = world.browser();
    for (path, target) in [
        ("/", "/"),
        ("/boards/orders", "/boards/orders"),
        ("/boards/orders?f-q=a%20b&page=2", "/boards/orders?f-q=a%20b&page=2"),
        ("/boards/nothing", "/boards/nothing"),
        ("/no/such/page", "/no/such/page"),
        ("/account", "/account"),
        ("/auth/sign-in", "/"),
        ("/auth/sign-in?return_to=%2Fboards%2Forders%3Fa%3D1", "/boards/orders?a=1"),
        ("/auth/sign-in?return_to=https%3A%2F%2Fevil.example", "/"),
        ("/auth/sign-in?return_to=%2F%2Fevil.example", "/"),
        ("/auth/callback?code=canary&state=canary", "/"),
        ("/auth/zone?return_to=%2Faccount", "/"),
        (&format!("{APP}//evil.example/a"), "/"),
        ("/a\"><script>canary", "/a%22%3E%3Cscript%3Ecanary"),
    ] {
        for asks in [&mut browser, &mut nobody] {
            let page = framed(asks, path).await;
            assert!(is_shown_in_frame(&page), "{path}: {} {}", page.status, page.body);
            assert_eq!(link(&page), target, "{path}");
            assert!(!page.body.contains("code=") && !page.body.contains("evil"), "{path}: {}", page.body);
        }
    }
    for dest in ["frame", "embed", "object", "fencedframe"] {
        let page = browser.send(Method::GET, "/account", &[("sec-fetch-dest", dest)], None).await;
        assert!(is_shown_in_frame(&page), "{dest}");
        let page = browser.send(Method::HEAD, "/account", &[("sec-fetch-dest", dest)], None).await;
        assert_eq!(page.status, StatusCode::OK, "{dest}");
    }
    // The same requests in a tab are answered with the pages.
    let page = browser.open("/account").await;
    assert!(!page.body.contains("inside another page"));
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(nobody.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn r27_the_link_says_the_same_to_everyone() {
    let world = HostileWorld::with("brand.name = \"Example Orders\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let signed_in = framed(&mut browser, "/boards/orders").await;
    let mut nobody = world.browser();
    let signed_out = framed(&mut nobody, "/boards/orders").await;
    assert_eq!(signed_in.body, signed_out.body, "nothing about the user");
    assert!(signed_out.body.contains("Example Orders"), "{}", signed_out.body);
    let german = [FRAME[0], FRAME[1], ("accept-language", "de-AT, en;q=0.5")];
    let page = nobody.send(Method::GET, "/boards/orders", &german, None).await;
    assert!(
        page.body.contains("<html lang=\"de\"") && page.body.contains("In neuem Tab öffnen"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn r27_nothing_else_can_be_framed_on_any_route_by_any_method() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut nobody = world.browser();
    let (mut links, mut others) = (0, 0);
    let all = routes::reading().into_iter().chain(routes::changing().into_iter().map(|(path, _)| path));
    let more =
        ["/favicon.svg", "/pkg/claimcheck.css", "/pkg/x/y", "/health/live", "/auth/nothing", "/api/nothing"];
    for path in all.chain(more.map(str::to_owned)) {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS]
        {
            for asks in [&mut browser, &mut nobody] {
                let body = (method == Method::POST).then(String::new);
                let page = asks.send(method.clone(), &path, &FRAME, body).await;
                let at = format!("{method} {path}: {}", page.status);
                assert_eq!(page.header("set-cookie"), "", "{at}");
                let csp = page.header("content-security-policy");
                if paths::FRONT_CHANNEL_LOGOUT.is(&path) && page.status == StatusCode::OK {
                    assert!(
                        csp.contains(&format!("frame-ancestors {};", world.provider.origin())),
                        "{at}: {csp}"
                    );
                } else if csp.contains("frame-ancestors *") {
                    assert!(method == Method::HEAD || is_shown_in_frame(&page), "{at}: {}", page.body);
                    assert!([Method::GET, Method::HEAD].contains(&method), "{at}");
                    links += 1;
                } else {
                    assert!(csp.contains("frame-ancestors 'none'"), "{at}: {csp}");
                    others += 1;
                }
            }
        }
    }
    assert!(links > 40 && others > 100, "{links} {others}");
    assert_eq!(browser.open("/account").await.status, StatusCode::OK, "the session is as it was");
}

#[tokio::test]
async fn r27_a_sign_in_that_comes_back_into_a_frame_uses_nothing_up() {
    let world = HostileWorld::start().await;
    let mut browser = world.browser();
    let to_provider = browser.get("/account").await.location();
    let callback = browser.get(to_provider.as_str()).await.location();
    let page = framed(&mut browser, callback.as_str()).await;
    assert!(is_shown_in_frame(&page) && link(&page) == "/", "{}", page.body);
    assert_eq!(world.provider.count(At::CodeExchange), 0);
    assert_eq!(browser.open(callback.as_str()).await.path(), "/account", "it is as it was");
}

#[tokio::test]
async fn r27_a_browser_that_names_no_destination_gets_what_it_always_got() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let silent = [("sec-fetch-dest", ""), ("sec-fetch-mode", ""), ("sec-fetch-site", "")];
    let page = browser.send(Method::GET, "/account", &silent, None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(!page.body.contains("inside another page"));
}
