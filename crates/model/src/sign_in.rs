//! The outcome of a sign-in.

use serde::{Deserialize, Serialize};

use super::Problem;

/// The outcome of a callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInOutcome {
    /// Redirect: to the page the user wanted, or once more to the provider.
    Onward { location: String },
    /// Show this, with this HTTP status.
    Problem { problem: Problem, status: u16 },
}
