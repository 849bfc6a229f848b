//! Submissions in the table `consumed`, the replay cache.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::PostgresStore;
use crate::{
    servers::with_timeout,
    store::StoreError,
    stored::Mark,
    submitting::{Attempt, SubmissionStore},
};

const RECORD: &str = "INSERT INTO claimcheck.consumed (mark, until, attempt) VALUES ($1, $2, $3) ON CONFLICT (mark) DO NOTHING";
const FIND: &str = "SELECT until, attempt FROM claimcheck.consumed WHERE mark = $1";
const WITHDRAW: &str = "DELETE FROM claimcheck.consumed WHERE mark = $1 AND attempt = $2";

impl PostgresStore {
    async fn recorded(&self, entry: [u8; 32]) -> Result<Option<(UnixSecs, Option<Vec<u8>>)>, StoreError> {
        Ok(sqlx::query_as(FIND).bind(entry.to_vec()).fetch_optional(&self.database).await?)
    }
}

#[async_trait]
impl SubmissionStore for PostgresStore {
    async fn record_submission(
        &self,
        mark: Mark<'_>,
        by: Attempt,
        _now: UnixSecs,
    ) -> Result<Option<UnixSecs>, StoreError> {
        let (entry, until) = (mark.entry, mark.until);
        with_timeout(async {
            let query = sqlx::query(RECORD).bind(entry.to_vec()).bind(until).bind(by.0.to_vec());
            if query.execute(&self.database).await?.rows_affected() > 0 {
                return Ok(None);
            }
            match self.recorded(entry).await? {
                Some((until, attempt)) => Ok((attempt.as_deref() != Some(&by.0)).then_some(until)),
                None => Err(StoreError::backend("a submission was withdrawn while it was recorded")),
            }
        })
        .await
    }

    async fn submission(&self, entry: [u8; 32]) -> Result<Option<UnixSecs>, StoreError> {
        with_timeout(async { Ok(self.recorded(entry).await?.map(|(until, _)| until)) }).await
    }

    async fn withdraw_submission(&self, entry: [u8; 32], by: Attempt) -> Result<(), StoreError> {
        with_timeout(async {
            sqlx::query(WITHDRAW).bind(entry.to_vec()).bind(by.0.to_vec()).execute(&self.database).await?;
            Ok(())
        })
        .await
    }
}
