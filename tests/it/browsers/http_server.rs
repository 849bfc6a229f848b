//! The limits of a connection (OP-04): real sockets, with limits short enough for tests.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Body, routing::get};
use claimcheck_server::{
    budget::Connections,
    http_server::{self, Door, Limits},
};
use futures::stream;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::support::{hostile::HostileWorld, until};

const SHORT: Limits = Limits {
    first_head: Duration::from_millis(1500),
    reserved_head: Duration::from_millis(700),
    next_head: Duration::from_millis(4500),
    stall: Duration::from_secs(2),
};
/// Longer than any of the limits.
const PATIENCE: Duration = Duration::from_secs(20);
const ASKS: &str = "GET / HTTP/1.1\r\nhost: localhost:3000\r\n\r\n";

pub struct Server {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Server {
    pub async fn start(app: Router, limits: Limits) -> Self {
        Self::behind(app, limits, Door::direct(Connections::of(1000, 8))).await
    }

    /// The same with a budget of connections.
    pub async fn behind(app: Router, limits: Limits, door: Door) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async { drop(stopped.await) };
        let served = tokio::spawn(http_server::serve(listener, app, stopped, limits, door));
        Self { addr, stop, served }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }

    /// Everything received until the connection closes.
    pub async fn ask(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after reading counts as the end, too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The first part of a response; the connection stays open.
async fn begin(stream: &mut TcpStream, ask: &str) -> String {
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut bytes = vec![0; 64 * 1024];
    let count = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap();
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

fn small() -> Router {
    let endless = || async {
        Body::from_stream(stream::repeat_with(|| Ok::<_, std::convert::Infallible>("a".repeat(64 * 1024))))
    };
    Router::new().route("/", get(|| async { "here" })).route("/endless", get(endless))
}

#[tokio::test]
async fn op_04_a_head_that_does_not_come_closes_the_connection() {
    let server = Server::start(small(), SHORT).await;
    for (what, begun, pause) in [
        ("nothing", "", Duration::from_millis(100)),
        ("a byte now and then", "GET / HTTP/1.1\r\nhost: localhost\r\nx: ", Duration::from_millis(50)),
    ] {
        let mut stream = server.connect().await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let drips = !begun.is_empty();
            if drips && stream.write_all(b"a").await.is_err() {
                break;
            }
            let mut byte = [0];
            if let Ok(read) = timeout(pause, stream.read(&mut byte)).await {
                assert!(matches!(read, Ok(0) | Err(_)), "{what} is answered");
                break;
            }
        }
        let took = started.elapsed();
        assert!(took > SHORT.first_head / 2 && took < PATIENCE / 2, "{what}: {took:?}");
    }
    // A slow client within the limits is served, and so is its next request on the same connection, after a short idle
    // time.
    let mut stream = server.connect().await;
    let (first, second) = ASKS.split_at(20);
    stream.write_all(first.as_bytes()).await.unwrap();
    sleep(SHORT.first_head / 4).await;
    assert!(begin(&mut stream, second).await.ends_with("here"));
    sleep(SHORT.first_head * 2).await;
    assert!(begin(&mut stream, ASKS).await.ends_with("here"));
    let started = Instant::now();
    assert_eq!(rest(&mut stream).await, "", "an idle connection is closed");
    assert!(started.elapsed() < SHORT.next_head * 2, "{:?}", started.elapsed());
}

#[tokio::test]
async fn op_04_an_answer_that_nobody_takes_does_not_hold_its_connection() {
    let server = Server::behind(small(), SHORT, Door::direct(Connections::of(1, 1))).await;
    let mut greedy = server.connect().await;
    greedy.write_all(ASKS.replace("GET /", "GET /endless").as_bytes()).await.unwrap();
    assert!(server.ask(ASKS).await.starts_with("HTTP/1.1 503"));
    let started = Instant::now();
    while !begin(&mut server.connect().await, ASKS).await.ends_with("here") {
        assert!(started.elapsed() < PATIENCE);
        sleep(SHORT.stall / 10).await;
    }
}

#[tokio::test]
async fn op_04_a_head_past_all_measure_is_refused_before_it_is_complete() {
    let world = HostileWorld::start().await;
    let server = Server::start(world.app.clone(), Limits::default()).await;
    let large =
        |bytes| format!("GET / HTTP/1.1\r\nhost: localhost:3000\r\ncookie: a={}\r\n", "a".repeat(bytes));
    let answer = server.ask(&format!("{}connection: close\r\n\r\n", large(20_000))).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = server.ask(&format!("{}connection: close\r\n\r\n", large(40_000))).await;
    assert!(answer.starts_with("HTTP/1.1 431") && answer.contains("too many cookies"), "{answer}");
    let answer = server.ask(&large(80_000)).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = format!("GET / HTTP/1.1\r\nhost: localhost:3000\r\n{}", "x: y\r\n".repeat(150));
    assert!(server.ask(&format!("{many}\r\n")).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn op_11_stopping_serves_what_is_under_way_and_waits_for_nobody_else() {
    let begun = Arc::<AtomicUsize>::default();
    let counted = begun.clone();
    let slow = Router::new().route(
        "/",
        get(async move || {
            counted.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(300)).await;
            "done"
        }),
    );
    let server = Server::start(slow, Limits::default()).await;
    let silent = server.connect().await;
    let mut half = server.connect().await;
    half.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
    let mut idle = server.connect().await;
    assert!(begin(&mut idle, ASKS).await.ends_with("done"));
    let mut busy = server.connect().await;
    busy.write_all(ASKS.as_bytes()).await.unwrap();
    until(|| begun.load(Ordering::Relaxed) == 2).await;
    let started = Instant::now();
    server.stop.send(()).unwrap();
    timeout(PATIENCE, server.served).await.unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert!(rest(&mut busy).await.ends_with("done"));
    drop((silent, half));
    assert!(TcpStream::connect(server.addr).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn lr_03_over_the_wire_only_our_own_name_is_answered_in_production() {
    let world = HostileWorld::with("public_url = \"https://dashboard.example.com\"\n").await;
    let server = Server::start(world.app.clone(), Limits::default()).await;
    for (line, hosts, expected) in [
        ("/ HTTP/1.1", "host: dashboard.example.com\r\n", 200),
        ("/ HTTP/1.1", "Host: DASHBOARD.example.com:443\r\n", 200),
        ("https://dashboard.example.com/ HTTP/1.1", "host: dashboard.example.com\r\n", 200),
        ("/ HTTP/1.0", "host: dashboard.example.com\r\n", 200),
        ("/ HTTP/1.1", "", 400),
        ("/ HTTP/1.0", "", 421),
        ("/ HTTP/1.1", "host: evil.example\r\n", 421),
        ("/ HTTP/1.1", "host: dashboard.example.com.\r\n", 421),
        ("/ HTTP/1.1", "host: dashboard.example.com:8443\r\n", 421),
        ("/ HTTP/1.1", "host: dashboard.example.com\r\nhost: evil.example\r\n", 400),
        ("/ HTTP/1.1", "host: dashboard.example.com\r\nx-forwarded-host: evil.example\r\n", 200),
        ("https://evil.example/ HTTP/1.1", "host: dashboard.example.com\r\n", 421),
        ("/health/live HTTP/1.1", "host: 10.0.0.1\r\n", 200),
    ] {
        let answer =
            server.ask(&format!("GET {line}\r\n{hosts}accept: text/html\r\nconnection: close\r\n\r\n")).await;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert_eq!(status, expected.to_string(), "{line} {hosts}");
        assert!(!answer.contains("evil.example"), "{line} {hosts}: {answer}");
        if expected == 421 {
            assert!(answer.contains("href=\"https://dashboard.example.com/\""), "{answer}");
        }
    }
}
