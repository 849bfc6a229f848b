//! Counts the running sessions. No idle timeout is later than the absolute lifetime, so the index over it says everything.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::PostgresStore;
use crate::{counting::CountingStore, servers::with_timeout, store::StoreError};

const COUNT: &str =
    "SELECT count(*) FROM (SELECT 1 FROM claimcheck.session WHERE idle_until > $1 LIMIT $2) AS live";

#[async_trait]
impl CountingStore for PostgresStore {
    async fn count_live(&self, now: UnixSecs, most: u32) -> Result<u64, StoreError> {
        with_timeout(async {
            let query = sqlx::query_scalar(COUNT).bind(now).bind(i64::from(most));
            let count: i64 = query.fetch_one(&self.database).await?;
            Ok(count.unsigned_abs())
        })
        .await
    }
}
