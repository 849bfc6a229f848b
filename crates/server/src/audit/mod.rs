//! The audit log: one JSON line for each event that matters, in a place of its own. Services call [`Audit::record`];
//! nothing waits for the line to be written.

/// What is recorded.
mod event;
/// One line of the log.
mod line;

use std::sync::{Arc, OnceLock};

use claimcheck_base::clock::Clock;

pub use event::{ChangedFile, DownloadKind, EndedBy, Event, Outcome, SignInKind, What, Who};
pub use line::{Line, VERSION};

use crate::requester::{self, Requester};

/// Sees every event when it is recorded. It must not wait.
pub type Follower = Box<dyn Fn(&Recorded) + Send + Sync>;

/// An event with its time and its request.
pub struct Recorded {
    /// Unix time in milliseconds.
    pub at_millis: i64,
    pub event: Event,
    /// The sender of the request that caused it; `None` if no request did.
    pub requester: Option<Requester>,
}

/// Where events are recorded. Cheap to clone.
#[derive(Clone, Default)]
pub struct Audit(Arc<Inner>);

#[derive(Default)]
struct Inner {
    clock: Clock,
    follower: OnceLock<Follower>,
}

impl Audit {
    /// An audit log that is off: events reach only its follower.
    pub fn off(clock: Clock) -> Self {
        Self(Arc::new(Inner { clock, follower: OnceLock::new() }))
    }

    /// Shows every event to this, too; only the first follower counts.
    pub fn follow(&self, follower: Follower) {
        let _ = self.0.follower.set(follower);
    }

    /// Records an event of the request that this code runs for, if there is one.
    pub fn record(&self, event: Event) {
        let Some(follower) = self.0.follower.get() else { return };
        let recorded =
            Recorded { at_millis: self.0.clock.now_millis(), event, requester: requester::current() };
        follower(&recorded);
    }
}
