//! Back-off after failed refreshes, by session and API: requests do not retry at once, the pauses grow with further
//! failures, and sessions do not all retry in the same moment when the provider is back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use claimcheck_base::{clock::UnixSecs, random};
use claimcheck_model::AppError;
use claimcheck_session::RowKey;

use crate::tokens::TokenId;

/// The pause after the first failure, in seconds; each further failure doubles it.
const FIRST_SECS: i64 = 2;
/// The longest pause, in seconds: users wait hardly longer than this once the provider is back.
const LONGEST_SECS: i64 = 8;
/// The pause after the provider has refused an API, in seconds: the decision is unlikely to change soon.
const REFUSED_SECS: i64 = 60;
/// How long after its pause a failure still counts for the next one, in seconds.
const REMEMBERED_SECS: i64 = 60;

struct FailedRefresh {
    times: u32,
    /// The longest it may block a refresh, in seconds.
    most: i64,
    until: UnixSecs,
    error: AppError,
}

/// The failures of this process.
#[derive(Clone, Default)]
pub(super) struct Backoff(Arc<Mutex<HashMap<TokenId, FailedRefresh>>>);

impl Backoff {
    /// How the last refresh failed, while it must not be retried.
    pub(super) fn lately(&self, id: &TokenId, now: UnixSecs) -> Option<AppError> {
        let failures = self.lock();
        let failure = failures.get(id)?;
        // A clock that was set back must not block anyone for longer than a pause.
        let rest = failure.until - now;
        (0 < rest && rest <= failure.most).then(|| failure.error.clone())
    }

    /// Records a failure.
    pub(super) fn failed(&self, id: &TokenId, now: UnixSecs, error: AppError) {
        let mut failures = self.remembered(now);
        let times = failures.get(id).map_or(1, |failure| failure.times.saturating_add(1));
        let pause = (FIRST_SECS << (times - 1).min(8)).min(LONGEST_SECS);
        let jitter = random::bytes::<1>().map_or(0, |[byte]| i64::from(byte) * pause / 512);
        let failure = FailedRefresh { times, most: LONGEST_SECS * 2, until: now + pause + jitter, error };
        failures.insert(id.clone(), failure);
    }

    /// Records that the provider refused the request.
    pub(super) fn refused(&self, id: &TokenId, now: UnixSecs, error: AppError) {
        let failure = FailedRefresh { times: 1, most: REFUSED_SECS, until: now + REFUSED_SECS, error };
        self.remembered(now).insert(id.clone(), failure);
    }

    /// The refresh succeeded, or there is nothing to refresh any more.
    pub(super) fn forget(&self, id: &TokenId) {
        self.lock().remove(id);
    }

    /// Forgets failures because this session has new tokens.
    pub(super) fn forget_all_of(&self, session: &RowKey) {
        self.lock().retain(|id, _| id.session != *session);
    }

    fn remembered(&self, now: UnixSecs) -> MutexGuard<'_, HashMap<TokenId, FailedRefresh>> {
        let mut failures = self.lock();
        failures.retain(|_, failure| now < failure.until + REMEMBERED_SECS);
        failures
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenId, FailedRefresh>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use claimcheck_model::AccessDenied;

    fn id() -> TokenId {
        TokenId { session: RowKey::random().unwrap(), api: "default".to_owned() }
    }

    #[test]
    fn rf_08_pauses_grow_to_a_limit_and_end_with_a_success() {
        let (failed, key) = (Backoff::default(), id());
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
        assert!(failed.lately(&id(), now).is_none(), "another session is not held back");
        let other = TokenId { api: "warehouse".to_owned(), ..key.clone() };
        assert!(failed.lately(&other, now).is_none(), "nor another API");
        assert!(failed.lately(&key, now - 86_400).is_none(), "nor this one, by a clock that was set back");
        failed.forget(&key);
        assert!(failed.lately(&key, now).is_none());
    }

    #[test]
    fn rf_08_what_is_refused_is_left_alone_for_a_minute() {
        let (failed, key) = (Backoff::default(), id());
        let refused = AppError::Forbidden(AccessDenied::Token("Warehouse".to_owned()));
        failed.refused(&key, 1000, refused.clone());
        assert_eq!(
            (failed.lately(&key, 1000), failed.lately(&key, 1059)),
            (Some(refused.clone()), Some(refused))
        );
        assert!(failed.lately(&key, 1060).is_none());
        assert!(failed.lately(&key, 1000 - 86_400).is_none(), "by a clock that was set back");
    }

    #[test]
    fn rf_08_what_is_long_over_is_forgotten() {
        let failed = Backoff::default();
        for second in 0..1000 {
            failed.failed(&id(), second, AppError::ProviderUnavailable);
        }
        assert!(failed.lock().len() < 100);
    }
}
