//! A store whose operations are measured: the observer hears how long each took, whether it failed, and which sessions it
//! ended. It adds nothing to what a store does.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use claimcheck_base::{clock::UnixSecs, internal_span, traces};
use tracing::Instrument;

use super::{
    activity::{ActivityStore, StoredLine},
    counting::CountingStore,
    ending::{EndReason, Ended, Ending, Logout},
    store::{SessionStore, StoreError},
    stored::{Contents, CookieHash, Holder, Lease, Mark, Renewal, RowKey, SessionHead, StoredSession, Swap},
    submitting::{Attempt, SubmissionStore},
};

/// Hears of the operations of a store. It is called while a request waits, so it must be quick.
pub trait StoreObserver: Send + Sync + 'static {
    /// An operation took so long, and failed with this error, if it did.
    fn operated(&self, operation: StoreOperation, took: Duration, failed: Option<&StoreError>);
    /// So many sessions have ended.
    fn ended(&self, why: EndReason, count: usize);
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// The operations of a store.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum StoreOperation { $($(#[$doc])* $name,)* }

        impl StoreOperation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

operations! {
    /// Adds a session.
    Insert = "insert",
    /// Reads a session by its cookie.
    Find = "find",
    /// Reads a session by its key.
    Get = "get",
    /// Reads a page of a list.
    List = "list",
    /// Records activity.
    Touch = "touch",
    /// Replaces a record.
    SaveRecord = "save_record",
    /// Replaces tokens.
    SaveTokens = "save_tokens",
    /// Replaces the encryption of a row.
    Reseal = "reseal",
    /// Continues a session after another sign-in.
    Renew = "renew",
    /// Takes or extends a lease.
    Lease = "lease",
    /// Releases a lease.
    Release = "release",
    /// Ends one session.
    End = "end",
    /// Ends sessions of a user.
    EndOf = "end_of",
    /// Carries out a logout of the provider.
    LogOut = "log_out",
    /// Reads an ended session by its cookie.
    Ended = "ended",
    /// Reads the ended sessions of a user.
    EndedOf = "ended_of",
    /// Reads the sessions that ended lately, of all users.
    EndedLately = "ended_lately",
    /// Adds a mark to the replay cache.
    MarkUsed = "mark_used",
    /// Deletes what has expired.
    Purge = "purge",
    /// Reads something for a health check.
    Ping = "ping",
    /// Writes something for a health check.
    Probe = "probe",
    /// Records a submission.
    RecordSubmission = "record_submission",
    /// Reads the record of a submission.
    Submission = "submission",
    /// Deletes the record of a submission.
    WithdrawSubmission = "withdraw_submission",
    /// Adds lines to the activity of people.
    AddLines = "add_lines",
    /// Reads the activity of a person.
    Lines = "lines",
    /// Deletes the activity of a person.
    ForgetLines = "forget_lines",
    /// Counts the running sessions.
    CountLive = "count_live",
}

/// The same store; the observer hears of its operations.
pub fn observed(store: Arc<dyn SessionStore>, observer: Arc<dyn StoreObserver>) -> Arc<dyn SessionStore> {
    Arc::new(Observed { store, observer })
}

struct Observed {
    store: Arc<dyn SessionStore>,
    observer: Arc<dyn StoreObserver>,
}

impl Observed {
    async fn hear<T>(
        &self,
        operation: StoreOperation,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let span = internal_span!(
            "store",
            otel.name = format!("store {}", operation.as_str()).as_str(),
            db.operation.name = operation.as_str()
        );
        let outcome = work.instrument(span.clone()).await;
        if outcome.is_err() {
            traces::fail(&span, "");
        }
        traces::end(&span);
        self.observer.operated(operation, begun.elapsed(), outcome.as_ref().err());
        outcome
    }

    fn note_ends(&self, why: EndReason, count: usize) {
        if count > 0 {
            self.observer.ended(why, count);
        }
    }
}

#[async_trait]
impl SessionStore for Observed {
    async fn insert(
        &self,
        row: StoredSession,
        issued_at: UnixSecs,
        most: u32,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let ended = self.hear(StoreOperation::Insert, self.store.insert(row, issued_at, most)).await?;
        self.note_ends(EndReason::TooMany, ended.as_ref().map_or(0, Vec::len));
        Ok(ended)
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<StoredSession>, StoreError> {
        self.hear(StoreOperation::Find, self.store.find(cookie, now)).await
    }

    async fn get(&self, key: &RowKey) -> Result<Option<StoredSession>, StoreError> {
        self.hear(StoreOperation::Get, self.store.get(key)).await
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<SessionHead>, StoreError> {
        self.hear(StoreOperation::List, self.store.list(of, after, limit, now)).await
    }

    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        self.hear(StoreOperation::Touch, self.store.touch(key, last_active_at, idle_until)).await
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.hear(StoreOperation::SaveRecord, self.store.save_record(key, expected, bytes)).await
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.hear(StoreOperation::SaveTokens, self.store.save_tokens(key, expected, bytes)).await
    }

    async fn reseal(
        &self,
        key: &RowKey,
        versions: (i64, i64),
        contents: Contents,
    ) -> Result<bool, StoreError> {
        self.hear(StoreOperation::Reseal, self.store.reseal(key, versions, contents)).await
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        self.hear(StoreOperation::Renew, self.store.renew(key, old, renewal, issued_at)).await
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        self.hear(StoreOperation::Lease, self.store.lease(key, holder, term)).await
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        self.hear(StoreOperation::Release, self.store.release(key, holder)).await
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<StoredSession>, StoreError> {
        let ended = self.hear(StoreOperation::End, self.store.end(key, tokens_version, ending)).await?;
        self.note_ends(ending.why, usize::from(ended.is_some()));
        Ok(ended)
    }

    async fn end_of(
        &self,
        of: (&str, &str),
        spared: Option<&RowKey>,
        limit: u32,
        ending: Ending,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let ended = self.hear(StoreOperation::EndOf, self.store.end_of(of, spared, limit, ending)).await?;
        self.note_ends(ending.why, ended.len());
        Ok(ended)
    }

    async fn log_out(
        &self,
        logout: &Logout,
        ending: Ending,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let ended = self.hear(StoreOperation::LogOut, self.store.log_out(logout, ending)).await?;
        self.note_ends(ending.why, ended.as_ref().map_or(0, Vec::len));
        Ok(ended)
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        self.hear(StoreOperation::Ended, self.store.ended(cookie)).await
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        self.hear(StoreOperation::EndedOf, self.store.ended_of(iss, sub, limit, now)).await
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        self.hear(StoreOperation::EndedLately, self.store.ended_lately(within)).await
    }

    fn ends_stamp(&self) -> Option<u64> {
        self.store.ends_stamp()
    }

    async fn mark_used(&self, mark: Mark<'_>, now: UnixSecs) -> Result<bool, StoreError> {
        self.hear(StoreOperation::MarkUsed, self.store.mark_used(mark, now)).await
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        self.hear(StoreOperation::Purge, self.store.purge(now)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.hear(StoreOperation::Ping, self.store.ping()).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.hear(StoreOperation::Probe, self.store.probe()).await
    }
}

#[async_trait]
impl SubmissionStore for Observed {
    async fn record_submission(
        &self,
        mark: Mark<'_>,
        by: Attempt,
        now: UnixSecs,
    ) -> Result<Option<UnixSecs>, StoreError> {
        self.hear(StoreOperation::RecordSubmission, self.store.record_submission(mark, by, now)).await
    }

    async fn submission(&self, entry: [u8; 32]) -> Result<Option<UnixSecs>, StoreError> {
        self.hear(StoreOperation::Submission, self.store.submission(entry)).await
    }

    async fn withdraw_submission(&self, entry: [u8; 32], by: Attempt) -> Result<(), StoreError> {
        self.hear(StoreOperation::WithdrawSubmission, self.store.withdraw_submission(entry, by)).await
    }
}

#[async_trait]
impl ActivityStore for Observed {
    async fn add_lines(&self, lines: &[StoredLine], now: UnixSecs) -> Result<(), StoreError> {
        self.hear(StoreOperation::AddLines, self.store.add_lines(lines, now)).await
    }

    async fn lines(&self, person: [u8; 32], now: UnixSecs) -> Result<Vec<Vec<u8>>, StoreError> {
        self.hear(StoreOperation::Lines, self.store.lines(person, now)).await
    }

    async fn forget_lines(&self, person: [u8; 32]) -> Result<u64, StoreError> {
        self.hear(StoreOperation::ForgetLines, self.store.forget_lines(person)).await
    }
}

#[async_trait]
impl CountingStore for Observed {
    async fn count_live(&self, now: UnixSecs, most: u32) -> Result<u64, StoreError> {
        self.hear(StoreOperation::CountLive, self.store.count_live(now, most)).await
    }
}
