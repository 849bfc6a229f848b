//! Submissions in the table `consumed`, the replay cache.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::SqliteStore;
use crate::{
    store::StoreError,
    stored::Mark,
    submitting::{Attempt, SubmissionStore},
};

const RECORD: &str =
    "INSERT INTO consumed (mark, until, attempt) VALUES (?, ?, ?) ON CONFLICT (mark) DO NOTHING";
const FIND: &str = "SELECT until, attempt FROM consumed WHERE mark = ?";
const WITHDRAW: &str = "DELETE FROM consumed WHERE mark = ? AND attempt = ?";

impl SqliteStore {
    async fn recorded(&self, entry: [u8; 32]) -> Result<Option<(UnixSecs, Option<Vec<u8>>)>, StoreError> {
        Ok(sqlx::query_as(FIND).bind(&entry[..]).fetch_optional(&self.pool).await?)
    }
}

#[async_trait]
impl SubmissionStore for SqliteStore {
    async fn record_submission(
        &self,
        mark: Mark<'_>,
        by: Attempt,
        _now: UnixSecs,
    ) -> Result<Option<UnixSecs>, StoreError> {
        let query = sqlx::query(RECORD).bind(&mark.entry[..]).bind(mark.until).bind(&by.0[..]);
        if query.execute(&self.writer).await?.rows_affected() > 0 {
            return Ok(None);
        }
        match self.recorded(mark.entry).await? {
            Some((until, attempt)) => Ok((attempt.as_deref() != Some(&by.0)).then_some(until)),
            None => Err(StoreError::backend("a submission was withdrawn while it was recorded")),
        }
    }

    async fn submission(&self, entry: [u8; 32]) -> Result<Option<UnixSecs>, StoreError> {
        Ok(self.recorded(entry).await?.map(|(until, _)| until))
    }

    async fn withdraw_submission(&self, entry: [u8; 32], by: Attempt) -> Result<(), StoreError> {
        sqlx::query(WITHDRAW).bind(&entry[..]).bind(&by.0[..]).execute(&self.writer).await?;
        Ok(())
    }
}
