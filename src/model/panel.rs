//! A panel of a board: what it shows, and the honest state it is in.

use serde::{Deserialize, Serialize};

use super::Chart;
use crate::model::AppError;

/// How wide a panel stands where there is room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelSize {
    Quarter,
    Third,
    Half,
    TwoThirds,
    Full,
}

/// How a value reads and sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    Text,
    Number,
    /// A number of hundredths.
    Percent,
    /// A day, a month, or a moment.
    Date,
    /// A short word with a meaning of its own, such as a status.
    Tag,
    /// An address of the web.
    Link,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub text: String,
    /// Number or date cells sort by this (dates as Unix seconds).
    pub sort: Option<f64>,
    /// As a program reads it, where that differs: a plain number, an RFC 3339 date, an address, a text in full.
    pub plain: Option<String>,
}

/// One row of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What names it, where it has a page of its own.
    pub key: Option<String>,
    pub cells: Vec<Cell>,
    /// What can be done with it.
    pub actions: Vec<ActionLink>,
    /// How the last thing that was done with it went.
    pub said: Option<ActionResult>,
}

/// The way to the form of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLink {
    pub label: String,
    /// Its place among the actions of its panel or board.
    pub action: usize,
    /// Something is lacking for it; its form says what.
    pub is_locked: bool,
}

/// How an action went, where it belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    pub text: String,
    /// Done, for sure.
    pub is_done: bool,
}

/// The rows of a table panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableData {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Which rows stand here, and of how many: "1–50 of 1,500 rows".
    pub count: String,
    /// The page before and the page after, as the address names them.
    pub previous: Option<String>,
    pub next: Option<String>,
    /// The API itself searches and sorts; else it is done with the rows that are here.
    pub is_searched_by_api: bool,
    pub is_sorted_by_api: bool,
    /// Its rows have a column for what can be done with them.
    pub has_actions: bool,
    /// How the last actions went on rows that are not here.
    pub said: Vec<ActionResult>,
}

/// One number, and how it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// `None` where the answer has no number there.
    pub value: Option<String>,
    pub unit: Option<String>,
    pub change: Option<Change>,
}

/// How a number stands to the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub direction: Direction,
    /// "12.4%", or the number before where there is no ratio to it.
    pub text: String,
    /// What it is compared with, in words; may be empty.
    pub rest: String,
    /// Whether that is good news; `None` where nobody said.
    pub is_good: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    Up,
    Down,
    Same,
}

/// Entries below each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListData {
    pub items: Vec<ListItem>,
    /// How many entries were cut off, as a person reads it.
    pub more: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    pub label: String,
    pub note: Option<String>,
    pub value: Option<String>,
    pub tag: Option<String>,
}

/// What a panel shows, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelBody {
    Stat(Stat),
    Table(TableData),
    Chart(Chart),
    List(ListData),
}

/// What a panel shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelData {
    pub body: PanelBody,
    /// When the API answered, as text.
    pub as_of: String,
}

/// The state a panel is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelState {
    Ready(Box<PanelData>),
    /// The API has not answered within the render budget; the fetch goes on.
    Loading,
    Failed(AppError),
}

/// All that the API says of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowDetail {
    pub title: String,
    pub parts: Vec<DetailPart>,
}

/// What belongs together in a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DetailPart {
    Facts { title: Option<String>, facts: Vec<(Column, Cell)> },
    Table { title: String, columns: Vec<Column>, rows: Vec<Row> },
}

/// A part of a page, rendered by the server for an island to put in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markup {
    pub html: String,
    /// What went wrong, where the part shows a failure: an island may prefer to keep what it has.
    pub failure: Option<String>,
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
