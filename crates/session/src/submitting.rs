//! Submissions that run once: a submission is recorded before its request is sent, for longer than any session lasts. The
//! record says which attempt made it, so that a lost answer of the store is no doubt about whether something was sent.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use claimcheck_base::{
    clock::UnixSecs,
    random::{self, NoRandomness},
};

use crate::{
    sessions::{Sessions, SignedIn},
    store::StoreError,
    stored::{Mark, MarkKind},
};

const DAY_SECS: i64 = 86_400;
/// A submission is recorded for this long at least.
const KEPT_SECS: i64 = 7 * DAY_SECS;
/// How often a store that fails is asked again, and how long all of that may take: a request waits for it.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1500)];
const PATIENCE: Duration = Duration::from_secs(6);

/// One attempt to carry out a submission: a random id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt(pub [u8; 16]);

impl Attempt {
    /// A new id.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn random() -> Result<Self, NoRandomness> {
        random::bytes().map(Self)
    }
}

/// The part of the contract of a store that is about submissions. They are entries of the replay cache, in which earlier
/// versions find them.
#[async_trait]
pub trait SubmissionStore: Send + Sync + 'static {
    /// Records a submission, unless it is recorded already. `None` if this attempt has recorded it, by this call or by an
    /// earlier one whose answer was lost; else until when the record of another attempt is kept, in Unix seconds. However
    /// many attempts call at once, one of them gets `None`.
    ///
    /// # Errors
    /// Also [`StoreError::Full`], if the memory store holds too many submissions, or too many of that user.
    async fn record_submission(
        &self,
        mark: Mark<'_>,
        by: Attempt,
        now: UnixSecs,
    ) -> Result<Option<UnixSecs>, StoreError>;

    /// Until when a submission is recorded, in Unix seconds; `None` if it is not. Changes nothing.
    async fn submission(&self, entry: [u8; 32]) -> Result<Option<UnixSecs>, StoreError>;

    /// Deletes the record of a submission if this attempt made it.
    async fn withdraw_submission(&self, entry: [u8; 32], by: Attempt) -> Result<(), StoreError>;
}

impl Sessions {
    /// Records that `by` submits a form, for longer than any session lasts: a page may stay open as long as that. `None` if
    /// this attempt has recorded it, else when another one did, in Unix seconds. A store that fails is asked again for
    /// some seconds.
    ///
    /// # Errors
    /// Whether it was recorded is unknown then; see [`Sessions::withdraw_submission`].
    pub async fn record_submission(
        &self,
        by: &SignedIn,
        entry: [u8; 32],
        attempt: Attempt,
    ) -> Result<Option<UnixSecs>, StoreError> {
        let now = self.0.clock.now();
        // The session may be from before the lifetime in the settings was shortened.
        let longest = now.saturating_add(self.lifetimes().absolute_secs).max(by.absolute_until);
        let until = longest.saturating_add(DAY_SECS).max(now.saturating_add(KEPT_SECS));
        let person = by.owner.person();
        let mark = Mark { kind: MarkKind::Submission(&person), entry, until };
        let (begun, mut pauses) = (Instant::now(), PAUSES.into_iter());
        loop {
            match self.0.store.record_submission(mark, attempt, now).await {
                Err(error @ StoreError::Backend(_)) if begun.elapsed() < PATIENCE => {
                    let Some(pause) = pauses.next() else { return Err(error) };
                    tracing::warn!(%error, "a submission could not be recorded; the store is asked again");
                    tokio::time::sleep(pause).await;
                }
                recorded => return Ok(recorded?.map(|until| self.recorded_at(until))),
            }
        }
    }

    /// When a submission was recorded, in Unix seconds; `None` if it is not.
    pub async fn submission(&self, entry: [u8; 32]) -> Result<Option<UnixSecs>, StoreError> {
        Ok(self.0.store.submission(entry).await?.map(|until| self.recorded_at(until)))
    }

    /// Deletes the record of a submission if this attempt made it: nothing was done, so the form may be sent again.
    pub async fn withdraw_submission(&self, entry: [u8; 32], by: Attempt) -> Result<(), StoreError> {
        self.0.store.withdraw_submission(entry, by).await
    }

    /// When a record was made that is kept until then: later than it was if the lifetimes have changed since.
    fn recorded_at(&self, until: UnixSecs) -> UnixSecs {
        until.saturating_sub(self.lifetimes().absolute_secs.saturating_add(DAY_SECS).max(KEPT_SECS))
    }
}
