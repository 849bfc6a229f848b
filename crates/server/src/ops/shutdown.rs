//! Shutdown: the signals that ask for it, and the time between the first signal and the end of listening. The callers
//! decide what to finish before exiting.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::sleep,
};

/// Whether the program has been asked to stop. From then on it is not ready, and asks clients to close their
/// connections; it still answers every request. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// Notes that the program is stopping.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it is.
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// SIGINT and SIGTERM, from the moment of creation on. A signal that cannot be handled keeps its default action, which ends
/// the process.
pub struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl Signals {
    /// Listens for both signals.
    pub fn listen() -> Self {
        let listen = |kind, name| match signal(kind) {
            Ok(signal) => Some(signal),
            Err(error) => {
                tracing::warn!(%error, "cannot listen for {name}");
                None
            }
        };
        Self {
            interrupt: listen(SignalKind::interrupt(), "SIGINT"),
            terminate: listen(SignalKind::terminate(), "SIGTERM"),
        }
    }

    /// The name of the next signal.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            () = received(&mut self.interrupt) => "SIGINT",
            () = received(&mut self.terminate) => "SIGTERM",
        }
    }
}

async fn received(signal: &mut Option<Signal>) {
    let received = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if received.is_none() {
        pending::<()>().await;
    }
}

/// Completes on SIGINT or SIGTERM.
pub async fn requested() {
    let signal = Signals::listen().next().await;
    tracing::info!(signal, "stopping");
}

/// Completes when the listener is to close: `delay` after the first signal, or at a second one. Load balancers send
/// requests until they have noticed that this process is not ready.
pub async fn delayed(mut signals: Signals, draining: &Draining, delay: Duration) {
    let signal = signals.next().await;
    draining.begin();
    tracing::info!(event = "stopping", signal, shutdown_delay_secs = delay.as_secs());
    if delay.is_zero() {
        return;
    }
    tokio::select! {
        () = sleep(delay) => {}
        signal = signals.next() => {
            tracing::info!(event = "shutdown delay ended early", signal, reason = "a second signal arrived");
        }
    }
}
