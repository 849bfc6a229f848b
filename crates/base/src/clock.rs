//! The current time, passed in so that tests of lifetimes can move it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Unix time in whole seconds.
pub type UnixSecs = i64;

/// The clock of a running program: the system's, plus an offset that is zero unless a test moves it.
#[derive(Clone, Default)]
pub struct Clock {
    /// The time that takes the system's place.
    fixed: Option<UnixSecs>,
    offset_secs: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that begins now and that only [`advance`](Self::advance) moves, for tests that compare times: they do
    /// not depend on how long they take.
    pub fn fixed() -> Self {
        Self { fixed: Some(system_now()), ..Self::default() }
    }

    /// Now, in seconds since 1970.
    pub fn now(&self) -> UnixSecs {
        self.fixed.unwrap_or_else(system_now).saturating_add(self.offset_secs.load(Ordering::Relaxed))
    }

    /// Now, in milliseconds since 1970: for records, not for comparisons.
    pub fn now_millis(&self) -> i64 {
        let millis = match self.fixed {
            Some(secs) => secs.saturating_mul(1000),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX)),
        };
        millis.saturating_add(self.offset_secs.load(Ordering::Relaxed).saturating_mul(1000))
    }

    /// Moves this clock and all its clones.
    pub fn advance(&self, secs: i64) {
        self.offset_secs.fetch_add(secs, Ordering::Relaxed);
    }
}

fn system_now() -> UnixSecs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}
