//! A panic affects only the request it happens in, and its user sees a normal page (OP-09): in a route, while a page
//! renders, in asynchronous content, in a server function, and after the first byte.

use std::convert::Infallible;

use axum::{Router, body::Body, response::Response, routing::any};
use claimcheck::{handlers::state::AppState, pages::contained, router};
use futures::{StreamExt, stream};
use leptos::prelude::*;

use super::Log;
use crate::support::{Browser, hostile::HostileWorld};

fn boom() -> &'static str {
    panic!("canary")
}

/// A page whose heading panics.
fn at_once() -> impl IntoView {
    view! { <h1>{boom()}</h1> }
}

/// The same after asynchronous work.
fn later() -> impl IntoView {
    let waits = Suspend::new(contained(async {
        tokio::task::yield_now().await;
        boom()
    }));
    view! { <html><body><main><Suspense>{waits}</Suspense></main></body></html> }
}

fn routes(services: &AppState) -> Router<AppState> {
    let services = services.clone();
    let provide = move || provide_context(services.clone());
    let in_order = leptos_axum::render_app_async_with_context(provide.clone(), later);
    let rendered = leptos_axum::render_app_async_with_context(provide, at_once);
    let late = || async {
        let begun = stream::iter([Ok::<_, Infallible>("begun")]);
        Response::new(Body::from_stream(begun.chain(stream::once(async {
            // So that the start of the page is sent first.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            Ok(boom())
        }))))
    };
    Router::new()
        .route("/boom/route", any(|| async { boom() }))
        .route("/boom/page", any(rendered))
        .route("/boom/suspended", any(in_order))
        .route("/api/boom", any(|| async { boom() }))
        .route("/boom/late", any(late))
}

#[tokio::test]
async fn op_09_a_panic_anywhere_is_a_page_that_helps_and_costs_nobody_else_anything() {
    let world = HostileWorld::start().await;
    let app = router::with(world.services.clone(), routes(&world.services));
    let (signed_in, _) = world.signed_in("/account").await;
    let mut browser = Browser::new(&app);
    browser.at_app.clone_from(&signed_in.at_app);
    let log = Log::begin();
    for path in ["/boom/route", "/boom/page", "/boom/suspended"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 500, "{path}: {}", page.body);
        super::failures::helps(&page, path, Some(path));
        let id = page.header("x-request-id");
        let is_told = |line: &String| line.contains("\"panic\"") || line.contains("\"internal\"");
        assert!(log.of(id).iter().any(is_told), "{path}: {}", log.text());
        assert!(!page.body.contains("canary"), "{path}");
        assert_eq!(browser.get("/account").await.status, 200, "{path}");
    }
    // In a function: the error for its script, or with scripts off the page that the form was posted from.
    let page = browser.fetch("/api/boom").await;
    assert_eq!((page.status.as_u16(), page.body.as_str()), (500, "\"Internal\""));
    let page = browser.post("/api/boom", &[]).await;
    assert!([303, 500].contains(&page.status.as_u16()) && !page.body.contains("canary"), "{}", page.status);
}

/// leptos runs these in separate tasks: if one disappears, the page waits until the request times out.
#[test]
fn op_09_whatever_a_page_waits_for_is_contained() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for waited in text.split("Suspend::new(").skip(1) {
                assert!(waited.starts_with("contained"), "{}", path.display());
                found += 1;
            }
        }
    }
    assert!(found >= 6, "{found}");
}

#[tokio::test]
async fn op_09_a_panic_after_the_first_byte_breaks_that_answer_off_and_nothing_else() {
    let world = HostileWorld::start().await;
    let app = router::with(world.services.clone(), routes(&world.services));
    let server = super::http_server::Server::start(app, Default::default()).await;
    let answer = server.ask("GET /boom/late HTTP/1.1\r\nhost: localhost:3000\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("begun"), "{answer}");
    assert!(!answer.contains("canary") && !answer.ends_with("0\r\n\r\n"), "it is not whole: {answer}");
    let answer = server.ask("GET / HTTP/1.1\r\nhost: localhost:3000\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
