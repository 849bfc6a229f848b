//! From a URL to a pool of connections on tables of today.

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, PgConnection, Postgres, Transaction,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

use crate::server::{
    config::StoreServer,
    session::{
        servers::{CONNECT, may_pass, patiently},
        store::StoreError,
    },
};

/// As many statements as one process has under way; each takes a fraction of a millisecond, the others wait.
const CONNECTIONS: u32 = 10;
/// How long a request waits for one of them.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long a connection that nobody uses may take to answer.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
/// How long it may take to bring the tables up to date.
const MIGRATION: Duration = Duration::from_secs(60);
/// Any number, the same in every version: who brings the tables up to date holds the lock of that number.
const MIGRATING: i64 = 0x636c_6169_6d63_6865;
/// The error codes of a server that starts, stops, or has no connection to give for now (PostgreSQL, Appendix A).
const AWAY: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];

/// Brings the tables up to date, then hands out connections as they are needed.
pub(super) async fn pool(server: &StoreServer) -> Result<PgPool, StoreError> {
    let options = options(server)?;
    patiently(server, || migrate(&options), is_away).await?;
    // On the server too, a statement has an end; and what is written in `store.rs` of beside each other holds under
    // READ COMMITTED, where each statement sees what was committed before it.
    let options = options.options([
        ("statement_timeout", "5s"),
        ("lock_timeout", "4s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("default_transaction_isolation", "read committed"),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        // Ours below instead, with an end.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_usable(connection)))
        .after_release(|connection, _| Box::pin(is_usable(connection)));
    Ok(pool.connect_lazy_with(options))
}

/// A connection that the server has closed, or that has gone silent with the server's machine, is found out by asking,
/// before it is used and after; then it gives its place to another. The pool's own question would wait for an answer
/// until TCP gives up, a quarter of an hour later.
async fn is_usable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(SIGN_OF_LIFE, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

fn options(server: &StoreServer) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(server.url.expose())?.application_name("claimcheck");
    let options = options.options([("client_min_messages", "warning")]);
    Ok(match &server.ca_file {
        // One that the URL names comes first.
        Some(file) if !server.url.expose().contains("sslrootcert=") => options.ssl_root_cert(file),
        _ => options,
    })
}

/// The tables cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
enum MigrationError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Migration(#[from] MigrateError),
    #[error("its tables were made by a newer version of this program")]
    Newer,
    #[error("no answer within 2 seconds")]
    TooLate,
    #[error("another process is bringing its tables up to date, or does not answer")]
    Busy,
    #[error("its tables could not be brought up to date within a minute")]
    Endless,
}

fn is_away(error: &MigrationError) -> bool {
    match error {
        MigrationError::TooLate | MigrationError::Busy => true,
        MigrationError::Sql(sqlx::Error::Io(error)) => may_pass(error),
        MigrationError::Sql(sqlx::Error::Database(error)) => {
            error.code().is_some_and(|code| AWAY.contains(&&*code))
        }
        _ => false,
    }
}

/// In one transaction, under a lock that ends with it: processes that start together do it once, and half a step is none.
async fn migrate(options: &PgConnectOptions) -> Result<(), MigrationError> {
    let connect = tokio::time::timeout(CONNECT, PgConnection::connect_with(options));
    let mut connection = connect.await.map_err(|_| MigrationError::TooLate)??;
    let lock = async {
        let mut transaction = connection.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATING).execute(&mut *transaction).await?;
        Ok::<_, sqlx::Error>(transaction)
    };
    let transaction = tokio::time::timeout(CONNECT, lock).await.map_err(|_| MigrationError::Busy)??;
    tokio::time::timeout(MIGRATION, bring_up_to_date(transaction))
        .await
        .map_err(|_| MigrationError::Endless)?
}

async fn bring_up_to_date(mut transaction: Transaction<'_, Postgres>) -> Result<(), MigrationError> {
    // Asked first, because who may use a schema that is there need not be allowed to make one.
    let is_there: bool = sqlx::query_scalar("SELECT to_regnamespace('claimcheck') IS NOT NULL")
        .fetch_one(&mut *transaction)
        .await?;
    if !is_there {
        sqlx::query("CREATE SCHEMA claimcheck").execute(&mut *transaction).await?;
    }
    migrations().run_direct(None, &mut *transaction, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) => MigrationError::Newer,
        other => other.into(),
    })?;
    Ok(transaction.commit().await?)
}

fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!("src/server/session/migrations/postgres");
    migrations.dangerous_set_table_name("claimcheck._sqlx_migrations");
    // The lock above; the migrator's own outlives an error.
    migrations.set_locking(false);
    migrations
}
