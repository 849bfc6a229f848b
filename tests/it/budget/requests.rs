//! Requests under way and bodies: slow bodies hold no place of a request, and nobody can take all places.

use std::{
    net::SocketAddr,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use claimcheck_server::budget::{BudgetLimits, limits::REQUESTS_OF_SESSION};
use futures::future::join_all;
use tokio::io::AsyncWriteExt;
use tower::ServiceExt;

use super::{Mark, SMALL, ask, connect, connect_many, direct, get, served, status, status_of, with_slow};
use crate::support::{
    Browser,
    hostile::{HostileWorld, Person},
    until,
};

const HEAD: &str = "POST /auth/back-channel-logout HTTP/1.1\r\nhost: localhost:3000\r\n\
                    content-type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn f07_slow_bodies_hold_no_place_and_leave_room_for_other_bodies() {
    let world = HostileWorld::start().await;
    let limits = BudgetLimits { connections: 400, bodies: 16, ..SMALL };
    let process = world.process_within(limits).await;
    let budget = &process.services.budget;
    let server = served(process.app.clone(), direct(&budget.connections)).await;
    let mut slow = connect_many(server, [0, 2], 40).await;
    for (number, stream) in slow.iter_mut().enumerate() {
        // Without a body, with a part of it, and in chunks without an announced length.
        let rest = match number % 3 {
            0 => "content-length: 10\r\n\r\n",
            1 => "content-length: 10\r\n\r\nlogo",
            _ => "transfer-encoding: chunked\r\n\r\n4\r\nlogo\r\n",
        };
        stream.write_all(format!("{HEAD}{rest}").as_bytes()).await.unwrap();
    }
    until(|| budget.bodies.used() > 0).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(budget.requests.used(), 0);
    assert!((1..=12).contains(&budget.bodies.used()), "{}", budget.bodies.used());
    let begun = Instant::now();
    let complete = format!("{HEAD}content-length: 14\r\n\r\nlogout_token=a");
    for from in [[0, 2], [0, 3]] {
        assert_eq!(status(server, from, &get("/")).await, 200, "pages have no body");
    }
    assert_eq!(status(server, [0, 3], &complete).await, 400, "the token is read, and refused");
    let mut own = connect(server, [0, 2]).await;
    let refused = ask(&mut own, &complete).await;
    assert!(status_of(&refused) == 503 && refused.contains("retry-after"), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    drop(slow);
    until(|| (budget.bodies.used(), budget.body_bytes.used()) == (0, 0)).await;
    assert_eq!(status(server, [0, 2], &complete).await, 400);
}

/// Starts a request from that address, with these cookies, and returns whether it was refused; otherwise it is at the gate.
async fn start(app: &Router, browser: &Browser<'_>, last: u8) -> bool {
    let cookies: Vec<_> = browser.at_app.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::builder().uri("/slow").header("host", "localhost:3000");
    let mut request = request.header("cookie", cookies.join("; ")).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, last], 4711))));
    let mark = Mark::default();
    request.extensions_mut().insert(mark.clone());
    let running = tokio::spawn(app.clone().oneshot(request));
    until(|| running.is_finished() || mark.0.load(Ordering::Relaxed)).await;
    match running.is_finished() {
        true => running.await.unwrap().unwrap().status() == StatusCode::SERVICE_UNAVAILABLE,
        false => false,
    }
}

#[tokio::test]
async fn f07_a_network_cannot_take_all_places_of_requests() {
    let world = HostileWorld::start().await;
    let process = world.process_within(SMALL).await;
    let (app, gate) = with_slow(&process);
    let nobody = Browser::new(&app);
    let refused = join_all((0..40).map(|_| start(&app, &nobody, 1))).await;
    assert_eq!(refused.iter().filter(|refused| !**refused).count(), 9, "three quarters of twelve");
    for last in 2..5 {
        assert!(!start(&app, &nobody, last).await, "{last}");
    }
    assert!(start(&app, &nobody, 5).await, "now all of them are taken");
    let health = Request::builder().uri("/health/live").body(Body::empty()).unwrap();
    assert_eq!(app.clone().oneshot(health).await.unwrap().status(), StatusCode::OK);
    gate.open();
    until(|| process.services.budget.requests.used() == 0).await;
    assert!(!start(&app, &nobody, 1).await);
}

#[tokio::test]
async fn f07_a_session_cannot_take_all_places_of_requests_and_is_not_limited_while_there_is_room() {
    let world = HostileWorld::start().await;
    let process = world.process_within(BudgetLimits { requests: 100, ..SMALL }).await;
    let (app, gate) = with_slow(&process);
    let mut browsers = Vec::new();
    for (sub, last) in [("ada", 1), ("jonas", 2)] {
        world.provider.script(|script| script.person = Person::new(sub, sub));
        let mut browser = Browser::new(&app);
        browser.address = [203, 0, 113, last].into();
        assert_eq!(browser.open("/account").await.status, StatusCode::OK);
        browsers.push(browser);
    }
    let [ada, jonas] = browsers.as_slice() else { panic!("there are two") };
    // Alone it can have half.
    let refused = join_all((0..60).map(|_| start(&app, ada, 1))).await;
    assert_eq!(refused.iter().filter(|refused| !**refused).count(), 50);
    assert!(!start(&app, jonas, 1).await, "another session at the same address");
    gate.open();
    until(|| process.services.budget.requests.used() == 0).await;
    // Under shortage it has its share, from whatever address.
    let others = process.services.budget.requests.take(78, &[]).ok().unwrap();
    let mut running = 0;
    for last in 0..20 {
        running += usize::from(!start(&app, ada, 10 + last).await);
    }
    assert_eq!(running, REQUESTS_OF_SESSION);
    assert!(!start(&app, jonas, 2).await);
    drop(others);
    assert!(!start(&app, ada, 1).await);
    gate.open();
}

#[tokio::test]
async fn f07_a_flood_of_logout_tokens_leaves_places_for_those_of_the_provider() {
    let world = HostileWorld::start().await;
    let process = world.process_within(SMALL).await;
    let server = served(process.app.clone(), direct(&process.services.budget.connections)).await;
    let token = format!("{HEAD}content-length: 14\r\n\r\nlogout_token=a");
    let flood: Vec<_> =
        std::iter::from_fn(|| process.services.budget.logout_token([127, 0, 0, 2].into()).ok()).collect();
    assert_eq!(flood.len(), 96, "three quarters of 128");
    let refused = ask(&mut connect(server, [0, 2]).await, &token).await;
    assert!(status_of(&refused) == 503 && refused.contains("retry-after"), "{refused}");
    assert_eq!(status(server, [0, 3], &token).await, 400, "the token is read, and refused");
    drop(flood);
    assert_eq!(status(server, [0, 2], &token).await, 400);
}
