//! What somebody must have to see or do something, as boards, panels and actions say it.

use super::reader::Table;
use crate::server::config::values;

/// All of this is needed; nothing, where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// A scope that the provider must have granted.
    pub scope: Option<String>,
}

/// The keys that say it.
pub(super) const KEYS: [&str; 1] = ["scope"];

/// Reads what a table says of it.
pub(super) fn read(at: &mut Table<'_, '_>) -> Needs {
    Needs { scope: at.optional("scope", values::scope) }
}
