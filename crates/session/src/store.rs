//! The contract of a session store, in terms of rows. Memory, SQLite, PostgreSQL and Redis implement it, and one test
//! suite runs on all of them. Every change of a row is update-only or compare-and-swap: no method can bring an ended
//! session back.

use std::time::Duration;

use async_trait::async_trait;
use claimcheck_base::{clock::UnixSecs, random::NoRandomness};

use super::{
    activity::ActivityStore,
    counting::CountingStore,
    ending::{Ended, Ending, Logout},
    stored::{Contents, CookieHash, Holder, Lease, Mark, Renewal, RowKey, SessionHead, StoredSession, Swap},
    submitting::SubmissionStore,
};

/// The ended sessions that are kept of one user. Older ones are forgotten at the user's next sign-in.
pub(super) const ENDED_PER_PERSON: u32 = 1_000;
/// The sessions that one sign-in ends at most, because their user has too many, and the ended ones that it forgets. More
/// than one only after the limit was lowered, or while an earlier version without a limit runs on the same store.
pub(super) const LIMITED_AT_ONCE: u32 = 100;
/// The ends that [`SessionStore::ended_lately`] reads at most: in 5 seconds, far more than there are sign-ins.
pub(super) const ENDED_LATELY_MAX: u32 = 10_000;

/// A store operation failed. Contains no bound value, key or token.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database returned an error, or did not respond.
    #[error("the session store failed: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store's server is unavailable when the program starts, or is not suitable. Contains no user name or password.
    #[error("the session store at {place} cannot be opened: {cause}")]
    CannotOpen {
        /// Host and port.
        place: String,
        /// The reason.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store has no room: the memory store has reached its limit, or the store's disk or memory is full. Nothing was
    /// written, and what is there stays.
    #[error("the session store is full")]
    Full,
    /// The store accepts no writes: it is a replica, or its file or database is read-only. Nothing was written.
    #[error("the session store is read-only")]
    ReadOnly,
    /// Other writers changed a record at each of many attempts.
    #[error("a session was changed by too many writers at the same time")]
    Contended,
    /// A record could not be encrypted.
    #[error("a session could not be encrypted")]
    Seal,
    /// There are no random bytes, so no id and no nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl StoreError {
    /// Any cause, as a [`StoreError::Backend`].
    pub fn backend(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Backend(cause.into())
    }
}

/// A place for sessions. Implementations know neither keys nor cookie names; encrypted columns are opaque bytes to them.
///
/// # Clocks
/// The caller passes the time wherever a lifetime is compared: these methods take `now`, or times in their arguments, in
/// Unix seconds. So one clock, which tests can move, decides for every store, and a difference of seconds between two
/// machines does not matter to lifetimes of minutes and hours.
///
/// Leases and [`SessionStore::ended_lately`] use the store's own clock and take durations. A lease lasts seconds and
/// excludes other processes. With the clocks of their machines, two processes whose clocks differ could hold the same
/// lease, or one could miss an end that the other recorded. The store's clock is the one that all of them share.
///
/// # Errors
/// Every method returns [`StoreError::Backend`] if the database fails or does not respond in time.
#[async_trait]
pub trait SessionStore: SubmissionStore + ActivityStore + CountingStore {
    /// Adds a row, and ends the sessions of the same user that have been unused for longest, so that at most `most` are
    /// live at its `created_at`: never the new one, never another user's, and at most 100 in one call. They end with
    /// [`EndReason::TooMany`](super::EndReason), and are returned as they were last, so that their tokens can be revoked.
    /// All in one step: however many calls run at the same time, no more sessions remain. Of the user's ended sessions,
    /// the latest 1 000 are kept.
    ///
    /// Key and cookie hash are random, so one that exists already is an error.
    ///
    /// `issued_at` is the `iat` of the sign-in's ID token. If a logout watermark of its owner is at or above it, because
    /// the provider has logged this sign-in out in the meantime (Back-Channel Logout 1.0, 2.7), nothing is written and
    /// the result is `None`. A concurrent logout takes effect entirely before or entirely after: either it prevents the
    /// row, or it ends it.
    async fn insert(
        &self,
        row: StoredSession,
        issued_at: UnixSecs,
        most: u32,
    ) -> Result<Option<Vec<StoredSession>>, StoreError>;

    /// The row with that cookie hash, if it is live at `now`.
    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<StoredSession>, StoreError>;

    /// The row with that key, whether it has expired or not.
    async fn get(&self, key: &RowKey) -> Result<Option<StoredSession>, StoreError>;

    /// What lists show of the rows that are live at `now`, in the order of their keys: at most `limit`, starting after the
    /// key `after`. With `of`, only those of that issuer and subject. Records and tokens are not read.
    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<SessionHead>, StoreError>;

    /// Records activity at `last_active_at` and slides the idle timeout to `idle_until`: never backwards, and never
    /// beyond the absolute lifetime. `false` if the row is gone or had expired by `last_active_at`; it stays as it was.
    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError>;

    /// Replaces the record if its version is still `expected`.
    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError>;

    /// Replaces the tokens if their version is still `expected`. Also releases the lease, regardless of its holder.
    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError>;

    /// Replaces the encrypted columns by others of the same content, if record and tokens still have these versions, which
    /// stay the same: a refresh under way is not disturbed. `false` if they have others, or the row is gone.
    async fn reseal(
        &self,
        key: &RowKey,
        versions: (i64, i64),
        contents: Contents,
    ) -> Result<bool, StoreError>;

    /// In one step, replaces cookie, record, tokens, label and lifetimes, if the row still has the cookie `old`. From then
    /// on the old cookie finds nothing (ASVS 7.2.4). The version in [`Swap::Swapped`] is that of the tokens.
    ///
    /// [`Swap::Gone`] if the row is gone, and also if a logout watermark is at or above `issued_at`, the `iat` of the new
    /// ID token; then the row stays as it was.
    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError>;

    /// Takes the lease of a session for `term` from now, by the store's clock. Only one holder has it at a time. The same
    /// holder may take it again, which extends it. [`Lease::TakenOver`] if another holder's lease has expired.
    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError>;

    /// Releases the lease, if this holder has it.
    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError>;

    /// Ends a session: removes its row and keeps an [`Ended`] instead. With `tokens_version`, only if its tokens still have
    /// that version. Returns the row as it was last, so that its tokens can be revoked; `None` if nothing was ended.
    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<StoredSession>, StoreError>;

    /// In one step, ends some sessions of that issuer and subject that are live at `ending.at`, except `spared`, at most
    /// `limit`. Returns them as they were last; none if no others are left.
    async fn end_of(
        &self,
        of: (&str, &str),
        spared: Option<&RowKey>,
        limit: u32,
        ending: Ending,
    ) -> Result<Vec<StoredSession>, StoreError>;

    /// In one step, ends every session that a provider's logout covers, raises its logout watermark, and adds it to the
    /// replay cache. Returns the rows that it ended. `None` if the replay cache has this logout already; then nothing
    /// changes.
    async fn log_out(
        &self,
        logout: &Logout,
        ending: Ending,
    ) -> Result<Option<Vec<StoredSession>>, StoreError>;

    /// The ended session with that cookie hash, while it is kept.
    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError>;

    /// The ended sessions of that issuer and subject that are kept at `now`, the most recent first, at most `limit`.
    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError>;

    /// The sessions that ended within that time before now, by the store's clock; of more than 10 000, the latest.
    /// Processes poll it to learn which sessions other processes have ended.
    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError>;

    /// A value that differs from an earlier one if a session may have ended in between, by whichever process. `None` if only
    /// a query can tell. Cheap: it is read before each call of [`SessionStore::ended_lately`], which it may save.
    fn ends_stamp(&self) -> Option<u64> {
        None
    }

    /// Adds a mark to the replay cache, to be kept until `mark.until`. `true` for the first caller only, however many call
    /// at once. Always `false` if `mark.until <= now`, because nothing would remember it.
    ///
    /// # Errors
    /// Also [`StoreError::Full`], if the memory store holds too many marks of that kind, or of that user.
    async fn mark_used(&self, mark: Mark<'_>, now: UnixSecs) -> Result<bool, StoreError>;

    /// Deletes everything that has expired at `now`: rows, ended sessions, replay cache entries, logout watermarks and lines.
    /// Returns the number of rows and replay cache entries.
    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError>;

    /// Reads a value, to check that the store responds.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Writes a value without meaning, which expires soon, to check that the store accepts writes. A full store and a
    /// read-only replica do not.
    async fn probe(&self) -> Result<(), StoreError>;
}
