//! Forgetting what is over: sessions past their end, and marks of used transactions.

use std::time::Duration;

use claimcheck_session::Sessions;

const EVERY: Duration = Duration::from_secs(300);

/// Purges from time to time, for as long as the program runs.
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
