//! Sessions in a PostgreSQL database, in their own schema: any number of processes on any number of machines may share it.
//! Every operation is one statement or one transaction, and has a time limit.

mod activity;
mod counting;
mod database;
mod ends;
mod examine;
mod limit;
mod locks;
mod migrate;
mod open;
mod setting;
mod statements;
mod submitting;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;
use sqlx::{Executor, Postgres};

use self::{database::Database, locks::lock_sign_in, statements::*};
use super::{
    ending::{Ended, Ending, Logout},
    registry::{Backend, Connector, StoreKind},
    servers::{StoreServer, with_timeout},
    sql::{EndedRow, HeadRow, SessionRow, millis},
    store::{ENDED_LATELY_MAX, SessionStore, StoreError},
    stored::{
        Contents, CookieHash, Holder, Lease, Mark, Owner, Renewal, RowKey, SessionHead, StoredSession, Swap,
    },
};

/// The rows that a purge deletes in one statement.
const PURGED_AT_ONCE: u32 = 1_000;

/// `postgres://…` or `postgresql://…`
pub(super) static KIND: StoreKind = StoreKind {
    name: "postgres",
    schemes: &["postgres", "postgresql"],
    form: "postgres://…",
    backend: Backend::Server(&CONNECTOR),
};

static CONNECTOR: Connector<StoreServer> = Connector {
    parse: setting::parse_setting,
    open: |server| {
        Box::pin(async { Ok(Arc::new(PostgresStore::open(server).await?) as Arc<dyn SessionStore>) })
    },
    examine: |server| Box::pin(examine::examine(server)),
};

/// A store in one database.
pub struct PostgresStore {
    database: Database,
}

impl PostgresStore {
    /// Brings the tables up to date, and connects.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`]: the server refuses, or stays unavailable for some seconds, or its tables are newer.
    pub async fn open(server: &StoreServer) -> Result<Self, StoreError> {
        Ok(Self { database: open::open_database(server).await? })
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
            .fetch_optional(&self.database)
            .await?;
        match swapped {
            Some(version) => Ok(Swap::Swapped { version }),
            None => Ok(if self.exists(key).await? { Swap::Stale } else { Swap::Gone }),
        }
    }

    async fn exists(&self, key: &RowKey) -> Result<bool, StoreError> {
        is_there(&self.database, key).await
    }

    /// Deletes a limited number at a time, so that others wait only briefly. Rows that others have locked are left for
    /// the next purge.
    async fn purge_by(&self, statement: &'static str, now: UnixSecs) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let query = sqlx::query(statement).bind(now).bind(i64::from(PURGED_AT_ONCE));
            let deleted =
                with_timeout(async { Ok(query.execute(&self.database).await?.rows_affected()) }).await?;
            all += deleted;
            if deleted < u64::from(PURGED_AT_ONCE) {
                return Ok(all);
            }
        }
    }
}

async fn is_there<'c>(
    through: impl Executor<'c, Database = Postgres>,
    key: &RowKey,
) -> Result<bool, StoreError> {
    Ok(sqlx::query(IS_THERE).bind(key.as_str()).fetch_optional(through).await?.is_some())
}

#[async_trait]
impl SessionStore for PostgresStore {
    async fn insert(
        &self,
        row: StoredSession,
        issued_at: UnixSecs,
        most: u32,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        with_timeout(async {
            let mut work = self.database.begin().await?;
            let [by_sid, by_sub] = lock_sign_in(&mut work, &row.owner).await?;
            let added = sqlx::query(ADD)
                .bind(row.key.as_str())
                .bind(&row.cookie_hash.0[..])
                .bind(&row.owner.iss)
                .bind(&row.owner.sub)
                .bind(&row.owner.sid)
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
                .execute(&mut work)
                .await?;
            if added.rows_affected() == 0 {
                return Ok(None);
            }
            locks::lock_person(&mut work, by_sub).await?;
            let ended = limit::enforce(&mut work, &row.key, &row.owner, most, row.created_at).await?;
            work.commit().await?;
            Ok(Some(ended))
        })
        .await
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<StoredSession>, StoreError> {
        with_timeout(async {
            let query = sqlx::query_as(FIND).bind(&cookie.0[..]).bind(now);
            query.fetch_optional(&self.database).await?.map(SessionRow::decode).transpose()
        })
        .await
    }

    async fn get(&self, key: &RowKey) -> Result<Option<StoredSession>, StoreError> {
        with_timeout(async {
            let query = sqlx::query_as(GET).bind(key.as_str());
            query.fetch_optional(&self.database).await?.map(SessionRow::decode).transpose()
        })
        .await
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<SessionHead>, StoreError> {
        let query = sqlx::query_as(if of.is_some() { LIST_OF } else { LIST });
        let mut query = query.bind(after.map_or("", RowKey::as_str)).bind(now).bind(i64::from(limit));
        if let Some((iss, sub)) = of {
            query = query.bind(iss).bind(sub);
        }
        with_timeout(async {
            query.fetch_all(&self.database).await?.into_iter().map(HeadRow::decode).collect()
        })
        .await
    }

    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(TOUCH).bind(key.as_str()).bind(last_active_at).bind(idle_until);
        with_timeout(async { Ok(query.execute(&self.database).await?.rows_affected() > 0) }).await
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        with_timeout(self.swap(SAVE_RECORD, key, expected, bytes)).await
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        with_timeout(self.swap(SAVE_TOKENS, key, expected, bytes)).await
    }

    async fn reseal(
        &self,
        key: &RowKey,
        (record, tokens): (i64, i64),
        contents: Contents,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(RESEAL).bind(key.as_str()).bind(record).bind(tokens);
        let query = query.bind(contents.label).bind(contents.record).bind(contents.tokens);
        with_timeout(async { Ok(query.execute(&self.database).await?.rows_affected() > 0) }).await
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        with_timeout(async {
            let mut work = self.database.begin().await?;
            let before = sqlx::query_as(GET).bind(key.as_str()).fetch_optional(&mut work).await?;
            let Some(before) = before.map(SessionRow::owner) else { return Ok(Swap::Gone) };
            // Issuer and subject of a row never change, so they need no lock.
            let after = Owner { sid: renewal.sid.clone(), ..before };
            let [by_sid, by_sub] = lock_sign_in(&mut work, &after).await?;
            let is_logged_out =
                sqlx::query(IS_LOGGED_OUT).bind(&by_sid[..]).bind(&by_sub[..]).bind(issued_at);
            if is_logged_out.fetch_optional(&mut work).await?.is_some() {
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
                .bind(issued_at)
                .fetch_optional(&mut work)
                .await?;
            let swap = match swapped {
                Some(version) => Swap::Swapped { version },
                // The row has another cookie, or it was ended after it was read.
                None if is_there(&mut work, key).await? => Swap::Stale,
                None => Swap::Gone,
            };
            work.commit().await?;
            Ok(swap)
        })
        .await
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        let query = sqlx::query_scalar(LEASE).bind(key.as_str()).bind(holder.0.to_vec()).bind(millis(term));
        with_timeout(async {
            match query.fetch_optional(&self.database).await? {
                Some(true) => Ok(Lease::TakenOver),
                Some(false) => Ok(Lease::Taken),
                None => Ok(if self.exists(key).await? { Lease::Held } else { Lease::Gone }),
            }
        })
        .await
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        let query = sqlx::query(RELEASE).bind(key.as_str()).bind(holder.0.to_vec());
        with_timeout(async {
            query.execute(&self.database).await?;
            Ok(())
        })
        .await
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<StoredSession>, StoreError> {
        let query = sqlx::query_as(END).bind(key.as_str()).bind(tokens_version);
        let (why, cause) = ending.why.stored();
        let query = query.bind(why).bind(cause).bind(ending.at);
        with_timeout(async {
            query.fetch_optional(&self.database).await?.map(SessionRow::decode).transpose()
        })
        .await
    }

    async fn end_of(
        &self,
        of: (&str, &str),
        spared: Option<&RowKey>,
        limit: u32,
        ending: Ending,
    ) -> Result<Vec<StoredSession>, StoreError> {
        with_timeout(ends::end_of(&self.database, of, spared, limit, ending)).await
    }

    async fn log_out(
        &self,
        logout: &Logout,
        ending: Ending,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        with_timeout(ends::log_out(&self.database, logout, ending)).await
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        with_timeout(async {
            let query = sqlx::query_as(ENDED).bind(&cookie.0[..]);
            query.fetch_optional(&self.database).await?.map(EndedRow::decode).transpose()
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
        let query = sqlx::query_as(ENDED_OF).bind(iss).bind(sub).bind(now).bind(i64::from(limit));
        with_timeout(async {
            query.fetch_all(&self.database).await?.into_iter().map(EndedRow::decode).collect()
        })
        .await
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let query = sqlx::query_as(ENDED_LATELY).bind(millis(within)).bind(i64::from(ENDED_LATELY_MAX));
        with_timeout(async {
            query.fetch_all(&self.database).await?.into_iter().map(EndedRow::decode).collect()
        })
        .await
    }

    async fn mark_used(&self, mark: Mark<'_>, now: UnixSecs) -> Result<bool, StoreError> {
        if mark.until <= now {
            return Ok(false);
        }
        let query = sqlx::query(MARK_USED).bind(mark.entry.to_vec()).bind(mark.until);
        with_timeout(async { Ok(query.execute(&self.database).await?.rows_affected() > 0) }).await
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let rows = self.purge_by(PURGE_ROWS, now).await;
        let replay_entries = self.purge_by(PURGE_REPLAY_CACHE, now).await;
        let ended = self.purge_by(PURGE_ENDED, now).await;
        let lines = self.purge_by(PURGE_LINES, now).await;
        self.purge_by(PURGE_WATERMARKS, now).await?;
        // A failure with one table does not keep the others from being purged.
        ended?;
        lines?;
        Ok(rows? + replay_entries?)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        with_timeout(async {
            sqlx::query("SELECT 1 FROM claimcheck.session LIMIT 1").fetch_optional(&self.database).await?;
            Ok(())
        })
        .await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        with_timeout(async {
            sqlx::query(PROBE).execute(&self.database).await?;
            Ok(())
        })
        .await
    }
}
