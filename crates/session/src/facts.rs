//! What a store says about itself, for its operator (`claimcheck doctor`). Each store connects for it by itself, creates
//! nothing, and changes nothing.

use std::{future::Future, pin::Pin, time::Duration};

use crate::store::StoreError;

/// How often a round trip is measured.
pub(crate) const SAMPLES: usize = 7;

/// What a store says about itself. Contains no user name, password or record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreFacts {
    /// Name and version.
    pub version: String,
    /// The median of some round trips; `None` if it was not connected to.
    pub round_trip: Option<Duration>,
    /// What decides whether sessions survive a crash: names and values, as the store's documentation names them.
    pub durability: Vec<(&'static str, String)>,
    /// Which processes can share it.
    pub sharing: &'static str,
    pub concerns: Vec<StoreConcern>,
}

/// Something about a store that its operator should change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConcern {
    /// The server does not start, or no one can sign in.
    pub is_fatal: bool,
    /// What was found, and its consequence.
    pub found: String,
    pub remedy: String,
}

/// Facts that are being read.
pub type Examining<'a> = Pin<Box<dyn Future<Output = Result<StoreFacts, StoreError>> + Send + 'a>>;

impl StoreFacts {
    pub(crate) fn fatal(&mut self, found: impl Into<String>, remedy: impl Into<String>) {
        self.concerns.push(StoreConcern { is_fatal: true, found: found.into(), remedy: remedy.into() });
    }

    pub(crate) fn weak(&mut self, found: impl Into<String>, remedy: impl Into<String>) {
        self.concerns.push(StoreConcern { is_fatal: false, found: found.into(), remedy: remedy.into() });
    }

    /// The value of a setting that decides about durability.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.durability.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
    }
}

/// The median of the times that were measured.
pub(crate) fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}
