//! Sessions in an SQLite file: survive a restart; several processes on one machine may open it, but until refreshes have a lease
//! among processes only one at a time may serve people.
//! Every operation is one statement, so a request that is dropped half-way leaves nothing half-written.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Connection, Row as _, SqliteConnection,
    migrate::Migrator,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

use super::store::{CookieHash, Owner, Renewal, Row, RowKey, Sealed, SessionStore, StoreError, Swap};
use crate::server::clock::UnixSecs;

static MIGRATIONS: Migrator = sqlx::migrate!("src/server/session/migrations/sqlite");

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(5);
/// Readers do not wait for the writer in WAL mode; more than a few connections buy nothing.
const CONNECTIONS: u32 = 4;

const ADD: &str = "INSERT INTO session (key, cookie_hash, iss, sub, sid, created_at, last_active_at, idle_until, \
     absolute_until, record, record_version, tokens, tokens_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const FIND: &str = "SELECT * FROM session WHERE cookie_hash = ?1 AND idle_until > ?2 AND absolute_until > ?2";
const GET: &str = "SELECT * FROM session WHERE key = ?";
const TOUCH: &str = "UPDATE session SET last_active_at = max(last_active_at, ?2), \
     idle_until = min(max(idle_until, ?3), absolute_until) \
     WHERE key = ?1 AND idle_until > ?2 AND absolute_until > ?2";
const SAVE_RECORD: &str = "UPDATE session SET record = ?3, record_version = record_version + 1 \
     WHERE key = ?1 AND record_version = ?2 RETURNING record_version";
const SAVE_TOKENS: &str = "UPDATE session SET tokens = ?3, tokens_version = tokens_version + 1 \
     WHERE key = ?1 AND tokens_version = ?2 RETURNING tokens_version";
const RENEW: &str = "UPDATE session SET cookie_hash = ?3, sid = ?4, created_at = ?5, last_active_at = ?5, \
     idle_until = min(?6, ?7), absolute_until = ?7, record = ?8, record_version = record_version + 1, \
     tokens = ?9, tokens_version = tokens_version + 1 \
     WHERE key = ?1 AND cookie_hash = ?2 RETURNING tokens_version";
const END: &str = "DELETE FROM session WHERE key = ?1 AND (?2 IS NULL OR tokens_version = ?2) RETURNING *";
const CONSUME: &str = "INSERT INTO consumed (mark, until) VALUES (?, ?) ON CONFLICT (mark) DO NOTHING";
const PURGE_ROWS: &str = "DELETE FROM session WHERE idle_until <= ?";
const PURGE_MARKS: &str = "DELETE FROM consumed WHERE until <= ?";

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

fn row(from: &SqliteRow) -> Result<Row, StoreError> {
    let key: String = from.try_get("key")?;
    let hash: Vec<u8> = from.try_get("cookie_hash")?;
    Ok(Row {
        key: RowKey::parse(&key).ok_or_else(|| StoreError::backend("a row's key is none"))?,
        cookie_hash: CookieHash(
            hash.try_into().map_err(|_| StoreError::backend("a cookie's hash has another length"))?,
        ),
        owner: Owner { iss: from.try_get("iss")?, sub: from.try_get("sub")?, sid: from.try_get("sid")? },
        created_at: from.try_get("created_at")?,
        last_active_at: from.try_get("last_active_at")?,
        idle_until: from.try_get("idle_until")?,
        absolute_until: from.try_get("absolute_until")?,
        record: Sealed { version: from.try_get("record_version")?, bytes: from.try_get("record")? },
        tokens: Sealed { version: from.try_get("tokens_version")?, bytes: from.try_get("tokens")? },
    })
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn insert(&self, row: Row) -> Result<(), StoreError> {
        sqlx::query(ADD)
            .bind(row.key.as_str())
            .bind(&row.cookie_hash.0[..])
            .bind(row.owner.iss)
            .bind(row.owner.sub)
            .bind(row.owner.sid)
            .bind(row.created_at)
            .bind(row.last_active_at)
            .bind(row.idle_until)
            .bind(row.absolute_until)
            .bind(row.record.bytes)
            .bind(row.record.version)
            .bind(row.tokens.bytes)
            .bind(row.tokens.version)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<Row>, StoreError> {
        let found = sqlx::query(FIND).bind(&cookie.0[..]).bind(now).fetch_optional(&self.pool).await?;
        found.as_ref().map(row).transpose()
    }

    async fn get(&self, key: &RowKey) -> Result<Option<Row>, StoreError> {
        let found = sqlx::query(GET).bind(key.as_str()).fetch_optional(&self.pool).await?;
        found.as_ref().map(row).transpose()
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

    async fn renew(&self, key: &RowKey, old: CookieHash, renewal: Renewal) -> Result<Swap, StoreError> {
        let swapped = sqlx::query_scalar(RENEW)
            .bind(key.as_str())
            .bind(&old.0[..])
            .bind(&renewal.cookie_hash.0[..])
            .bind(renewal.sid)
            .bind(renewal.created_at)
            .bind(renewal.idle_until)
            .bind(renewal.absolute_until)
            .bind(renewal.record)
            .bind(renewal.tokens)
            .fetch_optional(&self.pool)
            .await?;
        match swapped {
            Some(version) => Ok(Swap::Swapped { version }),
            None => self.missed(key).await,
        }
    }

    async fn end(&self, key: &RowKey, tokens_version: Option<i64>) -> Result<Option<Row>, StoreError> {
        let ended =
            sqlx::query(END).bind(key.as_str()).bind(tokens_version).fetch_optional(&self.pool).await?;
        ended.as_ref().map(row).transpose()
    }

    async fn consume(&self, mark: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError> {
        if until <= now {
            return Ok(false);
        }
        let query = sqlx::query(CONSUME).bind(&mark[..]).bind(until);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let rows = sqlx::query(PURGE_ROWS).bind(now).execute(&self.pool).await?.rows_affected();
        let marks = sqlx::query(PURGE_MARKS).bind(now).execute(&self.pool).await?.rows_affected();
        Ok(rows + marks)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM session LIMIT 1").fetch_optional(&self.pool).await?;
        Ok(())
    }
}
