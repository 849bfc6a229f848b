//! Why something is not for a person, or not yet: what they lack, and what an API demands of their sign-in.

use serde::{Deserialize, Serialize};

/// What a person lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessDenied {
    /// Scopes that the sign-in does not include, separated by spaces: by our settings, or as the API says (RFC 6750 3.1).
    Scope(String),
    /// One of these roles.
    Role(Vec<String>),
    /// A claim, by its name in words, that says one of these.
    Claim { name: String, is: Vec<String> },
    /// An access token for the API of that title: the provider gives none.
    Token(String),
    /// A refresh token, with which alone an access token for the API of that title can be had.
    RefreshToken(String),
    /// What it is, in the API's own words.
    Said(String),
    /// The API demands another sign-in although this one is all that it demands: one more would not help.
    StillRefused,
    /// The API does not say.
    #[default]
    Unsaid,
}

/// How a sign-in must have been for an API (RFC 9470 3). Values that an authorization request can carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepUpChallenge {
    /// One of these authentication context classes, the most wanted first; any, where there is none.
    pub acr_values: Vec<String>,
    /// It may lie at most this many seconds back.
    pub max_age_secs: Option<u32>,
    /// Scopes that are wanted as well, separated by spaces.
    pub scope: Option<String>,
}
