//! Opens a pool of connections for a URL, finds out whether a pooler is in between, and brings the tables up to date.

use std::{str::FromStr, time::Duration};

use sqlx::{
    Connection, PgConnection, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    database::{Database, LIMITS, Route, Work},
    migrate::{MigrationError, lock, migrate},
};
use crate::{
    servers::{CONNECT, StoreServer, may_be_temporary, retry_while_unavailable},
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
/// A setting that nothing else uses: a connection that has it after it was opened with it is a session of the server.
const MARK: (&str, &str) = ("claimcheck.connection", "own");
/// Notices are not of interest.
const QUIET: (&str, &str) = ("client_min_messages", "warning");
const IS_MARKED: &str = "SELECT coalesce(current_setting('claimcheck.connection', true), '')";
/// The error codes of a server that starts, stops, or has no free connection (PostgreSQL, Appendix A).
const UNAVAILABLE: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];
/// The classes of errors about the user, the password and the database: the same with any parameters of a connection.
const ACCOUNT: [&str; 2] = ["28", "3D"];
/// What poolers that lack something say: protocol violation, feature not supported, no such prepared statement, and one with
/// that name exists.
const LACKING: [&str; 4] = ["08P01", "0A000", "26000", "42P05"];

/// Brings the tables up to date. The pool then connects as needed.
pub(super) async fn open_database(server: &StoreServer) -> Result<Database, StoreError> {
    let options = connect_options(server)?;
    let route = retry_while_unavailable(server, || prepare(&options), is_unavailable).await?;
    let options = if route == Route::Direct { with_limits(&options) } else { options };
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        // Replaced by the test below, which has a time limit.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_usable(connection)))
        .after_release(|connection, _| Box::pin(is_usable(connection)));
    Ok(Database::new(pool.connect_lazy_with(options), route))
}

/// Pings a connection before and after its use. One that the server has closed, or whose server no longer responds, is
/// replaced. The pool's own test would wait until TCP gives up, a quarter of an hour later.
async fn is_usable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(PING, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// Without parameters that poolers refuse.
pub(super) fn connect_options(server: &StoreServer) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(server.url.expose())?.application_name("claimcheck");
    // No number with a fraction is stored.
    let options = options.extra_float_digits(None);
    Ok(match &server.ca_file {
        // A certificate authority in the URL takes precedence.
        Some(file) if !server.url.expose().contains("sslrootcert=") => options.ssl_root_cert(file),
        _ => options,
    })
}

fn with_limits(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().options([QUIET]).options(LIMITS)
}

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error(transparent)]
    Migration(#[from] MigrationError),
    #[error("no response within 2 seconds")]
    TooLate,
    #[error("another process is updating its tables, or is not responding")]
    Busy,
    #[error("its tables could not be updated within a minute")]
    Endless,
    #[error(
        "a pooler that runs each statement over another connection cannot be used: set its pool_mode to transaction \
         or session, or give the direct address of PostgreSQL in `store`"
    )]
    StatementPooling,
    #[error("{0}; if this is a pooler, give the direct address of PostgreSQL in `store`")]
    Lacking(sqlx::Error),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::BeginFailed => Self::StatementPooling,
            sqlx::Error::Database(said) if said.message().contains("statement pooling") => {
                Self::StatementPooling
            }
            sqlx::Error::Database(said) if said.code().is_some_and(|code| LACKING.contains(&&*code)) => {
                Self::Lacking(error)
            }
            _ => Self::Migration(error.into()),
        }
    }
}

fn is_unavailable(error: &OpenError) -> bool {
    match error {
        OpenError::TooLate | OpenError::Busy => true,
        OpenError::Migration(MigrationError::Sql(sqlx::Error::Io(error))) => may_be_temporary(error),
        OpenError::Migration(MigrationError::Sql(sqlx::Error::Database(error))) => {
            error.code().is_some_and(|code| UNAVAILABLE.contains(&&*code))
        }
        _ => false,
    }
}

/// Connects, and finds out the route. A pooler refuses the mark or loses it: it passes on the parameters that it knows, and
/// the session of the server that answers next was opened by the pooler. Statements have no time limit at the server, because
/// to change tables may take longer than [`LIMITS`].
pub(super) async fn connect(options: &PgConnectOptions) -> Result<(PgConnection, Route), OpenError> {
    let connect = async {
        match PgConnection::connect_with(&options.clone().options([QUIET, MARK])).await {
            Ok(mut connection) => {
                let row = sqlx::raw_sql(IS_MARKED).fetch_one(&mut connection).await?;
                let is_own = row.try_get::<String, _>(0)? == MARK.1;
                Ok((connection, if is_own { Route::Direct } else { Route::Pooler }))
            }
            Err(sqlx::Error::Database(error)) if is_about_parameters(error.code().as_deref()) => {
                Ok((PgConnection::connect_with(options).await?, Route::Pooler))
            }
            Err(error) => Err(error.into()),
        }
    };
    tokio::time::timeout(CONNECT, connect).await.map_err(|_| OpenError::TooLate)?
}

fn is_about_parameters(code: Option<&str>) -> bool {
    code.is_none_or(|code| {
        !UNAVAILABLE.contains(&code) && !ACCOUNT.iter().any(|class| code.starts_with(class))
    })
}

/// Migrates in one transaction, under a lock that ends with it. Processes that start together migrate once, and a failed
/// migration leaves nothing behind.
async fn prepare(options: &PgConnectOptions) -> Result<Route, OpenError> {
    let (mut connection, route) = connect(options).await?;
    let begin = async {
        let mut work = Work::begin(&mut connection, route).await?;
        lock(&mut work).await?;
        Ok::<_, OpenError>(work)
    };
    let mut work = tokio::time::timeout(CONNECT, begin).await.map_err(|_| OpenError::Busy)??;
    let all = async {
        migrate(&mut work).await?;
        Ok::<_, OpenError>(work.commit().await?)
    };
    tokio::time::timeout(MIGRATION, all).await.map_err(|_| OpenError::Endless)??;
    Ok(route)
}

#[cfg(test)]
mod tests {
    use claimcheck_test_stores::{Fresh, Kind};

    use super::*;
    use crate::StoreSetting;

    async fn route(url: &str) -> Route {
        let setting = StoreSetting::parse(url).unwrap();
        connect(&connect_options(setting.server().unwrap()).unwrap()).await.unwrap().1
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn r31_a_pooler_is_noticed_and_a_server_is_none() {
        let direct = Fresh::new(Kind::Postgres).await;
        assert_eq!(route(&direct.url).await, Route::Direct);
        let with_options = format!("{}?options=-c%20work_mem%3D8MB", direct.url);
        assert_eq!(route(&with_options).await, Route::Direct);
        assert_eq!(route(&Fresh::pooled().await.url).await, Route::Pooler);
    }

    #[test]
    fn r31_an_account_that_is_refused_is_refused_at_once() {
        for code in ["28P01", "28000", "3D000", "57P03", "53300"] {
            assert!(!is_about_parameters(Some(code)), "{code}");
        }
        for code in [Some("08P01"), Some("0A000"), Some("22023"), Some("42704"), None] {
            assert!(is_about_parameters(code), "{code:?}");
        }
    }
}
