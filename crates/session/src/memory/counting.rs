//! Counts the running sessions in the memory of the process.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::MemoryStore;
use crate::{counting::CountingStore, store::StoreError};

#[async_trait]
impl CountingStore for MemoryStore {
    async fn count_live(&self, now: UnixSecs, most: u32) -> Result<u64, StoreError> {
        let held = self.held();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(held.rows.values().filter(|row| row.is_live(now)).take(most).count() as u64)
    }
}
