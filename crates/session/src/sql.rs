//! Shared code of the SQL stores: rows of their tables, which have the same columns in SQLite and PostgreSQL.

use std::time::Duration;

use claimcheck_base::clock::UnixSecs;
use sqlx::{
    ColumnIndex, Decode, FromRow, Row, SqlSafeStr, Type,
    migrate::{Migration, MigrationType, Migrator},
};

use super::{
    ending::{EndReason, Ended, Ending},
    store::StoreError,
    stored::{CookieHash, Owner, RowKey, SealedBytes, SessionHead, StoredSession},
};

/// 100 years in milliseconds: the longest term that is added to a clock.
const LONGEST_MS: i64 = 100 * 365 * 86_400 * 1000;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            // PostgreSQL, Appendix A: disk_full and read_only_sql_transaction.
            Some("53100") => Self::Full,
            Some("25006") => Self::ReadOnly,
            // SQLite: the low byte of an extended code is the error, SQLITE_FULL or SQLITE_READONLY.
            Some(code) if code.len() < 5 => match code.parse::<u32>().map(|code| code & 0xff) {
                Ok(13) => Self::Full,
                Ok(8) => Self::ReadOnly,
                _ => Self::backend(error),
            },
            _ => Self::backend(error),
        }
    }
}

/// A row of the table `session`.
pub(super) struct SessionRow {
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

/// The part of such a row that lists show.
pub(super) struct HeadRow {
    identity: Identity,
    created_at: UnixSecs,
    last_active_at: UnixSecs,
    idle_until: UnixSecs,
    absolute_until: UnixSecs,
    label: Vec<u8>,
}

/// A row of the table `ended`.
pub(super) struct EndedRow {
    identity: Identity,
    label: Vec<u8>,
    why: String,
    cause: Option<String>,
    ended_at: UnixSecs,
    until: UnixSecs,
}

/// The columns that both tables begin with.
struct Identity {
    key: String,
    cookie_hash: Vec<u8>,
    iss: String,
    sub: String,
    sid: Option<String>,
}

/// Reads a row by the names of its columns; the field after `in` is read from the same row. Written out instead of derived,
/// because the derive macro of sqlx compiles every driver a second time, for the compiler itself.
macro_rules! from_row {
    ($row:ident { $($column:ident),* } $(in $inner:ident)?) => {
        impl<'r, R: Row> FromRow<'r, R> for $row
        where
            for<'n> &'n str: ColumnIndex<R>,
            i64: Decode<'r, R::Database> + Type<R::Database>,
            String: Decode<'r, R::Database> + Type<R::Database>,
            Option<String>: Decode<'r, R::Database> + Type<R::Database>,
            Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self {
                    $($inner: FromRow::from_row(row)?,)?
                    $($column: row.try_get(stringify!($column))?,)*
                })
            }
        }
    };
}

from_row!(Identity { key, cookie_hash, iss, sub, sid });
from_row!(SessionRow {
    created_at, last_active_at, idle_until, absolute_until, label, record, record_version, tokens, tokens_version
} in identity);
from_row!(HeadRow { created_at, last_active_at, idle_until, absolute_until, label } in identity);
from_row!(EndedRow { label, why, cause, ended_at, until } in identity);

/// The migrations of a store, in the order of their versions: name and SQL of each.
pub(super) fn migrations(files: &[(&'static str, &'static str)]) -> Migrator {
    let migration = |((name, sql), version): (&(&'static str, &'static str), i64)| {
        Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(files.iter().zip(1..).map(migration).collect())
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

impl HeadRow {
    pub(super) fn decode(self) -> Result<SessionHead, StoreError> {
        let (key, cookie_hash, owner) = self.identity.decode()?;
        Ok(SessionHead {
            key,
            cookie_hash,
            owner,
            created_at: self.created_at,
            last_active_at: self.last_active_at,
            idle_until: self.idle_until,
            absolute_until: self.absolute_until,
            label: self.label,
        })
    }
}

impl EndedRow {
    pub(super) fn decode(self) -> Result<Ended, StoreError> {
        let (key, cookie_hash, owner) = self.identity.decode()?;
        let why = EndReason::read(&self.why, self.cause.as_deref());
        let why = why.ok_or_else(|| StoreError::backend("a session ended for an unknown reason"))?;
        let ending = Ending { why, at: self.ended_at };
        Ok(Ended { key, cookie_hash, owner, label: self.label, ending, until: self.until })
    }
}

/// A duration in milliseconds, as it is added to or subtracted from a database's clock.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(LONGEST_MS)
}
