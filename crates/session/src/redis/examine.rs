//! What the server says about itself, over one connection.

use std::time::Instant;

use redis::{RedisResult, aio::MultiplexedConnection};

use super::{
    connection::Connection,
    open::{check_server, config, field},
};
use crate::{
    facts::{SAMPLES, StoreFacts, median},
    servers::{StoreServer, with_timeout},
    store::StoreError,
};

/// Connects, and asks.
pub(super) async fn examine(server: &StoreServer) -> Result<StoreFacts, StoreError> {
    let connection = Connection::new(server)?;
    with_timeout(async {
        let info = check_server(&connection).await.map_err(|error| StoreError::CannotOpen {
            place: server.place(),
            cause: Box::new(error),
        })?;
        let mut facts = facts(&info);
        // The command may be forbidden.
        let fsync = connection.with(read_fsync).await;
        if let Some(value) = fsync.ok().and_then(|answer| answer.into_iter().nth(1)) {
            if value == "no" {
                facts.weak(
                    "appendfsync is no: a crash of the machine may lose some seconds of sessions and refresh tokens",
                    "set appendfsync to everysec or always",
                );
            }
            facts.durability.push(("appendfsync", value));
        }
        let mut times = Vec::new();
        for _ in 0..SAMPLES {
            let begun = Instant::now();
            connection.with(ping).await?;
            times.push(begun.elapsed());
        }
        facts.round_trip = median(times);
        Ok(facts)
    })
    .await
}

async fn read_fsync(redis: &mut MultiplexedConnection) -> RedisResult<Vec<String>> {
    config(redis, "appendfsync").await
}

async fn ping(redis: &mut MultiplexedConnection) -> RedisResult<String> {
    redis::cmd("PING").query_async(redis).await
}

/// From the output of `INFO`.
fn facts(info: &str) -> StoreFacts {
    let sharing = "any number of processes on any machines";
    let mut facts = StoreFacts { sharing, ..StoreFacts::default() };
    facts.version = match field(info, "valkey_version") {
        Some(version) => format!("Valkey {version}"),
        None => format!("Redis {}", field(info, "redis_version").unwrap_or("of an unknown version")),
    };
    let append = if field(info, "aof_enabled") == Some("1") { "yes" } else { "no" };
    facts.durability.push(("appendonly", append.to_owned()));
    for name in ["maxmemory_policy", "maxmemory"] {
        if let Some(value) = field(info, name) {
            facts.durability.push((name, value.to_owned()));
        }
    }
    if append == "no" {
        facts.weak("appendonly is no: a restart of Redis signs users out", "set appendonly to yes");
    }
    let is_bounded = facts.setting("maxmemory").is_some_and(|bytes| bytes != "0");
    if let Some(policy) = facts.setting("maxmemory_policy").filter(|policy| *policy != "noeviction") {
        let found = match is_bounded {
            true => format!("maxmemory-policy is {policy}: Redis drops sessions when its memory is full"),
            false => format!("maxmemory-policy is {policy}: Redis would drop sessions if maxmemory were set"),
        };
        facts.weak(found, "set maxmemory-policy to noeviction");
    }
    if field(info, "role").is_some_and(|role| role != "master") {
        facts.fatal("it is a replica, so nothing can be written", "name the primary server in `store`");
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::facts;

    #[test]
    fn sc_13_doctor_a_valkey_is_named_with_its_version() {
        let info = "server_name:valkey\r\nvalkey_version:8.0.1\r\nredis_version:7.2.4\r\naof_enabled:1\r\nrole:master\r\n";
        assert_eq!(facts(info).version, "Valkey 8.0.1");
        assert_eq!(facts("redis_version:7.2.4\r\n").version, "Redis 7.2.4");
    }

    #[test]
    fn dr_08_doctor_a_redis_that_may_lose_sessions_is_reported() {
        let safe = "redis_version:7.2.4\r\naof_enabled:1\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\nrole:master\r\n";
        assert_eq!(facts(safe).concerns, []);
        for (line, instead, words, is_fatal) in [
            ("aof_enabled:1", "aof_enabled:0", "appendonly is no", false),
            ("maxmemory_policy:noeviction", "maxmemory_policy:allkeys-lru", "would drop sessions", false),
            (
                "maxmemory:0\r\nmaxmemory_policy:noeviction",
                "maxmemory:1000\r\nmaxmemory_policy:volatile-ttl",
                "drops sessions when",
                false,
            ),
            ("role:master", "role:slave", "a replica", true),
        ] {
            let found = facts(&safe.replace(line, instead));
            assert_eq!(found.concerns.len(), 1, "{line}: {found:?}");
            assert!(found.concerns[0].found.contains(words), "{found:?}");
            assert_eq!(found.concerns[0].is_fatal, is_fatal);
        }
    }
}
