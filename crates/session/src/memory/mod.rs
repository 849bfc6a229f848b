//! Sessions in the memory of one process, for tests and for trying out the program. They are lost with the process and
//! never shared. The size is limited: at the limit, expired sessions are purged first; then new ones are refused.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::{
    ending::{Ended, Ending, Logout, watermark_keys},
    registry::{Backend, Connector, StoreKind, expected},
    store::{SessionStore, StoreError},
    stored::{CookieHash, Holder, Lease, Owner, Renewal, RowKey, SealedBytes, StoredSession, Swap},
};

/// Rows of some kilobytes each: a few hundred megabytes at most.
const MAX_ROWS: usize = 100_000;
/// Replay cache entries: the sign-ins of a quarter of an hour, at some hundred bytes each. The same limit applies to logout
/// watermarks.
const MAX_REPLAY_ENTRIES: usize = 500_000;

/// `memory:`
pub(super) static KIND: StoreKind =
    StoreKind { name: "memory", schemes: &["memory"], form: "memory:", backend: Backend::Memory(&CONNECTOR) };

static CONNECTOR: Connector<()> = Connector {
    parse: |text| if text == "memory:" { Ok(()) } else { Err(expected()) },
    open: |()| Box::pin(async { Ok(Arc::new(MemoryStore::new()) as Arc<dyn SessionStore>) }),
};

/// A store that is lost with the process.
pub struct MemoryStore {
    held: Mutex<Held>,
    max_rows: usize,
    max_replay_entries: usize,
}

#[derive(Default)]
struct Held {
    rows: HashMap<RowKey, StoredSession>,
    by_cookie: HashMap<CookieHash, RowKey>,
    leases: HashMap<RowKey, (Holder, Instant)>,
    ended: HashMap<CookieHash, (Ended, Instant)>,
    watermarks: HashMap<[u8; 32], Watermark>,
    replay_cache: HashMap<[u8; 32], UnixSecs>,
}

/// Sign-ins whose ID token is not newer than `issued_at` do not start.
struct Watermark {
    issued_at: UnixSecs,
    until: UnixSecs,
}

impl Held {
    fn end(&mut self, key: &RowKey, ending: Ending) -> Option<StoredSession> {
        let row = self.rows.remove(key)?;
        self.by_cookie.remove(&row.cookie_hash);
        self.leases.remove(key);
        let ended = Ended {
            key: row.key.clone(),
            cookie_hash: row.cookie_hash,
            owner: row.owner.clone(),
            label: row.label.clone(),
            ending,
            until: row.absolute_until,
        };
        self.ended.insert(row.cookie_hash, (ended, Instant::now()));
        Some(row)
    }

    /// Whether a logout watermark of that owner is at or above `issued_at`.
    fn is_logged_out(&self, owner: &Owner, issued_at: UnixSecs) -> bool {
        let keys = watermark_keys(owner);
        let mut watermarks = keys.iter().filter_map(|key| self.watermarks.get(key));
        watermarks.any(|watermark| issued_at <= watermark.issued_at)
    }

    /// Purges all but the replay cache. Returns the number of rows.
    fn purge_rows(&mut self, now: UnixSecs) -> usize {
        let before = self.rows.len();
        self.rows.retain(|_, row| row.is_live(now));
        let rows = &self.rows;
        self.by_cookie.retain(|_, key| rows.contains_key(key));
        self.leases.retain(|key, _| rows.contains_key(key));
        self.ended.retain(|_, (ended, _)| now < ended.until);
        self.watermarks.retain(|_, watermark| now < watermark.until);
        before - self.rows.len()
    }

    fn purge_replay_cache(&mut self, now: UnixSecs) -> usize {
        let before = self.replay_cache.len();
        self.replay_cache.retain(|_, until| now < *until);
        before - self.replay_cache.len()
    }

    /// Makes room for one replay cache entry and one watermark.
    fn make_room(&mut self, max: usize, now: UnixSecs) -> Result<(), StoreError> {
        if self.replay_cache.len().max(self.watermarks.len()) >= max {
            self.purge_replay_cache(now);
            self.watermarks.retain(|_, watermark| now < watermark.until);
        }
        if self.replay_cache.len().max(self.watermarks.len()) >= max {
            return Err(StoreError::Full);
        }
        Ok(())
    }

    fn swap(
        &mut self,
        key: &RowKey,
        column: fn(&mut StoredSession) -> &mut SealedBytes,
        expected: i64,
        bytes: Vec<u8>,
    ) -> Swap {
        let Some(row) = self.rows.get_mut(key) else { return Swap::Gone };
        let sealed = column(row);
        if sealed.version != expected {
            return Swap::Stale;
        }
        *sealed = SealedBytes { version: expected + 1, bytes };
        Swap::Swapped { version: sealed.version }
    }
}

impl MemoryStore {
    /// An empty store of the default size.
    pub fn new() -> Self {
        Self::bounded(MAX_ROWS, MAX_REPLAY_ENTRIES)
    }

    /// An empty store that holds this many rows, and this many replay cache entries and logout watermarks each.
    pub fn bounded(max_rows: usize, max_replay_entries: usize) -> Self {
        Self { held: Mutex::default(), max_rows, max_replay_entries }
    }

    /// No operation leaves the maps half changed, so a poisoned lock is still usable.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert(&self, row: StoredSession, issued_at: UnixSecs) -> Result<bool, StoreError> {
        let mut held = self.held();
        // Ended sessions count as well: they are of the same size.
        if held.rows.len() + held.ended.len() >= self.max_rows {
            held.purge_rows(row.created_at);
        }
        if held.rows.len() + held.ended.len() >= self.max_rows {
            held.ended.clear();
        }
        if held.rows.len() >= self.max_rows {
            return Err(StoreError::Full);
        }
        if held.rows.contains_key(&row.key) || held.by_cookie.contains_key(&row.cookie_hash) {
            return Err(StoreError::backend("a row of this key or cookie exists"));
        }
        if held.is_logged_out(&row.owner, issued_at) {
            return Ok(false);
        }
        held.by_cookie.insert(row.cookie_hash, row.key.clone());
        held.rows.insert(row.key.clone(), row);
        Ok(true)
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
    ) -> Result<Vec<StoredSession>, StoreError> {
        let held = self.held();
        let is_of =
            |row: &&StoredSession| of.is_none_or(|of| of == (row.owner.iss.as_str(), row.owner.sub.as_str()));
        let is_after = |row: &&StoredSession| after.is_none_or(|after| after.as_str() < row.key.as_str());
        let mut rows: Vec<&StoredSession> =
            held.rows.values().filter(|row| row.is_live(now)).filter(is_of).filter(is_after).collect();
        rows.sort_unstable_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
        Ok(rows.into_iter().take(count(limit)).cloned().collect())
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
        if held.is_logged_out(&owner, issued_at) {
            return Ok(Swap::Gone);
        }
        let Some(row) = held.rows.get_mut(key) else { return Ok(Swap::Gone) };
        if row.cookie_hash != old {
            return Ok(Swap::Stale);
        }
        row.cookie_hash = renewal.cookie_hash;
        row.owner = owner;
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
        Ok(if held.rows.get(key).is_some_and(is_expected) { held.end(key, ending) } else { None })
    }

    async fn log_out(
        &self,
        logout: &Logout,
        ending: Ending,
    ) -> Result<Option<Vec<StoredSession>>, StoreError> {
        let mut held = self.held();
        held.make_room(self.max_replay_entries, ending.at)?;
        if let Some(entry) = logout.replay_key {
            if held.replay_cache.contains_key(&entry) {
                return Ok(None);
            }
            held.replay_cache.insert(entry, logout.until);
        }
        if let Some(key) = logout.watermark_key() {
            let raised = Watermark { issued_at: logout.issued_at, until: 0 };
            let watermark = held.watermarks.entry(key).or_insert(raised);
            watermark.issued_at = watermark.issued_at.max(logout.issued_at);
            watermark.until = watermark.until.max(logout.until);
        }
        let covered = held.rows.values().filter(|row| logout.covers(&row.owner, row.created_at));
        let covered: Vec<RowKey> = covered.map(|row| row.key.clone()).collect();
        Ok(Some(covered.iter().filter_map(|key| held.end(key, ending)).collect()))
    }

    async fn ended(&self, cookie: CookieHash) -> Result<Option<Ended>, StoreError> {
        Ok(self.held().ended.get(&cookie).map(|(ended, _)| ended.clone()))
    }

    async fn ended_of(
        &self,
        iss: &str,
        sub: &str,
        limit: u32,
        now: UnixSecs,
    ) -> Result<Vec<Ended>, StoreError> {
        let held = self.held();
        let is_of = |ended: &&Ended| ended.owner.iss == iss && ended.owner.sub == sub && now < ended.until;
        let mut all: Vec<&Ended> = held.ended.values().map(|(ended, _)| ended).filter(is_of).collect();
        all.sort_unstable_by_key(|ended| (std::cmp::Reverse(ended.ending.at), ended.key.as_str()));
        Ok(all.into_iter().take(count(limit)).cloned().collect())
    }

    async fn ended_lately(&self, within: Duration) -> Result<Vec<Ended>, StoreError> {
        let held = self.held();
        let lately = held.ended.values().filter(|(_, noted)| noted.elapsed() <= within);
        Ok(lately.map(|(ended, _)| ended.clone()).collect())
    }

    async fn mark_used(&self, entry: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError> {
        let mut held = self.held();
        if until <= now || held.replay_cache.contains_key(&entry) {
            return Ok(false);
        }
        held.make_room(self.max_replay_entries, now)?;
        held.replay_cache.insert(entry, until);
        Ok(true)
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let mut held = self.held();
        let gone = held.purge_rows(now) + held.purge_replay_cache(now);
        Ok(u64::try_from(gone).unwrap_or(u64::MAX))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn probe(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
