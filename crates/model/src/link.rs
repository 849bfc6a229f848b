//! Links of panels, as the settings define them for each row.

use serde::{Deserialize, Serialize};

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTarget {
    /// A page of this program, or a web address.
    pub href: String,
    /// It leads out of this program.
    pub is_outside: bool,
}

/// What the first cell of a row leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowLead {
    /// The page of the row, if it has a key.
    #[default]
    OwnPage,
    /// What its cell says, and so does the whole row.
    Row,
    /// What its cell says, if anything.
    Cell,
}
