//! What the SQL stores share: rows of their tables, which have the same columns in SQLite and PostgreSQL.

use std::time::Duration;

use claimcheck_base::clock::UnixSecs;
use sqlx::FromRow;

use super::{
    ending::{EndReason, Ended, Ending},
    store::StoreError,
    stored::{CookieHash, Owner, RowKey, SealedBytes, StoredSession},
};

/// 100 years in milliseconds: the longest term that is added to a clock.
const LONGEST_MS: i64 = 100 * 365 * 86_400 * 1000;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::backend(error)
    }
}

/// A row of the table `session`.
#[derive(FromRow)]
pub(super) struct SessionRow {
    #[sqlx(flatten)]
    identity: Identity,
    created_at: UnixSecs,
    last_active_at: UnixSecs,
    idle_until: UnixSecs,
    absolute_until: UnixSecs,
    label: Vec<u8>,
    record: Vec<u8>,
    record_version: i64,
    tokens: Vec<u8>,
    tokens_version: i64,
}

/// A row of the table `ended`.
#[derive(FromRow)]
pub(super) struct EndedRow {
    #[sqlx(flatten)]
    identity: Identity,
    label: Vec<u8>,
    why: String,
    ended_at: UnixSecs,
    until: UnixSecs,
}

/// The columns that both tables begin with.
#[derive(FromRow)]
struct Identity {
    key: String,
    cookie_hash: Vec<u8>,
    iss: String,
    sub: String,
    sid: Option<String>,
}

impl Identity {
    fn decode(self) -> Result<(RowKey, CookieHash, Owner), StoreError> {
        let key =
            RowKey::parse(&self.key).ok_or_else(|| StoreError::backend("the key of a row is invalid"))?;
        let hash = self.cookie_hash.try_into();
        let hash = hash.map_err(|_| StoreError::backend("a cookie hash has the wrong length"))?;
        Ok((key, CookieHash(hash), Owner { iss: self.iss, sub: self.sub, sid: self.sid }))
    }
}

impl SessionRow {
    /// Whose session it is.
    pub(super) fn owner(self) -> Owner {
        let Identity { iss, sub, sid, .. } = self.identity;
        Owner { iss, sub, sid }
    }

    pub(super) fn decode(self) -> Result<StoredSession, StoreError> {
        let (key, cookie_hash, owner) = self.identity.decode()?;
        Ok(StoredSession {
            key,
            cookie_hash,
            owner,
            created_at: self.created_at,
            last_active_at: self.last_active_at,
            idle_until: self.idle_until,
            absolute_until: self.absolute_until,
            label: self.label,
            record: SealedBytes { version: self.record_version, bytes: self.record },
            tokens: SealedBytes { version: self.tokens_version, bytes: self.tokens },
        })
    }
}

impl EndedRow {
    pub(super) fn decode(self) -> Result<Ended, StoreError> {
        let (key, cookie_hash, owner) = self.identity.decode()?;
        let why = EndReason::parse(&self.why);
        let why = why.ok_or_else(|| StoreError::backend("a session ended for an unknown reason"))?;
        let ending = Ending { why, at: self.ended_at };
        Ok(Ended { key, cookie_hash, owner, label: self.label, ending, until: self.until })
    }
}

/// A duration in milliseconds, as it is added to or subtracted from a database's clock.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(LONGEST_MS)
}
