//! The reports that were started, in the memory of this process: where they are, when the API is asked again, and how they
//! ended. Few for each session, and for an hour at most.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use claimcheck_base::clock::UnixSecs;
use claimcheck_session::{RowKey, RunningReport};
use tokio::time::Instant;

use crate::api::ReadError;

/// Reports of all sessions.
const REPORTS_MAX: usize = 4096;
/// Reports of one session.
const OF_SESSION_MAX: usize = 32;
/// A report that was started longer ago is forgotten, in seconds.
const KEPT_SECS: i64 = 3600;

/// The request of a session that started a report.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ReportId {
    pub session: RowKey,
    /// A digest of the request.
    pub request: String,
}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Report {
    /// Path and query of the request that asks for it; `None` is the request that started it.
    pub address: Option<String>,
    /// The address is that of the result, and its answer says nothing about the state.
    pub is_result: bool,
    pub since: UnixSecs,
    /// The API is not asked before.
    next: Instant,
    state: State,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Running,
    /// It has taken longer than the settings allow.
    Late,
    /// It is there, and is read again until then.
    Ready(UnixSecs),
    /// There is none, and no other one is started until then.
    Failed(ReadError, UnixSecs),
}

/// What to do for a request.
pub(super) enum Next {
    /// Send it.
    Start,
    /// Wait: the API was asked a moment ago.
    Wait(Instant),
    /// Ask for the report. Nobody else does so before the next interval.
    Ask(Report),
    /// Read the report.
    Ready(Report),
    /// It has taken too long since then, and was asked for a moment ago.
    Late(UnixSecs),
    /// Nothing: it has failed.
    Failed(ReadError),
}

impl Report {
    pub(super) fn new(address: Option<String>, since: UnixSecs) -> Self {
        Self { address, is_result: false, since, next: Instant::now(), state: State::Running }
    }

    /// Whether it is to be forgotten.
    fn is_over(&self, now: UnixSecs) -> bool {
        match &self.state {
            State::Running | State::Late => self.since + KEPT_SECS <= now,
            State::Ready(until) | State::Failed(_, until) => *until <= now,
        }
    }
}

/// All reports that this process knows. Cheap to clone.
#[derive(Clone, Default)]
pub(in crate::boards) struct Reports(Arc<Content>);

#[derive(Default)]
struct Content {
    /// The number of reports, so that a request costs nothing while there are none.
    count: AtomicUsize,
    reports: Mutex<HashMap<ReportId, Report>>,
}

impl Reports {
    pub(super) fn is_empty(&self) -> bool {
        self.0.count.load(Ordering::Relaxed) == 0
    }

    /// How many reports APIs are preparing.
    pub(super) fn preparing(&self) -> usize {
        let is_running = |report: &&Report| matches!(report.state, State::Running | State::Late);
        if self.is_empty() { 0 } else { self.change(|reports| reports.values().filter(is_running).count()) }
    }

    /// Whether the session has too many reports to start another one. Forgets those of all sessions that are over.
    pub(super) fn is_full(&self, id: &ReportId, now: UnixSecs) -> bool {
        !self.is_empty()
            && self.change(|reports| {
                reports.retain(|_, report| !report.is_over(now));
                reports.keys().filter(|other| other.session == id.session).count() >= OF_SESSION_MAX
            })
    }

    /// Takes over what another process has stored in the session.
    pub(super) fn adopt(&self, id: &ReportId, stored: &RunningReport) {
        self.change(|reports| {
            let report = || Report::new(Some(stored.address.clone()), stored.since);
            reports.entry(id.clone()).or_insert_with(report);
        });
    }

    /// What to do now. With [`Next::Ask`], the next one to ask has to wait for this time.
    pub(super) fn next(&self, id: &ReportId, now: UnixSecs, every: Duration) -> Next {
        self.change(|reports| {
            let Some(report) = reports.get_mut(id) else { return Next::Start };
            if report.is_over(now) {
                reports.remove(id);
                return Next::Start;
            }
            match &report.state {
                State::Ready(_) => Next::Ready(report.clone()),
                State::Failed(error, _) => Next::Failed(error.clone()),
                state if Instant::now() < report.next => match state {
                    State::Late => Next::Late(report.since),
                    _ => Next::Wait(report.next),
                },
                _ => {
                    report.next = Instant::now() + every;
                    Next::Ask(report.clone())
                }
            }
        })
    }

    /// It is not there yet, and the API is not asked before this pause. Returns `false` if it has ended meanwhile, and
    /// leaves it as it is then.
    pub(super) fn still(&self, id: &ReportId, report: &Report, pause: Duration, is_late: bool) -> bool {
        let state = if is_late { State::Late } else { State::Running };
        let next = Instant::now() + pause;
        self.change(|reports| match reports.get(id) {
            Some(known) if known.state != report.state => false,
            _ => {
                reports.insert(id.clone(), Report { next, state, ..report.clone() });
                true
            }
        })
    }

    /// It is there, at this address. Returns whether that was unknown.
    pub(super) fn ready(
        &self,
        id: &ReportId,
        report: &Report,
        (address, is_result): (Option<String>, bool),
        until: UnixSecs,
    ) -> bool {
        self.change(|reports| {
            let is_known = |known: &Report| {
                matches!(known.state, State::Ready(_)) && (address.is_none() || known.address == address)
            };
            if reports.get(id).is_some_and(is_known) {
                return false;
            }
            match address {
                // The request itself has the answer now.
                None => _ = reports.remove(id),
                Some(_) => {
                    let state = State::Ready(until);
                    reports.insert(id.clone(), Report { address, is_result, state, ..report.clone() });
                }
            }
            true
        })
    }

    /// There will be none, and no other one is started until then.
    pub(super) fn failed(&self, id: &ReportId, report: Report, error: ReadError, until: UnixSecs) {
        self.change(|reports| {
            reports.insert(id.clone(), Report { state: State::Failed(error, until), ..report })
        });
    }

    /// Forgets the finished reports of a session.
    pub(super) fn forget(&self, session: &RowKey) {
        if !self.is_empty() {
            let is_running = |report: &Report| matches!(report.state, State::Running | State::Late);
            self.change(|reports| reports.retain(|id, report| id.session != *session || is_running(report)));
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashMap<ReportId, Report>) -> T) -> T {
        let mut reports = self.lock();
        let result = change(&mut reports);
        if reports.len() > REPORTS_MAX {
            let oldest = reports.iter().min_by_key(|(_, report)| report.since).map(|(id, _)| id.clone());
            oldest.and_then(|id| reports.remove(&id));
        }
        self.0.count.store(reports.len(), Ordering::Relaxed);
        result
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ReportId, Report>> {
        self.0.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use claimcheck_model::AppError;

    use super::*;

    const NOW: UnixSecs = 1_772_460_300;
    const EVERY: Duration = Duration::from_secs(2);

    /// Names requests of one session.
    fn ids() -> impl Fn(&str) -> ReportId {
        let session = RowKey::random().unwrap();
        move |request| ReportId { session: session.clone(), request: request.to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn jb_03_one_of_all_tabs_asks_in_each_interval() {
        let (reports, id) = (Reports::default(), ids());
        let report = Report::new(Some("/jobs/7".to_owned()), NOW);
        assert!(matches!(reports.next(&id("r"), NOW, EVERY), Next::Start) && reports.is_empty());
        reports.still(&id("r"), &report, EVERY, false);
        let mut asked = 0;
        for _ in 0..100 {
            asked += usize::from(matches!(reports.next(&id("r"), NOW, EVERY), Next::Ask(_)));
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert_eq!(asked, 4, "within 10 seconds, and not at once");
        assert!(matches!(reports.next(&id("r"), NOW + KEPT_SECS, EVERY), Next::Start), "it is too old");
        assert!(reports.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn jb_06_a_late_report_is_asked_for_seldom_and_shown_when_it_is_there() {
        let (reports, id, late) = (Reports::default(), ids(), Duration::from_secs(30));
        let report = Report::new(Some("/jobs/7".to_owned()), NOW);
        reports.still(&id("r"), &report, late, true);
        assert!(matches!(reports.next(&id("r"), NOW, EVERY), Next::Late(NOW)));
        tokio::time::advance(late).await;
        let Next::Ask(asked) = reports.next(&id("r"), NOW, EVERY) else { panic!() };
        assert!(reports.ready(&id("r"), &asked, (Some("/reports/1".to_owned()), true), NOW + 60));
        assert!(!reports.ready(&id("r"), &asked, (Some("/reports/1".to_owned()), true), NOW + 60));
        // One that asked before does not bring it back.
        reports.still(&id("r"), &asked, EVERY, false);
        let Next::Ready(found) = reports.next(&id("r"), NOW + 59, EVERY) else { panic!() };
        assert_eq!((found.address.as_deref(), found.is_result), (Some("/reports/1"), true));
        assert!(matches!(reports.next(&id("r"), NOW + 60, EVERY), Next::Start));
    }

    #[tokio::test]
    async fn jb_05_reports_are_bounded_and_an_action_forgets_those_that_have_ended() {
        let (reports, id) = (Reports::default(), ids());
        let report = Report::new(None, NOW);
        for n in 0..OF_SESSION_MAX {
            assert!(!reports.is_full(&id("x"), NOW));
            reports.still(&id(&n.to_string()), &report, EVERY, false);
        }
        assert!(reports.is_full(&id("x"), NOW));
        let error = ReadError::from(AppError::ApiUnavailable);
        reports.failed(&id("0"), report.clone(), error, NOW + 60);
        assert!(matches!(reports.next(&id("0"), NOW, EVERY), Next::Failed(_)));
        reports.forget(&id("x").session);
        assert!(matches!(reports.next(&id("0"), NOW, EVERY), Next::Start));
        assert!(matches!(reports.next(&id("1"), NOW, EVERY), Next::Wait(_)), "it is still running");
    }

    #[tokio::test]
    async fn jb_05_reports_that_are_over_make_room_for_others() {
        let (reports, id) = (Reports::default(), ids());
        let report = Report::new(Some("/jobs/7".to_owned()), NOW);
        for n in 0..OF_SESSION_MAX {
            assert!(reports.still(&id(&n.to_string()), &report, EVERY, false));
            assert!(reports.ready(&id(&n.to_string()), &report, (Some("/r".to_owned()), true), NOW + 60));
        }
        assert!(reports.is_full(&id("x"), NOW + 59));
        assert!(!reports.is_full(&id("x"), NOW + 60) && reports.is_empty());
    }
}
