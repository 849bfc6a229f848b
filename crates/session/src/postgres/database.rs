//! How statements reach PostgreSQL: over connections that belong to this process, or through a pooler, which may run
//! each transaction over another connection.
//!
//! Behind a pooler nothing may outlive a transaction: no setting of a connection, no named prepared statement, no lock of a
//! session. So each statement runs in a transaction there, unprepared, and each transaction sets its own limits. This
//! costs three round trips per statement, which a direct connection does not pay.

use std::fmt;

use futures::{
    StreamExt, TryFutureExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Connection, Either, Error, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr, Transaction,
    error::BoxDynError,
    postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};

/// The limits of each transaction behind a pooler, those of [`LIMITS`]. One message, so one round trip.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = '5s'; \
                     SET LOCAL lock_timeout = '4s'; SET LOCAL idle_in_transaction_session_timeout = '10s'";

/// The limits of a direct connection, so that the server, too, limits the time of a statement. The guarantees of
/// `store.rs` about concurrent calls hold under READ COMMITTED, where each statement sees what was committed before it.
pub(super) const LIMITS: [(&str, &str); 4] = [
    ("statement_timeout", "5s"),
    ("lock_timeout", "4s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("default_transaction_isolation", "read committed"),
];

/// How a process reaches its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Each connection is a session of the server.
    Direct,
    /// Through a pooler: a session of the server may change hands after each transaction.
    Pooler,
}

/// The connections of a process. Runs a single statement as an [`Executor`].
#[derive(Debug)]
pub(super) struct Database {
    pool: PgPool,
    route: Route,
}

/// A transaction, which is rolled back unless it is committed. Runs statements as an [`Executor`].
pub(super) struct Work<'c> {
    transaction: Transaction<'c, Postgres>,
    route: Route,
}

impl Database {
    pub(super) fn new(pool: PgPool, route: Route) -> Self {
        Self { pool, route }
    }

    pub(super) async fn begin(&self) -> Result<Work<'static>, Error> {
        let transaction = match self.route {
            Route::Direct => self.pool.begin().await?,
            Route::Pooler => self.pool.begin_with(BEGIN).await?,
        };
        Ok(Work { transaction, route: self.route })
    }
}

impl<'c> Work<'c> {
    /// Begins a transaction without limits of time, over a connection that is in none.
    pub(super) async fn begin(connection: &'c mut PgConnection, route: Route) -> Result<Self, Error> {
        Ok(Self { transaction: connection.begin().await?, route })
    }

    pub(super) async fn commit(self) -> Result<(), Error> {
        self.transaction.commit().await
    }
}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("route", &self.route).finish_non_exhaustive()
    }
}

/// What a statement yields: counts and rows.
type Yield = Either<PgQueryResult, PgRow>;

impl<'p> Executor<'p> for &'p Database {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Yield, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        if self.route == Route::Direct {
            return self.pool.fetch_many(query);
        }
        let answer = async move {
            let mut work = self.begin().await?;
            let all: Vec<Yield> = work.fetch_many(query).try_collect().await?;
            work.commit().await?;
            Ok(stream::iter(all).map(Ok))
        };
        answer.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        if self.route == Route::Direct {
            return self.pool.fetch_optional(query);
        }
        Box::pin(async move {
            let mut work = self.begin().await?;
            let row = work.fetch_optional(query).await?;
            work.commit().await?;
            Ok(row)
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'p: 'e,
    {
        self.pool.prepare_with(sql, parameters)
    }
}

impl<'c> Executor<'c> for &'c mut Work<'_> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Yield, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let connection = &mut *self.transaction;
        match self.route {
            Route::Direct => connection.fetch_many(query),
            Route::Pooler => connection.fetch_many(Unnamed(query)),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let connection = &mut *self.transaction;
        match self.route {
            Route::Direct => connection.fetch_optional(query),
            Route::Pooler => connection.fetch_optional(Unnamed(query)),
        }
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        self.transaction.prepare_with(sql, parameters)
    }
}

/// A query whose prepared statement has no name, so that nothing of it stays with the connection.
struct Unnamed<E>(E);

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for Unnamed<E> {
    fn sql(self) -> SqlStr {
        self.0.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.0.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.0.take_arguments()
    }

    fn persistent(&self) -> bool {
        false
    }
}
