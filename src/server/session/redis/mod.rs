//! Sessions in a Redis (6.2 or newer, no Cluster): any number of processes on any number of machines may serve people from
//! it. Every operation is one script, so it is done for all or not at all, and has a time limit.

mod connection;
mod open;
mod reply;
mod scripts;

use std::time::Duration;

use async_trait::async_trait;
use redis::{FromRedisValue, RedisError, ScriptInvocation};

use self::{
    connection::Connection,
    reply::{Columns, name},
    scripts::*,
};
use super::{
    ending::{Ended, Ending, Logout, bars},
    row::{CookieHash, Holder, Lease, Owner, Renewal, Row, RowKey, Swap},
    servers::timed,
    store::{SessionStore, StoreError},
};
use crate::server::config::StoreServer;
use claimcheck_base::clock::UnixSecs;

/// Rows that a script reads at a time: others wait for it.
const AT_ONCE: u32 = 500;
/// Up to here Lua counts exactly.
const LONGEST_MS: u64 = 1 << 52;

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        Self::backend(error)
    }
}

/// A store in one database of a Redis.
pub struct RedisStore {
    connection: Connection,
}

impl RedisStore {
    /// Connects; refuses a server that will not do, waits for one that is away for some seconds.
    pub async fn open(server: &StoreServer) -> Result<Self, StoreError> {
        Ok(Self { connection: open::connection(server).await? })
    }

    /// A script that writes. When the connection breaks, nobody knows whether it was done, so it is not sent again.
    async fn write<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, StoreError> {
        timed(async { Ok(self.connection.with(async |redis| script.invoke_async(redis).await).await?) }).await
    }

    /// A script that only reads, or to whose effect a second time adds nothing: sent once more over a new connection, if
    /// the server has closed the one at hand.
    async fn ask<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, StoreError> {
        timed(async {
            match self.connection.with(async |redis| script.invoke_async(redis).await).await {
                Err(error) if error.is_connection_dropped() && !error.is_connection_refusal() => {
                    Ok(self.connection.with(async |redis| script.invoke_async(redis).await).await?)
                }
                answer => Ok(answer?),
            }
        })
        .await
    }

    async fn row(&self, script: &ScriptInvocation<'_>) -> Result<Option<Row>, StoreError> {
        self.ask::<Option<Columns>>(script).await?.map(reply::row).transpose()
    }

    async fn swap(
        &self,
        column: &str,
        key: &RowKey,
        expected: i64,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        let mut script = SWAP.arg(key.as_str());
        reply::swap(&self.write::<String>(script.arg(column).arg(expected).arg(bytes)).await?)
    }
}

/// The rows of a subject are found by what bars its sign-ins.
fn of_subject(iss: &str, sub: &str) -> String {
    let [_, by_sub] = bars(&Owner { iss: iss.to_owned(), sub: sub.to_owned(), sid: None });
    name(&by_sub)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).min(LONGEST_MS)
}

/// An absent text as Redis has it: nothing, and the word that it is absent.
fn optional(text: Option<&String>) -> (&str, &'static str) {
    text.map_or(("", ""), |text| (text, "is there"))
}

#[async_trait]
impl SessionStore for RedisStore {
    async fn insert(&self, row: Row, issued_at: UnixSecs) -> Result<bool, StoreError> {
        let [by_sid, by_sub] = bars(&row.owner);
        let (sid, has_sid) = optional(row.owner.sid.as_ref());
        let mut script = INSERT.arg(row.key.as_str());
        script
            .arg(name(&row.cookie_hash.0))
            .arg(&row.owner.iss)
            .arg(&row.owner.sub)
            .arg(sid)
            .arg(row.created_at)
            .arg(row.last_active_at)
            .arg(row.idle_until)
            .arg(row.absolute_until)
            .arg(row.label)
            .arg(row.record.bytes)
            .arg(row.record.version)
            .arg(row.tokens.bytes)
            .arg(row.tokens.version)
            .arg(name(&by_sid))
            .arg(name(&by_sub))
            .arg(issued_at)
            .arg(has_sid);
        match self.write::<String>(&script).await?.as_str() {
            "added" => Ok(true),
            "barred" => Ok(false),
            _ => Err(StoreError::backend("a row of this key or cookie exists")),
        }
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<Row>, StoreError> {
        Ok(self.row(&FIND.arg(name(&cookie.0))).await?.filter(|row| row.is_live(now)))
    }

    async fn get(&self, key: &RowKey) -> Result<Option<Row>, StoreError> {
        self.row(&GET.arg(key.as_str())).await
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Row>, StoreError> {
        let index = of.map_or_else(String::new, |(iss, sub)| of_subject(iss, sub));
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut rows, mut from) = (Vec::new(), after.map(|key| key.as_str().to_owned()));
        while rows.len() < most {
            let mut script = LIST.arg(&index);
            script.arg(from.as_deref().unwrap_or_default()).arg(limit.min(AT_ONCE));
            let (last, found): (Option<String>, Vec<Columns>) = self.ask(&script).await?;
            for row in found {
                let row = reply::row(row)?;
                if row.is_live(now) && rows.len() < most {
                    rows.push(row);
                }
            }
            if last.is_none() {
                break;
            }
            from = last;
        }
        Ok(rows)
    }

    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        self.ask(TOUCH.arg(key.as_str()).arg(last_active_at).arg(idle_until)).await
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap("record", key, expected, bytes).await
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap("tokens", key, expected, bytes).await
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        // Issuer and subject of a row never change, so they may be read before.
        let Some(before) = self.get(key).await? else { return Ok(Swap::Gone) };
        let [by_sid, _] = bars(&Owner { sid: renewal.sid.clone(), ..before.owner });
        let (sid, has_sid) = optional(renewal.sid.as_ref());
        let mut script = RENEW.arg(key.as_str());
        script
            .arg(name(&old.0))
            .arg(name(&renewal.cookie_hash.0))
            .arg(issued_at)
            .arg(name(&by_sid))
            .arg(renewal.created_at)
            .arg(renewal.idle_until)
            .arg(renewal.absolute_until)
            .arg(renewal.label)
            .arg(renewal.record)
            .arg(renewal.tokens)
            .arg(sid)
            .arg(has_sid);
        reply::swap(&self.write::<String>(&script).await?)
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        let mut script = LEASE.arg(key.as_str());
        match self.ask::<String>(script.arg(&holder.0[..]).arg(millis(term))).await?.as_str() {
            "taken" => Ok(Lease::Taken),
            "over" => Ok(Lease::TakenOver),
            "held" => Ok(Lease::Held),
            _ => Ok(Lease::Gone),
        }
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        self.ask(RELEASE.arg(key.as_str()).arg(&holder.0[..])).await
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<Row>, StoreError> {
        let version = tokens_version.map_or_else(String::new, |version| version.to_string());
        let mut script = END.arg(key.as_str());
        let ended: Option<Columns> =
            self.ask(script.arg(version).arg(ending.why.as_str()).arg(ending.at)).await?;
        ended.map(reply::row).transpose()
    }

    async fn log_out(&self, logout: &Logout, ending: Ending) -> Result<Option<Vec<Row>>, StoreError> {
        let bar = logout.bar().map_or_else(String::new, |bar| name(&bar));
        let mark = logout.mark.map_or_else(String::new, |mark| name(&mark));
        let (sub, has_sub) = optional(logout.sub.as_ref());
        let mut script = LOG_OUT.arg(bar);
        script.arg(sub).arg(logout.issued_at).arg(logout.until).arg(mark);
        script.arg(ending.why.as_str()).arg(ending.at).arg(has_sub).arg(logout.newest());
        let ended: Option<Vec<Columns>> = self.ask(&script).await?;
        ended.map(|rows| rows.into_iter().map(reply::row).collect()).transpose()
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        let found: Option<Columns> = self.ask(&ENDED.arg(name(&cookie.0))).await?;
        found.map(reply::ended).transpose()
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        let found: Vec<Columns> = self.ask(&ENDED_OF.arg(of_subject(iss, sub))).await?;
        let mut all = found.into_iter().map(reply::ended).collect::<Result<Vec<_>, _>>()?;
        all.retain(|ended| now < ended.until);
        all.sort_unstable_by(|one, other| {
            (other.ending.at, one.key.as_str()).cmp(&(one.ending.at, other.key.as_str()))
        });
        all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(all)
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let found: Vec<Columns> = self.ask(&ENDED_LATELY.arg(millis(within))).await?;
        found.into_iter().map(reply::ended).collect()
    }

    async fn consume(&self, mark: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError> {
        if until <= now {
            return Ok(false);
        }
        self.write(CONSUME.arg(name(&mark)).arg(until)).await
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let (gone, is_last): (u64, bool) = self.write(PURGE.arg(now).arg(AT_ONCE)).await?;
            all += gone;
            if is_last {
                return Ok(all);
            }
        }
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let nobody = RowKey::random()?;
        self.get(&nobody).await.map(drop)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.ask::<String>(&PROBE.prepare_invoke()).await.map(drop)
    }
}
