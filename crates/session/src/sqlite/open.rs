//! Opens the file: readable by its owner only, in a mode in which commits reach the disk, with its tables up to date.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use sqlx::{
    Connection, SqliteConnection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{SqliteStore, statements::EXTEND};
use crate::{sql, store::StoreError};

fn migrations() -> Migrator {
    sql::migrations(&[
        ("session", include_str!("migrations/0001_session.sql")),
        ("ending", include_str!("migrations/0002_ending.sql")),
    ])
}

/// How long a writer waits for another process, and how long a request waits for its turn.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// How long to wait before the next attempt to open a file that is busy.
const RETRY: Duration = Duration::from_millis(20);
/// In WAL mode readers do not wait for the writer, so a few connections are enough.
const READERS: u32 = 4;

impl SqliteStore {
    /// Opens the file, or creates it, readable by its owner only; then brings its tables up to date.
    ///
    /// # Errors
    /// The file cannot be opened, or is not such a database.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let file = path.to_owned();
        tokio::task::spawn_blocking(move || make_private(&file)).await.map_err(StoreError::backend)??;
        Self::with(options(path)).await
    }

    /// Opens an existing file with these options. The change of a new file to WAL mode does not wait for other processes
    /// that open it (SQLite, `PRAGMA busy_timeout` and "Write-Ahead Logging"), so this waits for them.
    pub(crate) async fn with(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let end = Instant::now() + BUSY;
        loop {
            match Self::connect(&options).await {
                Err(error) if is_busy(&error) && Instant::now() < end => tokio::time::sleep(RETRY).await,
                done => return done,
            }
        }
    }

    async fn connect(options: &SqliteConnectOptions) -> Result<Self, StoreError> {
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(BUSY)
                // Unlike a server, a file does not become unavailable between two requests, and a test costs two thread hops.
                .test_before_acquire(false)
                // A commit that failed, as on a full disk, has ended the transaction, but sqlx counts it as open and would
                // refuse every further one on this connection.
                .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
                .connect_with(options.clone())
        };
        let writer = pool(1).await?;
        let mut connection = writer.acquire().await?;
        migrate(&mut connection).await?;
        drop(connection);
        let mut log = options.get_filename().as_os_str().to_owned();
        log.push("-wal");
        Ok(Self { pool: pool(READERS).await?, writer, log: log.into() })
    }

    /// Makes the writer refuse all writes, like a file system that was remounted read-only.
    #[cfg(test)]
    pub(crate) async fn set_read_only(&self, is_read_only: bool) {
        let pragma = if is_read_only { "PRAGMA query_only = ON" } else { "PRAGMA query_only = OFF" };
        sqlx::query(pragma).execute(&self.writer).await.unwrap();
    }
}

/// Whether another process had the file locked: `SQLITE_BUSY`, the low byte of its extended codes.
fn is_busy(error: &StoreError) -> bool {
    let StoreError::Backend(source) = error else { return false };
    let database = source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    let code = database.and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// The pages that each connection keeps, in KiB as SQLite writes them. The system keeps those of the file anyway, so more would
/// be held twice.
const CACHE_SIZE: &str = "-512";

/// How a file is opened.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .pragma("cache_size", CACHE_SIZE)
        .journal_mode(SqliteJournalMode::Wal)
        // A power cut that undid the write of a rotated refresh token would lose the session, so each commit reaches the
        // disk.
        .synchronous(SqliteSynchronous::Full)
}

/// The time of a file is as exact as the clock of the system ticks: writes within this time of each other may leave the
/// same time.
const TICK: Duration = Duration::from_secs(1);

/// Changes with each write to this log by any process; `None` if there is no log, or if it was written a moment ago.
pub(super) fn stamp(log: &Path) -> Option<u64> {
    let changed = std::fs::metadata(log).ok()?.modified().ok()?;
    let is_settled = changed.elapsed().is_ok_and(|age| age > TICK);
    let since = changed.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    is_settled.then_some(u64::try_from(since.as_nanos()).ok()?)
}

/// SQLite's migrations take no lock: without this one, two processes that start together would both run them.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    migrations().run_direct(None, &mut *transaction, false).await.map_err(StoreError::backend)?;
    extend(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Adds what is missing, see [`EXTEND`].
async fn extend(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for (count, addition) in EXTEND {
        if sqlx::query_scalar::<_, i64>(count).fetch_one(&mut *connection).await? == 0 {
            sqlx::query(addition).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Creates the file before SQLite does, so that it is never readable by others. Its companions take its mode.
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
