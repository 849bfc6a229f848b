//! Entries that expire: found by their key, and in the order of their end, so that a purge reads what it deletes and
//! nothing else.

use std::collections::{BTreeSet, HashMap};

use claimcheck_base::clock::UnixSecs;

/// Values by the hash that identifies them, each with its end.
pub(super) struct Expiring<V> {
    entries: HashMap<[u8; 32], (V, UnixSecs)>,
    by_end: BTreeSet<(UnixSecs, [u8; 32])>,
}

impl<V> Default for Expiring<V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), by_end: BTreeSet::new() }
    }
}

impl<V> Expiring<V> {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, key: &[u8; 32]) -> Option<&V> {
        self.entries.get(key).map(|(value, _)| value)
    }

    pub(super) fn get_mut(&mut self, key: &[u8; 32]) -> Option<&mut V> {
        self.entries.get_mut(key).map(|(value, _)| value)
    }

    /// Removes an entry; returns its value.
    pub(super) fn remove(&mut self, key: &[u8; 32]) -> Option<V> {
        let (value, until) = self.entries.remove(key)?;
        self.by_end.remove(&(until, *key));
        Some(value)
    }

    /// The end of an entry, in Unix seconds.
    pub(super) fn end_of(&self, key: &[u8; 32]) -> Option<UnixSecs> {
        self.entries.get(key).map(|(_, until)| *until)
    }

    /// Adds an entry, or replaces its value and its end.
    pub(super) fn set(&mut self, key: [u8; 32], value: V, until: UnixSecs) {
        if let Some((_, before)) = self.entries.insert(key, (value, until)) {
            self.by_end.remove(&(before, key));
        }
        self.by_end.insert((until, key));
    }

    /// Removes the entry that ends first, if that is by `now`; returns its value.
    pub(super) fn pop_expired(&mut self, now: UnixSecs) -> Option<V> {
        let (until, key) = *self.by_end.first()?;
        if now < until {
            return None;
        }
        self.by_end.pop_first();
        self.entries.remove(&key).map(|(value, _)| value)
    }

    /// Removes what has expired at `now`. Returns the number of entries.
    pub(super) fn purge(&mut self, now: UnixSecs) -> usize {
        std::iter::from_fn(|| self.pop_expired(now)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::Expiring;

    #[test]
    fn entries_leave_in_the_order_of_their_ends() {
        let mut entries = Expiring::default();
        for (key, until) in [(1, 30), (2, 10), (3, 20), (2, 25)] {
            entries.set([key; 32], key, until);
        }
        assert_eq!((entries.len(), entries.end_of(&[2; 32])), (3, Some(25)), "replaced, not added");
        assert_eq!(entries.purge(19), 0);
        assert_eq!(entries.purge(20), 1);
        assert_eq!((entries.get(&[3; 32]), entries.get(&[2; 32])), (None, Some(&2)));
        assert_eq!(entries.pop_expired(i64::MAX), Some(2), "the next to end");
        assert_eq!(entries.purge(30), 1);
        assert_eq!(entries.len(), 0);
    }
}
