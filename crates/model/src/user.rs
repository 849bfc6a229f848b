//! The person as every page's user menu shows them.

use serde::{Deserialize, Serialize};

/// Who is signed in: display data only (OpenID Connect Core 5.7: never an identifier).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name to greet with: `name`, else `preferred_username`, else `email`, else the subject.
    pub name: String,
    /// The second line: usually the email address.
    pub detail: Option<String>,
    /// One or two letters to show where there is no picture.
    pub initials: String,
}
