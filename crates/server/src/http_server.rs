//! Connections of browsers and proxies: a limited number, each served HTTP/1.1 within time limits (OP-04). The limits
//! of a request are in `guard/limits.rs`; this file limits a connection before, between and after requests.

use std::{
    convert::Infallible,
    future::Future,
    net::IpAddr,
    pin::{Pin, pin},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{HeaderValue, header},
    response::Response,
};
use claimcheck_model::{base_path, paths};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use tokio::time::sleep;
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::{
    budget::{Admitted, Connections},
    guard::{
        self, OverSocket,
        limits::{MAX_HEADERS, MAX_URI},
    },
};

mod listener;

pub use listener::Listener;
use listener::{Peer, Stream};

/// Names and separators of a head in addition to what `guard` counts. Beyond this, hyper itself answers 431.
const HEAD_MORE: usize = 24 * 1024;

/// The time limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the first head is complete: browsers and proxies send it at once.
    pub first_head: Duration,
    /// The same for a connection in the reserve, which others need.
    pub reserved_head: Duration,
    /// Until each further head is complete, including the idle time before it. Longer than the 60 s for which proxies
    /// keep connections: if this side closed first, a request could be lost in between.
    pub next_head: Duration,
    /// How long the client may take to read a part of a response.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_head: Duration::from_secs(10),
            reserved_head: Duration::from_secs(2),
            next_head: Duration::from_secs(75),
            stall: Duration::from_secs(30),
        }
    }
}

/// Whose connections a listener accepts.
#[derive(Clone)]
pub struct Door {
    /// The number of connections, and who has them.
    pub connections: Connections,
    /// Proxies, whose connections carry the requests of many clients: no share limits them.
    pub trusted_proxies: Arc<[IpNet]>,
}

impl Door {
    /// For a listener without proxies before it.
    pub fn direct(connections: Connections) -> Self {
        Self { connections, trusted_proxies: Arc::new([]) }
    }

    /// A place for a connection, or one in the reserve. What connects to a socket is a trusted proxy.
    fn admit(&self, peer: Peer, ends: CancellationToken) -> Option<Admitted> {
        let is_proxy = |ip: &IpAddr| self.trusted_proxies.iter().any(|network| network.contains(ip));
        let client = match peer {
            Peer::Ip(address) => Some(address.ip().to_canonical()).filter(|ip| !is_proxy(ip)),
            Peer::Unix => None,
        };
        self.connections.admit(client, ends)
    }
}

/// The router of a listener, which can be replaced while it serves: a request is answered by the one that was there when its head
/// had arrived. Cheap to clone.
#[derive(Clone)]
pub struct CurrentRouter(Arc<RwLock<Router>>);

impl From<Router> for CurrentRouter {
    fn from(router: Router) -> Self {
        Self(Arc::new(RwLock::new(router)))
    }
}

impl CurrentRouter {
    /// Answers further requests with this router.
    pub fn replace(&self, router: Router) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *current = router;
    }

    /// The router for a request.
    pub fn now(&self) -> Router {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Serves until `stop` completes, and then finishes running requests.
pub async fn serve(
    listener: impl Into<Listener>,
    router: impl Into<CurrentRouter>,
    stop: impl Future<Output = ()>,
    limits: Limits,
    door: Door,
) {
    let (listener, router, open) = (listener.into(), router.into(), TaskTracker::new());
    let stopping = CancellationToken::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        // Without a place in the reserve it is closed at once.
        if let Some(admitted) = door.admit(peer, stopping.child_token()) {
            open.spawn(connection(stream, peer, router.clone(), limits, admitted));
        }
    }
    drop(listener);
    stopping.cancel();
    open.close();
    open.wait().await;
}

/// Serves one connection until it ends. Errors of broken connections are ignored.
async fn connection(stream: Stream, peer: Peer, router: CurrentRouter, limits: Limits, admitted: Admitted) {
    let service = service_fn(|request: hyper::Request<Incoming>| {
        admitted.begin();
        let mut request: Request = request.map(Body::new);
        let extensions = request.extensions_mut();
        match peer {
            Peer::Ip(address) => {
                extensions.insert(ConnectInfo(address));
            }
            Peer::Unix => {
                extensions.insert(OverSocket);
            }
        }
        let is_stream = paths::EVENTS.is(inner(&request));
        let (router, admitted) = (router.now(), &admitted);
        let answer: Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send + '_>> =
            Box::pin(async move {
                let response = if admitted.has_place() {
                    router.oneshot(request).await
                } else {
                    Ok(from_reserve(router, request).await)
                };
                admitted.answered(is_stream);
                response
            });
        answer
    });
    // Otherwise a client that does not read a response could hold the connection forever.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.next_head)
        .max_buf_size(MAX_URI + MAX_HEADERS + HEAD_MORE)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let first_head = if admitted.is_in_reserve() { limits.reserved_head } else { limits.first_head };
    let (mut connection, mut first_head) = (pin!(connection), pin!(sleep(first_head)));
    let (mut looks_at_first, mut is_ending) = (true, false);
    loop {
        tokio::select! {
            _ended = connection.as_mut() => return,
            () = &mut first_head, if looks_at_first => looks_at_first = false,
            () = admitted.ends(), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
        }
        // No request is running that would be interrupted.
        if !admitted.has_asked() && (is_ending || !looks_at_first) {
            return;
        }
    }
}

/// The path of a request inside the program.
fn inner(request: &Request) -> &str {
    let path = request.uri().path();
    base_path::inner(path).unwrap_or(path)
}

/// The one response on a connection in the reserve: a health check is answered, and everything else is refused at once.
async fn from_reserve(router: Router, request: Request) -> Response {
    let is_health = [paths::HEALTH_LIVE, paths::HEALTH_READY].iter().any(|route| route.is(inner(&request)));
    let mut response = if is_health {
        let Ok(response) = router.oneshot(request).await;
        response
    } else {
        guard::overloaded(&request)
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
