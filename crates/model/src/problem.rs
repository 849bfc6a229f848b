//! A page for what went wrong: in our words, in the provider's where they are safe, and what to do next.

use serde::{Deserialize, Serialize};

/// All that a problem page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The page's heading, such as "Sign-in did not finish".
    pub title: String,
    /// What happened, in a sentence or two.
    pub what: String,
    /// What the provider said about it, as plain text.
    pub said_by_provider: Option<String>,
    /// What the person can do about it.
    pub advice: String,
    /// Label and target of the button.
    pub action: Option<(String, String)>,
    /// Label and target of the way back, where nothing was lost.
    pub back: Option<(String, String)>,
    /// Under which the log has the cause.
    pub reference: Option<String>,
}
