//! Tells one observer of every session that ends in this process: in the one function that every end passes, and where a
//! session is found to have timed out.

use std::{
    collections::VecDeque,
    sync::{Mutex, OnceLock, PoisonError},
};

use claimcheck_base::clock::UnixSecs;

use super::{
    ending::EndReason,
    record::SessionRecord,
    sessions::Sessions,
    stored::{Owner, RowKey, StoredSession},
};

/// Timeouts that are remembered, so that each is recorded once.
const TIMEOUTS_MAX: usize = 1000;

/// A session that has ended.
#[derive(Debug)]
pub struct ObservedEnd<'a> {
    /// The key of its row.
    pub key: &'a RowKey,
    /// Whose session it was.
    pub owner: &'a Owner,
    /// Its record; `None` if it cannot be decrypted.
    pub record: Option<&'a SessionRecord>,
    /// Why it ended; `None` if it timed out.
    pub why: Option<EndReason>,
    /// Of a timeout: whether it was the idle timeout.
    pub is_idle: bool,
}

/// Hears of every end. It is called while a request waits, so it must be quick.
pub type EndObserver = Box<dyn Fn(&ObservedEnd<'_>) + Send + Sync>;

/// The place of the observer.
#[derive(Default)]
pub(super) struct EndSlot {
    observer: OnceLock<EndObserver>,
    timed_out: Mutex<VecDeque<RowKey>>,
}

impl Sessions {
    /// Tells this observer of every end from now on; only the first observer counts.
    pub fn observe_ends(&self, observer: EndObserver) {
        let _ = self.0.end_slot.observer.set(observer);
    }

    /// The session of this row was ended.
    pub(super) fn tell_end(&self, row: &StoredSession, why: EndReason) {
        self.tell(row, Some(why), false);
    }

    /// The session of this row was found to have timed out at `now`.
    pub(super) fn tell_timeout(&self, row: &StoredSession, now: UnixSecs) {
        let slot = &self.0.end_slot;
        if slot.observer.get().is_none() {
            return;
        }
        {
            let mut told = slot.timed_out.lock().unwrap_or_else(PoisonError::into_inner);
            if told.contains(&row.key) {
                return;
            }
            if told.len() >= TIMEOUTS_MAX {
                told.pop_front();
            }
            told.push_back(row.key.clone());
        }
        self.tell(row, None, now < row.absolute_until);
    }

    fn tell(&self, row: &StoredSession, why: Option<EndReason>, is_idle: bool) {
        let Some(observer) = self.0.end_slot.observer.get() else { return };
        let record = self.open_record(row).map(|(record, _)| record);
        observer(&ObservedEnd { key: &row.key, owner: &row.owner, record: record.as_ref(), why, is_idle });
    }
}
