//! Sessions in the memory of one process: for tests and trying out. Lost with the process, never shared.
//! Bounded: when it holds all it may, it first forgets what is over, then refuses.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::store::{CookieHash, Renewal, Row, RowKey, Sealed, SessionStore, StoreError, Swap};
use crate::server::clock::UnixSecs;

/// A row of some kilobytes each: a few hundred megabytes at most.
const MAX_ROWS: usize = 100_000;
/// Sign-ins of a quarter of an hour, at some hundred bytes each.
const MAX_MARKS: usize = 500_000;

/// A store that is gone with the process.
pub struct MemoryStore {
    held: Mutex<Held>,
    max_rows: usize,
    max_marks: usize,
}

#[derive(Default)]
struct Held {
    rows: HashMap<RowKey, Row>,
    by_cookie: HashMap<CookieHash, RowKey>,
    marks: HashMap<[u8; 32], UnixSecs>,
}

impl Held {
    fn remove(&mut self, key: &RowKey) -> Option<Row> {
        let row = self.rows.remove(key)?;
        self.by_cookie.remove(&row.cookie_hash);
        Some(row)
    }

    fn purge_rows(&mut self, now: UnixSecs) -> usize {
        let before = self.rows.len();
        self.rows.retain(|_, row| row.is_live(now));
        let rows = &self.rows;
        self.by_cookie.retain(|_, key| rows.contains_key(key));
        before - self.rows.len()
    }

    fn purge_marks(&mut self, now: UnixSecs) -> usize {
        let before = self.marks.len();
        self.marks.retain(|_, until| now < *until);
        before - self.marks.len()
    }

    fn swap(
        &mut self,
        key: &RowKey,
        column: fn(&mut Row) -> &mut Sealed,
        expected: i64,
        bytes: Vec<u8>,
    ) -> Swap {
        let Some(row) = self.rows.get_mut(key) else { return Swap::Gone };
        let sealed = column(row);
        if sealed.version != expected {
            return Swap::Stale;
        }
        *sealed = Sealed { version: expected + 1, bytes };
        Swap::Swapped { version: sealed.version }
    }
}

impl MemoryStore {
    /// An empty store of the usual size.
    pub fn new() -> Self {
        Self::bounded(MAX_ROWS, MAX_MARKS)
    }

    /// An empty store that holds this many rows and marks.
    pub fn bounded(max_rows: usize, max_marks: usize) -> Self {
        Self { held: Mutex::default(), max_rows, max_marks }
    }

    /// No operation leaves the maps half changed, so a panic elsewhere does not spoil them.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert(&self, row: Row) -> Result<(), StoreError> {
        let mut held = self.held();
        if held.rows.len() >= self.max_rows {
            held.purge_rows(row.created_at);
        }
        if held.rows.len() >= self.max_rows {
            return Err(StoreError::Full);
        }
        if held.rows.contains_key(&row.key) || held.by_cookie.contains_key(&row.cookie_hash) {
            return Err(StoreError::backend("a row of this key or cookie exists"));
        }
        held.by_cookie.insert(row.cookie_hash, row.key.clone());
        held.rows.insert(row.key.clone(), row);
        Ok(())
    }

    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<Row>, StoreError> {
        let held = self.held();
        let row = held.by_cookie.get(&cookie).and_then(|key| held.rows.get(key));
        Ok(row.filter(|row| row.is_live(now)).cloned())
    }

    async fn get(&self, key: &RowKey) -> Result<Option<Row>, StoreError> {
        Ok(self.held().rows.get(key).cloned())
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
        Ok(self.held().swap(key, |row| &mut row.tokens, expected, bytes))
    }

    async fn renew(&self, key: &RowKey, old: CookieHash, renewal: Renewal) -> Result<Swap, StoreError> {
        let mut held = self.held();
        let Some(row) = held.rows.get_mut(key) else { return Ok(Swap::Gone) };
        if row.cookie_hash != old {
            return Ok(Swap::Stale);
        }
        row.cookie_hash = renewal.cookie_hash;
        row.owner.sid = renewal.sid;
        row.created_at = renewal.created_at;
        row.last_active_at = renewal.created_at;
        row.idle_until = renewal.idle_until.min(renewal.absolute_until);
        row.absolute_until = renewal.absolute_until;
        row.record = Sealed { version: row.record.version + 1, bytes: renewal.record };
        row.tokens = Sealed { version: row.tokens.version + 1, bytes: renewal.tokens };
        let version = row.tokens.version;
        held.by_cookie.remove(&old);
        held.by_cookie.insert(renewal.cookie_hash, key.clone());
        Ok(Swap::Swapped { version })
    }

    async fn end(&self, key: &RowKey, tokens_version: Option<i64>) -> Result<Option<Row>, StoreError> {
        let mut held = self.held();
        let is_meant = |row: &Row| tokens_version.is_none_or(|version| version == row.tokens.version);
        if held.rows.get(key).is_some_and(is_meant) { Ok(held.remove(key)) } else { Ok(None) }
    }

    async fn consume(&self, mark: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError> {
        let mut held = self.held();
        if until <= now || held.marks.contains_key(&mark) {
            return Ok(false);
        }
        if held.marks.len() >= self.max_marks {
            held.purge_marks(now);
        }
        if held.marks.len() >= self.max_marks {
            return Err(StoreError::Full);
        }
        held.marks.insert(mark, until);
        Ok(true)
    }

    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError> {
        let mut held = self.held();
        let gone = held.purge_rows(now) + held.purge_marks(now);
        Ok(u64::try_from(gone).unwrap_or(u64::MAX))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
