//! Counts the running sessions. No idle timeout is later than the absolute lifetime, so the index over it says everything.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::SqliteStore;
use crate::{counting::CountingStore, store::StoreError};

const COUNT: &str = "SELECT count(*) FROM (SELECT 1 FROM session WHERE idle_until > ? LIMIT ?)";

#[async_trait]
impl CountingStore for SqliteStore {
    async fn count_live(&self, now: UnixSecs, most: u32) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(COUNT).bind(now).bind(most).fetch_one(&self.pool).await?;
        Ok(count.unsigned_abs())
    }
}
