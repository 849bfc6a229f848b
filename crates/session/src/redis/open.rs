//! The requirements of a Redis, and warnings for its operator: checked once, when the program starts.

use std::{error::Error, sync::Arc};

use redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind, aio::MultiplexedConnection};

use super::connection::Connection;
use crate::{
    servers::{StoreServer, may_be_temporary, retry_while_unavailable},
    store::StoreError,
};

/// The oldest version that has everything the scripts use, such as `ZADD GT`.
const OLDEST: (u32, u32) = (6, 2);

/// A server that is unavailable or not suitable.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsuitable {
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("its version is {0}, but Redis 6.2, Valkey 7.2 or newer is required")]
    TooOld(String),
    #[error("Redis Cluster is not supported; use a single Redis server")]
    Cluster,
    #[error("it cannot run scripts: {0}")]
    NoScripts(RedisError),
}

/// Connects, and checks the server. Retries for some seconds if it is unavailable.
pub(super) async fn open_connection(server: &StoreServer) -> Result<Connection, StoreError> {
    let connection = Connection::new(server)?;
    let info = retry_while_unavailable(server, || check_server(&connection), is_unavailable).await?;
    // The command may be forbidden; then the policy is unknown, and there is no warning.
    let policy: Option<Vec<String>> =
        connection.with(async |redis| config(redis, "maxmemory-policy").await).await.ok();
    if let Some([_, policy]) = policy.as_deref()
        && policy != "noeviction"
    {
        tracing::warn!(
            "Redis may drop sessions when its memory is full (maxmemory-policy {policy}), which signs users out: \
             set it to noeviction"
        );
    }
    if field(&info, "aof_enabled") == Some("0") {
        tracing::warn!(
            "Redis writes no append-only file, so a restart signs users out: set appendonly to yes"
        );
    }
    Ok(connection)
}

pub(super) async fn config(redis: &mut MultiplexedConnection, name: &str) -> RedisResult<Vec<String>> {
    redis::cmd("CONFIG").arg("GET").arg(name).query_async(redis).await
}

pub(super) async fn check_server(connection: &Connection) -> Result<String, Unsuitable> {
    let info: String = connection.with(async |redis| redis::cmd("INFO").query_async(redis).await).await?;
    let version = field(&info, "redis_version").unwrap_or("unknown");
    if !is_recent(&info) {
        return Err(Unsuitable::TooOld(version.to_owned()));
    }
    if field(&info, "cluster_enabled") == Some("1") {
        return Err(Unsuitable::Cluster);
    }
    let script = async |redis: &mut MultiplexedConnection| {
        redis::cmd("EVAL").arg("return 1").arg(0).query_async::<i64>(redis).await
    };
    match connection.with(script).await {
        Ok(_) => Ok(info),
        Err(error) if is_temporary(&error) => Err(error.into()),
        Err(error) => Err(Unsuitable::NoScripts(error)),
    }
}

fn is_unavailable(error: &Unsuitable) -> bool {
    matches!(error, Unsuitable::Redis(error) if is_temporary(error))
}

fn is_temporary(error: &RedisError) -> bool {
    // The redis crate wraps the cause in an `Arc`.
    let cause = error.source().and_then(|cause| cause.downcast_ref::<Arc<dyn Error + Send + Sync>>());
    let cause = cause.and_then(|cause| cause.downcast_ref());
    (error.is_io_error() && cause.is_none_or(may_be_temporary))
        || error.kind() == ErrorKind::Server(ServerErrorKind::BusyLoading)
}

/// Valkey began after [`OLDEST`]. It names the version of Redis that it is compatible with, too, which may end.
fn is_recent(info: &str) -> bool {
    field(info, "valkey_version").is_some() || field(info, "redis_version").is_some_and(is_new_enough)
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= OLDEST
}

/// The value of one line of the output of `INFO`.
pub(super) fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}

#[cfg(test)]
mod tests {
    use super::{field, is_new_enough, is_recent};

    #[test]
    fn sc_13_a_valkey_is_recent_whatever_redis_it_is_compatible_with() {
        let info = "server_name:valkey\r\nvalkey_version:8.0.1\r\n";
        assert!(is_recent(info) && is_recent(&format!("redis_version:7.2.4\r\n{info}")));
        assert!(!is_recent("server_name:other\r\n") && !is_recent("redis_version:6.0.16\r\n"));
    }

    #[test]
    fn sc_13_a_redis_that_is_too_old_is_recognised() {
        for (version, will_do) in [
            ("6.0.16", false),
            ("6.2.0", true),
            ("5.9", false),
            ("7.0.15", true),
            ("10.0.0", true),
            ("x", false),
        ] {
            assert_eq!(is_new_enough(version), will_do, "{version}");
        }
        let info = "# Server\r\nredis_version:7.0.15\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n";
        assert_eq!(
            (field(info, "redis_version"), field(info, "cluster_enabled")),
            (Some("7.0.15"), Some("0"))
        );
        assert_eq!(field(info, "aof_enabled"), None);
    }
}
