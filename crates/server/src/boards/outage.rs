//! Outages of the APIs of boards: several panels of a board that fail for one reason, and since when. In the memory of this
//! process, and the same for all sessions, because an API that is down is down for everyone. Also what a failed read means
//! for a panel.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{AnswerProblem, AppError, PanelError, Silence};

use crate::{
    api::{ReadError, ReadProblem, Wait},
    boards::{BoardRequest, Boards},
    config::{Board, Panel},
};

/// How long a failure counts that is not confirmed.
const LASTS_SECS: i64 = 120;
/// After a failure, a panel in the browser tries again: `RETRY` in `islands/later/panel.rs`.
const RETRY_SECS: i64 = 10;
/// Panels that fail.
const ENTRIES_MAX: usize = 4096;

/// What the panels of an outage have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutageCause {
    /// There is no answer.
    Down(Silence),
    /// Every answer is a failure of the API itself: a status from 500 up.
    Failing,
}

/// An API that fails for several panels of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    pub cause: OutageCause,
    /// When the first of the panels that still fail failed.
    pub since: UnixSecs,
    /// When one of them failed last.
    pub last: UnixSecs,
}

impl Outage {
    /// When the panels of an open page ask the API again.
    pub fn again_at(&self) -> UnixSecs {
        self.last + RETRY_SECS
    }
}

/// The failing panels, by board and panel. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Outages(Arc<Content>);

#[derive(Default)]
struct Content {
    /// The number of entries, so that an answer costs nothing while nothing fails.
    count: AtomicUsize,
    failing: Mutex<HashMap<[String; 2], Outage>>,
}

impl Outages {
    /// Notes whether a panel has failed. A user who may not see it learns nothing about its API.
    pub(super) fn note(&self, board: &str, panel: &str, failed: Option<&PanelError>, now: UnixSecs) {
        let error = failed.map(|failed| &failed.error);
        if matches!(error, Some(AppError::Forbidden(_) | AppError::StepUp(_) | AppError::SignedOut)) {
            return;
        }
        let cause = match failed.and_then(|failed| failed.problem.as_ref()) {
            Some(AnswerProblem::Down(silence)) => Some(OutageCause::Down(*silence)),
            Some(AnswerProblem::Refused { status: 500.., .. }) => Some(OutageCause::Failing),
            _ => None,
        };
        if cause.is_none() && self.0.count.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut failing = self.lock();
        let key = [board, panel].map(str::to_owned);
        match cause {
            None => drop(failing.remove(&key)),
            Some(cause) => {
                failing.retain(|_, outage| is_current(outage, now));
                let since = failing.get(&key).map_or(now, |outage| outage.since);
                if failing.len() < ENTRIES_MAX || failing.contains_key(&key) {
                    failing.insert(key, Outage { cause, since, last: now });
                }
            }
        }
        self.0.count.store(failing.len(), Ordering::Relaxed);
    }

    /// The outage that at least two of these panels are part of.
    fn find<'a>(&self, board: &str, panels: impl Iterator<Item = &'a str>, now: UnixSecs) -> Option<Outage> {
        if self.0.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let failing = self.lock();
        let mut found: HashMap<OutageCause, (usize, Outage)> = HashMap::new();
        for panel in panels {
            let outage = failing.get(&[board, panel].map(str::to_owned));
            let Some(outage) = outage.filter(|outage| is_current(outage, now)) else { continue };
            let (count, whole) = found.entry(outage.cause).or_insert((0, *outage));
            *count += 1;
            whole.since = whole.since.min(outage.since);
            whole.last = whole.last.max(outage.last);
        }
        let several = found.into_values().filter(|(count, _)| *count > 1);
        several.max_by_key(|(count, _)| *count).map(|(_, outage)| outage)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[String; 2], Outage>> {
        self.0.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_current(outage: &Outage, now: UnixSecs) -> bool {
    outage.last + LASTS_SECS > now
}

impl Boards {
    /// The outage of an API that several panels of this board are part of.
    pub fn outage(&self, board: &Board, api: &str) -> Option<Outage> {
        let panels = panels_of(board, api).map(|panel| panel.id.as_str());
        self.outages.find(&board.id, panels, self.now())
    }
}

impl BoardRequest<'_> {
    /// A failed read as the user sees it.
    pub(super) fn explained(&self, failed: ReadError) -> PanelError {
        let problem = failed.problem.map(|problem| match problem {
            ReadProblem::NotJson { media_type, at } => AnswerProblem::NotJson { media_type, at },
            ReadProblem::Said(words) => AnswerProblem::Said(words),
            ReadProblem::Refused { status, said } => AnswerProblem::Refused { status, said },
            ReadProblem::Redirects(_) => AnswerProblem::Redirects,
            ReadProblem::Accepted(_) => AnswerProblem::Preparing,
            ReadProblem::Unfinished(since) => {
                AnswerProblem::Unfinished { since: self.reader.time_of_day(since) }
            }
            ReadProblem::NotPrepared(said, until) => {
                AnswerProblem::NotPrepared { at: self.reader.time_of_day(until), said }
            }
            ReadProblem::Down(silence) => AnswerProblem::Down(silence),
            ReadProblem::Later(Wait { until, is_limit, said }) => {
                AnswerProblem::Later { at: self.reader.time_of_day(until), is_limit, said }
            }
            ReadProblem::Busy => AnswerProblem::Busy,
            ReadProblem::NoMemory => AnswerProblem::NoMemory,
        });
        PanelError { error: failed.error, problem }
    }
}

/// The panels of a board that ask this API.
pub fn panels_of<'b>(board: &'b Board, api: &'b str) -> impl Iterator<Item = &'b Panel> {
    board.panels.iter().filter(move |panel| panel.read.is_some() && panel.api == api)
}

#[cfg(test)]
mod tests {
    use claimcheck_model::AccessDenied;

    use super::*;

    const NOW: UnixSecs = 1_772_460_300;

    #[test]
    fn st_03_an_outage_is_several_panels_that_fail_for_one_reason() {
        let outages = Outages::default();
        let find = |now| outages.find("a", ["x", "y", "z"].into_iter(), now);
        let problem = |problem| PanelError::of_answer(problem);
        let timeout = problem(AnswerProblem::Down(Silence::Timeout));
        let failed = problem(AnswerProblem::Refused { status: 502, said: None });
        outages.note("a", "x", Some(&timeout), NOW);
        assert_eq!(find(NOW), None, "one panel is no outage");
        outages.note("b", "y", Some(&timeout), NOW + 1);
        outages.note("a", "z", Some(&failed), NOW + 1);
        assert_eq!(find(NOW + 1), None, "another board, another reason");
        outages.note("a", "y", Some(&timeout), NOW + 2);
        let outage = Outage { cause: OutageCause::Down(Silence::Timeout), since: NOW, last: NOW + 2 };
        assert_eq!(find(NOW + 2), Some(outage));
        outages.note("a", "x", Some(&timeout), NOW + 10);
        assert_eq!(find(NOW + 10), Some(Outage { last: NOW + 10, ..outage }), "it began with the first");
        assert_eq!(find(NOW + 10 + LASTS_SECS), None, "nobody has asked since");
        let refused = problem(AnswerProblem::Refused { status: 404, said: None });
        for over in [None, Some(&refused), Some(&problem(AnswerProblem::Busy))] {
            outages.note("a", "y", Some(&timeout), NOW + 11);
            outages.note("a", "y", over, NOW + 12);
            assert_eq!(find(NOW + 12), None, "{over:?}");
        }
    }

    #[test]
    fn st_03_a_user_without_access_does_not_end_an_outage_and_a_full_list_is_still_updated() {
        let outages = Outages::default();
        let timeout = PanelError::of_answer(AnswerProblem::Down(Silence::Timeout));
        for panel in 0..ENTRIES_MAX + 2 {
            outages.note("a", &panel.to_string(), Some(&timeout), NOW);
        }
        let find = |now| outages.find("a", ["0", "1"].into_iter(), now).map(|outage| outage.last);
        assert_eq!(find(NOW), Some(NOW));
        for error in [AppError::Forbidden(AccessDenied::default()), AppError::SignedOut] {
            outages.note("a", "0", Some(&error.into()), NOW + 1);
            assert_eq!(find(NOW + 1), Some(NOW), "the API was not asked");
        }
        outages.note("a", "0", Some(&timeout), NOW + 2);
        assert_eq!(find(NOW + 2), Some(NOW + 2));
    }
}
