//! A panel of a board: its content and its state.

use serde::{Deserialize, Serialize};

use super::{Cell, CellKind, Chart, Column, ValueTone};
use crate::{
    Facts, LinkTarget, Meter, PanelError, PanelLink, Place, RowLead, ShareData, Timeline, ValueShape,
};

/// The width of a panel, if there is room.
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

    /// Its name in the settings file, the markup and `style/`.
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

/// One row of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The row key, if the row has its own page.
    pub key: Option<String>,
    pub cells: Vec<Cell>,
    pub lead: RowLead,
    /// The actions offered for it.
    pub actions: Vec<ActionLink>,
    /// The result of the last action on it.
    pub result: Option<ActionResult>,
}

/// A link to the form of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLink {
    pub label: String,
    /// Its id among the actions of its panel or board.
    pub action: String,
    /// The user lacks access to it; its form says what is missing.
    pub is_locked: bool,
}

/// The result of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    pub text: String,
    /// It was certainly done.
    pub is_done: bool,
    /// Where it leads: the text of the link, and the link.
    pub link: Option<(String, LinkTarget)>,
    /// The API has only accepted it.
    pub job: Option<JobNotice>,
}

/// What an API has accepted and does later, as a page follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobNotice {
    /// The URL that asks the API for its state, and then leads to the board; none if it cannot be asked.
    pub check: Option<String>,
    /// After this many seconds, a page asks by itself, or reads its panels again; none if it does not.
    pub wait_secs: Option<u32>,
}

/// The rows of a table panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableData {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// The range of rows shown and the total: "1–50 of 1,500 rows".
    pub count: String,
    /// The total number of rows, if the API says so.
    pub total: Option<u64>,
    /// There are rows that are not in `rows`.
    pub is_partial: bool,
    /// Filters of the board have selected the rows from those that the API returned.
    pub is_selected: bool,
    /// There is a next page, but it cannot be requested.
    pub is_cut: bool,
    /// The previous and the next page, as named in the URL.
    pub previous: Option<String>,
    pub next: Option<String>,
    /// The column by which the rows are sorted, and the order.
    pub sorted: Option<SortedBy>,
    /// The totals of columns, if there are any.
    pub sums: Option<Sums>,
    /// Which rows are searched and sorted, if these are not all.
    pub note: Option<String>,
    /// The API searches and sorts, or the server does so with the rows of all pages; otherwise only the rows on the page
    /// are searched and sorted.
    pub is_searched_by_server: bool,
    pub is_sorted_by_server: bool,
    /// There is a column for actions of the rows.
    pub has_actions: bool,
    /// The results of the last actions on rows that are not on this page.
    pub results: Vec<ActionResult>,
}

/// The order of the rows of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortedBy {
    /// The key of the column.
    pub key: String,
    pub is_descending: bool,
}

/// The last row of a table: the totals of its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Says which rows are counted.
    pub label: String,
    /// One for each column after the first; empty where there is no total.
    pub totals: Vec<String>,
}

/// One number, and its change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// `None` if the response has no number there.
    pub value: Option<String>,
    pub unit: Option<String>,
    pub change: Option<Change>,
    pub tone: Option<ValueTone>,
    /// The places of a small line, from the left and from the top; empty without one.
    pub trend: Vec<(Place, Place)>,
    /// Where it leads.
    pub to: Option<LinkTarget>,
}

/// The change from the previous number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub direction: Direction,
    /// "12.4%"; the previous number if there is no ratio.
    pub text: String,
    /// The text about the comparison; may be empty.
    pub rest: String,
    /// Whether the change is good news; `None` if the settings do not say.
    pub is_good: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    Up,
    Down,
    Same,
}

/// Entries of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListData {
    pub items: Vec<ListItem>,
    /// How many entries were cut off, in the user's locale.
    pub more: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListItem {
    pub image: Option<Cell>,
    pub label: String,
    pub note: Option<String>,
    pub value: Option<(CellKind, Cell)>,
    pub tag: Option<Cell>,
    /// Where it leads.
    pub to: Option<LinkTarget>,
}

/// The content of a panel, by kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelBody {
    Stat(Stat),
    Table(TableData),
    Chart(Chart),
    List(ListData),
    Facts(Facts),
    Meter(Meter),
    Share(ShareData),
    Timeline(Timeline),
    /// HTML from the Markdown of the settings.
    Text(String),
    Links(Vec<PanelLink>),
}

/// The content of a panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelData {
    pub body: PanelBody,
    /// When the API responded; `None` for a panel without a request.
    pub as_of: Option<AsOf>,
    /// The API asks for fewer requests, so this is an earlier answer: when the API is asked again, as text.
    pub asked_again_at: Option<String>,
    /// The paths of the panel that match nothing in the answer.
    pub unmatched: Vec<UnmatchedPath>,
}

/// When the API responded to a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    /// The time of day in the user's locale.
    pub time: String,
    /// In Unix seconds.
    pub at: i64,
    /// The panel shows it in any case, because the page has much newer data elsewhere.
    pub is_shown: bool,
}

impl AsOf {
    /// By how many seconds the data of a panel may be older than the newest ones of the page, at least.
    pub const OLDER_MAX_SECS: u64 = 60;
}

/// What a path of the settings leads to in place of what the panel needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    pub expected: ValueShape,
    pub came: ValueShape,
}

/// A path of the settings that matches nothing, although the answer has something else there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmatchedPath {
    /// The key of the setting, such as `rows`.
    pub setting: String,
    /// The JSONPath, or the name of a member of the rows.
    pub path: String,
    /// The names of the members that are there.
    pub there: Vec<String>,
    /// The path leads to this, which is not the expected shape.
    pub misfit: Option<Misfit>,
}

impl PanelBody {
    /// Whether it shows no data at all.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Stat(stat) => stat.value.is_none(),
            Self::Table(table) => table.rows.is_empty(),
            Self::Chart(chart) => chart.is_empty(),
            Self::List(list) => list.items.is_empty(),
            Self::Facts(facts) => facts.facts.is_empty(),
            Self::Meter(meter) => meter.value.is_none(),
            Self::Share(share) => share.parts.is_empty(),
            Self::Timeline(timeline) => timeline.days.is_empty(),
            Self::Text(_) | Self::Links(_) => false,
        }
    }
}

/// The state a panel is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelState {
    Ready(Box<PanelData>),
    /// The API has not responded within the render budget; the fetch continues.
    Loading,
    Failed(PanelError),
}

/// Everything that the API returns for one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowDetail {
    /// Its key.
    pub key: String,
    /// Its first column, as in the table; its key if that is empty.
    pub title: String,
    pub actions: Vec<ActionLink>,
    pub parts: Vec<DetailPart>,
}

/// A group of related members of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DetailPart {
    Facts { title: Option<String>, facts: Vec<(Column, Cell)> },
    Table { title: String, columns: Vec<Column>, rows: Vec<Row> },
}

/// Between the title of a failure and what the board says about it; twice if the API named the time at which it is asked again.
pub const OUTAGE_FOLLOWS: char = '\t';

/// A fragment of a page, rendered by the server for an island to insert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markup {
    pub html: String,
    /// The failure that the fragment shows, if any: its title, and after [`OUTAGE_FOLLOWS`] the text for the notice of the board.
    /// The island may keep its current content instead.
    pub failure: Option<String>,
}

/// Whether a row with these `texts` contains the filter's text, ignoring case.
pub fn is_match<'a>(mut texts: impl Iterator<Item = &'a str>, filter: &str) -> bool {
    let filter = filter.trim().to_lowercase();
    filter.is_empty() || texts.any(|text| text.to_lowercase().contains(&filter))
}
