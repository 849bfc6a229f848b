//! What the memory store holds, and its indexes: by cookie, by user, by the provider's session, and in the order of time.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound::{Excluded, Unbounded},
    time::Instant,
};

use claimcheck_base::clock::UnixSecs;

use super::{Bounds, expiring::Expiring, marks::Marks};
use crate::{
    activity::StoredLine,
    ending::{EndReason, Ended, Ending, Logout, sid_key, subject_key},
    store::{ENDED_PER_PERSON, LIMITED_AT_ONCE, StoreError},
    stored::{CookieHash, Holder, Owner, RowKey, SealedBytes, StoredSession, Swap},
};

/// All of it. No method leaves it half changed.
#[derive(Default)]
pub(super) struct Held {
    pub(super) rows: BTreeMap<RowKey, StoredSession>,
    pub(super) by_cookie: HashMap<CookieHash, RowKey>,
    pub(super) leases: HashMap<RowKey, (Holder, Instant)>,
    /// The `iat` of the sign-in of each row.
    pub(super) issued_at: HashMap<RowKey, UnixSecs>,
    /// In the order in which they ended.
    pub(super) ended: BTreeMap<u64, (Ended, Instant)>,
    ended_by_cookie: HashMap<CookieHash, u64>,
    /// How many have ended.
    pub(super) next_end: u64,
    people: HashMap<[u8; 32], Person>,
    /// The rows of a session at the provider.
    by_sid: HashMap<[u8; 32], BTreeSet<RowKey>>,
    pub(super) marks: Marks,
    /// The lines of people, in the order of time.
    pub(super) lines: Expiring<Vec<StoredLine>>,
}

/// The entries of one user.
#[derive(Default)]
struct Person {
    running: BTreeSet<RowKey>,
    /// By the time of their end.
    ended: BTreeSet<(UnixSecs, u64)>,
}

impl Held {
    /// Adds a row unless there is no room for it.
    pub(super) fn add(&mut self, row: StoredSession, bounds: &Bounds) -> Result<(), StoreError> {
        if self.rows.len() >= bounds.rows {
            self.purge_rows(row.created_at);
        }
        if self.rows.len() >= bounds.rows {
            return Err(StoreError::Full);
        }
        let person = self.people.entry(subject_key(&row.owner.iss, &row.owner.sub)).or_default();
        person.running.insert(row.key.clone());
        self.join_sid(&row.key, &row.owner);
        self.by_cookie.insert(row.cookie_hash, row.key.clone());
        self.rows.insert(row.key.clone(), row);
        Ok(())
    }

    /// Ends the sessions of that user that are unused for longest, until at most `most` are live, and forgets their oldest
    /// ended ones.
    pub(super) fn limit(&mut self, new: &RowKey, most: u32, bounds: &Bounds) -> Vec<StoredSession> {
        let Some(new_row) = self.rows.get(new) else { return Vec::new() };
        let (now, person) = (new_row.created_at, subject_key(&new_row.owner.iss, &new_row.owner.sub));
        let running = self.people.get(&person).into_iter().flat_map(|person| &person.running);
        let mut others: Vec<_> = running
            .filter(|key| *key != new)
            .filter_map(|key| self.rows.get(key))
            .filter(|row| row.is_live(now))
            .map(|row| (row.last_active_at, row.created_at, row.key.clone()))
            .collect();
        others.sort_unstable();
        let too_many = (others.len() + 1).saturating_sub(count(most)).min(count(LIMITED_AT_ONCE));
        let ending = Ending { why: EndReason::TooMany, at: now };
        let over: Vec<_> = others.into_iter().take(too_many).map(|(_, _, key)| key).collect();
        let ended = over.iter().filter_map(|key| self.end(key, ending, bounds)).collect();
        while let Some(oldest) = self.people.get(&person).and_then(Person::surplus) {
            self.forget(oldest);
        }
        ended
    }

    pub(super) fn end(&mut self, key: &RowKey, ending: Ending, bounds: &Bounds) -> Option<StoredSession> {
        let row = self.remove(key)?;
        let ended = Ended {
            key: row.key.clone(),
            cookie_hash: row.cookie_hash,
            owner: row.owner.clone(),
            label: row.label.clone(),
            ending,
            until: row.absolute_until,
        };
        while self.ended.len() >= bounds.ended.max(1) {
            let Some(oldest) = self.ended.keys().next().copied() else { break };
            self.forget(oldest);
        }
        let number = self.next_end;
        self.next_end += 1;
        let person = self.people.entry(subject_key(&row.owner.iss, &row.owner.sub)).or_default();
        person.ended.insert((ending.at, number));
        self.ended_by_cookie.insert(row.cookie_hash, number);
        self.ended.insert(number, (ended, Instant::now()));
        Some(row)
    }

    /// Removes a row and its entries in the indexes.
    fn remove(&mut self, key: &RowKey) -> Option<StoredSession> {
        let row = self.rows.remove(key)?;
        self.by_cookie.remove(&row.cookie_hash);
        self.leases.remove(key);
        self.issued_at.remove(key);
        let person = subject_key(&row.owner.iss, &row.owner.sub);
        if let Some(entries) = self.people.get_mut(&person) {
            entries.running.remove(key);
            self.drop_if_empty(person);
        }
        self.leave_sid(key, &row.owner);
        Some(row)
    }

    /// Adds a row to those of its session at the provider.
    pub(super) fn join_sid(&mut self, key: &RowKey, owner: &Owner) {
        if let Some(sid) = &owner.sid {
            self.by_sid.entry(sid_key(&owner.iss, sid)).or_default().insert(key.clone());
        }
    }

    /// The reverse.
    pub(super) fn leave_sid(&mut self, key: &RowKey, owner: &Owner) {
        let Some(sid) = owner.sid.as_ref().map(|sid| sid_key(&owner.iss, sid)) else { return };
        let Some(keys) = self.by_sid.get_mut(&sid) else { return };
        keys.remove(key);
        if keys.is_empty() {
            self.by_sid.remove(&sid);
        }
    }

    /// The rows that a logout ends.
    pub(super) fn covered(&self, logout: &Logout) -> Vec<RowKey> {
        let keys = match (&logout.sid, &logout.sub) {
            (Some(sid), _) => self.by_sid.get(&sid_key(&logout.iss, sid)),
            (None, Some(sub)) => {
                self.people.get(&subject_key(&logout.iss, sub)).map(|person| &person.running)
            }
            (None, None) => None,
        };
        let is_covered = |row: &&StoredSession| {
            logout.covers(&row.owner, self.issued_at.get(&row.key).copied(), row.created_at)
        };
        let rows = keys.into_iter().flatten().filter_map(|key| self.rows.get(key));
        rows.filter(is_covered).map(|row| row.key.clone()).collect()
    }

    /// Forgets an ended session.
    fn forget(&mut self, number: u64) {
        let Some((ended, _)) = self.ended.remove(&number) else { return };
        self.ended_by_cookie.remove(&ended.cookie_hash);
        let person = subject_key(&ended.owner.iss, &ended.owner.sub);
        if let Some(entries) = self.people.get_mut(&person) {
            entries.ended.remove(&(ended.ending.at, number));
            self.drop_if_empty(person);
        }
    }

    fn drop_if_empty(&mut self, person: [u8; 32]) {
        let is_empty = |person: &Person| person.running.is_empty() && person.ended.is_empty();
        if self.people.get(&person).is_some_and(is_empty) {
            self.people.remove(&person);
        }
    }

    /// Rows that are live at `now` in the order of their keys, after that key; of one user, or of all.
    pub(super) fn live<'a>(
        &'a self,
        of: Option<(&str, &str)>,
        after: Option<&'a RowKey>,
        now: UnixSecs,
    ) -> Box<dyn Iterator<Item = &'a StoredSession> + 'a> {
        let range = (after.map_or(Unbounded, Excluded), Unbounded);
        let is_live = move |row: &&StoredSession| row.is_live(now);
        match of {
            None => Box::new(self.rows.range::<RowKey, _>(range).map(|(_, row)| row).filter(is_live)),
            Some((iss, sub)) => {
                let person = self.people.get(&subject_key(iss, sub));
                let keys =
                    person.into_iter().flat_map(move |person| person.running.range::<RowKey, _>(range));
                Box::new(keys.filter_map(|key| self.rows.get(key)).filter(is_live))
            }
        }
    }

    pub(super) fn ended(&self, cookie: &CookieHash) -> Option<&Ended> {
        self.ended.get(self.ended_by_cookie.get(cookie)?).map(|(ended, _)| ended)
    }

    /// The ended sessions of a user, the most recent first.
    pub(super) fn ended_of(&self, iss: &str, sub: &str) -> impl Iterator<Item = &Ended> {
        let person = self.people.get(&subject_key(iss, sub));
        let numbers = person.into_iter().flat_map(|person| person.ended.iter().rev());
        numbers.filter_map(|(_, number)| self.ended.get(number)).map(|(ended, _)| ended)
    }

    /// Purges rows, leases and ended sessions. Returns the number of rows.
    pub(super) fn purge_rows(&mut self, now: UnixSecs) -> usize {
        let over: Vec<_> =
            self.rows.values().filter(|row| !row.is_live(now)).map(|row| row.key.clone()).collect();
        for key in &over {
            self.remove(key);
        }
        let old = self.ended.iter().filter(|(_, (ended, _))| ended.until <= now).map(|(number, _)| *number);
        for number in old.collect::<Vec<_>>() {
            self.forget(number);
        }
        over.len()
    }

    pub(super) fn swap(
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

impl Person {
    /// The oldest ended session, if there are too many.
    fn surplus(&self) -> Option<u64> {
        let is_over = self.ended.len() > count(ENDED_PER_PERSON);
        self.ended.first().filter(|_| is_over).map(|(_, number)| *number)
    }
}

pub(super) fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
