//! A panel of a board: what it shows, and the state it is in.

use serde::{Deserialize, Serialize};

use super::Chart;
use crate::AppError;

/// How wide a panel is where there is room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelSize {
    Quarter,
    Third,
    Half,
    TwoThirds,
    Full,
}

impl PanelSize {
    pub const ALL: [Self; 5] = [Self::Quarter, Self::Third, Self::Half, Self::TwoThirds, Self::Full];

    /// Its name in the settings file, in the markup and in `style/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Third => "third",
            Self::Half => "half",
            Self::TwoThirds => "two-thirds",
            Self::Full => "full",
        }
    }
}

/// How a value is shown and sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    Text,
    Number,
    /// A number of hundredths.
    Percent,
    /// A day, a month, or a moment.
    Date,
    /// A short word with its own meaning, such as a status.
    Tag,
    /// An address of the web.
    Link,
}

impl CellKind {
    pub const ALL: [Self; 6] = [Self::Text, Self::Number, Self::Percent, Self::Date, Self::Tag, Self::Link];

    /// Its name in the settings file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Percent => "percent",
            Self::Date => "date",
            Self::Tag => "tag",
            Self::Link => "link",
        }
    }
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
    /// The row key, if the row has its own page.
    pub key: Option<String>,
    pub cells: Vec<Cell>,
    /// The actions offered for it.
    pub actions: Vec<ActionLink>,
    /// The result of the last action on it.
    pub result: Option<ActionResult>,
}

/// A link to the form of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLink {
    pub label: String,
    /// Its index among the actions of its panel or board.
    pub action: usize,
    /// The user lacks access to it; its form says what is missing.
    pub is_locked: bool,
}

/// The result of an action.
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
    /// Which rows these are, and of how many: "1–50 of 1,500 rows".
    pub count: String,
    /// The previous and the next page, as the URL names them.
    pub previous: Option<String>,
    pub next: Option<String>,
    /// The API itself searches and sorts; otherwise only the rows shown are.
    pub is_searched_by_api: bool,
    pub is_sorted_by_api: bool,
    /// There is a column for the actions of its rows.
    pub has_actions: bool,
    /// The results of the last actions on rows that are not here.
    pub results: Vec<ActionResult>,
}

/// One number, and how it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// `None` where the answer has no number there.
    pub value: Option<String>,
    pub unit: Option<String>,
    pub change: Option<Change>,
}

/// The change from the number before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub direction: Direction,
    /// "12.4%", or the number before where there is no ratio to it.
    pub text: String,
    /// The text for what it is compared with; may be empty.
    pub rest: String,
    /// Whether that is good news; `None` if the settings do not say.
    pub is_good: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    Up,
    Down,
    Same,
}

/// Entries one below the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListData {
    pub items: Vec<ListItem>,
    /// How many entries were cut off, in the user's locale.
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

/// All that the API returns of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowDetail {
    pub title: String,
    pub parts: Vec<DetailPart>,
}

/// Members of a row that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DetailPart {
    Facts { title: Option<String>, facts: Vec<(Column, Cell)> },
    Table { title: String, columns: Vec<Column>, rows: Vec<Row> },
}

/// A fragment of a page, rendered by the server for an island to insert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markup {
    pub html: String,
    /// The failure that the part shows, if any: an island may prefer to keep what it has.
    pub failure: Option<String>,
}

/// Whether a row with these `texts` contains the filter's text, ignoring case.
pub fn is_match<'a>(texts: impl Iterator<Item = &'a str>, filter: &str) -> bool {
    is_match_by(str::to_lowercase, texts, filter)
}

/// [`is_match`] with the caller's lower case: the browser has its own, and Rust's tables would be one of the largest parts
/// of what every visit loads.
pub fn is_match_by<'a>(
    lowercase: impl Fn(&str) -> String,
    mut texts: impl Iterator<Item = &'a str>,
    filter: &str,
) -> bool {
    let filter = lowercase(filter.trim());
    filter.is_empty() || texts.any(|text| lowercase(text).contains(&filter))
}
