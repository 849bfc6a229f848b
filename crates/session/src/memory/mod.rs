//! Sessions in the memory of one process, for tests and for trying out the program. They are lost with the process and
//! never shared. The size is limited, for each kind of entry by itself.

mod activity;
mod counting;
mod expiring;
mod held;
mod marks;
mod submitting;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use self::held::{Held, count};
use super::{
    ending::{Ended, Ending, Logout},
    facts::StoreFacts,
    registry::{Backend, Connector, StoreKind, expected},
    store::{ENDED_LATELY_MAX, SessionStore, StoreError},
    stored::{
        Contents, CookieHash, Holder, Lease, Mark, Owner, Renewal, RowKey, SealedBytes, SessionHead,
        StoredSession, Swap,
    },
};

/// `memory:`
pub(super) static KIND: StoreKind =
    StoreKind { name: "memory", schemes: &["memory"], form: "memory:", backend: Backend::Memory(&CONNECTOR) };

static CONNECTOR: Connector<()> = Connector {
    parse: |text| if text == "memory:" { Ok(()) } else { Err(expected()) },
    open: |()| Box::pin(async { Ok(Arc::new(MemoryStore::new()) as Arc<dyn SessionStore>) }),
    examine: |()| Box::pin(async { Ok(facts()) }),
};

/// What there is to say about memory.
fn facts() -> StoreFacts {
    let mut facts = StoreFacts {
        version: "the memory of the process".to_owned(),
        sharing: "one process only",
        ..StoreFacts::default()
    };
    facts.weak(
        "store is memory: every restart signs everyone out, and a second process does not know these sessions",
        "set store to sqlite:PATH, postgres://… or redis://…",
    );
    facts
}

/// How many entries of each kind are held. At its bound a kind is purged first; what happens then is said of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Live sessions, of some kilobytes each: a few hundred megabytes at most. Then sign-ins fail.
    pub(crate) rows: usize,
    /// Ended sessions, of some hundred bytes each. Then the oldest is forgotten.
    pub(crate) ended: usize,
    /// Sign-ins of a quarter of an hour, at some hundred bytes each. Then sign-ins fail.
    pub(crate) sign_ins: usize,
    /// Commands of operators of some minutes. Then commands fail.
    pub(crate) commands: usize,
    /// Submissions of at least seven days. Then actions fail.
    pub(crate) submissions: usize,
    /// Those of one user: at 30 a minute, of half a day. Then actions of that user fail.
    pub(crate) submissions_of_one: usize,
    /// Tokens of back-channel logouts. If they are full, the provider gets 503 and tries again.
    pub(crate) logouts: usize,
    /// Watermarks of back-channel logouts, as above; and as many of front-channel logouts, of which the oldest is then
    /// forgotten.
    pub(crate) watermarks: usize,
    /// People with lines, of 50 lines of some hundred bytes each. Then the lines of the one who was away for longest are
    /// forgotten.
    pub(crate) people: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rows: 100_000,
            ended: 100_000,
            sign_ins: 500_000,
            commands: 10_000,
            submissions: 500_000,
            submissions_of_one: 20_000,
            logouts: 100_000,
            watermarks: 100_000,
            people: 10_000,
        }
    }
}

/// A store that is lost with the process.
#[derive(Default)]
pub struct MemoryStore {
    held: Mutex<Held>,
    bounds: Bounds,
}

impl MemoryStore {
    /// An empty store of the default size.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store of that size.
    #[cfg(test)]
    pub(crate) fn bounded(bounds: Bounds) -> Self {
        Self { held: Mutex::default(), bounds }
    }

    /// No operation leaves the maps half changed, so a poisoned lock is still usable.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert(
        &self,
        row: StoredSession,
        issued_at: UnixSecs,
        most: u32,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let mut held = self.held();
        if held.rows.contains_key(&row.key) || held.by_cookie.contains_key(&row.cookie_hash) {
            return Err(StoreError::backend("a row of this key or cookie exists"));
        }
        if held.marks.is_logged_out(&row.owner, issued_at) {
            return Ok(None);
        }
        let key = row.key.clone();
        held.add(row, &self.bounds)?;
        held.issued_at.insert(key.clone(), issued_at);
        Ok(Some(held.limit(&key, most, &self.bounds)))
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<StoredSession>, StoreError> {
        let held = self.held();
        let row = held.by_cookie.get(&cookie).and_then(|key| held.rows.get(key));
        Ok(row.filter(|row| row.is_live(now)).cloned())
    }

    async fn get(&self, key: &RowKey) -> Result<Option<StoredSession>, StoreError> {
        Ok(self.held().rows.get(key).cloned())
    }

    async fn list(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<SessionHead>, StoreError> {
        let held = self.held();
        Ok(held.live(of, after, now).take(count(limit)).cloned().map(SessionHead::from).collect())
    }

    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        let mut held = self.held();
        let Some(row) = held.rows.get_mut(key).filter(|row| row.is_live(last_active_at)) else {
            return Ok(false);
        };
        row.last_active_at = row.last_active_at.max(last_active_at);
        row.idle_until = row.idle_until.max(idle_until).min(row.absolute_until);
        Ok(true)
    }

    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        Ok(self.held().swap(key, |row| &mut row.record, expected, bytes))
    }

    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError> {
        let mut held = self.held();
        let swap = held.swap(key, |row| &mut row.tokens, expected, bytes);
        if matches!(swap, Swap::Swapped { .. }) {
            held.leases.remove(key);
        }
        Ok(swap)
    }

    async fn reseal(
        &self,
        key: &RowKey,
        versions: (i64, i64),
        contents: Contents,
    ) -> Result<bool, StoreError> {
        let mut held = self.held();
        let Some(row) = held.rows.get_mut(key) else { return Ok(false) };
        if (row.record.version, row.tokens.version) != versions {
            return Ok(false);
        }
        row.label = contents.label;
        row.record.bytes = contents.record;
        row.tokens.bytes = contents.tokens;
        Ok(true)
    }

    async fn renew(
        &self,
        key: &RowKey,
        old: CookieHash,
        renewal: Renewal,
        issued_at: UnixSecs,
    ) -> Result<Swap, StoreError> {
        let mut held = self.held();
        let Some(row) = held.rows.get(key) else { return Ok(Swap::Gone) };
        let owner = Owner { sid: renewal.sid.clone(), ..row.owner.clone() };
        if held.marks.is_logged_out(&owner, issued_at) {
            return Ok(Swap::Gone);
        }
        let Some(row) = held.rows.get_mut(key) else { return Ok(Swap::Gone) };
        if row.cookie_hash != old {
            return Ok(Swap::Stale);
        }
        row.cookie_hash = renewal.cookie_hash;
        let before = std::mem::replace(&mut row.owner, owner.clone());
        row.label = renewal.label;
        row.created_at = renewal.created_at;
        row.last_active_at = renewal.created_at;
        row.idle_until = renewal.idle_until.min(renewal.absolute_until);
        row.absolute_until = renewal.absolute_until;
        row.record = SealedBytes { version: row.record.version + 1, bytes: renewal.record };
        row.tokens = SealedBytes { version: row.tokens.version + 1, bytes: renewal.tokens };
        let version = row.tokens.version;
        held.by_cookie.remove(&old);
        held.by_cookie.insert(renewal.cookie_hash, key.clone());
        held.leave_sid(key, &before);
        held.join_sid(key, &owner);
        held.issued_at.insert(key.clone(), issued_at);
        Ok(Swap::Swapped { version })
    }

    async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        let mut held = self.held();
        if !held.rows.contains_key(key) {
            return Ok(Lease::Gone);
        }
        let now = Instant::now();
        match held.leases.get(key) {
            Some((other, until)) if *other != holder && now < *until => Ok(Lease::Held),
            before => {
                let is_taken_over = before.is_some_and(|(other, _)| *other != holder);
                held.leases.insert(key.clone(), (holder, now + term));
                Ok(if is_taken_over { Lease::TakenOver } else { Lease::Taken })
            }
        }
    }

    async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        let mut held = self.held();
        if held.leases.get(key).is_some_and(|(other, _)| *other == holder) {
            held.leases.remove(key);
        }
        Ok(())
    }

    async fn end(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        ending: Ending,
    ) -> Result<Option<StoredSession>, StoreError> {
        let mut held = self.held();
        let is_expected =
            |row: &StoredSession| tokens_version.is_none_or(|version| version == row.tokens.version);
        let is_it = held.rows.get(key).is_some_and(is_expected);
        Ok(if is_it { held.end(key, ending, &self.bounds) } else { None })
    }

    async fn end_of(
        &self,
        (iss, sub): (&str, &str),
        spared: Option<&RowKey>,
        limit: u32,
        ending: Ending,
    ) -> Result<Vec<StoredSession>, StoreError> {
        let mut held = self.held();
        let live = held.live(Some((iss, sub)), None, ending.at).map(|row| row.key.clone());
        let meant: Vec<RowKey> = live.filter(|key| spared != Some(key)).take(count(limit)).collect();
        Ok(meant.iter().filter_map(|key| held.end(key, ending, &self.bounds)).collect())
    }

    async fn log_out(
        &self,
        logout: &Logout,
        ending: Ending,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let mut held = self.held();
        if !held.marks.log_out(logout, ending.at, &self.bounds)? {
            return Ok(None);
        }
        let covered = held.covered(logout);
        Ok(Some(covered.iter().filter_map(|key| held.end(key, ending, &self.bounds)).collect()))
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        Ok(self.held().ended(&cookie).cloned())
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        let held = self.held();
        Ok(held.ended_of(iss, sub).filter(|ended| now < ended.until).take(count(limit)).cloned().collect())
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let held = self.held();
        let lately = held.ended.values().rev().take_while(|(_, noted)| noted.elapsed() <= within);
        Ok(lately.take(count(ENDED_LATELY_MAX)).map(|(ended, _)| ended.clone()).collect())
    }

    fn ends_stamp(&self) -> Option<u64> {
        Some(self.held().next_end)
    }

    async fn mark_used(&self, mark: Mark<'_>, now: UnixSecs) -> Result<bool, StoreError> {
        if mark.until <= now {
            return Ok(false);
        }
        self.held().marks.use_once(mark, now, &self.bounds)
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let mut held = self.held();
        let gone = held.purge_rows(now) + held.marks.purge(now);
        held.lines.purge(now);
        Ok(u64::try_from(gone).unwrap_or(u64::MAX))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn probe(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
