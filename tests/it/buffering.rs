//! Event streams through reverse proxies that buffer responses (FS4): a page learns of the end of its session all the same.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::Response,
};
use claimcheck_model::paths;
use claimcheck_session::EndReason;
use futures::{Stream, stream};
use reqwest::Client;
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

use crate::support::{EVENT_STREAM, World};

/// The time within which a page shows that its session has ended, on a busy machine.
const SOON: Duration = Duration::from_secs(5);

/// Serves a router, and returns its origin.
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let app = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    origin
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// A reverse proxy that passes on nothing of a response, not even its head, before it has this many bytes of the body or
/// all of it.
async fn proxy(upstream: String, bytes: usize) -> String {
    let pass_on = move |request: Request| async move {
        let path = request.uri().path().to_owned();
        let headers = request.headers().clone();
        let sent = client().get(format!("{upstream}{path}")).headers(headers).send().await.unwrap();
        let (status, headers) = (sent.status(), sent.headers().clone());
        let mut parts = Box::pin(in_blocks(sent, bytes));
        let first = futures::StreamExt::next(&mut parts).await;
        let all = stream::once(async { first.unwrap_or_default() });
        let body = futures::StreamExt::map(futures::StreamExt::chain(all, parts), Ok::<_, std::io::Error>);
        let mut response = Response::new(Body::from_stream(body));
        *response.status_mut() = status;
        response.headers_mut().insert("content-type", headers["content-type"].clone());
        response
    };
    serve(Router::new().fallback(pass_on)).await
}

/// The body in blocks of at least so many bytes, except for the last.
fn in_blocks(response: reqwest::Response, bytes: usize) -> impl Stream<Item = Bytes> {
    stream::unfold(Some(response), move |response| async move {
        let (mut response, mut block) = (response?, Vec::new());
        while block.len() < bytes {
            match response.chunk().await.unwrap() {
                Some(part) => block.extend_from_slice(&part),
                None => return (!block.is_empty()).then(|| (block.into(), None)),
            }
        }
        Some((block.into(), Some(response)))
    })
}

/// Opens the stream like a page, and sends on what arrives.
fn listen(origin: &str, cookie: String) -> mpsc::UnboundedReceiver<String> {
    let (to, arrived) = mpsc::unbounded_channel();
    let url = format!("{origin}{}", paths::EVENTS.path());
    tokio::spawn(async move {
        let request = client().get(url).header("cookie", cookie).header("accept", EVENT_STREAM);
        let request = request.header("host", "localhost:3000").header("sec-fetch-site", "same-origin");
        let mut response = request.header("sec-fetch-mode", "cors").send().await.unwrap();
        while let Some(part) = response.chunk().await.unwrap() {
            let _ = to.send(String::from_utf8(part.to_vec()).unwrap());
        }
    });
    arrived
}

#[tokio::test]
async fn fs4_the_end_of_a_session_arrives_at_once_through_proxies_that_buffer() {
    let world = World::start().await;
    let app = serve(world.app.clone()).await;
    for (bytes, is_buffered) in [(1, false), (4096, true), (64 * 1024, true), (usize::MAX, true)] {
        let proxy = proxy(app.clone(), bytes).await;
        let (browser, _) = world.signed_in("ada", "/account").await;
        let cookie = format!("claimcheck={}", browser.at_app["claimcheck"]);
        let mut arrived = listen(&proxy, cookie);
        let first =
            timeout(if is_buffered { Duration::from_millis(500) } else { SOON }, arrived.recv()).await;
        assert_eq!(first.is_err(), is_buffered, "{bytes}: {first:?}");
        let session = world.services.sessions.page(None, None).await.unwrap().remove(0).key;
        world.services.sessions.end(&session, EndReason::Operator).await.unwrap().unwrap();
        let begun = Instant::now();
        let mut all = String::new();
        while let Some(part) = timeout(SOON * 2, arrived.recv()).await.unwrap() {
            all.push_str(&part);
        }
        assert!(all.contains("data: ended operator"), "{bytes}: {all}");
        assert!(begun.elapsed() < SOON, "{bytes}: {:?}", begun.elapsed());
    }
}
