//! What operators see about the boards: in the details of the health check.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claimcheck_base::clock::UnixSecs;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::config::{SettingFinding, Settings};

/// The state of the boards of this process. Cheap to clone.
#[derive(Clone, Default)]
pub struct ReloadStatus(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    boards: usize,
    panels: usize,
    taken_up_at: UnixSecs,
    watched: Vec<String>,
    refused: Option<Refused>,
    /// Pages show mistakes, and follow changes; the number changes with each.
    revision: Option<i64>,
    for_restart: Vec<String>,
    /// How often changed files were taken up, and refused.
    counts: [u64; 2],
}

/// What metrics say about the boards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReloadReading {
    /// When the boards were taken up, in Unix seconds.
    pub taken_up_at: UnixSecs,
    /// How often changed files were taken up, and refused.
    pub counts: [u64; 2],
    /// Whether the files as they are now were refused.
    pub is_refused: bool,
}

/// Files that are not taken up.
#[derive(Clone)]
pub(super) struct Refused {
    pub since: UnixSecs,
    pub mistakes: Vec<SettingFinding>,
}

/// As operators see it. Times are RFC 3339, in UTC.
#[derive(Serialize)]
struct Report<'a> {
    boards: usize,
    panels: usize,
    taken_up_at: String,
    watched: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<RefusedReport>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    restart_takes_up: &'a [String],
}

#[derive(Serialize)]
struct RefusedReport {
    since: String,
    mistakes: usize,
    /// The first mistake, as `check` prints it.
    first: String,
}

impl ReloadStatus {
    /// The people who use this program write its boards: pages show the mistakes in the files, and follow changes.
    pub fn show_on_pages(&self, now: UnixSecs) {
        // Another number than that of a page of an earlier start.
        self.lock().revision = Some(now.saturating_mul(1000));
    }

    /// If pages follow changes: the number of the state that a page shows.
    pub fn revision(&self) -> Option<i64> {
        self.lock().revision
    }

    /// The mistakes in the files, which are not taken up.
    pub fn mistakes(&self) -> Vec<SettingFinding> {
        self.lock().refused.as_ref().map(|refused| refused.mistakes.clone()).unwrap_or_default()
    }

    /// Pages have something new to show.
    pub(super) fn advance(&self) {
        let mut state = self.lock();
        state.revision = state.revision.map(|revision| revision.saturating_add(1));
    }

    /// These boards run from now on.
    pub fn note_boards(&self, settings: &Settings, now: UnixSecs) {
        let mut state = self.lock();
        state.boards = settings.boards.len();
        state.panels = settings.boards.iter().map(|board| board.panels.len()).sum();
        state.taken_up_at = now;
    }

    /// Changed boards were taken up.
    pub(super) fn count_taken_up(&self) {
        self.lock().counts[0] += 1;
    }

    /// The files are valid; a restart takes up these keys.
    pub(super) fn note_valid(&self, for_restart: Vec<String>, watched: impl Iterator<Item = String>) {
        let mut state = self.lock();
        (state.refused, state.for_restart, state.watched) = (None, for_restart, watched.collect());
    }

    /// The files are not valid. Mistakes that follow others begin when those did.
    pub(super) fn note_refused(&self, refused: Refused) {
        let mut state = self.lock();
        let since = state.refused.as_ref().map_or(refused.since, |earlier| earlier.since);
        state.refused = Some(Refused { since, ..refused });
        state.counts[1] += 1;
    }

    /// The state in numbers.
    pub fn reading(&self) -> ReloadReading {
        let state = self.lock();
        ReloadReading {
            taken_up_at: state.taken_up_at,
            counts: state.counts,
            is_refused: state.refused.is_some(),
        }
    }

    /// The state in detail.
    pub fn report(&self) -> Value {
        let state = self.lock();
        let refused = state.refused.as_ref().map(|refused| RefusedReport {
            since: time(refused.since),
            mistakes: refused.mistakes.len(),
            first: refused.mistakes.first().map(ToString::to_string).unwrap_or_default(),
        });
        let report = Report {
            boards: state.boards,
            panels: state.panels,
            taken_up_at: time(state.taken_up_at),
            watched: &state.watched,
            refused,
            restart_takes_up: &state.for_restart,
        };
        serde_json::to_value(report).unwrap_or_default()
    }

    /// What an operator should change.
    pub fn warnings(&self) -> Vec<String> {
        let state = self.lock();
        let refused = state.refused.as_ref().map(|refused| {
            let (count, since) = (refused.mistakes.len(), time(refused.since));
            format!(
                "the files with boards have mistakes since {since} ({count}) and are not taken up; see the log, or run `claimcheck check`"
            )
        });
        let keys = state.for_restart.join(", ");
        let restart = (!keys.is_empty()).then(|| {
            format!("these settings differ from the running ones, and a restart takes them up: {keys}")
        });
        refused.into_iter().chain(restart).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn time(secs: UnixSecs) -> String {
    Timestamp::from_second(secs).unwrap_or_default().to_string()
}
