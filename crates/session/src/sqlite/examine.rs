//! What the file says about itself. It is opened for reading only, and not created.

use std::{
    fs::{self, OpenOptions},
    path::Path,
    time::Instant,
};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use super::open::BUSY;
use crate::{
    facts::{SAMPLES, StoreFacts, median},
    servers::with_timeout,
    store::StoreError,
};

/// Others may read the file.
#[cfg(unix)]
const OF_OTHERS: u32 = 0o077;

/// Opens the file for reading, and asks.
pub(super) async fn examine(path: &Path) -> Result<StoreFacts, StoreError> {
    let file = path.to_owned();
    let (mut facts, exists) =
        tokio::task::spawn_blocking(move || examine_file(&file)).await.map_err(StoreError::backend)?;
    if !exists {
        return Ok(facts);
    }
    // As the server opens it, but read-only and without a change of the journal mode.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY)
        .synchronous(SqliteSynchronous::Full);
    with_timeout(async {
        let mut connection = options.connect().await?;
        ask(&mut connection, &mut facts).await?;
        Ok(connection.close().await?)
    })
    .await?;
    Ok(facts)
}

async fn ask(connection: &mut SqliteConnection, facts: &mut StoreFacts) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await?;
    facts.version = format!("SQLite {version}");
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    facts.durability = vec![("journal_mode", journal), ("synchronous", "full".to_owned())];
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let begun = Instant::now();
        sqlx::query("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *connection).await?;
        times.push(begun.elapsed());
    }
    facts.round_trip = median(times);
    Ok(())
}

/// The file itself, and whether it exists.
fn examine_file(path: &Path) -> (StoreFacts, bool) {
    let sharing = "processes on this machine";
    let mut facts = StoreFacts { version: "SQLite".to_owned(), sharing, ..StoreFacts::default() };
    let shown = path.display();
    let Ok(metadata) = fs::metadata(path) else {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            facts.fatal(
                format!(
                    "the folder {} does not exist, so the server cannot create {shown}",
                    folder.display()
                ),
                "create the folder, readable and writable for the server's user only",
            );
        } else {
            facts.durability = vec![("file", format!("{shown} does not exist yet; the server creates it"))];
        }
        return (facts, false);
    };
    if let Err(error) = OpenOptions::new().append(true).open(path) {
        facts.fatal(
            format!("this user cannot write to {shown}: {error}"),
            "run the server, and this command, as the user that owns the file",
        );
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & OF_OTHERS != 0 {
        facts.weak(
            format!(
                "other users of this machine may read {shown}; tokens in it are encrypted, user ids are not"
            ),
            format!("run `chmod 600 {shown}`"),
        );
    }
    (facts, true)
}
