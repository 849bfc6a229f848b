//! A provider that is slow or never stops sending (OP-01, OP-02).

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures::future::join_all;
use tokio::net::TcpListener;

use super::{drive, is_borne, is_well};
use crate::support::{
    Heard,
    hostile::{At, HostileWorld, Raw, Script},
};

/// Additional time for a page on a busy machine.
const BESIDES: Duration = Duration::from_secs(10);
const ENDPOINTS: [At; 6] =
    [At::Discovery, At::Keys, At::CodeExchange, At::UserInfo, At::Refresh, At::Revocation];

/// The longest wait for that endpoint: a sign-in waits for the provider's response, a panel for a refresh, a sign-out
/// for a revocation.
fn patience(at: At) -> Duration {
    Duration::from_secs(match at {
        At::Refresh => 12,
        At::Revocation => 2,
        _ => 5,
    })
}

async fn hangs(at: At, what: &str, fault: impl Fn(&mut Script)) {
    let case = format!("{at:?} {what}");
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(&fault);
    let begun = Instant::now();
    let page = drive(&world, at, &mut browser).await;
    let took = begun.elapsed();
    assert!(is_borne(at, &page), "{case}: {} {}", page.status, page.body);
    assert!(took < patience(at) + BESIDES, "{case}: {took:?}");
    assert!(took > patience(at) - Duration::from_secs(1), "{case}: it was waited for, {took:?}");
    // Requests that do not need it are served at once.
    let begun = Instant::now();
    assert_eq!(world.browser().get("/").await.status, StatusCode::OK);
    assert!(begun.elapsed() < BESIDES, "{case}");
    world.provider.be_honest();
    world.advance(60);
    let (_, page) = world.signed_in("/account").await;
    assert!(page.status.is_success(), "{case}: {}", page.body);
    if at == At::Revocation {
        // Work without a user ends, too: each revocation has its own timeout.
        let begun = Instant::now();
        world.drained().await;
        assert!(begun.elapsed() < 3 * patience(At::CodeExchange) + BESIDES, "{case}");
    }
}

#[tokio::test]
async fn op_01_a_provider_that_never_answers_costs_bounded_time() {
    let never = Duration::from_secs(3600);
    join_all(ENDPOINTS.map(|at| hangs(at, "never", move |script| _ = script.delays.insert(at, never)))).await;
}

#[tokio::test]
async fn op_01_a_provider_that_answers_byte_by_byte_costs_bounded_time() {
    join_all(
        ENDPOINTS.map(|at| hangs(at, "drips", move |script| _ = script.instead.insert(at, Raw::drip()))),
    )
    .await;
}

#[tokio::test]
async fn op_01_a_connection_that_comes_to_nothing_is_given_up_soon() {
    // Connected, and then silent: also at the start of TLS.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let held = tokio::spawn(async move {
        let mut all = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            all.push(stream);
        }
    });
    for (scheme, least, most) in [("https", 1, 2), ("http", 4, 5)] {
        let mut world = HostileWorld::start().await;
        let from = world.provider.origin().to_owned();
        world
            .restart_with(&format!("issuer = \"{from}\""), &format!("issuer = \"{scheme}://{address}\""))
            .await;
        let begun = Instant::now();
        let page = world.browser().get("/auth/sign-in").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        let took = begun.elapsed();
        let bounds = Duration::from_secs(least)..Duration::from_secs(most) + BESIDES;
        assert!(bounds.contains(&took), "{scheme}: {took:?}");
    }
    held.abort();
}

#[tokio::test]
async fn op_02_an_answer_without_end_is_read_up_to_a_limit() {
    for at in ENDPOINTS {
        let world = HostileWorld::start().await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.provider.script(|script| script.instead.insert(at, Raw::endless()));
        let heard = Heard::begin();
        let page = drive(&world, at, &mut browser).await;
        assert!(is_borne(at, &page), "{at:?}: {} {}", page.status, page.body);
        world.drained().await;
        assert!(heard.has(&["the response is larger than 1048576 bytes"]), "{at:?}: not by its time");
    }
}

#[tokio::test]
async fn op_02_an_answer_is_measured_after_it_was_unpacked() {
    // The same honest response, padded with spaces, which compress to almost nothing.
    for at in ENDPOINTS {
        for (padding, is_read) in [(512 << 10, true), (2 << 20, false)] {
            let case = format!("{at:?} {padding}");
            let world = HostileWorld::start().await;
            let (mut browser, page) = world.signed_in("/account").await;
            assert!(page.status.is_success());
            world.provider.script(|script| script.padding.insert(at, padding));
            let before = world.provider.count(at);
            let page = drive(&world, at, &mut browser).await;
            assert_eq!(
                is_well(at, &page),
                is_read || at == At::Revocation,
                "{case}: {} {}",
                page.status,
                page.body
            );
            assert!(is_read || is_borne(at, &page), "{case}: {} {}", page.status, page.body);
            assert!(world.provider.count(at) > before, "{case}: it was asked");
        }
    }
}
