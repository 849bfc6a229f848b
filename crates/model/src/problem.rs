//! A problem page: our description, the provider's if it is safe to show, and what to do next.

use serde::{Deserialize, Serialize};

/// The content of a problem page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The page's heading, such as "Sign-in did not finish".
    pub title: String,
    /// What happened, in a sentence or two.
    pub what: String,
    /// The provider's description, as plain text.
    pub said_by_provider: Option<String>,
    /// What the user can do about it.
    pub advice: String,
    /// Label and target of the button.
    pub action: Option<(String, String)>,
    /// Label and target of the link back, if nothing was lost.
    pub back: Option<(String, String)>,
    /// The reference under which the cause is in the log.
    pub reference: Option<String>,
}
