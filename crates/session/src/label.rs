//! The part of a session that lists show: where and how the user signed in. Encrypted apart from the record, because it
//! is kept longer.

use serde::{Deserialize, Serialize};

use super::column::{SealedColumn, VERSION};

/// Where and how a user signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The version of the contents.
    pub v: u32,
    /// The browser's `User-Agent`.
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

impl SealedColumn for Label {
    const NAME: &str = "label";
    const HAS_START: bool = false;
}
