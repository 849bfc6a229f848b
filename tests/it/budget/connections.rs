//! Connections: nobody can take them all, and health checks are always answered.

use std::time::{Duration, Instant};

use claimcheck::router;
use claimcheck_server::{
    budget::{BudgetLimits, Connections},
    http_server::Door,
    operator,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{
    PATIENCE, SMALL, ask, connect, connect_many, direct, get, served, serves_again, status, status_of,
    with_slow,
};
use crate::support::{Process, hostile::HostileWorld};

/// The time within which refusals come, on a busy machine.
const SOON: Duration = Duration::from_secs(10);

async fn small() -> (HostileWorld, Process) {
    let world = HostileWorld::start().await;
    let process = world.process_within(BudgetLimits { requests: 200, ..SMALL }).await;
    (world, process)
}

#[tokio::test]
async fn f02_a_network_with_all_the_connections_it_can_get_keeps_out_nobody() {
    let (_world, process) = small().await;
    let server = served(process.app.clone(), direct(&process.services.budget.connections)).await;
    let silent = connect_many(server, [0, 2], 200).await;
    assert_eq!(status(server, [0, 2], &get("/health/live")).await, 200, "the same address, too");
    for path in ["/", "/health/live", "/health/ready"] {
        assert_eq!(status(server, [0, 3], &get(path)).await, 200, "{path}");
    }
    assert_eq!(status(server, [0, 4], &get("/auth/sign-in")).await, 303);
    drop(silent);
    serves_again(server, [0, 2], &get("/")).await;
    for _ in 0..30 {
        assert_eq!(status(server, [0, 2], &get("/")).await, 200, "afterwards it is served, too");
    }
}

#[tokio::test]
async fn f02_beyond_its_share_a_network_gets_a_quick_refusal_and_health() {
    let (_world, process) = small().await;
    let (app, gate) = with_slow(&process);
    let server = served(app, direct(&process.services.budget.connections)).await;
    // Three quarters of them, none of which is idle.
    let mut held = connect_many(server, [0, 2], 30).await;
    for stream in &mut held {
        stream.write_all(get("/slow").as_bytes()).await.unwrap();
    }
    gate.reached_by(held.len()).await;
    let begun = Instant::now();
    let mut late = connect(server, [0, 2]).await;
    let answer = ask(&mut late, &get("/boards/orders")).await;
    assert_eq!(status_of(&answer), 503, "{answer}");
    for header in ["retry-after: 5", "connection: close", "cache-control: no-store", "text/html"] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
    let german = get("/").replace("accept:", "accept-language: de-AT,en;q=0.5\r\naccept:");
    assert!(ask(&mut connect(server, [0, 2]).await, &german).await.contains("Der Dienst ist ausgelastet"));
    let script = get("/api/panel").replace("accept:", "sec-fetch-dest: empty\r\naccept:");
    assert!(ask(&mut connect(server, [0, 2]).await, &script).await.ends_with("\"Busy\""));
    let mut rest = Vec::new();
    assert!(timeout(PATIENCE, late.read_to_end(&mut rest)).await.is_ok(), "the connection is closed");
    for path in ["/health/live", "/health/ready"] {
        let answer = ask(&mut connect(server, [0, 2]).await, &get(path)).await;
        assert!(status_of(&answer) == 200 && answer.contains("connection: close"), "{path}: {answer}");
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    gate.open();
    for stream in &mut held {
        assert_eq!(status_of(&ask(stream, "").await), 200, "those within the share are served");
    }
}

#[tokio::test]
async fn f02_health_is_answered_though_many_networks_have_all_connections() {
    let (_world, process) = small().await;
    let (app, gate) = with_slow(&process);
    let server = served(app, direct(&process.services.budget.connections)).await;
    let mut held = Vec::new();
    for network in 0..40 {
        let mut stream = connect(server, [1, network]).await;
        stream.write_all(get("/slow").as_bytes()).await.unwrap();
        held.push(stream);
    }
    gate.reached_by(held.len()).await;
    for path in ["/health/live", "/health/ready", "/health/live?probe=1"] {
        assert_eq!(status(server, [0, 2], &get(path)).await, 200, "{path}");
    }
    for path in ["/", "/health", "/health/live/", "/auth/events"] {
        assert_eq!(status(server, [0, 2], &get(path)).await, 503, "{path}");
    }
    let post =
        "POST /auth/back-channel-logout HTTP/1.1\r\nhost: localhost:3000\r\ncontent-length: 3\r\n\r\na=b";
    assert_eq!(status(server, [0, 2], post).await, 503);
    // Silent connections cannot take all of the reserve, and give way to a check from the same address.
    let silent = connect_many(server, [0, 3], 50).await;
    for from in [[0, 2], [0, 3], [0, 3]] {
        assert_eq!(status(server, from, &get("/health/live")).await, 200, "{from:?}");
    }
    drop(silent);
    held.pop();
    serves_again(server, [0, 2], &get("/")).await;
}

#[tokio::test]
async fn f02_idle_connections_are_closed_for_newcomers() {
    let (_world, process) = small().await;
    let server = served(process.app.clone(), direct(&process.services.budget.connections)).await;
    let mut idle = Vec::new();
    for network in 0..40 {
        let mut stream = connect(server, [1, network]).await;
        assert_eq!(status_of(&ask(&mut stream, &get("/health/live")).await), 200);
        idle.push(stream);
    }
    // One of the idle connections is closed.
    serves_again(server, [0, 2], &get("/")).await;
    let mut served = 0;
    for stream in &mut idle {
        served += usize::from(status_of(&ask(stream, &get("/health/live")).await) == 200);
    }
    assert!((30..40).contains(&served), "most of them stay: {served}");
}

#[tokio::test]
async fn f02_an_office_of_eight_hundred_at_one_address_is_served() {
    let world = HostileWorld::start().await;
    let door = direct(&Connections::of(10_000, 64));
    let server = served(world.app.clone(), door).await;
    let mut open = connect_many(server, [0, 2], 800).await;
    for stream in &mut open {
        assert_eq!(status_of(&ask(stream, &get("/health/live")).await), 200);
    }
    assert_eq!(status(server, [0, 2], &get("/")).await, 200);
}

#[tokio::test]
async fn f02_a_trusted_proxy_has_all_connections_and_another_peer_its_share() {
    let (_world, process) = small().await;
    let door = Door {
        trusted_proxies: ["127.0.0.2/32".parse().unwrap()].into(),
        ..direct(&process.services.budget.connections)
    };
    let server = served(process.app.clone(), door).await;
    let mut open = connect_many(server, [0, 2], 40).await;
    for stream in &mut open {
        assert_eq!(status_of(&ask(stream, &get("/health/live")).await), 200);
    }
    assert_eq!(status(server, [0, 2], &get("/")).await, 503, "all are taken");
    assert_eq!(status(server, [0, 2], &get("/health/live")).await, 200);
    for stream in &mut open {
        assert_eq!(
            status_of(&ask(stream, &get("/health/live")).await),
            200,
            "none of them is closed for others"
        );
    }
    open.truncate(20);
    serves_again(server, [0, 3], &get("/")).await;
}

#[tokio::test]
async fn f02_the_admin_listener_has_connections_of_its_own_and_a_share_for_each_network() {
    let (_world, process) = small().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let admin = listener.local_addr().unwrap();
    let (routes, connections) =
        (router::admin(process.services.clone()), process.services.budget.admin.clone());
    tokio::spawn(operator::serve(Some(listener.into()), routes, CancellationToken::new(), connections));
    let public = served(process.app.clone(), direct(&process.services.budget.connections)).await;
    let (_on_public, silent) =
        (connect_many(public, [0, 2], 200).await, connect_many(admin, [0, 2], 20).await);
    let health = "GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    for _ in 0..20 {
        assert_eq!(status(admin, [0, 3], health).await, 200);
    }
    drop(silent);
    serves_again(admin, [0, 2], health).await;
}
