//! Whether the store works, for health checks.

use std::time::{Duration, Instant};

use super::{sessions::Sessions, store::StoreError};

/// A successful write proves for this long that the store accepts writes.
const PROBE_EVERY: Duration = Duration::from_secs(1);

impl Sessions {
    /// Whether the store responds, and has accepted a write within the last second. Cheap enough for health checks that
    /// anyone may call often.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut probed = self.0.probed.lock().await;
        if probed.is_some_and(|at| at.elapsed() < PROBE_EVERY) {
            drop(probed);
            return self.0.store.ping().await;
        }
        self.0.store.probe().await?;
        *probed = Some(Instant::now());
        Ok(())
    }
}
