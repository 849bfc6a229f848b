//! Submissions in the sorted set of the replay cache, and beside it a hash with the attempt of each.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::{
    RedisStore,
    reply::encode,
    scripts::{RECORD_SUBMISSION, SUBMISSION, WITHDRAW_SUBMISSION},
};
use crate::{
    store::StoreError,
    stored::Mark,
    submitting::{Attempt, SubmissionStore},
};

#[async_trait]
impl SubmissionStore for RedisStore {
    async fn record_submission(
        &self,
        mark: Mark<'_>,
        by: Attempt,
        _now: UnixSecs,
    ) -> Result<Option<UnixSecs>, StoreError> {
        let mut script = RECORD_SUBMISSION.arg(encode(&mark.entry));
        self.run_idempotent(script.arg(mark.until).arg(encode(&by.0))).await
    }

    async fn submission(&self, entry: [u8; 32]) -> Result<Option<UnixSecs>, StoreError> {
        self.run_idempotent(&SUBMISSION.arg(encode(&entry))).await
    }

    async fn withdraw_submission(&self, entry: [u8; 32], by: Attempt) -> Result<(), StoreError> {
        self.run_idempotent::<i64>(WITHDRAW_SUBMISSION.arg(encode(&entry)).arg(encode(&by.0))).await.map(drop)
    }
}
