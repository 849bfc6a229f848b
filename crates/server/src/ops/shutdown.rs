//! Shutdown signals: Ctrl-C, and the signal that process managers send. The callers decide what to finish before
//! exiting.

use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

/// Completes on SIGINT or SIGTERM. If a signal cannot be handled, it keeps its default action, which ends the process.
pub async fn requested() {
    let interrupt = async {
        if let Err(error) = ctrl_c().await {
            tracing::warn!(%error, "cannot listen for SIGINT");
            std::future::pending::<()>().await;
        }
        "SIGINT"
    };
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot listen for SIGTERM");
                std::future::pending::<()>().await;
            }
        }
        "SIGTERM"
    };
    let name = tokio::select! {
        name = interrupt => name,
        name = terminate => name,
    };
    tracing::info!(signal = name, "stopping");
}
