//! Submissions in the memory of the process.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::MemoryStore;
use crate::{
    store::StoreError,
    stored::Mark,
    submitting::{Attempt, SubmissionStore},
};

#[async_trait]
impl SubmissionStore for MemoryStore {
    async fn record_submission(
        &self,
        mark: Mark<'_>,
        by: Attempt,
        now: UnixSecs,
    ) -> Result<Option<UnixSecs>, StoreError> {
        self.held().marks.record_submission(mark, by, now, &self.bounds)
    }

    async fn submission(&self, entry: [u8; 32]) -> Result<Option<UnixSecs>, StoreError> {
        Ok(self.held().marks.submission(&entry))
    }

    async fn withdraw_submission(&self, entry: [u8; 32], by: Attempt) -> Result<(), StoreError> {
        self.held().marks.withdraw_submission(&entry, by);
        Ok(())
    }
}
