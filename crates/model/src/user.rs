//! The user in the menu of every page.

use serde::{Deserialize, Serialize};

/// The signed-in user: display data only (OpenID Connect Core 5.7: never an identifier).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The display name: `name`, else `preferred_username`, else `email`, else the subject.
    pub name: String,
    /// The second line: usually the email address.
    pub detail: Option<String>,
    /// One or two letters, shown instead of a picture.
    pub initials: String,
}
