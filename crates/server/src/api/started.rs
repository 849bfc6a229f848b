//! The first outcomes of requests that make an API prepare something. A page may stop waiting before the outcome arrives; the
//! next request takes it, and nothing is started a second time.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use claimcheck_base::clock::UnixSecs;

use crate::api::{Fetched, ReadError, ReadProblem, ReadRequest, fetches::FetchId};

/// Outcomes that wait.
const WAITING_MAX: usize = 1024;
/// How long an outcome waits, in seconds.
const WAITS_SECS: i64 = 60;

/// What a read brought.
type Outcome = Result<Arc<Fetched>, ReadError>;

/// The outcomes that nobody has taken yet. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Started(Arc<Content>);

#[derive(Default)]
struct Content {
    /// The number of outcomes, so that other requests cost nothing.
    count: AtomicUsize,
    outcomes: Mutex<HashMap<FetchId, (Outcome, UnixSecs)>>,
}

impl Started {
    /// Keeps an outcome if the API has begun to prepare something.
    pub(super) fn keep(&self, id: &FetchId, request: &ReadRequest, outcome: &Outcome, now: UnixSecs) {
        let has_begun = match outcome {
            Ok(_) => request.job.is_some(),
            Err(error) => matches!(error.problem, Some(ReadProblem::Accepted(_))),
        };
        if !has_begun {
            return;
        }
        let mut outcomes = self.lock();
        outcomes.retain(|_, (_, until)| *until > now);
        if outcomes.len() < WAITING_MAX {
            outcomes.insert(id.clone(), (outcome.clone(), now + WAITS_SECS));
        }
        self.0.count.store(outcomes.len(), Ordering::Relaxed);
    }

    /// The outcome of that request, once.
    pub(super) fn take(&self, id: &FetchId, now: UnixSecs) -> Option<Outcome> {
        if self.0.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut outcomes = self.lock();
        let (outcome, until) = outcomes.remove(id)?;
        self.0.count.store(outcomes.len(), Ordering::Relaxed);
        (until > now).then_some(outcome)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FetchId, (Outcome, UnixSecs)>> {
        self.0.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
