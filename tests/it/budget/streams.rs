//! Event streams: at most half of the connections, and a share for each network, person and session.

use axum::http::StatusCode;
use claimcheck_server::budget::limits::{STREAMS_OF_PERSON, STREAMS_OF_SESSION};

use super::SMALL;
use crate::support::{
    Browser, Listening, Process,
    hostile::{HostileWorld, Person},
};

async fn signed_in<'a>(world: &HostileWorld, process: &'a Process, sub: &str, last: u8) -> Browser<'a> {
    world.provider.script(|script| script.person = Person::new(sub, sub));
    let mut browser = process.browser();
    browser.address = [203, 0, 113, last].into();
    assert_eq!(browser.open("/account").await.status, StatusCode::OK);
    browser
}

/// As many streams as there are for this browser.
async fn all_of(browser: &Browser<'_>, process: &Process) -> (Vec<Listening>, StatusCode) {
    let mut open = Vec::new();
    loop {
        let stream = Listening::of(browser, &process.app).await;
        if stream.status != StatusCode::OK {
            assert!(stream.headers.contains_key("retry-after"));
            return (open, stream.status);
        }
        open.push(stream);
    }
}

#[tokio::test]
async fn f02_event_streams_leave_half_of_the_connections_and_newcomers_get_theirs() {
    let world = HostileWorld::start().await;
    let process = world.process_within(SMALL).await;
    let mut open = Vec::new();
    // Twenty in all: sessions have eight, and then the network share of the third begins to limit.
    for (last, streams, refused) in [(1, 8, 429), (2, 8, 429), (3, 3, 503), (4, 1, 503), (5, 0, 503)] {
        let mut browser = signed_in(&world, &process, &format!("person-{last}"), last).await;
        let (own, status) = all_of(&browser, &process).await;
        assert_eq!((own.len(), status.as_u16()), (streams, refused), "{last}");
        assert_eq!(browser.open("/account").await.status, StatusCode::OK, "pages are served all the same");
        open.extend(own);
    }
    assert_eq!(open.len(), SMALL.streams);
    open.truncate(10);
    let late = signed_in(&world, &process, "person-6", 6).await;
    assert_eq!(Listening::of(&late, &process.app).await.status, StatusCode::OK);
}

#[tokio::test]
async fn f02_a_person_has_so_many_streams_in_all_sessions_together() {
    let world = HostileWorld::start().await;
    let mut open = Vec::new();
    let process = world.process(world.clock.clone()).await;
    for session in 0..STREAMS_OF_PERSON / STREAMS_OF_SESSION {
        let browser = signed_in(&world, &process, "ada", session as u8).await;
        let (own, status) = all_of(&browser, &process).await;
        assert_eq!((own.len(), status.as_u16()), (STREAMS_OF_SESSION, 429));
        open.extend(own);
    }
    let further = signed_in(&world, &process, "ada", 100).await;
    assert_eq!(Listening::of(&further, &process.app).await.status, StatusCode::TOO_MANY_REQUESTS);
    let other = signed_in(&world, &process, "jonas", 100).await;
    assert_eq!(Listening::of(&other, &process.app).await.status, StatusCode::OK);
    open.pop();
    assert_eq!(Listening::of(&further, &process.app).await.status, StatusCode::OK);
}
