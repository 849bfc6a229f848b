//! The budget of resources, on real connections and with limits small enough for tests: whatever one client network,
//! person or session does, others are served, and health checks are answered.

mod connections;
mod forwarded;
mod report;
mod requests;
mod streams;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Extension, Router, routing};
use claimcheck::router;
use claimcheck_server::{
    budget::{BudgetLimits, Connections},
    http_server::{self, Door},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Notify,
    time::timeout,
};

use crate::support::{Process, until};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A small process.
const SMALL: BudgetLimits = BudgetLimits {
    connections: 40,
    reserve: 8,
    admin: 4,
    streams: 20,
    files: 4,
    exports: 2,
    images: 4,
    requests: 12,
    bodies: 8,
    body_bytes: 512 * 1024,
};

/// Serves an app on its own port until the test ends.
async fn served(app: Router, door: Door) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = http_server::Limits::default();
    tokio::spawn(http_server::serve(listener, app, std::future::pending(), limits, door));
    address
}

/// A route that answers on a signal of the test.
#[derive(Clone, Default)]
struct Gate {
    opens: Arc<Notify>,
    /// The requests that have reached it.
    reached: Arc<AtomicUsize>,
}

/// Marks one request, to notice when it has reached the gate.
#[derive(Clone, Default)]
struct Mark(Arc<AtomicBool>);

impl Gate {
    async fn pass(self, mark: Option<Extension<Mark>>) {
        let opens = self.opens.notified();
        self.reached.fetch_add(1, Ordering::Relaxed);
        if let Some(Extension(Mark(mark))) = mark {
            mark.store(true, Ordering::Relaxed);
        }
        opens.await;
    }

    /// Answers all requests that have reached it.
    fn open(&self) {
        self.opens.notify_waiters();
    }

    async fn reached_by(&self, count: usize) {
        until(|| self.reached.load(Ordering::Relaxed) >= count).await;
    }
}

/// The process with such a route.
fn with_slow(process: &Process) -> (Router, Gate) {
    let gate = Gate::default();
    let slow = gate.clone();
    let slow = routing::get(move |mark: Option<Extension<Mark>>| slow.clone().pass(mark));
    (router::with(process.services.clone(), Router::new().route("/slow", slow)), gate)
}

/// A door for clients at 127.0.x.y, each of which is a network.
fn direct(connections: &Connections) -> Door {
    Door::direct(connections.clone())
}

/// A connection from 127.0.x.y.
async fn connect(server: SocketAddr, [x, y]: [u8; 2]) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, x, y], 0))).unwrap();
    socket.connect(server).await.unwrap()
}

async fn connect_many(server: SocketAddr, from: [u8; 2], count: usize) -> Vec<TcpStream> {
    let mut open = Vec::new();
    for _ in 0..count {
        open.push(connect(server, from).await);
    }
    open
}

/// Sends a request, and returns what comes first of the response. The connection stays open.
async fn ask(stream: &mut TcpStream, request: &str) -> String {
    if stream.write_all(request.as_bytes()).await.is_err() {
        return String::new();
    }
    let mut bytes = vec![0; 256 * 1024];
    let count = timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost:3000\r\naccept: text/html\r\n\r\n")
}

/// The status of one request on a new connection from there; 0 if it was closed.
async fn status(server: SocketAddr, from: [u8; 2], request: &str) -> u16 {
    status_of(&ask(&mut connect(server, from).await, request).await)
}

/// Waits until such a request is served again, because the server has noticed that connections were closed.
async fn serves_again(server: SocketAddr, from: [u8; 2], request: &str) {
    let begun = Instant::now();
    while status(server, from, request).await != 200 {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
