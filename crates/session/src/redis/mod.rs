//! Sessions in a Redis (6.2 or newer, no Cluster): any number of processes on any number of machines may share it. Every
//! operation is one script, so it is atomic, and has a time limit.

mod activity;
mod arguments;
mod connection;
mod counting;
mod examine;
mod open;
mod reply;
mod scripts;
mod setting;
mod submitting;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;
use redis::{FromRedisValue, RedisError, ScriptInvocation};

use self::{
    arguments::{millis, optional, request, subject_index},
    connection::Connection,
    reply::{Columns, encode, read_ended, read_head, read_session, read_swap},
    scripts::*,
};
use super::{
    ending::{EndReason, Ended, Ending, Logout, watermark_keys},
    registry::{Backend, Connector, StoreKind},
    servers::{StoreServer, with_timeout},
    store::{ENDED_LATELY_MAX, ENDED_PER_PERSON, LIMITED_AT_ONCE, SessionStore, StoreError},
    stored::{
        Contents, CookieHash, Holder, Lease, Mark, Owner, Renewal, RowKey, SessionHead, StoredSession, Swap,
    },
};

/// The rows that one script reads, during which other commands wait.
const AT_ONCE: u32 = 500;

/// `redis://…`, or `rediss://…` over TLS.
pub(super) static KIND: StoreKind = StoreKind {
    name: "redis",
    schemes: &["redis", "rediss"],
    form: "redis://…",
    backend: Backend::Server(&CONNECTOR),
};

static CONNECTOR: Connector<StoreServer> = Connector {
    parse: setting::parse_setting,
    open: |server| Box::pin(async { Ok(Arc::new(RedisStore::open(server).await?) as Arc<dyn SessionStore>) }),
    examine: |server| Box::pin(examine::examine(server)),
};

impl From<RedisError> for StoreError {
    fn from(error: RedisError) -> Self {
        match error.code() {
            Some("OOM") => Self::Full,
            // MISCONF: Redis accepts no writes while it cannot save them to its disk.
            Some("READONLY" | "MISCONF") => Self::ReadOnly,
            _ => Self::backend(error),
        }
    }
}

/// A store in one database of a Redis.
pub struct RedisStore {
    connection: Connection,
}

impl RedisStore {
    /// Connects, and checks the server.
    ///
    /// # Errors
    /// [`StoreError::CannotOpen`]: the server refuses or is not suitable, or stays unavailable for some seconds.
    pub async fn open(server: &StoreServer) -> Result<Self, StoreError> {
        Ok(Self { connection: open::open_connection(server).await? })
    }

    /// Runs a script that writes. If the connection breaks, it may have run or not, so it is not sent again.
    async fn write<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, StoreError> {
        let invoke = self.connection.with(async |redis| script.invoke_async(redis).await);
        with_timeout(async { Ok(invoke.await?) }).await
    }

    /// Runs a script that reads, or is idempotent. If the server has closed the connection, it is sent once more over a new
    /// one.
    async fn run_idempotent<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        with_timeout(async {
            match self.connection.with(async |redis| script.invoke_async(redis).await).await {
                Err(error) if error.is_connection_dropped() && !error.is_connection_refusal() => {
                    Ok(self.connection.with(async |redis| script.invoke_async(redis).await).await?)
                }
                result => Ok(result?),
            }
        })
        .await
    }

    async fn session(&self, script: &ScriptInvocation<'_>) -> Result<Option<StoredSession>, StoreError> {
        self.run_idempotent::<Option<Columns>>(script).await?.map(read_session).transpose()
    }

    async fn swap(
        &self,
        column: &str,
        key: &RowKey,
        expected: i64,
        bytes: Vec<u8>,
    ) -> Result<Swap, StoreError> {
        let mut script = SWAP.arg(key.as_str());
        read_swap(&self.write::<String>(script.arg(column).arg(expected).arg(bytes)).await?)
    }
}

#[async_trait]
impl SessionStore for RedisStore {
    async fn insert(
        &self,
        row: StoredSession,
        issued_at: UnixSecs,
        most: u32,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let [by_sid, by_sub] = watermark_keys(&row.owner);
        let (sid, has_sid) = optional(row.owner.sid.as_ref());
        let (why, cause) = EndReason::TooMany.stored();
        let mut script = INSERT.arg(row.key.as_str());
        script
            .arg(encode(&row.cookie_hash.0))
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
            .arg(encode(&by_sid))
            .arg(encode(&by_sub))
            .arg(issued_at)
            .arg(has_sid)
            .arg(most)
            .arg(LIMITED_AT_ONCE)
            .arg(ENDED_PER_PERSON)
            .arg(why)
            .arg(cause.unwrap_or_default());
        let (word, ended): (String, Vec<Columns>) = self.write(&script).await?;
        match word.as_str() {
            "added" => Ok(Some(ended.into_iter().map(read_session).collect::<Result<_, _>>()?)),
            "logged out" => Ok(None),
            _ => Err(StoreError::backend("a row of this key or cookie exists")),
        }
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<StoredSession>, StoreError> {
        Ok(self.session(&FIND.arg(encode(&cookie.0))).await?.filter(|row| row.is_live(now)))
    }

    async fn get(&self, key: &RowKey) -> Result<Option<StoredSession>, StoreError> {
        self.session(&GET.arg(key.as_str())).await
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<SessionHead>, StoreError> {
        let index = of.map_or_else(String::new, |(iss, sub)| subject_index(iss, sub));
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut rows, mut from) = (Vec::new(), after.map(|key| key.as_str().to_owned()));
        while rows.len() < most {
            let mut script = LIST.arg(&index);
            script.arg(from.as_deref().unwrap_or_default()).arg(limit.min(AT_ONCE));
            let (last, found): (Option<String>, Vec<Columns>) = self.run_idempotent(&script).await?;
            for row in found {
                let row = read_head(row)?;
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
        self.run_idempotent(TOUCH.arg(key.as_str()).arg(last_active_at).arg(idle_until)).await
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap("record", key, expected, bytes).await
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        self.swap("tokens", key, expected, bytes).await
    }

    async fn reseal(
        &self,
        key: &RowKey,
        (record, tokens): (i64, i64),
        contents: Contents,
    ) -> Result<bool, StoreError> {
        let mut script = RESEAL.arg(key.as_str());
        script.arg(record).arg(tokens).arg(contents.label).arg(contents.record).arg(contents.tokens);
        self.run_idempotent(&script).await
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        // Issuer and subject of a row never change, so they may be read beforehand.
        let Some(before) = self.get(key).await? else { return Ok(Swap::Gone) };
        let [by_sid, _] = watermark_keys(&Owner { sid: renewal.sid.clone(), ..before.owner });
        let (sid, has_sid) = optional(renewal.sid.as_ref());
        let mut script = RENEW.arg(key.as_str());
        script
            .arg(encode(&old.0))
            .arg(encode(&renewal.cookie_hash.0))
            .arg(issued_at)
            .arg(encode(&by_sid))
            .arg(renewal.created_at)
            .arg(renewal.idle_until)
            .arg(renewal.absolute_until)
            .arg(renewal.label)
            .arg(renewal.record)
            .arg(renewal.tokens)
            .arg(sid)
            .arg(has_sid);
        read_swap(&self.write::<String>(&script).await?)
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        let mut script = LEASE.arg(key.as_str());
        match self.run_idempotent::<String>(script.arg(&holder.0[..]).arg(millis(term))).await?.as_str() {
            "taken" => Ok(Lease::Taken),
            "taken over" => Ok(Lease::TakenOver),
            "held" => Ok(Lease::Held),
            _ => Ok(Lease::Gone),
        }
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        self.run_idempotent(RELEASE.arg(key.as_str()).arg(&holder.0[..])).await
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<StoredSession>, StoreError> {
        let version = tokens_version.map_or_else(String::new, |version| version.to_string());
        let (why, cause) = ending.why.stored();
        let mut script = END.arg(key.as_str());
        script.arg(version).arg(why).arg(cause.unwrap_or_default()).arg(ending.at).arg(request()?);
        let ended: Option<Columns> = self.run_idempotent(&script).await?;
        ended.map(read_session).transpose()
    }

    async fn end_of(
        &self,
        (iss, sub): (&str, &str),
        spared: Option<&RowKey>,
        limit: u32,
        ending: Ending,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let (index, spared) = (subject_index(iss, sub), spared.map_or("", RowKey::as_str));
        let (why, cause) = ending.why.stored();
        let mut from = String::new();
        // Rows that have expired and are not purged yet may fill whole pages.
        loop {
            let mut script = END_OF.arg(&index);
            script.arg(&from).arg(spared).arg(limit).arg(limit.saturating_add(1).min(AT_ONCE));
            script.arg(why).arg(cause.unwrap_or_default()).arg(ending.at).arg(request()?);
            let (last, ended): (Option<String>, Vec<Columns>) = self.run_idempotent(&script).await?;
            match last {
                Some(last) if ended.is_empty() => from = last,
                _ => return ended.into_iter().map(read_session).collect(),
            }
        }
    }

    async fn log_out(
        &self,
        logout: &Logout,
        ending: Ending,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let watermark = logout.watermark_key().map_or_else(String::new, |key| encode(&key));
        let replay_key = logout.replay_key.map_or_else(String::new, |key| encode(&key));
        let (sub, has_sub) = optional(logout.sub.as_ref());
        let mut script = LOG_OUT.arg(watermark);
        script.arg(sub).arg(logout.issued_at).arg(logout.until).arg(replay_key);
        script.arg(ending.why.as_str()).arg(ending.at).arg(has_sub).arg(logout.latest_iat());
        script.arg(request()?);
        let ended: Option<Vec<Columns>> = self.run_idempotent(&script).await?;
        ended.map(|rows| rows.into_iter().map(read_session).collect()).transpose()
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        let found: Option<Columns> = self.run_idempotent(&ENDED.arg(encode(&cookie.0))).await?;
        found.map(read_ended).transpose()
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        let (index, most) = (subject_index(iss, sub), usize::try_from(limit).unwrap_or(usize::MAX));
        // Some may have expired and not be purged yet.
        let many = limit.clamp(50, AT_ONCE);
        let (mut all, mut from) = (Vec::new(), 0);
        while all.len() < most && from < ENDED_PER_PERSON {
            let mut script = ENDED_OF.arg(&index);
            let (found, may_be_more): (Vec<Columns>, bool) =
                self.run_idempotent(script.arg(from).arg(many)).await?;
            for ended in found {
                let ended = read_ended(ended)?;
                if now < ended.until && all.len() < most {
                    all.push(ended);
                }
            }
            if !may_be_more {
                break;
            }
            from = from.saturating_add(many);
        }
        Ok(all)
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let (mut all, mut from) = (Vec::new(), 0);
        while from < ENDED_LATELY_MAX {
            let mut script = ENDED_LATELY.arg(millis(within));
            let (found, may_be_more): (Vec<Columns>, bool) =
                self.run_idempotent(script.arg(from).arg(AT_ONCE)).await?;
            all.extend(found.into_iter().map(read_ended).collect::<Result<Vec<_>, _>>()?);
            if !may_be_more {
                break;
            }
            from += AT_ONCE;
        }
        Ok(all)
    }

    async fn mark_used(&self, mark: Mark<'_>, now: UnixSecs) -> Result<bool, StoreError> {
        if mark.until <= now {
            return Ok(false);
        }
        self.write(MARK_USED.arg(encode(&mark.entry)).arg(mark.until)).await
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let (deleted, is_last): (u64, bool) = self.write(PURGE.arg(now).arg(AT_ONCE)).await?;
            all += deleted;
            if is_last {
                return Ok(all);
            }
        }
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let unknown = RowKey::random()?;
        self.get(&unknown).await.map(drop)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.run_idempotent::<String>(&PROBE.prepare_invoke()).await.map(drop)
    }
}
