//! The account page: claims in the user's language, roles, and facts about the session.

use serde::{Deserialize, Serialize};

/// One claim, in words that users understand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The label, such as "Email address".
    pub label: String,
    /// The claim's own name, such as `email`.
    pub name: String,
    /// Its value as text.
    pub value: String,
}

/// Claims that belong together, such as "Profile" or "More from your provider".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimGroup {
    pub title: String,
    pub claims: Vec<Claim>,
}

/// One fact about the session, such as "Signed in since".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// RFC 3339 time for a `<time>` element, if the value is one.
    pub at: Option<String>,
}

/// The scopes of the sign-in at one API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiScopes {
    /// The API's title; `None` for the sign-in's own API.
    pub api: Option<String>,
    pub scopes: Vec<String>,
}

/// The content of the account page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub groups: Vec<ClaimGroup>,
    pub roles: Vec<String>,
    pub scopes: Vec<ApiScopes>,
    pub session: Vec<Fact>,
    /// When these claims were read: "12:04:31", or "12:04:31 UTC" if the time zone is unknown.
    pub as_of: String,
    /// A message for the user, such as that the profile could not be fetched.
    pub warning: Option<String>,
}
