//! Opens a pool of connections for a URL, and brings the tables up to date.

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, PgConnection, Postgres, Transaction,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

use super::statements::EXTEND;
use crate::{
    servers::{CONNECT, StoreServer, may_be_temporary, retry_while_unavailable},
    sql,
    store::StoreError,
};

/// The statements that one process runs at a time. Each takes a fraction of a millisecond, and others wait.
const CONNECTIONS: u32 = 10;
/// How long a request waits for one of them.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long an idle connection may take to answer a ping.
const PING: Duration = Duration::from_secs(1);
/// How long it may take to bring the tables up to date.
const MIGRATION: Duration = Duration::from_secs(60);
/// The advisory lock of migrations: an arbitrary number, the same in every version.
const MIGRATING: i64 = 0x636c_6169_6d63_6865;
/// The error codes of a server that starts, stops, or has no free connection (PostgreSQL, Appendix A).
const UNAVAILABLE: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];

/// Brings the tables up to date. The pool then connects as needed.
pub(super) async fn open_pool(server: &StoreServer) -> Result<PgPool, StoreError> {
    let options = connect_options(server)?;
    retry_while_unavailable(server, || migrate(&options), is_unavailable).await?;
    // The server limits the time of a statement, too. The guarantees of `store.rs` about concurrent calls hold under READ
    // COMMITTED, where each statement sees what was committed before it.
    let options = options.options([
        ("statement_timeout", "5s"),
        ("lock_timeout", "4s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("default_transaction_isolation", "read committed"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        // Replaced by the test below, which has a time limit.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_usable(connection)))
        .after_release(|connection, _| Box::pin(is_usable(connection)));
    Ok(pool.connect_lazy_with(options))
}

/// Pings a connection before and after its use. One that the server has closed, or whose server no longer responds, is
/// replaced. The pool's own test would wait until TCP gives up, a quarter of an hour later.
async fn is_usable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(PING, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

pub(super) fn connect_options(server: &StoreServer) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(server.url.expose())?.application_name("claimcheck");
    let options = options.options([("client_min_messages", "warning")]);
    Ok(match &server.ca_file {
        // A certificate authority in the URL takes precedence.
        Some(file) if !server.url.expose().contains("sslrootcert=") => options.ssl_root_cert(file),
        _ => options,
    })
}

/// The migration failed.
#[derive(Debug, thiserror::Error)]
enum MigrationError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Migration(#[from] MigrateError),
    #[error("its tables were created by a newer version of this program")]
    Newer,
    #[error("no response within 2 seconds")]
    TooLate,
    #[error("another process is updating its tables, or is not responding")]
    Busy,
    #[error("its tables could not be updated within a minute")]
    Endless,
}

fn is_unavailable(error: &MigrationError) -> bool {
    match error {
        MigrationError::TooLate | MigrationError::Busy => true,
        MigrationError::Sql(sqlx::Error::Io(error)) => may_be_temporary(error),
        MigrationError::Sql(sqlx::Error::Database(error)) => {
            error.code().is_some_and(|code| UNAVAILABLE.contains(&&*code))
        }
        _ => false,
    }
}

/// Migrates in one transaction, under a lock that ends with it. Processes that start together migrate once, and a failed
/// migration leaves nothing behind.
async fn migrate(options: &PgConnectOptions) -> Result<(), MigrationError> {
    let connect = tokio::time::timeout(CONNECT, PgConnection::connect_with(options));
    let mut connection = connect.await.map_err(|_| MigrationError::TooLate)??;
    let lock = async {
        let mut transaction = connection.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATING).execute(&mut *transaction).await?;
        Ok::<_, sqlx::Error>(transaction)
    };
    let transaction = tokio::time::timeout(CONNECT, lock).await.map_err(|_| MigrationError::Busy)??;
    tokio::time::timeout(MIGRATION, run_migrations(transaction)).await.map_err(|_| MigrationError::Endless)?
}

async fn run_migrations(mut transaction: Transaction<'_, Postgres>) -> Result<(), MigrationError> {
    // Checked first, because a user who may use an existing schema need not be allowed to create one.
    let exists: bool = sqlx::query_scalar("SELECT to_regnamespace('claimcheck') IS NOT NULL")
        .fetch_one(&mut *transaction)
        .await?;
    if !exists {
        sqlx::query("CREATE SCHEMA claimcheck").execute(&mut *transaction).await?;
    }
    migrations().run_direct(None, &mut *transaction, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) => MigrationError::Newer,
        other => other.into(),
    })?;
    for (is_there, addition) in EXTEND {
        if !sqlx::query_scalar::<_, bool>(is_there).fetch_one(&mut *transaction).await? {
            sqlx::query(addition).execute(&mut *transaction).await?;
        }
    }
    Ok(transaction.commit().await?)
}

fn migrations() -> Migrator {
    let mut migrations = sql::migrations(&[("sessions", include_str!("migrations/0001_sessions.sql"))]);
    migrations.dangerous_set_table_name("claimcheck._sqlx_migrations");
    // Uses the lock above instead, because the migrator's own outlives an error.
    migrations.set_locking(false);
    migrations
}
