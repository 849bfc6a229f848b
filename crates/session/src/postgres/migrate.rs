//! Brings the tables up to date, in the one transaction that it is given. The table of migrations is that of sqlx, whose own
//! migrator names its prepared statements, which a pooler cannot keep apart.

use sqlx::{
    Executor,
    migrate::{Migration, Migrator},
};

use super::{database::Work, statements::EXTEND};
use crate::sql;

/// The advisory lock of migrations: an arbitrary number, the same in every version.
const MIGRATING: i64 = 0x636c_6169_6d63_6865;
const TABLE: &str = "CREATE TABLE IF NOT EXISTS claimcheck._sqlx_migrations (version BIGINT PRIMARY KEY, \
                     description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), \
                     success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)";
const APPLIED: &str = "SELECT version, checksum, success FROM claimcheck._sqlx_migrations ORDER BY version";
const NOTE: &str = "INSERT INTO claimcheck._sqlx_migrations (version, description, success, checksum, execution_time) \
                    VALUES ($1, $2, TRUE, $3, -1)";

/// The tables cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(super) enum MigrationError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error("its tables were created by a newer version of this program")]
    Newer,
    #[error("its tables were not created by this program: migration {0} differs")]
    Foreign(i64),
}

/// Until the end of the transaction, other processes that start wait.
pub(super) async fn lock(work: &mut Work<'_>) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATING).execute(work).await.map(drop)
}

/// Creates and changes what is missing. Asks for each thing first, because a user who may use an existing schema need not be
/// allowed to create one.
pub(super) async fn migrate(work: &mut Work<'_>) -> Result<(), MigrationError> {
    if !is_so(work, "SELECT to_regnamespace('claimcheck') IS NOT NULL").await? {
        work.execute("CREATE SCHEMA claimcheck").await?;
    }
    if !is_so(work, "SELECT to_regclass('claimcheck._sqlx_migrations') IS NOT NULL").await? {
        work.execute(TABLE).await?;
    }
    let applied: Vec<(i64, Vec<u8>, bool)> = sqlx::query_as(APPLIED).fetch_all(&mut *work).await?;
    let migrations = migrations();
    for (version, checksum, is_complete) in &applied {
        let known = migrations.iter().find(|migration| migration.version == *version);
        let known = known.ok_or(MigrationError::Newer)?;
        if !is_complete || *known.checksum != **checksum {
            return Err(MigrationError::Foreign(*version));
        }
    }
    for migration in migrations.iter() {
        if applied.iter().all(|(version, ..)| *version != migration.version) {
            apply(work, migration).await?;
        }
    }
    for (is_there, addition) in EXTEND {
        if !is_so(work, is_there).await? {
            work.execute(addition).await?;
        }
    }
    Ok(())
}

async fn apply(work: &mut Work<'_>, migration: &Migration) -> Result<(), sqlx::Error> {
    work.execute(sqlx::raw_sql(migration.sql.clone())).await?;
    let note = sqlx::query(NOTE).bind(migration.version).bind(&*migration.description);
    note.bind(&*migration.checksum).execute(work).await.map(drop)
}

async fn is_so(work: &mut Work<'_>, question: &'static str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(question).fetch_one(work).await
}

fn migrations() -> Migrator {
    sql::migrations(&[("sessions", include_str!("migrations/0001_sessions.sql"))])
}
