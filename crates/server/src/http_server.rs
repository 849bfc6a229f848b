//! Connections of browsers and proxies: a limited number, each served HTTP/1.1 within time limits (OP-04). The limits
//! of a request are in `guard/limits.rs`; this file limits a connection before, between and after requests.

use std::{
    convert::Infallible,
    fs,
    future::{Future, pending},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::guard::limits::{MAX_HEADERS, MAX_URI};

/// The maximum number of connections, if the process may open that many files: event streams, and requests beside them.
const MAX_CONNECTIONS: usize = 10_000;
/// Names and separators of a head in addition to what `guard` counts. Beyond this, hyper itself answers 431.
const HEAD_MORE: usize = 24 * 1024;
/// The pause after a failed accept that no single client caused, such as when there are no files left.
const ACCEPT_RESTS: Duration = Duration::from_secs(1);
/// The interval at which the log repeats that all connections are in use.
const FULL_SAID: Duration = Duration::from_secs(60);

/// The limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum number; others wait until one closes.
    pub connections: usize,
    /// Until the first head is complete: browsers and proxies send it at once.
    pub first_head: Duration,
    /// Until each further head is complete, including the idle time before it. Longer than the 60 s for which proxies
    /// keep connections: if this side closed first, a request could be lost in between.
    pub next_head: Duration,
    /// How long the client may take to read a part of a response.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: connections_of(open_files()),
            first_head: Duration::from_secs(10),
            next_head: Duration::from_secs(75),
            stall: Duration::from_secs(30),
        }
    }
}

/// A quarter of the files is left for the store, the provider and the API.
fn connections_of(open_files: Option<usize>) -> usize {
    open_files.map_or(MAX_CONNECTIONS, |files| (files / 4 * 3).clamp(1, MAX_CONNECTIONS))
}

/// How many files the process may open; `None` if unknown or unlimited.
fn open_files() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Serves until `stop` completes, and then finishes running requests.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>, limits: Limits) {
    let (slots, open) = (Arc::new(Semaphore::new(limits.connections)), TaskTracker::new());
    let stopping = CancellationToken::new();
    let mut stop = pin!(stop);
    let mut said_full = None;
    loop {
        let accepted = async {
            let slot = slot(&slots, &mut said_full).await;
            (slot, accept(&listener).await)
        };
        let (slot, (stream, peer)) = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let served = connection(stream, peer, router.clone(), limits, stopping.clone());
        open.spawn(async move {
            served.await;
            drop(slot);
        });
    }
    drop(listener);
    stopping.cancel();
    open.close();
    open.wait().await;
}

/// Waits for a permit for one more connection.
async fn slot(slots: &Arc<Semaphore>, said_full: &mut Option<Instant>) -> OwnedSemaphorePermit {
    if let Ok(slot) = slots.clone().try_acquire_owned() {
        return slot;
    }
    if said_full.is_none_or(|at| at.elapsed() > FULL_SAID) {
        *said_full = Some(Instant::now());
        tracing::warn!("the limit of connections is reached; further connections wait");
    }
    match slots.clone().acquire_owned().await {
        Ok(slot) => slot,
        // The semaphore is never closed.
        Err(_) => pending().await,
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                sleep(ACCEPT_RESTS).await;
            }
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionRefused, ConnectionAborted, ConnectionReset].contains(&error.kind())
}

/// Serves one connection until it ends. Errors of broken connections are ignored.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    stopping: CancellationToken,
) {
    let has_asked = AtomicBool::new(false);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        has_asked.store(true, Ordering::Relaxed);
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer: Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>> =
            Box::pin(router.clone().oneshot(request));
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
    let (mut connection, mut first_head) = (pin!(connection), pin!(sleep(limits.first_head)));
    let (mut looks_at_first, mut is_stopping) = (true, false);
    loop {
        tokio::select! {
            _ended = connection.as_mut() => return,
            () = &mut first_head, if looks_at_first => looks_at_first = false,
            () = stopping.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
        // No request is running that would be interrupted.
        if !has_asked.load(Ordering::Relaxed) && (is_stopping || !looks_at_first) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_CONNECTIONS, connections_of, open_files};

    #[test]
    fn op_04_connections_leave_files_for_store_provider_and_api() {
        assert!(open_files().is_none_or(|files| files > 16));
        for (files, connections) in
            [(None, MAX_CONNECTIONS), (Some(1024), 768), (Some(1_048_576), MAX_CONNECTIONS), (Some(0), 1)]
        {
            assert_eq!(connections_of(files), connections);
        }
    }
}
