//! When to stop: on Ctrl-C, and on the signal by which process managers ask.
//! What is still to be done then is the business of those who wait for this.

use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

/// Completes on SIGINT or SIGTERM. A signal that cannot be listened to keeps its default, which is to end the
/// process.
pub async fn requested() {
    let interrupt = async {
        if let Err(error) = ctrl_c().await {
            tracing::warn!(%error, "cannot listen to SIGINT");
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
                tracing::warn!(%error, "cannot listen to SIGTERM");
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
