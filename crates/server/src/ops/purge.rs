//! Deletes expired data: sessions, and entries of the replay cache.

use std::time::Duration;

use claimcheck_session::Sessions;

const EVERY: Duration = Duration::from_secs(300);

/// Purges at intervals while the program runs.
pub async fn regularly(sessions: Sessions) {
    loop {
        tokio::time::sleep(EVERY).await;
        match sessions.purge().await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "purged"),
            Err(error) => tracing::warn!(%error, "purging failed"),
        }
    }
}
