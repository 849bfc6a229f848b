//! What the server says about itself, over one connection.

use std::time::Instant;

use sqlx::{Connection, Executor, Row};

use super::{
    database::{Route, Work},
    open::{OpenError, connect, connect_options},
};
use crate::{
    facts::{SAMPLES, StoreFacts, median},
    servers::{StoreServer, with_timeout},
    store::StoreError,
};

/// Settings that decide whether a commit survives a crash.
const DURABILITY: [&str; 3] = ["synchronous_commit", "fsync", "full_page_writes"];
/// The oldest version that its community still supports.
const OLDEST: i64 = 130_000;

/// Connects, and asks.
pub(super) async fn examine(server: &StoreServer) -> Result<StoreFacts, StoreError> {
    let options = connect_options(server)?;
    with_timeout(async {
        let (mut connection, route) = connect(&options)
            .await
            .map_err(|error| StoreError::CannotOpen { place: server.place(), cause: Box::new(error) })?;
        let work = Work::begin(&mut connection, route).await;
        let mut work = work.map_err(|error| StoreError::CannotOpen {
            place: server.place(),
            cause: Box::new(OpenError::from(error)),
        })?;
        let mut facts = ask(&mut work).await?;
        work.commit().await?;
        if route == Route::Pooler {
            facts.version.push_str(" through a pooler");
        }
        connection.close().await?;
        Ok(facts)
    })
    .await
}

async fn ask(work: &mut Work<'_>) -> Result<StoreFacts, StoreError> {
    let mut facts =
        StoreFacts { sharing: "any number of processes on any machines", ..StoreFacts::default() };
    let version: String = setting(work, "server_version").await?;
    let number = setting(work, "server_version_num").await?.parse().unwrap_or(i64::MAX);
    facts.version = format!("PostgreSQL {version}");
    for name in DURABILITY {
        let value = setting(work, name).await?;
        if value == "off" {
            facts.weak(
                format!("{name} is off: a crash of the database may lose the last refresh tokens, and then users must sign in again"),
                format!("set {name} to on for this database"),
            );
        }
        facts.durability.push((name, value));
    }
    if number < OLDEST {
        facts.weak(
            format!("PostgreSQL {version} gets no more security updates from its community"),
            "upgrade the server",
        );
    }
    let state = sqlx::query(
        "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on', \
         to_regnamespace('claimcheck') IS NOT NULL, \
         has_database_privilege(current_database(), 'CREATE')",
    )
    .fetch_one(&mut *work)
    .await?;
    let (is_replica, is_read_only): (bool, bool) = (state.try_get(0)?, state.try_get(1)?);
    let (exists, may_create): (bool, bool) = (state.try_get(2)?, state.try_get(3)?);
    if is_replica || is_read_only {
        let what = if is_replica { "it is a replica" } else { "transactions are read-only" };
        facts.fatal(
            format!("{what}, so nothing can be written"),
            "name the primary server and a user that may write in `store`",
        );
    }
    if !exists && !may_create {
        facts.fatal(
            "there is no schema claimcheck, and this user may not create it",
            "grant CREATE on the database to this user, or create the schema with this user as its owner",
        );
    }
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let begun = Instant::now();
        work.execute("SELECT 1").await?;
        times.push(begun.elapsed());
    }
    facts.round_trip = median(times);
    Ok(facts)
}

async fn setting(work: &mut Work<'_>, name: &str) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(work).await?)
}
