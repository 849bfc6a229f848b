//! How a sign-in ended.

use serde::{Deserialize, Serialize};

use super::Problem;

/// The end of a callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInOutcome {
    /// Go there: the page the person wanted, or the provider once more.
    Onward { location: String },
    /// Show this, with this HTTP status.
    Problem { problem: Problem, status: u16 },
}
