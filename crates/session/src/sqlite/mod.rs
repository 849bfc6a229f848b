//! Sessions in an SQLite file: they survive a restart, and several processes on one machine may share the file.
//! Every operation is one statement or one transaction, so a request that is dropped half-way leaves nothing half-written.

mod activity;
mod counting;
mod ending;
mod examine;
pub(crate) mod open;
mod statements;
mod submitting;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;
use sqlx::sqlite::SqlitePool;

use self::{
    ending::{add_ended, end_one, limit},
    statements::*,
};
use super::{
    ending::{Ended, Ending, Logout, watermark_keys},
    registry::{Backend, Connector, StoreKind, expected},
    sql::{EndedRow, HeadRow, SessionRow, millis},
    store::{ENDED_LATELY_MAX, SessionStore, StoreError},
    stored::{
        Contents, CookieHash, Holder, Lease, Mark, Owner, Renewal, RowKey, SessionHead, StoredSession, Swap,
    },
};

/// The rows that a purge deletes in one statement, during which other writers wait.
const PURGED_AT_ONCE: u32 = 1_000;
/// Between two such statements.
const PURGE_PAUSE: Duration = Duration::from_millis(20);

/// `sqlite:PATH`
pub(super) static KIND: StoreKind = StoreKind {
    name: "sqlite",
    schemes: &["sqlite"],
    form: "sqlite:PATH",
    backend: Backend::File(&CONNECTOR),
};

pub(super) static CONNECTOR: Connector<PathBuf> = Connector {
    parse: parse_setting,
    open: |path| Box::pin(async { Ok(Arc::new(SqliteStore::open(path).await?) as Arc<dyn SessionStore>) }),
    examine: |path| Box::pin(examine::examine(path)),
};

fn parse_setting(text: &str) -> Result<PathBuf, String> {
    match text.split_once(':') {
        Some((_, path)) if path.starts_with("//") => {
            Err("must be sqlite:PATH without slashes before the path, such as sqlite:/var/lib/claimcheck.db"
                .to_owned())
        }
        Some((_, "" | ":memory:")) => Err(format!("{}; use memory: for a store in memory", expected())),
        Some((_, path)) => Ok(PathBuf::from(path)),
        None => Err(expected()),
    }
}

/// A store in one file (and its two companions, `-wal` and `-shm`).
pub struct SqliteStore {
    /// For reads, which wait for nobody.
    pool: SqlitePool,
    /// For writes: one connection, because SQLite has one writer. Those of this process wait in the order in which they
    /// came; those of another process, as long as they keep the file busy.
    writer: SqlitePool,
    /// The write-ahead log of the file.
    log: PathBuf,
}

impl SqliteStore {
    /// The result of a swap that changed nothing.
    async fn failed_swap(&self, key: &RowKey) -> Result<Swap, StoreError> {
        let is_there = sqlx::query(IS_THERE).bind(key.as_str()).fetch_optional(&self.pool).await?.is_some();
        Ok(if is_there { Swap::Stale } else { Swap::Gone })
    }

    async fn swap(
        &self,
        statement: &'static str,
        key: &RowKey,
        expected: i64,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        // All rows, not the first one: the statement commits after its last row, and sqlx does not report a commit that
        // fails, as on a full disk, if it has stopped before that.
        let swapped = sqlx::query_scalar(statement)
            .bind(key.as_str())
            .bind(expected)
            .bind(bytes)
            .fetch_all(&self.writer)
            .await?;
        match swapped.first() {
            Some(&version) => Ok(Swap::Swapped { version }),
            None => self.failed_swap(key).await,
        }
    }

    /// Deletes a limited number at a time, with pauses in which others write.
    async fn purge_by(&self, statement: &'static str, now: UnixSecs) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let query = sqlx::query(statement).bind(now).bind(PURGED_AT_ONCE);
            let deleted = query.execute(&self.writer).await?.rows_affected();
            all += deleted;
            if deleted < u64::from(PURGED_AT_ONCE) {
                return Ok(all);
            }
            tokio::time::sleep(PURGE_PAUSE).await;
        }
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn insert(
        &self,
        row: StoredSession,
        issued_at: UnixSecs,
        most: u32,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let [by_sid, by_sub] = watermark_keys(&row.owner);
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
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
            .execute(&mut *transaction)
            .await?;
        if added.rows_affected() == 0 {
            return Ok(None);
        }
        let ended = limit(&mut transaction, &row.key, &row.owner, most, row.created_at).await?;
        transaction.commit().await?;
        Ok(Some(ended))
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<StoredSession>, StoreError> {
        let query = sqlx::query_as(FIND).bind(&cookie.0[..]).bind(now);
        query.fetch_optional(&self.pool).await?.map(SessionRow::decode).transpose()
    }

    async fn get(&self, key: &RowKey) -> Result<Option<StoredSession>, StoreError> {
        let query = sqlx::query_as(GET).bind(key.as_str());
        query.fetch_optional(&self.pool).await?.map(SessionRow::decode).transpose()
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<SessionHead>, StoreError> {
        let query = sqlx::query_as(if of.is_some() { LIST_OF } else { LIST });
        let mut query = query.bind(after.map_or("", RowKey::as_str)).bind(now).bind(limit);
        if let Some((iss, sub)) = of {
            query = query.bind(iss).bind(sub);
        }
        query.fetch_all(&self.pool).await?.into_iter().map(HeadRow::decode).collect()
    }

    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(TOUCH).bind(key.as_str()).bind(last_active_at).bind(idle_until);
        Ok(query.execute(&self.writer).await?.rows_affected() > 0)
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap(SAVE_RECORD, key, expected, bytes).await
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap(SAVE_TOKENS, key, expected, bytes).await
    }

    async fn reseal(
        &self,
        key: &RowKey,
        (record, tokens): (i64, i64),
        contents: Contents,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(RESEAL).bind(key.as_str()).bind(record).bind(tokens);
        let query = query.bind(contents.label).bind(contents.record).bind(contents.tokens);
        Ok(query.execute(&self.writer).await?.rows_affected() > 0)
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let before = sqlx::query_as(GET).bind(key.as_str()).fetch_optional(&mut *transaction).await?;
        let Some(before) = before.map(SessionRow::owner) else { return Ok(Swap::Gone) };
        let [by_sid, by_sub] = watermark_keys(&Owner { sid: renewal.sid.clone(), ..before });
        let is_logged_out = sqlx::query(IS_LOGGED_OUT).bind(&by_sid[..]).bind(&by_sub[..]).bind(issued_at);
        if is_logged_out.fetch_optional(&mut *transaction).await?.is_some() {
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
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(swapped.map_or(Swap::Stale, |version| Swap::Swapped { version }))
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let before = sqlx::query_scalar::<_, Option<Vec<u8>>>(LEASE_HOLDER).bind(key.as_str());
        let Some(before) = before.fetch_optional(&mut *transaction).await? else { return Ok(Lease::Gone) };
        let query = sqlx::query(LEASE).bind(key.as_str()).bind(&holder.0[..]).bind(millis(term));
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(Lease::Held);
        }
        transaction.commit().await?;
        let is_taken_over = before.is_some_and(|before| before != holder.0);
        Ok(if is_taken_over { Lease::TakenOver } else { Lease::Taken })
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        sqlx::query(RELEASE).bind(key.as_str()).bind(&holder.0[..]).execute(&self.writer).await?;
        Ok(())
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<StoredSession>, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let ended = end_one(&mut transaction, key.as_str(), tokens_version, ending).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    async fn end_of(
        &self,
        (iss, sub): (&str, &str),
        spared: Option<&RowKey>,
        limit: u32,
        ending: Ending,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let query = sqlx::query_as(END_OF).bind(iss).bind(sub).bind(spared.map_or("", RowKey::as_str));
        let rows = query.bind(ending.at).bind(limit).fetch_all(&mut *transaction).await?;
        let ended = rows.into_iter().map(SessionRow::decode).collect::<Result<Vec<_>, _>>()?;
        for row in &ended {
            add_ended(&mut transaction, row, ending).await?;
        }
        transaction.commit().await?;
        Ok(ended)
    }

    async fn log_out(
        &self,
        logout: &Logout,
        ending: Ending,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(entry) = logout.replay_key {
            let marked = sqlx::query(MARK_USED).bind(entry.to_vec()).bind(logout.until);
            if marked.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok(None);
            }
        }
        let Some(watermark) = logout.watermark_key() else { return Ok(Some(Vec::new())) };
        let raised = sqlx::query(RAISE_WATERMARK).bind(&watermark[..]).bind(logout.issued_at);
        raised.bind(logout.until).execute(&mut *transaction).await?;
        let query = sqlx::query_as(END_ALL).bind(&logout.iss).bind(&logout.sub).bind(&logout.sid);
        let ended = query.bind(logout.latest_iat()).fetch_all(&mut *transaction).await?;
        let ended = ended.into_iter().map(SessionRow::decode).collect::<Result<Vec<_>, _>>()?;
        for row in &ended {
            add_ended(&mut transaction, row, ending).await?;
        }
        transaction.commit().await?;
        Ok(Some(ended))
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        let query = sqlx::query_as(ENDED).bind(&cookie.0[..]);
        query.fetch_optional(&self.pool).await?.map(EndedRow::decode).transpose()
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        let query = sqlx::query_as(ENDED_OF).bind(iss).bind(sub).bind(now).bind(limit);
        query.fetch_all(&self.pool).await?.into_iter().map(EndedRow::decode).collect()
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let query = sqlx::query_as(ENDED_LATELY).bind(millis(within)).bind(ENDED_LATELY_MAX);
        query.fetch_all(&self.pool).await?.into_iter().map(EndedRow::decode).collect()
    }

    fn ends_stamp(&self) -> Option<u64> {
        open::stamp(&self.log)
    }

    async fn mark_used(&self, mark: Mark<'_>, now: UnixSecs) -> Result<bool, StoreError> {
        if mark.until <= now {
            return Ok(false);
        }
        let query = sqlx::query(MARK_USED).bind(&mark.entry[..]).bind(mark.until);
        Ok(query.execute(&self.writer).await?.rows_affected() > 0)
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
        sqlx::query("SELECT 1 FROM session LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(())
    }

    async fn probe(&self) -> Result<(), StoreError> {
        sqlx::query(PROBE).execute(&self.writer).await?;
        Ok(())
    }
}
