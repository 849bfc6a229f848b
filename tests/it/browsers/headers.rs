//! The headers of every kind of response, over all routes. `routes.rs` finds the routes, so a new one is tested
//! automatically.

use axum::{
    Router,
    http::{Method, StatusCode},
    routing::get,
};
use claimcheck::router;
use claimcheck_model::paths;
use serde_json::json;

use crate::{
    routes,
    support::{
        Browser, Page,
        hostile::{HostileWorld, Raw},
    },
};

fn boom() -> &'static str {
    panic!("canary")
}

/// The app, with an additional route that panics.
fn app(world: &HostileWorld) -> Router {
    let more = Router::new().route("/boom", get(|| async { boom() }));
    router::with(world.services.clone(), more)
}

async fn post(browser: &mut Browser<'_>, path: &str, kind: &str, body: String) -> Page {
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind)];
    browser.send(Method::POST, path, &headers, Some(body)).await
}

/// One response of each kind, with the required status if the kind has one.
async fn all_kinds(world: &HostileWorld, app: &Router) -> Vec<(Option<u16>, Page)> {
    let (signed_in, _) = world.signed_in("/account").await;
    let mut browser = Browser::new(app);
    browser.at_app.clone_from(&signed_in.at_app);
    let mut nobody = Browser::new(app);
    let mut found = Vec::new();
    for path in routes::reading() {
        for asks in [&mut browser, &mut nobody] {
            let address = format!("{path}?{}", routes::READS);
            found.push((None, asks.get(&address).await));
            found.push((None, asks.fetch(&address).await));
        }
    }
    for path in [paths::HEALTH_LIVE.path(), paths::HEALTH_READY.path(), "/favicon.svg"] {
        found.push((None, nobody.get(path).await));
    }
    let form = "application/x-www-form-urlencoded";
    let long = "a".repeat(9000);
    let cookies = "a".repeat(40_000);
    found.extend([
        (Some(404), nobody.get("/nothing").await),
        (Some(404), browser.get("/boards/nothing").await),
        (Some(404), nobody.get("/pkg/nothing/x.js").await),
        (Some(303), post(&mut browser, paths::SIGN_IN.path(), form, String::new()).await),
        (
            Some(405),
            browser
                .send(Method::DELETE, paths::SIGN_IN.path(), &[("sec-fetch-site", "same-origin")], None)
                .await,
        ),
        (Some(405), browser.send(Method::PUT, paths::CALLBACK.path(), &[], None).await),
        (Some(403), browser.send(Method::POST, paths::SIGN_OUT.path(), &[], Some(String::new())).await),
        (
            Some(413),
            post(&mut browser, claimcheck_model::functions::ACT.path.path(), form, "a".repeat(70_000)).await,
        ),
        (Some(414), nobody.get(&format!("/?q={long}")).await),
        (
            Some(415),
            post(&mut browser, claimcheck_model::functions::ACT.path.path(), "text/plain", "a".into()).await,
        ),
        (Some(431), Browser::new(app).send(Method::GET, "/", &[("cookie", cookies.as_str())], None).await),
        (Some(400), nobody.get(paths::CALLBACK.path()).await),
        (
            Some(400),
            post(&mut nobody, paths::BACK_CHANNEL_LOGOUT.path(), form, "logout_token=x".into()).await,
        ),
        (Some(401), nobody.fetch(paths::ACCOUNT.path()).await),
        (Some(303), nobody.get(paths::ACCOUNT.path()).await),
        (Some(500), nobody.get("/boom").await),
        (Some(500), nobody.fetch("/boom").await),
    ]);
    world.api.script(|script| script.instead = Some(Raw::text(500, "text/plain", "canary")));
    found.push((Some(200), browser.get("/boards/orders").await));
    found.push((Some(200), browser.post(paths::SIGN_OUT.path(), &[]).await));
    found
}

#[tokio::test]
async fn hd_01_hd_06_hd_07_hd_08_hd_09_every_answer_of_every_route_has_its_headers() {
    let world = HostileWorld::start().await;
    let app = app(&world);
    let (mut documents, mut kept) = (0, Vec::new());
    for (status, page) in all_kinds(&world, &app).await {
        let at = format!("{} {}", page.status, page.url.path());
        if let Some(status) = status {
            assert_eq!(page.status, status, "{at}");
        }
        assert!(!page.body.contains("canary"), "{at}");
        let kind = page.header("content-type");
        let is_document = kind.starts_with("text/html");
        documents += usize::from(is_document);

        let csp = page.header("content-security-policy");
        for part in ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors "] {
            assert!(csp.contains(part), "{at}: {part} is not in {csp}");
        }
        assert!(
            !csp.contains("unsafe-inline") && !csp.contains("'unsafe-eval'") && !csp.contains('*'),
            "{csp}"
        );
        let is_frame = page.url.path() == paths::FRONT_CHANNEL_LOGOUT.path() && page.status == StatusCode::OK;
        assert_eq!(csp.contains("frame-ancestors 'none'"), !is_frame, "{at}: {csp}");

        assert_eq!(page.header("x-content-type-options"), "nosniff", "{at}");
        if !page.body.is_empty() {
            assert!(!kind.is_empty(), "{at} has a body of no type");
        }
        if kind.starts_with("text/") && !kind.starts_with("text/event-stream") {
            assert!(kind.to_ascii_lowercase().contains("charset=utf-8"), "{at}: {kind}");
        }

        let is_sign_out = page.url.path() == paths::SIGN_OUT.path() && page.status == StatusCode::OK;
        let is_silent = page.url.path() == paths::CALLBACK.path() || is_sign_out;
        let referrer = if is_silent { "no-referrer" } else { "same-origin" };
        assert_eq!(page.header("referrer-policy"), referrer, "{at}");
        match page.header("cache-control") {
            // The second is that of event streams, which nobody may compress either.
            "no-store" | "no-store, no-transform" => {}
            other => kept.push((page.url.path().to_owned(), other.to_owned())),
        }
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{at}");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin", "{at}");
        assert!(page.header("permissions-policy").contains("camera=()"), "{at}");
        assert_eq!(page.header("strict-transport-security"), "", "{at}: plain http on loopback");
        assert_eq!(page.header("x-request-id").len(), 10, "{at}");
        for telling in ["server", "x-powered-by"] {
            assert_eq!(page.header(telling), "", "{at}");
        }
        assert!(page.headers.keys().all(|name| !name.as_str().starts_with("access-control-")), "{at}");
    }
    assert!(documents >= 15, "{documents} documents");
    kept.retain(|(path, _)| path != "/favicon.svg" && !path.starts_with(paths::PKG.path()));
    assert_eq!(kept, [], "only files of the site may be kept");
}

#[tokio::test]
async fn hd_05_every_answer_of_an_https_origin_says_that_there_is_only_https() {
    let set = "public_url = \"https://localhost\"\nhsts = \"max-age=600; includeSubDomains\"\n";
    let world = HostileWorld::with(set).await;
    let mut browser = world.browser();
    for path in ["/", "/nothing", "/account", "/auth/callback", "/health/live", "/favicon.svg"] {
        let page = browser.get(path).await;
        let all = page.headers.get_all("strict-transport-security");
        let all: Vec<_> = all.iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(all, ["max-age=600; includeSubDomains"], "{path}: it is sent once");
    }
}

#[tokio::test]
async fn r30_off_sends_nothing() {
    for set in
        ["public_url = \"https://localhost\"\nhsts = \"off\"\n", "public_url = \"https://localhost\"\n"]
    {
        let world = HostileWorld::with(set).await;
        let mut browser = world.browser();
        for path in ["/", "/nothing", "/account", "/auth/callback", "/health/live", "/favicon.svg"] {
            assert_eq!(browser.get(path).await.header("strict-transport-security"), "", "{path}");
        }
    }
}

/// The nonces of a page: that of the policy, and that of each script; empty for a script without one.
fn nonces(page: &Page) -> (String, Vec<String>) {
    let of = |text: &str, before: &str, end: char| {
        text.split_once(before)
            .and_then(|(_, rest)| rest.split_once(end))
            .map_or("", |(found, _)| found)
            .to_owned()
    };
    let policy = of(page.header("content-security-policy"), "'nonce-", '\'');
    let scripts = page.body.split("<script").skip(1);
    let scripts = scripts.map(|script| of(script.split('>').next().unwrap(), "nonce=\"", '"'));
    (policy, scripts.collect())
}

#[tokio::test]
async fn hd_02_every_script_has_the_nonce_of_its_own_answer_and_no_two_answers_share_one() {
    let world = HostileWorld::with("end_session = \"post\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut seen = std::collections::HashSet::new();
    let mut pages = Vec::new();
    for path in routes::pages().iter().filter(|path| *path != paths::CALLBACK.path()) {
        for _ in 0..3 {
            pages.push(browser.open(path).await);
        }
    }
    pages.push(browser.post(paths::SIGN_OUT.path(), &[]).await);
    let mut scripts_seen = 0;
    for page in pages {
        let (policy, scripts) = nonces(&page);
        assert!(policy.len() >= 22, "{}: 128 bits are 22 characters and more, not {policy}", page.url);
        assert!(seen.insert(policy.clone()), "{} has a nonce that was used before", page.url);
        assert!(scripts.iter().all(|nonce| *nonce == policy), "{}: {scripts:?}", page.url);
        assert!(!scripts.is_empty(), "{} has no script", page.url);
        scripts_seen += scripts.len();
        for inline in [" onclick=", " onload=", " onerror=", "javascript:", " style=\""] {
            assert!(!page.body.contains(inline), "{} has {inline}", page.url);
        }
    }
    assert!(scripts_seen > 20, "{scripts_seen}");
}

#[tokio::test]
async fn hd_03_h5_no_form_leads_to_the_provider_but_that_of_the_sign_out_page() {
    let world = HostileWorld::with("end_session = \"post\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut nobody = world.browser();
    let mut forms = 0;
    for path in routes::pages() {
        for asks in [&mut browser, &mut nobody] {
            let page = asks.get(&path).await;
            if !page.header("content-type").starts_with("text/html") {
                continue;
            }
            assert!(page.header("content-security-policy").contains("form-action 'self'"), "{path}");
            for form in page.body.split("<form").skip(1).filter_map(|form| form.split_once('>')) {
                let action = form.0.split_once("action=\"").map_or("/", |(_, action)| action);
                assert!(action.starts_with('/') && !action.starts_with("//"), "{path}: {action}");
                forms += 1;
            }
            let button = page.body.contains("name=\"return_to\"");
            assert!(!button, "{path}: a sign-in is a link, never a form");
        }
    }
    assert!(forms > 5, "{forms} forms");
    let page = browser.post(paths::SIGN_OUT.path(), &[]).await;
    assert_eq!(page.status, StatusCode::OK, "no redirect of a form of ours");
    let csp = page.header("content-security-policy");
    assert!(!csp.contains("form-action") && csp.contains("default-src 'none'"), "{csp}");
    assert!(
        page.body.contains(&format!("action=\"{}/end-session\"", world.provider.origin())),
        "{}",
        page.body
    );
    assert!(page.body.contains("type=\"submit\""), "a button for whoever has scripts off");
}

#[tokio::test]
async fn hd_04_nothing_is_fetched_from_elsewhere_and_a_remote_picture_is_not_shown() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        let picture = json!("https://pictures.example/canary.png");
        script.person.claims.insert("picture".into(), picture);
    });
    let (mut browser, _) = world.signed_in("/account").await;
    for path in routes::pages().iter().filter(|path| *path != paths::CALLBACK.path()) {
        let page = browser.open(path).await;
        let csp = page.header("content-security-policy");
        for part in ["connect-src 'self';", "img-src 'self' data:;", "script-src 'self' 'nonce-"] {
            assert!(csp.contains(part), "{path}: {csp}");
        }
        assert!(!csp.contains("ws:") && !csp.contains("wss:") && !csp.contains("http"), "{path}: {csp}");
        for tag in page.body.split('<').filter(|tag| {
            ["img", "link", "script", "iframe", "source"].iter().any(|name| tag.starts_with(name))
        }) {
            let tag = tag.split('>').next().unwrap();
            assert!(!tag.contains("http") && !tag.contains("=\"//"), "{path}: <{tag}>");
        }
    }
}
