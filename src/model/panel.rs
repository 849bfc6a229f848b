//! A panel of a board: what it shows, and the honest state it is in.

use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// How a column's values read and sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    Text,
    Number,
    Date,
    /// A short word with a meaning of its own, such as a status.
    Tag,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The member of a row it reads.
    pub key: String,
    pub title: String,
    pub kind: CellKind,
}

/// One cell: as it reads, and by what it sorts where that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub text: String,
    /// Number or date cells sort by this (dates as Unix seconds).
    pub sort: Option<f64>,
}

pub type Row = Vec<Cell>;

/// The rows of a table panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelData {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Rows the API has in all, when it says so.
    pub total: Option<u64>,
    /// When the API answered, as text.
    pub as_of: String,
}

/// The state a panel is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelState {
    Ready(PanelData),
    /// The API has not answered within the render budget; the fetch goes on.
    Loading,
    Failed(AppError),
}

/// A part of a page, rendered by the server for an island to put in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markup {
    pub html: String,
    /// What went wrong, where the part shows a failure: an island may prefer to keep what it has.
    pub failure: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortOrder {
    #[default]
    Ascending,
    Descending,
}

/// What a person asked of a table, in the page's query: works with scripts off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PanelQuery {
    /// Hide rows that do not contain this text.
    pub filter: String,
    /// Key of the column to sort by.
    pub sort: Option<String>,
    pub order: SortOrder,
}

/// Whether a row that reads as `texts` contains what is asked for, without regard to case.
pub fn is_match<'a>(texts: impl Iterator<Item = &'a str>, filter: &str) -> bool {
    is_match_by(str::to_lowercase, texts, filter)
}

/// [`is_match`] for whoever brings the lower case: the browser has its own, and Rust's tables would be one of the
/// largest parts of what every visit loads.
pub fn is_match_by<'a>(
    lowercase: impl Fn(&str) -> String,
    mut texts: impl Iterator<Item = &'a str>,
    filter: &str,
) -> bool {
    let filter = lowercase(filter.trim());
    filter.is_empty() || texts.any(|text| lowercase(text).contains(&filter))
}
