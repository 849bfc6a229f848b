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
    offset_secs: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in seconds since 1970.
    pub fn now(&self) -> UnixSecs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
        i64::try_from(since).unwrap_or(i64::MAX).saturating_add(self.offset_secs.load(Ordering::Relaxed))
    }

    /// Moves this clock and all its clones.
    pub fn advance(&self, secs: i64) {
        self.offset_secs.fetch_add(secs, Ordering::Relaxed);
    }
}
