//! The runs of this process: who may begin one, how far each is, and its report until it is forgotten. The process that the
//! command talks to reads the panels; the browser may be at any process on the same store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use claimcheck_base::clock::{Clock, UnixSecs};
use claimcheck_model::paths;
use claimcheck_session::Sessions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use crate::{
    boards::Boards,
    config::Settings,
    doctor::sign_in::{BegunRun, RunEnd, RunProgress, Stop, drive},
    requester,
    sign_in::{
        SignIn,
        doctor_run::{DoctorRun, LIFETIME_SECS},
    },
    tokens::Tokens,
};

/// Runs that are under way at the same time.
const UNDER_WAY_MAX: usize = 4;
/// Runs that are remembered.
const ALL_MAX: usize = 16;
/// A report is forgotten after this time, in seconds.
const KEPT_SECS: i64 = 600;
/// A run whose command has not asked for this long ends: nobody would read its report.
const ASKED_WITHIN: Duration = Duration::from_secs(60);

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
pub(super) enum BeginError {
    #[error(
        "{UNDER_WAY_MAX} sign-ins for `claimcheck doctor` are under way: wait until one of them has ended"
    )]
    TooMany,
    #[error("the run could not be sealed: see the server's log")]
    Seal,
}

/// What a run uses: the services as they are when it begins.
pub struct RunServices {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub sessions: Sessions,
    pub sign_in: SignIn,
    pub tokens: Tokens,
    pub boards: Boards,
    /// The program waits for runs before it exits, so that their tokens are revoked.
    pub tasks: TaskTracker,
    /// Ends runs.
    pub stopping: CancellationToken,
}

/// The runs of this process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Runs(Arc<Mutex<HashMap<String, KnownRun>>>);

struct KnownRun {
    progress: RunProgress,
    /// When it is forgotten, in Unix seconds.
    until: UnixSecs,
    asked_at: Instant,
}

impl KnownRun {
    fn is_over(&self) -> bool {
        matches!(self.progress, RunProgress::Over(_))
    }
}

/// Makes room for one more run: forgets old reports, and the oldest one if there are many.
fn make_room(all: &mut HashMap<String, KnownRun>, now: UnixSecs) -> Result<(), BeginError> {
    all.retain(|_, known| now < known.until);
    if all.values().filter(|known| !known.is_over()).count() >= UNDER_WAY_MAX {
        return Err(BeginError::TooMany);
    }
    while all.len() >= ALL_MAX {
        let over = all.iter().filter(|(_, known)| known.is_over());
        let Some(oldest) = over.min_by_key(|(_, known)| known.until).map(|(key, _)| key.clone()) else {
            return Err(BeginError::TooMany);
        };
        all.remove(&oldest);
    }
    Ok(())
}

impl Runs {
    /// Begins a run, which goes on in the background.
    pub(super) fn begin(&self, services: Arc<RunServices>) -> Result<BegunRun, BeginError> {
        let now = services.clock.now();
        let run = DoctorRun::begin(now).map_err(|_| BeginError::Seal)?;
        let sealed = run.seal(services.sessions.keyring()).ok_or(BeginError::Seal)?;
        {
            let mut all = self.lock();
            make_room(&mut all, now)?;
            let until = run.until.saturating_add(KEPT_SECS);
            let known = KnownRun { progress: RunProgress::SignIn, until, asked_at: Instant::now() };
            all.insert(run.key.clone(), known);
        }
        tracing::info!(event = "doctor sign-in begun", session = run.key, "by an operator");
        let link = paths::with_query(&paths::DOCTOR_SIGN_IN.href(), &[(paths::DOCTOR_RUN, &sealed)]);
        let begun = BegunRun {
            run: run.key.clone(),
            link: format!("{}{link}", services.settings.origin()),
            code: run.code.clone(),
            secs: LIFETIME_SECS,
        };
        let (runs, tasks) = (self.clone(), services.tasks.clone());
        let work = async move { drive::drive(runs, &services, run).await };
        tasks.spawn(requester::carry(work.in_current_span()));
        Ok(begun)
    }

    /// How far a run is. A report is forgotten some minutes after the run.
    pub(super) fn progress(&self, key: &str, now: UnixSecs) -> RunProgress {
        let mut all = self.lock();
        all.retain(|_, known| now < known.until);
        match all.get_mut(key) {
            Some(known) => {
                known.asked_at = Instant::now();
                known.progress.clone()
            }
            None => RunProgress::Over(Box::new(RunEnd::Stopped(Stop::Unknown))),
        }
    }

    /// Notes how far a run is.
    pub(super) fn note(&self, run: &DoctorRun, progress: RunProgress, now: UnixSecs) {
        let until = now.saturating_add(KEPT_SECS);
        if let Some(known) = self.lock().get_mut(&run.key) {
            known.progress = progress;
            if known.is_over() {
                known.until = until;
            }
        }
    }

    /// Whether the command still asks for the run.
    pub(super) fn is_asked_for(&self, run: &DoctorRun) -> bool {
        self.lock().get(&run.key).is_some_and(|known| known.asked_at.elapsed() < ASKED_WITHIN)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, KnownRun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(progress: RunProgress, until: UnixSecs) -> KnownRun {
        KnownRun { progress, until, asked_at: Instant::now() }
    }

    fn over() -> RunProgress {
        RunProgress::Over(Box::new(RunEnd::Stopped(Stop::NotAsked)))
    }

    #[test]
    fn dr_04_only_runs_that_are_under_way_prevent_another_one() {
        let mut all = HashMap::new();
        // Many runs in a short time: the oldest report is forgotten.
        for number in 0..40_i64 {
            make_room(&mut all, 1000).unwrap();
            all.insert(number.to_string(), known(over(), 2000 + number));
        }
        assert_eq!(all.len(), ALL_MAX);
        assert!(all.contains_key("39") && !all.contains_key("0"));
        for number in 0..UNDER_WAY_MAX {
            make_room(&mut all, 1000).unwrap();
            all.insert(format!("under way {number}"), known(RunProgress::SignIn, 1500));
        }
        assert!(matches!(make_room(&mut all, 1000), Err(BeginError::TooMany)));
        let ended = all.get_mut("under way 0").unwrap();
        ended.progress = over();
        make_room(&mut all, 1000).unwrap();
        assert!(all.len() < ALL_MAX);
    }
}
