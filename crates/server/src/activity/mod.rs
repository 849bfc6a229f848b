//! The users' own activity: the events that a user sees on the sessions page are stored as lines in the session store.
//! It follows the audit log, and works without a place for that log.
//!
//! Nothing waits for it. Lines are collected in memory for a moment, written in a task, and wait there while the store is
//! unavailable.

/// From an event to a line.
mod lines;
/// The task that stores lines.
mod writer;

use claimcheck_session::Sessions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{activity::writer::Writer, audit::Audit};

/// Stores the lines of all users. Cheap to clone.
#[derive(Clone)]
pub struct Activity(Writer);

impl Activity {
    /// Lines go to the store of these sessions, by tasks of that tracker. Once `stopping` is cancelled, nothing waits for a
    /// store that is unavailable.
    pub fn new(sessions: Sessions, tasks: TaskTracker, stopping: CancellationToken) -> Self {
        Self(Writer::new(sessions, tasks, stopping))
    }

    /// Stores the events of that log from now on.
    pub fn follow(self, audit: &Audit) {
        audit.follow(Box::new(move |recorded| {
            if let Some(line) = lines::of(recorded) {
                self.0.add(line);
            }
        }));
    }
}
