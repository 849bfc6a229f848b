//! How many sessions are running, for metrics: counted from an index, and no further than a bound.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::{sessions::Sessions, store::StoreError};

/// More running sessions than this are not counted.
pub const COUNTED_MAX: u32 = 100_000;

/// The part of the contract of a store that counts.
#[async_trait]
pub trait CountingStore: Send + Sync + 'static {
    /// The number of rows that are live at `now`, at most `most`. Reads an index, and no row.
    async fn count_live(&self, now: UnixSecs, most: u32) -> Result<u64, StoreError>;
}

impl Sessions {
    /// The number of running sessions in the store, which other processes may share; at most [`COUNTED_MAX`].
    ///
    /// # Errors
    /// The store fails.
    pub async fn count_live(&self) -> Result<u64, StoreError> {
        self.0.store.count_live(self.0.clock.now(), COUNTED_MAX).await
    }
}
