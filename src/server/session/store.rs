//! What a session store must do, in terms of rows: the contract that memory, SQLite, PostgreSQL and Redis keep.
//! Everything that changes a row is update-only or compare-and-swap; nothing here can write an ended session back.

use std::time::Duration;

use async_trait::async_trait;

use super::{
    ending::{Ended, Ending, Logout},
    row::{CookieHash, Holder, Lease, Renewal, Row, RowKey, Swap},
};
use claimcheck_base::{clock::UnixSecs, random::NoRandomness};

/// A store that does not do its work. Never holds a bound value, key or token.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answers with an error or not at all.
    #[error("the session store failed: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server of the store is away when the program starts, or does not suit. Neither name nor password is in it.
    #[error("the session store at {place} cannot be opened: {cause}")]
    CannotOpen { place: String, cause: Box<dyn std::error::Error + Send + Sync> },
    /// The memory store holds as much as it may.
    #[error("the session store is full")]
    Full,
    /// A record was changed by others on every one of many attempts.
    #[error("a session was written too often at the same time")]
    Contended,
    /// A record could not be sealed.
    #[error("a session could not be sealed")]
    Seal,
    /// No random bytes, so no id and no nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl StoreError {
    /// Any cause, as the store's.
    pub fn backend(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Backend(cause.into())
    }
}

/// A place for sessions. Implementations are dumb on purpose: no keys, no cookie names, and the time is handed in;
/// but for leases and for what happened lately, which several processes must see alike: there it is the store's own clock.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Adds a row. Its key and cookie hash are random: one that exists already is an error. `false`, and nothing is
    /// written, if the provider has since logged out what began with the ID token of `issued_at`
    /// (Back-Channel Logout 1.0, 2.7); a logout at the same moment comes before or after, never beside.
    async fn insert(&self, row: Row, issued_at: UnixSecs) -> Result<bool, StoreError>;

    /// The row of a cookie, if it runs at `now`.
    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<Row>, StoreError>;

    /// The row of that name, expired or not.
    async fn get(&self, key: &RowKey) -> Result<Option<Row>, StoreError>;

    /// The rows that run at `now`, of that issuer and subject or of everybody, in the order of their keys, from
    /// behind `after` on, at most `limit`.
    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Row>, StoreError>;

    /// Notes activity at `last_active_at` and slides the idle end, but never back, never beyond the absolute end, and
    /// never for a session that is over by then. `false` if there was nothing to slide.
    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError>;

    /// Replaces the record if it still has that version.
    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError>;

    /// Replaces the tokens if they still have that version; a lease is over with that.
    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError>;

    /// In one step: another cookie, another record, other tokens and new lifetimes, if the row still has the old cookie.
    /// The old cookie is dead from then on (ASVS 7.2.4). The version in `Swapped` is the tokens'. `Gone` also if the
    /// provider has since logged out what began with the ID token of `issued_at`.
    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError>;

    /// For `term` from now on, by the store's own clock, only this holder may do what the lease is for; who has it may
    /// take it again, and has it for longer. `TakenOver` if another's has run out.
    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError>;

    /// Gives a lease back, if this holder has it.
    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError>;

    /// Ends a session, if its tokens still have that version where one is named: removes the row, and keeps in its place
    /// that it ended. Returns what it held last, so that its tokens can be given back. `None` if nothing was ended.
    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<Row>, StoreError>;

    /// In one step: ends all that a provider's logout means, bars what may still begin with an ID token of before it, and
    /// remembers its mark. Returns what was ended; `None`, and nothing is done, if the mark was there already.
    async fn log_out(&self, logout: &Logout, ending: Ending) -> Result<Option<Vec<Row>>, StoreError>;

    /// The session that ended and had that cookie, while it is remembered.
    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError>;

    /// The sessions of that issuer and subject that ended and are remembered at `now`, the last ones first, at most `limit`.
    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError>;

    /// The sessions that ended within that time before now, by the store's own clock: what a process asks again and
    /// again to hear what others have ended.
    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError>;

    /// Marks something as used, to be remembered until `until`: `true` for the first caller only, however many ask at once.
    /// A mark that would be forgotten at once (`until <= now`) is never granted.
    async fn consume(&self, mark: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError>;

    /// Forgets what is over at `now`: rows, what is kept of ended ones, marks and bars. How many rows and marks.
    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError>;

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Whether the store takes what is written: one that is full does not, nor a copy that may only be read. Writes
    /// something that means nothing and is forgotten soon.
    async fn probe(&self) -> Result<(), StoreError>;
}
