//! Sessions in a PostgreSQL database, in a schema of their own: any number of processes on any number of machines may
//! serve people from it. Every operation is one statement or one transaction, and has a time limit.

mod open;
mod statements;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{
    PgConnection, Row as _,
    postgres::{PgPool, PgRow},
};

use self::statements::*;
use super::{
    ending::{EndReason, Ended, Ending, Logout, bars},
    row::{CookieHash, Holder, Lease, Owner, Renewal, Row, RowKey, Sealed, Swap},
    servers::timed,
    store::{SessionStore, StoreError},
};
use crate::server::config::StoreServer;
use claimcheck_base::clock::UnixSecs;

/// 100 years: the longest term that is added to a clock.
const LONGEST_MS: i64 = 100 * 365 * 86_400 * 1000;
/// As many as one statement of a purge forgets.
const PURGED_AT_ONCE: u32 = 1_000;

/// A store in one database.
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Brings the tables up to date; waits for a server that is away for some seconds.
    pub async fn open(server: &StoreServer) -> Result<Self, StoreError> {
        Ok(Self { pool: open::pool(server).await? })
    }

    async fn swap(
        &self,
        statement: &'static str,
        key: &RowKey,
        expected: i64,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        let swapped = sqlx::query_scalar(statement)
            .bind(key.as_str())
            .bind(expected)
            .bind(bytes)
            .fetch_optional(&self.pool)
            .await?;
        match swapped {
            Some(version) => Ok(Swap::Swapped { version }),
            None => Ok(if self.exists(key).await? { Swap::Stale } else { Swap::Gone }),
        }
    }

    async fn exists(&self, key: &RowKey) -> Result<bool, StoreError> {
        let mut connection = self.pool.acquire().await?;
        is_there(&mut connection, key).await
    }

    /// Some at a time, so that nobody waits for long; what somebody holds is left for the next time.
    async fn purge_by(&self, statement: &'static str, now: UnixSecs) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let query = sqlx::query(statement).bind(now).bind(i64::from(PURGED_AT_ONCE));
            let gone = timed(async { Ok(query.execute(&self.pool).await?.rows_affected()) }).await?;
            all += gone;
            if gone < u64::from(PURGED_AT_ONCE) {
                return Ok(all);
            }
        }
    }
}

fn key(from: &PgRow) -> Result<RowKey, StoreError> {
    let key: String = from.try_get("key")?;
    RowKey::parse(&key).ok_or_else(|| StoreError::backend("a row's key is none"))
}

fn cookie_hash(from: &PgRow) -> Result<CookieHash, StoreError> {
    let hash: Vec<u8> = from.try_get("cookie_hash")?;
    let hash = hash.try_into().map_err(|_| StoreError::backend("a cookie's hash has another length"))?;
    Ok(CookieHash(hash))
}

fn owner(from: &PgRow) -> Result<Owner, StoreError> {
    Ok(Owner { iss: from.try_get("iss")?, sub: from.try_get("sub")?, sid: from.try_get("sid")? })
}

fn ended(from: &PgRow) -> Result<Ended, StoreError> {
    let why: String = from.try_get("why")?;
    let why =
        EndReason::parse(&why).ok_or_else(|| StoreError::backend("a session ended for an unknown reason"))?;
    Ok(Ended {
        key: key(from)?,
        cookie_hash: cookie_hash(from)?,
        owner: owner(from)?,
        label: from.try_get("label")?,
        ending: Ending { why, at: from.try_get("ended_at")? },
        until: from.try_get("until")?,
    })
}

fn row(from: &PgRow) -> Result<Row, StoreError> {
    Ok(Row {
        key: key(from)?,
        cookie_hash: cookie_hash(from)?,
        owner: owner(from)?,
        created_at: from.try_get("created_at")?,
        last_active_at: from.try_get("last_active_at")?,
        idle_until: from.try_get("idle_until")?,
        absolute_until: from.try_get("absolute_until")?,
        label: from.try_get("label")?,
        record: Sealed { version: from.try_get("record_version")?, bytes: from.try_get("record")? },
        tokens: Sealed { version: from.try_get("tokens_version")?, bytes: from.try_get("tokens")? },
    })
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(LONGEST_MS)
}

async fn is_there(connection: &mut PgConnection, key: &RowKey) -> Result<bool, StoreError> {
    Ok(sqlx::query(IS_THERE).bind(key.as_str()).fetch_optional(connection).await?.is_some())
}

/// What a bar is locked by. Two bars of the same number only wait for each other.
fn lock_of(bar: [u8; 32]) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = bar;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// From here to the end of the transaction, no logout comes between that means such a sign-in. A statement of its own,
/// because a statement sees what was committed before it began, not before it got a lock.
async fn lock_sign_in(connection: &mut PgConnection, owner: &Owner) -> Result<[[u8; 32]; 2], StoreError> {
    let [by_sid, by_sub] = bars(owner);
    let lock = sqlx::query(LOCK_SIGN_IN).bind(lock_of(by_sid)).bind(lock_of(by_sub));
    lock.execute(connection).await?;
    Ok([by_sid, by_sub])
}

#[async_trait]
impl SessionStore for PostgresStore {
    async fn insert(&self, row: Row, issued_at: UnixSecs) -> Result<bool, StoreError> {
        timed(async {
            let mut transaction = self.pool.begin().await?;
            let [by_sid, by_sub] = lock_sign_in(&mut transaction, &row.owner).await?;
            let added = sqlx::query(ADD)
                .bind(row.key.as_str())
                .bind(&row.cookie_hash.0[..])
                .bind(row.owner.iss)
                .bind(row.owner.sub)
                .bind(row.owner.sid)
                .bind(row.created_at)
                .bind(row.last_active_at)
                .bind(row.idle_until)
                .bind(row.absolute_until)
                .bind(row.label)
                .bind(row.record.bytes)
                .bind(row.record.version)
                .bind(row.tokens.bytes)
                .bind(row.tokens.version)
                .bind(&by_sid[..])
                .bind(&by_sub[..])
                .bind(issued_at)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(added.rows_affected() > 0)
        })
        .await
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<Row>, StoreError> {
        timed(async {
            let found = sqlx::query(FIND).bind(&cookie.0[..]).bind(now).fetch_optional(&self.pool).await?;
            found.as_ref().map(row).transpose()
        })
        .await
    }

    async fn get(&self, key: &RowKey) -> Result<Option<Row>, StoreError> {
        timed(async {
            let found = sqlx::query(GET).bind(key.as_str()).fetch_optional(&self.pool).await?;
            found.as_ref().map(row).transpose()
        })
        .await
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Row>, StoreError> {
        let query = sqlx::query(if of.is_some() { LIST_OF } else { LIST });
        let mut query = query.bind(after.map_or("", RowKey::as_str)).bind(now).bind(i64::from(limit));
        if let Some((iss, sub)) = of {
            query = query.bind(iss).bind(sub);
        }
        timed(async { query.fetch_all(&self.pool).await?.iter().map(row).collect() }).await
    }

    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(TOUCH).bind(key.as_str()).bind(last_active_at).bind(idle_until);
        timed(async { Ok(query.execute(&self.pool).await?.rows_affected() > 0) }).await
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        timed(self.swap(SAVE_RECORD, key, expected, bytes)).await
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        timed(self.swap(SAVE_TOKENS, key, expected, bytes)).await
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        timed(async {
            let mut transaction = self.pool.begin().await?;
            let before = sqlx::query(GET).bind(key.as_str()).fetch_optional(&mut *transaction).await?;
            let Some(before) = before else { return Ok(Swap::Gone) };
            // Issuer and subject of a row never change, so they hold without a lock.
            let after = Owner { sid: renewal.sid.clone(), ..owner(&before)? };
            let [by_sid, by_sub] = lock_sign_in(&mut transaction, &after).await?;
            let is_barred = sqlx::query(IS_BARRED).bind(&by_sid[..]).bind(&by_sub[..]).bind(issued_at);
            if is_barred.fetch_optional(&mut *transaction).await?.is_some() {
                return Ok(Swap::Gone);
            }
            let swapped = sqlx::query_scalar(RENEW)
                .bind(key.as_str())
                .bind(&old.0[..])
                .bind(&renewal.cookie_hash.0[..])
                .bind(renewal.sid)
                .bind(renewal.created_at)
                .bind(renewal.idle_until)
                .bind(renewal.absolute_until)
                .bind(renewal.label)
                .bind(renewal.record)
                .bind(renewal.tokens)
                .fetch_optional(&mut *transaction)
                .await?;
            let swap = match swapped {
                Some(version) => Swap::Swapped { version },
                // Another cookie; or an end that came after the row was read.
                None if is_there(&mut transaction, key).await? => Swap::Stale,
                None => Swap::Gone,
            };
            transaction.commit().await?;
            Ok(swap)
        })
        .await
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        let query = sqlx::query_scalar(LEASE).bind(key.as_str()).bind(holder.0.to_vec()).bind(millis(term));
        timed(async {
            match query.fetch_optional(&self.pool).await? {
                Some(true) => Ok(Lease::TakenOver),
                Some(false) => Ok(Lease::Taken),
                None => Ok(if self.exists(key).await? { Lease::Held } else { Lease::Gone }),
            }
        })
        .await
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        let query = sqlx::query(RELEASE).bind(key.as_str()).bind(holder.0.to_vec());
        timed(async {
            query.execute(&self.pool).await?;
            Ok(())
        })
        .await
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<Row>, StoreError> {
        let query = sqlx::query(END).bind(key.as_str()).bind(tokens_version);
        let query = query.bind(ending.why.as_str()).bind(ending.at);
        timed(async { query.fetch_optional(&self.pool).await?.as_ref().map(row).transpose() }).await
    }

    async fn log_out(&self, logout: &Logout, ending: Ending) -> Result<Option<Vec<Row>>, StoreError> {
        timed(async {
            let mut transaction = self.pool.begin().await?;
            let bar = logout.bar();
            if let Some(bar) = bar {
                sqlx::query(LOCK_LOGOUT).bind(lock_of(bar)).execute(&mut *transaction).await?;
            }
            if let Some(mark) = logout.mark {
                let marked = sqlx::query(CONSUME).bind(mark.to_vec()).bind(logout.until);
                if marked.execute(&mut *transaction).await?.rows_affected() == 0 {
                    return Ok(None);
                }
            }
            let mut ended = Vec::new();
            if let Some(bar) = bar {
                let barred = sqlx::query(BAR).bind(&bar[..]).bind(logout.issued_at).bind(logout.until);
                barred.execute(&mut *transaction).await?;
                let meant = sqlx::query_scalar(LOCK_MEANT);
                let meant = meant.bind(&logout.iss).bind(&logout.sub).bind(&logout.sid).bind(logout.newest());
                let keys: Vec<String> = meant.fetch_all(&mut *transaction).await?;
                ended = sqlx::query(END_ALL)
                    .bind(keys)
                    .bind(ending.why.as_str())
                    .bind(ending.at)
                    .fetch_all(&mut *transaction)
                    .await?
                    .iter()
                    .map(row)
                    .collect::<Result<Vec<_>, _>>()?;
            }
            transaction.commit().await?;
            Ok(Some(ended))
        })
        .await
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        timed(async {
            let found = sqlx::query(ENDED).bind(&cookie.0[..]).fetch_optional(&self.pool).await?;
            found.as_ref().map(ended).transpose()
        })
        .await
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        let query = sqlx::query(ENDED_OF).bind(iss).bind(sub).bind(now).bind(i64::from(limit));
        timed(async { query.fetch_all(&self.pool).await?.iter().map(ended).collect() }).await
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let query = sqlx::query(ENDED_LATELY).bind(millis(within));
        timed(async { query.fetch_all(&self.pool).await?.iter().map(ended).collect() }).await
    }

    async fn consume(&self, mark: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError> {
        if until <= now {
            return Ok(false);
        }
        let query = sqlx::query(CONSUME).bind(mark.to_vec()).bind(until);
        timed(async { Ok(query.execute(&self.pool).await?.rows_affected() > 0) }).await
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let rows = self.purge_by(PURGE_ROWS, now).await;
        let marks = self.purge_by(PURGE_MARKS, now).await;
        let ended = self.purge_by(PURGE_ENDED, now).await;
        self.purge_by(PURGE_BARRED, now).await?;
        // What fails of one kind keeps nothing of another.
        ended?;
        Ok(rows? + marks?)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        timed(async {
            sqlx::query("SELECT 1 FROM claimcheck.session LIMIT 1").fetch_optional(&self.pool).await?;
            Ok(())
        })
        .await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        timed(async {
            sqlx::query(PROBE).execute(&self.pool).await?;
            Ok(())
        })
        .await
    }
}
