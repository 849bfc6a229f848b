//! Sessions whose refresh has failed: not tried again at once by each request that comes, ever later while it goes on
//! failing, and not by all sessions in the same moment when the provider is back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    error::AppError,
    server::{clock::UnixSecs, random, session::RowKey},
};

/// The pause after the first failure, in seconds; doubled by each further one.
const FIRST_SECS: i64 = 2;
/// The longest pause, in seconds: nobody waits much longer than this once the provider is back.
const LONGEST_SECS: i64 = 8;
/// How long after its pause a failure still counts for the next one, in seconds.
const REMEMBERED_SECS: i64 = 60;

struct Failure {
    times: u32,
    until: UnixSecs,
    error: AppError,
}

/// The failures of this process.
#[derive(Clone, Default)]
pub(super) struct Backoff(Arc<Mutex<HashMap<RowKey, Failure>>>);

impl Backoff {
    /// How the last refresh of that session failed, as long as it is not to be tried again.
    pub fn lately(&self, key: &RowKey, now: UnixSecs) -> Option<AppError> {
        let failures = self.lock();
        let failure = failures.get(key)?;
        // A clock that was set back must not lock anybody out for longer than a pause.
        let rest = failure.until - now;
        (0 < rest && rest <= LONGEST_SECS * 2).then(|| failure.error.clone())
    }

    /// It has failed (again).
    pub fn failed(&self, key: &RowKey, now: UnixSecs, error: AppError) {
        let mut failures = self.lock();
        failures.retain(|_, failure| now < failure.until + REMEMBERED_SECS);
        let times = failures.get(key).map_or(1, |failure| failure.times.saturating_add(1));
        let pause = (FIRST_SECS << (times - 1).min(8)).min(LONGEST_SECS);
        let jitter = random::bytes::<1>().map_or(0, |[byte]| i64::from(byte) * pause / 512);
        failures.insert(key.clone(), Failure { times, until: now + pause + jitter, error });
    }

    /// It has succeeded, or there is nothing to refresh any more.
    pub fn forget(&self, key: &RowKey) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RowKey, Failure>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rf_08_pauses_grow_to_a_limit_and_end_with_a_success() {
        let (failed, key) = (Backoff::default(), RowKey::random().unwrap());
        let mut now = 1000;
        let mut pauses = Vec::new();
        for _ in 0..100 {
            failed.failed(&key, now, AppError::ProviderUnavailable);
            let begin = now;
            while failed.lately(&key, now).is_some() {
                now += 1;
            }
            pauses.push(now - begin);
        }
        assert!((2..=3).contains(&pauses[0]) && (8..=12).contains(&pauses[99]), "{pauses:?}");
        failed.failed(&key, now, AppError::ProviderUnavailable);
        assert!(failed.lately(&RowKey::random().unwrap(), now).is_none(), "another session is not held back");
        assert!(failed.lately(&key, now - 86_400).is_none(), "nor this one, by a clock that was set back");
        failed.forget(&key);
        assert!(failed.lately(&key, now).is_none());
    }

    #[test]
    fn rf_08_what_is_long_over_is_forgotten() {
        let failed = Backoff::default();
        for second in 0..1000 {
            failed.failed(&RowKey::random().unwrap(), second, AppError::ProviderUnavailable);
        }
        assert!(failed.lock().len() < 100);
    }
}
