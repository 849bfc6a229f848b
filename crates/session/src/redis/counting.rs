//! Counts the running sessions, from the sorted set of their ends: the server answers without reading the entries.

use std::sync::LazyLock;

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;
use redis::Script;

use super::RedisStore;
use crate::{counting::CountingStore, store::StoreError};

/// Argument: the time. Without the part that other scripts share.
static COUNT_LIVE: LazyLock<Script> =
    LazyLock::new(|| Script::new("return redis.call('ZCOUNT', 'claimcheck:ends', '(' .. ARGV[1], '+inf')"));

#[async_trait]
impl CountingStore for RedisStore {
    async fn count_live(&self, now: UnixSecs, most: u32) -> Result<u64, StoreError> {
        let count: u64 = self.run_idempotent(&COUNT_LIVE.arg(now)).await?;
        Ok(count.min(u64::from(most)))
    }
}
