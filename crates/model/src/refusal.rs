//! Why access is denied: the missing permission, or the sign-in that an API requires.

use serde::{Deserialize, Serialize};

/// The missing permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessDenied {
    /// Scopes that the sign-in does not include, separated by spaces: required by our settings, or by the API (RFC 6750
    /// 3.1).
    Scope(String),
    /// Scopes that the API demands, and that this installation does not request for it.
    ScopeNotRequested(String),
    /// One of these roles.
    Role(Vec<String>),
    /// One of these roles, and the provider sent none at all.
    NoRoles(Vec<String>),
    /// One of these roles, and the provider sent no groups because there are too many.
    TooManyGroups(Vec<String>),
    /// A claim, by its label, with one of these values.
    Claim { name: String, is: Vec<String> },
    /// An access token for the API of that title, which the provider does not issue.
    Token(String),
    /// A refresh token, without which there is no access token for the API of that title.
    RefreshToken(String),
    /// The reason in the API's own words.
    Said(String),
    /// The API requires another sign-in although this one already meets its challenge: one more would not help.
    StillRefused,
    /// The API gives no reason.
    #[default]
    Unsaid,
}

/// The sign-in that an API requires (RFC 9470 3). The values are valid in an authorization request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepUpChallenge {
    /// One of these authentication context classes, the preferred one first; any, if there are none.
    pub acr_values: Vec<String>,
    /// The sign-in may be at most this many seconds old.
    pub max_age_secs: Option<u32>,
    /// Scopes that are required as well, separated by spaces.
    pub scope: Option<String>,
}
