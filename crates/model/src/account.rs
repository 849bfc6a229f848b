//! The account page: claims in words, roles, and the state of the session as facts.

use serde::{Deserialize, Serialize};

/// One claim in words a person understands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is, such as "Email address".
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

/// One fact on the session, such as "Signed in since".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// RFC 3339 time for a `<time>` element, where the value is one.
    pub at: Option<String>,
}

/// What the sign-in includes at one API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiScopes {
    /// The API's title, where it is not the one that the sign-in is for.
    pub api: Option<String>,
    pub scopes: Vec<String>,
}

/// All that the account page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub groups: Vec<ClaimGroup>,
    pub roles: Vec<String>,
    pub scopes: Vec<ApiScopes>,
    pub session: Vec<Fact>,
    /// "12:04:31" or, where the zone is not known, "12:04:31 UTC": when these claims were read.
    pub as_of: String,
    /// Something the person should know, such as that the profile could not be fetched.
    pub warning: Option<String>,
}
