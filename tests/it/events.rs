//! `GET /auth/events`: what an open page learns about its session, and when; and who gets no stream.

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};
use claimcheck::handlers::state::AppState;
use claimcheck_model::{ENDS, SessionNews, paths};
use claimcheck_server::budget::limits::STREAMS_OF_SESSION;
use claimcheck_session::{EndReason, RowKey};
use futures::StreamExt;

use crate::support::{EVENT_STREAM, Listening, World};

/// The time within which a page shows that its session has ended.
const SOON: Duration = Duration::from_secs(1);
/// The same while the machine is busy with other tests.
const LATEST: Duration = Duration::from_secs(12);

/// The only running session.
async fn only_session(services: &AppState) -> RowKey {
    let all = services.sessions.page(None, None).await.unwrap();
    assert_eq!(all.len(), 1);
    all[0].key.clone()
}

#[tokio::test]
async fn the_stream_begins_with_how_long_the_session_lasts() {
    let world = World::start().await;
    let (browser, _) = world.signed_in("ada", "/account").await;
    let mut page = Listening::of(&browser, &world.app).await;
    assert_eq!(page.status, StatusCode::OK);
    for (name, value) in [
        ("content-type", EVENT_STREAM),
        ("cache-control", "no-store, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(page.headers[name], value);
    }
    assert!(!page.headers.contains_key("content-encoding"), "an event is not kept back to be compressed");
    assert!(!page.headers.contains_key("set-cookie"));
    let first = page.block().await.unwrap();
    let retry = first.lines().find_map(|line| line.strip_prefix("retry: ")).unwrap();
    assert!((1000..=2000).contains(&retry.parse().unwrap()), "{first}");
    let data = first.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let Some(SessionNews::State(state)) = SessionNews::read(data) else { panic!("{first}") };
    assert!((world.now() - state.now).abs() <= 5 && (state.idle_until - state.now - 1800).abs() <= 5);
    assert!((state.absolute_until - state.now - 43_200).abs() <= 5);
    let key = only_session(&world.services).await;
    assert!(
        !first.contains(key.as_str()) && !first.contains("ada.okafor") && !first.contains("Ada Okafor"),
        "{first}"
    );
}

#[tokio::test]
async fn a_tag_stands_for_a_person_whatever_the_session() {
    let world = World::start().await;
    let mut tags = Vec::new();
    for person in ["ada", "ada", "jonas"] {
        let (browser, _) = world.signed_in(person, "/account").await;
        tags.push(Listening::of(&browser, &world.app).await.state().await.tag);
    }
    assert_eq!(tags[0], tags[1]);
    assert_ne!(tags[1], tags[2]);
}

#[tokio::test]
async fn lo_14_an_open_page_hears_within_a_second_why_its_session_ended() {
    let world = World::start().await;
    // The quickest counts, because the machine may be busy.
    let mut quickest = Duration::MAX;
    for why in EndReason::ALL {
        let (browser, _) = world.signed_in("ada", "/account").await;
        let (mut page, mut other) =
            (Listening::of(&browser, &world.app).await, Listening::of(&browser, &world.app).await);
        page.state().await;
        other.state().await;
        world.services.sessions.end(&only_session(&world.services).await, why).await.unwrap().unwrap();
        let ended = Instant::now();
        assert_eq!((page.end().await.as_str(), other.end().await.as_str()), (why.as_str(), why.as_str()));
        quickest = quickest.min(ended.elapsed());
        assert!(ended.elapsed() < LATEST, "{:?}", ended.elapsed());
        assert!(ENDS.contains(&why.as_str()), "there are words for it");
        // A browser that returns with the cookie gets the end once more, and nothing after that.
        let mut late = Listening::of(&browser, &world.app).await;
        assert_eq!((late.status, late.end().await.as_str()), (StatusCode::OK, why.as_str()));
    }
    assert!(quickest < SOON, "{quickest:?}");
    assert_eq!(world.services.budget.streams.count(), 0, "nobody keeps a place");
}

#[tokio::test]
async fn lo_14_whichever_process_ended_it() {
    let world = World::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (other, _) = world.another().await;
    // The quickest counts, because the machine may be busy.
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        let (browser, _) = world.signed_in("ada", "/account").await;
        let mut page = Listening::of(&browser, &world.app).await;
        page.state().await;
        other.sessions.end(&only_session(&other).await, EndReason::Operator).await.unwrap().unwrap();
        let ended = Instant::now();
        assert_eq!(page.end().await, "operator");
        quickest = quickest.min(ended.elapsed());
        assert!(ended.elapsed() < LATEST, "{:?}", ended.elapsed());
    }
    assert!(quickest < SOON, "{quickest:?}");
}

#[tokio::test]
async fn a_sign_out_in_another_tab_is_heard() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let mut page = Listening::of(&browser, &world.app).await;
    page.state().await;
    assert_eq!(browser.post(paths::SIGN_OUT.path(), &[]).await.status, StatusCode::OK);
    assert_eq!(page.end().await, "signed-out");
    // Its cookie is gone: nothing is known, and the browser does not reconnect.
    assert_eq!(Listening::of(&browser, &world.app).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn sc_11_listening_slides_nothing_and_the_clock_ends_it() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let begun = Listening::of(&browser, &world.app).await.state().await;
    world.advance(600);
    let later = Listening::of(&browser, &world.app).await.state().await;
    assert_eq!((later.idle_until, later.absolute_until), (begun.idle_until, begun.absolute_until));
    browser.open("/account").await;
    let slid = Listening::of(&browser, &world.app).await.state().await;
    assert!(slid.idle_until >= begun.idle_until + 600, "what a person does slides it");
    world.advance(slid.idle_until - world.now() - 4);
    let mut page = Listening::of(&browser, &world.app).await;
    page.state().await;
    assert_eq!(page.end().await, "idle");
    assert_eq!(Listening::of(&browser, &world.app).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn sc_11_the_absolute_end_is_told_as_such() {
    let world = World::with("idle_secs = 900\nabsolute_secs = 900\n").await;
    let (browser, _) = world.signed_in("ada", "/account").await;
    world.advance(896);
    let mut page = Listening::of(&browser, &world.app).await;
    page.state().await;
    assert_eq!(page.end().await, "absolute");
}

#[tokio::test]
async fn what_was_slid_meanwhile_is_told_instead_of_an_end() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    world.advance(1795);
    let mut page = Listening::of(&browser, &world.app).await;
    let before = page.state().await;
    browser.open("/account").await;
    let after = page.state().await;
    assert!(after.now >= before.idle_until, "only when the end that was known has come");
    assert!(after.idle_until > before.idle_until + 1700);
}

#[tokio::test]
async fn a_stream_outlives_the_time_of_a_request_and_has_an_end_of_its_own() {
    let world = World::start().await;
    let (browser, _) = world.signed_in("ada", "/account").await;
    let mut page = Listening::of(&browser, &world.app).await;
    page.state().await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let mut beats = 0;
    while let Some(block) = page.block().await {
        assert!(block.starts_with(':'), "{block}");
        beats += 1;
        assert!(begun.elapsed() <= Duration::from_secs(15 * beats + 1), "a sign of life every 15 seconds");
    }
    assert!((600..=760).contains(&begun.elapsed().as_secs()) && beats >= 39, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_program_that_stops_closes_its_streams() {
    let world = World::start().await;
    let (browser, _) = world.signed_in("ada", "/account").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}{}", listener.local_addr().unwrap(), paths::EVENTS.path());
    let stopping = world.services.stopping.clone();
    let app = world.app.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
    let stop = stopping.clone().cancelled_owned();
    let server = tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stop).await });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let cookie = format!("claimcheck={}", browser.at_app["claimcheck"]);
    let request = client.get(address).header("cookie", cookie).header("host", "localhost:3000");
    let mut events = request.header("sec-fetch-mode", "cors").send().await.unwrap().bytes_stream();
    assert!(events.next().await.unwrap().unwrap().starts_with(b"data: state "));
    stopping.cancel();
    let ended = tokio::time::timeout(LATEST, async { (events.next().await.is_none(), server.await) });
    let (is_closed, server) = ended.await.unwrap();
    assert!(is_closed);
    server.unwrap().unwrap();
    // A request during shutdown gets the same at once.
    let mut late = Listening::of(&browser, &world.app).await;
    late.state().await;
    assert_eq!(late.news().await, None);
}

#[tokio::test]
async fn a_session_has_so_many_streams_and_others_theirs() {
    let world = World::start().await;
    let (ada, _) = world.signed_in("ada", "/account").await;
    let (jonas, _) = world.signed_in("jonas", "/account").await;
    let mut open = Vec::new();
    for _ in 0..STREAMS_OF_SESSION {
        open.push(Listening::of(&ada, &world.app).await);
    }
    assert!(open.iter().all(|stream| stream.status == StatusCode::OK));
    let one_more = Listening::of(&ada, &world.app).await;
    assert_eq!(one_more.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(one_more.headers.contains_key("retry-after"));
    assert_eq!(Listening::of(&jonas, &world.app).await.status, StatusCode::OK);
    open.pop();
    assert_eq!(Listening::of(&ada, &world.app).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_a_page_of_ours_that_somebody_looks_at_listens() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for (headers, status) in [
        (&[][..], 200),
        (&[("sec-fetch-site", ""), ("sec-fetch-mode", ""), ("sec-fetch-dest", "")], 200),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-purpose", "prefetch")], 204),
        (&[("sec-purpose", "prefetch;prerender")], 204),
        (&[("purpose", "prefetch")], 204),
        (&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")], 204),
        (&[("cookie", "")], 204),
        (&[("cookie", "claimcheck=AAAAAAAAAAAAAAAAAAAAAA")], 204),
    ] {
        let answer = Listening::with(&browser, &world.app, headers).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        assert_eq!(
            answer.headers.get("content-type").is_some_and(|kind| kind == EVENT_STREAM),
            status == 200
        );
    }
    let post =
        browser.send(Method::POST, paths::EVENTS.path(), &[("sec-fetch-site", "same-origin")], None).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
}
