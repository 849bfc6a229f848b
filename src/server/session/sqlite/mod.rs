//! Sessions in an SQLite file: survive a restart, and several processes on one machine may serve people from it.
//! Every operation is one statement or one transaction, so a request that is dropped half-way leaves nothing half-written.

mod statements;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection, Row as _, SqliteConnection,
    migrate::Migrator,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

use self::statements::*;
use super::{
    ending::{EndReason, Ended, Ending, Logout, bars},
    row::{CookieHash, Holder, Lease, Owner, Renewal, Row, RowKey, Sealed, Swap},
    store::{SessionStore, StoreError},
};
use claimcheck_base::clock::UnixSecs;

static MIGRATIONS: Migrator = sqlx::migrate!("src/server/session/migrations/sqlite");

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(5);
/// Readers do not wait for the writer in WAL mode; more than a few connections buy nothing.
const CONNECTIONS: u32 = 4;
/// A purge holds up who writes for as long as it takes to forget these.
const PURGED_AT_ONCE: u32 = 1_000;
const PURGE_PAUSE: Duration = Duration::from_millis(20);

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::backend(error)
    }
}

/// A store in one file (and its two companions, `-wal` and `-shm`).
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, or makes it, readable by its owner only; then brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let file = path.to_owned();
        tokio::task::spawn_blocking(move || make_private(&file)).await.map_err(StoreError::backend)??;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            // A rotated refresh token that a power cut takes back is a session lost, so each commit reaches the disk.
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(BUSY)
            // A file does not go away between two requests as a server may; asking costs each of them two thread hops.
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        let mut connection = pool.acquire().await?;
        migrate(&mut connection).await?;
        Ok(Self { pool })
    }

    /// What a swap that changed nothing means.
    async fn missed(&self, key: &RowKey) -> Result<Swap, StoreError> {
        Ok(if self.get(key).await?.is_some() { Swap::Stale } else { Swap::Gone })
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
            None => self.missed(key).await,
        }
    }

    /// Some at a time, and a pause between them, in which others write.
    async fn purge_by(&self, statement: &'static str, now: UnixSecs) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let query = sqlx::query(statement).bind(now).bind(PURGED_AT_ONCE);
            let gone = query.execute(&self.pool).await?.rows_affected();
            all += gone;
            if gone < u64::from(PURGED_AT_ONCE) {
                return Ok(all);
            }
            tokio::time::sleep(PURGE_PAUSE).await;
        }
    }
}

/// SQLite's migrations take no lock of their own: two processes that start together would both run them.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(StoreError::backend)?;
    transaction.commit().await?;
    Ok(())
}

/// Makes the file before SQLite does, so that it is never readable by others; its companions take its mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| StoreError::backend(format!("cannot open {}: {error}", path.display())))?;
    Ok(())
}

fn key(from: &SqliteRow) -> Result<RowKey, StoreError> {
    let key: String = from.try_get("key")?;
    RowKey::parse(&key).ok_or_else(|| StoreError::backend("a row's key is none"))
}

fn cookie_hash(from: &SqliteRow) -> Result<CookieHash, StoreError> {
    let hash: Vec<u8> = from.try_get("cookie_hash")?;
    let hash = hash.try_into().map_err(|_| StoreError::backend("a cookie's hash has another length"))?;
    Ok(CookieHash(hash))
}

fn owner(from: &SqliteRow) -> Result<Owner, StoreError> {
    Ok(Owner { iss: from.try_get("iss")?, sub: from.try_get("sub")?, sid: from.try_get("sid")? })
}

fn ended(from: &SqliteRow) -> Result<Ended, StoreError> {
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

fn row(from: &SqliteRow) -> Result<Row, StoreError> {
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
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

async fn note(connection: &mut SqliteConnection, row: &Row, ending: Ending) -> Result<(), StoreError> {
    sqlx::query(NOTE)
        .bind(row.key.as_str())
        .bind(&row.cookie_hash.0[..])
        .bind(&row.owner.iss)
        .bind(&row.owner.sub)
        .bind(&row.owner.sid)
        .bind(&row.label)
        .bind(ending.why.as_str())
        .bind(ending.at)
        .bind(row.absolute_until)
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn insert(&self, row: Row, issued_at: UnixSecs) -> Result<bool, StoreError> {
        let [by_sid, by_sub] = bars(&row.owner);
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
            .execute(&self.pool)
            .await?;
        Ok(added.rows_affected() > 0)
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<Row>, StoreError> {
        let found = sqlx::query(FIND).bind(&cookie.0[..]).bind(now).fetch_optional(&self.pool).await?;
        found.as_ref().map(row).transpose()
    }

    async fn get(&self, key: &RowKey) -> Result<Option<Row>, StoreError> {
        let found = sqlx::query(GET).bind(key.as_str()).fetch_optional(&self.pool).await?;
        found.as_ref().map(row).transpose()
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Row>, StoreError> {
        let query = sqlx::query(if of.is_some() { LIST_OF } else { LIST });
        let mut query = query.bind(after.map_or("", RowKey::as_str)).bind(now).bind(limit);
        if let Some((iss, sub)) = of {
            query = query.bind(iss).bind(sub);
        }
        query.fetch_all(&self.pool).await?.iter().map(row).collect()
    }

    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(TOUCH).bind(key.as_str()).bind(last_active_at).bind(idle_until);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap(SAVE_RECORD, key, expected, bytes).await
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap(SAVE_TOKENS, key, expected, bytes).await
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let before = sqlx::query(GET).bind(key.as_str()).fetch_optional(&mut *transaction).await?;
        let Some(before) = before else { return Ok(Swap::Gone) };
        let [by_sid, by_sub] = bars(&Owner { sid: renewal.sid.clone(), ..owner(&before)? });
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
        transaction.commit().await?;
        Ok(swapped.map_or(Swap::Stale, |version| Swap::Swapped { version }))
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let before = sqlx::query_scalar::<_, Option<Vec<u8>>>(LEASE_HOLDER).bind(key.as_str());
        let Some(before) = before.fetch_optional(&mut *transaction).await? else { return Ok(Lease::Gone) };
        let query = sqlx::query(LEASE).bind(key.as_str()).bind(&holder.0[..]).bind(millis(term));
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(Lease::Held);
        }
        transaction.commit().await?;
        let is_over = before.is_some_and(|before| before != holder.0);
        Ok(if is_over { Lease::TakenOver } else { Lease::Taken })
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        sqlx::query(RELEASE).bind(key.as_str()).bind(&holder.0[..]).execute(&self.pool).await?;
        Ok(())
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<Row>, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let ended = sqlx::query(END).bind(key.as_str()).bind(tokens_version);
        let Some(ended) = ended.fetch_optional(&mut *transaction).await? else { return Ok(None) };
        let ended = row(&ended)?;
        note(&mut transaction, &ended, ending).await?;
        transaction.commit().await?;
        Ok(Some(ended))
    }

    async fn log_out(&self, logout: &Logout, ending: Ending) -> Result<Option<Vec<Row>>, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(mark) = logout.mark {
            let marked = sqlx::query(CONSUME).bind(mark.to_vec()).bind(logout.until);
            if marked.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok(None);
            }
        }
        let Some(bar) = logout.bar() else { return Ok(Some(Vec::new())) };
        let barred = sqlx::query(BAR).bind(&bar[..]).bind(logout.issued_at).bind(logout.until);
        barred.execute(&mut *transaction).await?;
        let ended =
            sqlx::query(END_ALL).bind(&logout.iss).bind(&logout.sub).bind(&logout.sid).bind(logout.newest());
        let ended = ended.fetch_all(&mut *transaction).await?;
        let ended = ended.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        for row in &ended {
            note(&mut transaction, row, ending).await?;
        }
        transaction.commit().await?;
        Ok(Some(ended))
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        let found = sqlx::query(ENDED).bind(&cookie.0[..]).fetch_optional(&self.pool).await?;
        found.as_ref().map(ended).transpose()
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        let query = sqlx::query(ENDED_OF).bind(iss).bind(sub).bind(now).bind(limit);
        query.fetch_all(&self.pool).await?.iter().map(ended).collect()
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let query = sqlx::query(ENDED_LATELY).bind(millis(within));
        query.fetch_all(&self.pool).await?.iter().map(ended).collect()
    }

    async fn consume(&self, mark: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError> {
        if until <= now {
            return Ok(false);
        }
        let query = sqlx::query(CONSUME).bind(&mark[..]).bind(until);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
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
        sqlx::query("SELECT 1 FROM session LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(())
    }

    async fn probe(&self) -> Result<(), StoreError> {
        sqlx::query(PROBE).execute(&self.pool).await?;
        Ok(())
    }
}
