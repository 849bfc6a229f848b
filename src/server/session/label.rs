//! What lists of sessions say of one: where and how the person signed in. Sealed beside the record, because it outlives it.

use serde::{Deserialize, Serialize};

use super::record::{Column, VERSION};

/// Where and how a person signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The version of the contents.
    pub v: u32,
    /// The browser, as it calls itself.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// Authentication methods (RFC 8176).
    #[serde(default)]
    pub amr: Vec<String>,
}

impl Label {
    /// A label of today's version.
    pub fn new(user_agent: Option<String>, amr: Vec<String>) -> Self {
        Self { v: VERSION, user_agent, amr }
    }
}

impl Default for Label {
    fn default() -> Self {
        Self::new(None, Vec::new())
    }
}

impl Column for Label {
    const NAME: &str = "label";
}
