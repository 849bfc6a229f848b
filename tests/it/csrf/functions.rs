//! Server functions: who may call them (CS-07), what their failures reveal (CS-08), where their forms redirect with
//! scripts off (CS-09).

use axum::http::{Method, StatusCode};
use claimcheck_model::AppError;
use sqlx::SqlitePool;

use crate::{
    routes::{self, CHANGES, READS},
    support::{
        Browser, Page,
        hostile::{At, HostileWorld, Raw},
    },
};

/// Calls it as a script of the page does.
async fn call(browser: &mut Browser<'_>, path: &str, method: &Method) -> Page {
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "empty"),
        ("accept", "application/json"),
    ];
    let form = (*method == Method::POST).then(|| CHANGES.to_owned());
    let address = if form.is_some() { path.to_owned() } else { format!("{path}?{READS}") };
    browser.send(method.clone(), &address, &headers, form).await
}

#[tokio::test]
async fn cs_07_no_function_gives_one_person_what_is_anothers() {
    let world = HostileWorld::start().await;
    let (mut ada, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    let mut told = 0;
    for (path, method) in routes::functions() {
        // Concurrently, so that shared work would be visible to both.
        let (to_ada, to_eve) = tokio::join!(call(&mut ada, &path, &method), call(&mut eve, &path, &method));
        for (page, own, other) in [(&to_ada, "p-ada", "p-eve"), (&to_eve, "p-eve", "p-ada")] {
            assert!(!page.body.contains(other), "{path} told {own} of {other}: {}", page.body);
            told += usize::from(page.body.contains(own));
        }
    }
    assert!(told >= 8, "account, details and both panels tell each their own: {told}");
}

#[tokio::test]
async fn cs_07_who_lacks_the_scope_gets_a_typed_denial_and_the_api_is_not_asked() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.grants = Some("openid profile".into()));
    let (mut browser, _) = world.signed_in("/account").await;
    for (path, method) in routes::functions().iter().filter(|(path, _)| path.contains("panel")) {
        let page = call(&mut browser, path, method).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains("orders:read") && !page.body.contains("Customer of"), "{}", page.body);
    }
    assert!(world.api.calls().is_empty());
    world.provider.be_honest();
    let (mut browser, _) = world.signed_in("/account").await;
    let page = call(&mut browser, "/api/panel", &Method::GET).await;
    assert!(page.body.contains("Customer of p-ada") && world.api.calls().len() == 1);
}

#[tokio::test]
async fn cs_07_a_callback_of_another_browser_signs_nobody_in_by_function_either() {
    let world = HostileWorld::start().await;
    let mut attacker = world.browser();
    let page = attacker.get("/account").await;
    let callback = attacker.get(page.location().as_str()).await.location();
    let query = [("query", callback.query().unwrap())];
    let mut victim = world.browser();
    let page = victim.post("/api/complete_sign_in", &query).await;
    assert!(!victim.at_app.contains_key("claimcheck"), "{:?}", page.headers);
    assert_eq!(world.provider.count(At::CodeExchange), 0);
    attacker.post("/api/complete_sign_in", &query).await;
    assert_eq!(attacker.open("/account").await.path(), "/account", "in its own browser it works");
    assert_eq!(world.provider.count(At::CodeExchange), 1);
}

#[tokio::test]
async fn cs_07_bare_calls_are_refused_in_their_typed_way() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (path, method) in routes::functions() {
        let form = (method == Method::POST).then(String::new);
        let headers = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty"), ("accept", "*/*")];
        let page = browser.send(method, &path, &headers, form).await;
        let needs_none = ["account", "other_sessions", "api/session", "stay_signed_in", "api/find"]
            .iter()
            .any(|name| path.contains(name));
        let expected = if needs_none { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        assert_eq!(page.status, expected, "{path}: {}", page.body);
        assert!(needs_none || page.body == "\"Invalid\"", "{path}: {}", page.body);
    }
}

/// Words of databases, libraries and upstreams, and the texts planted by the faults below.
const INNER: [&str; 11] = [
    "no such table",
    "sqlite",
    "session.",
    "sessions.db",
    "stack",
    "panicked",
    "src/",
    "reqwest",
    "planted",
    "/token",
    "error sending",
];

/// Checks that the failure is one of ours, in the caller's format, and reveals nothing internal.
fn is_stable(world: &HostileWorld, page: &Page, what: &str) {
    assert!(!page.body.contains(world.api.origin()), "{what}: {} tells where the API is", page.url);
    for word in INNER {
        assert!(!page.body.contains(word), "{what}: {} tells {word}: {}", page.url, page.body);
        let headers = format!("{:?}", page.headers);
        assert!(!headers.contains(word), "{what}: {} tells {word}: {headers}", page.url);
    }
    if !page.status.is_success() {
        let typed = serde_json::from_str::<AppError>(&page.body);
        assert!(typed.is_ok(), "{what}: {} answers {}", page.url, page.body);
    }
}

#[tokio::test]
async fn cs_08_whatever_breaks_a_function_answers_with_a_stable_code() {
    type Break = fn(&HostileWorld);
    let faults: [(&str, Break, &str); 4] = [
        ("nothing", |_| {}, ""),
        (
            "the API",
            |world| world.api.script(|script| script.instead = Some(Raw::text(500, "text/html", "planted"))),
            "reports an error",
        ),
        (
            "the API, which says 403",
            |world| {
                let raw = Raw::json(403, "{\"code\":\"planted\"}").with("www-authenticate", "Bearer planted");
                world.api.script(|script| script.instead = Some(raw));
            },
            "",
        ),
        (
            "the provider",
            |world| {
                world.provider.script(|script| {
                    for at in [At::Refresh, At::UserInfo, At::Discovery, At::Keys, At::CodeExchange] {
                        script.instead.insert(at, Raw::text(500, "text/html", "planted"));
                    }
                });
                world.advance(700);
            },
            "isn’t responding",
        ),
    ];
    for (what, break_it, word) in faults {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        break_it(&world);
        for (path, method) in routes::functions() {
            let page = call(&mut browser, &path, &method).await;
            is_stable(&world, &page, what);
            if path.ends_with("panel_when_ready") {
                assert!(page.body.contains(word), "{what}: {}", page.body);
                assert_eq!(page.body.contains("Customer of p-ada"), what == "nothing", "{what}");
            }
            if path.ends_with("refresh_account") {
                let expected = if what == "the provider" { 503 } else { 200 };
                assert_eq!(page.status.as_u16(), expected, "{what}: {}", page.body);
            }
        }
    }
}

#[tokio::test]
async fn cs_08_a_store_that_fails_gives_a_stable_code_and_signs_nobody_out() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let pool = SqlitePool::connect(&format!("sqlite:{}", world.database().display())).await.unwrap();
    sqlx::query("ALTER TABLE session RENAME TO away").execute(&pool).await.unwrap();
    for (path, method) in routes::functions() {
        let page = call(&mut browser, &path, &method).await;
        is_stable(&world, &page, "the store");
        assert_eq!((page.status.as_u16(), page.body.as_str()), (503, "\"StoreUnavailable\""), "{path}");
        assert!(page.headers.get("set-cookie").is_none(), "{path}");
    }
    for path in routes::pages() {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(INNER.iter().all(|word| !page.body.contains(word)), "{path}: {}", page.body);
        assert!(page.headers.get("set-cookie").is_none(), "{path}");
    }
    let sign_out = browser.post("/auth/sign-out", &[]).await;
    assert_eq!(sign_out.status, StatusCode::SERVICE_UNAVAILABLE, "it does not claim what did not happen");
    sqlx::query("ALTER TABLE away RENAME TO session").execute(&pool).await.unwrap();
    assert_eq!(browser.at_app["claimcheck"], cookie);
    assert!(browser.open("/account").await.body.contains("p-ada"), "still signed in");
    // In the middle of a sign-in: the response is a page, and the next attempt works.
    let mut other = world.browser();
    let page = other.get("/account").await;
    let callback = other.get(page.location().as_str()).await.location();
    sqlx::query("ALTER TABLE consumed RENAME TO away").execute(&pool).await.unwrap();
    let page = other.get(callback.as_str()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(INNER.iter().all(|word| !page.body.contains(word)) && page.body.contains("Reference"));
    assert_eq!(world.provider.count(At::CodeExchange), 1, "no exchange without a mark");
    sqlx::query("ALTER TABLE away RENAME TO consumed").execute(&pool).await.unwrap();
    assert_eq!(other.open(callback.as_str()).await.path(), "/account");
}

#[tokio::test]
async fn cs_09_forms_lead_to_our_pages_whatever_the_referer_and_the_outcome() {
    for breaks in [false, true] {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        if breaks {
            let down = Raw::text(503, "text/html", "down");
            world.provider.script(|script| script.instead.insert(At::UserInfo, down));
        }
        for (path, method) in routes::functions().into_iter().filter(|(_, m)| *m == Method::POST) {
            for referer in ["https://evil.example/", "http://localhost:3000.evil.example/", "//evil.example"]
            {
                for body in [CHANGES, "", "%ff=%"] {
                    let headers = [("sec-fetch-site", "same-origin"), ("referer", referer)];
                    let page = browser.send(method.clone(), &path, &headers, Some(body.into())).await;
                    assert_eq!(page.status, StatusCode::SEE_OTHER, "{path} {body}");
                    assert!(page.location().as_str().starts_with(crate::support::APP), "{path}");
                    assert_eq!(page.location().query(), None, "{path}");
                }
            }
        }
        // `complete_sign_in` with such arguments always fails; the details fail if the provider does.
        browser.open("/account").await;
        browser.post("/api/refresh_account", &[]).await;
        assert_eq!(browser.open("/account").await.body.contains("This couldn’t be completed"), breaks);
    }
}

#[tokio::test]
async fn cs_09_who_navigates_to_a_reading_function_is_led_nowhere() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (path, method) in routes::functions().into_iter().filter(|(_, method)| *method == Method::GET) {
        // A browser without Fetch Metadata that follows a link on another site.
        let headers = [
            ("sec-fetch-site", ""),
            ("sec-fetch-mode", ""),
            ("sec-fetch-dest", ""),
            ("referer", "https://evil.example/"),
        ];
        for (asks, status) in [(&mut browser, 200), (&mut world.browser(), 401)] {
            let page = asks.send(method.clone(), &format!("{path}?{READS}"), &headers, None).await;
            assert_eq!(page.header("location"), "", "{path}");
            assert_eq!(page.status.as_u16(), status, "{path}: {}", page.body);
            // Not executable in a browser: markup for an island is sent as text.
            let kind = page.header("content-type");
            assert!(["application/json", "text/plain; charset=utf-8"].contains(&kind), "{path}: {kind}");
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        }
    }
}

#[tokio::test]
async fn cs_09_no_page_shows_text_of_the_url() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    // "Call 555-0199 now" in the framework's encoding of a function's error.
    let encoded = "Q2FsbCA1NTUtMDE5OSBub3c";
    let mut nobody = world.browser();
    for path in routes::pages() {
        for query in [
            format!("__path=%2Fapi%2Frefresh_account&__err={encoded}"),
            "error=x&error_description=Call%20555-0199%20now".to_owned(),
            "flash=Call%20555-0199%20now&message=Call%20555-0199%20now&state=Call%20555-0199%20now"
                .to_owned(),
        ] {
            for asks in [&mut browser, &mut nobody] {
                let page = asks.get(&format!("{path}?{query}")).await;
                assert!(!page.body.contains("555-0199"), "{path}?{query}");
            }
        }
    }
    // The user's filter is shown in its own field, as text.
    let page = browser.get("/boards/orders?orders.q=Call%20%3Cb%3E").await;
    assert!(page.body.contains("Call") && !page.body.contains("Call <b>"));
}
