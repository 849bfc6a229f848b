//! The data that is sent from the server to the browser: fixed view models only, none of which contains a token. A
//! field that is not defined here cannot reach the browser.

/// The path below which the program is reached.
pub mod base_path;
/// The policy of every server function.
pub mod functions;
/// All URLs of this program.
pub mod paths;
/// Names in the browser's storage.
pub mod storage;

mod account;
mod action;
mod answer;
mod board_icon;
mod cell;
mod chart;
/// Failures, as users see them.
mod error;
mod filter;
/// The texts that islands show.
pub mod island_text;
mod link;
mod panel;
mod panel_kinds;
/// The parts of a page that scripts look up.
pub mod part;
mod problem;
mod question;
mod refusal;
mod session_state;
mod sign_in;
mod user;
/// The encoding of the browser's calls.
pub mod wire;

pub use account::{Account, ApiScopes, Claim, ClaimGroup, Fact};
pub use action::{ActionForm, FormField, FormInput, FormState, GoneForm, TICKED};
pub use answer::{AnswerProblem, PanelError, Silence, ValueShape};
pub use board_icon::BoardIcon;
pub use cell::{Cell, CellImage, CellKind, CellMore, Column, ColumnLook, ColumnWidth, ImageSize, ValueTone};
pub use chart::{
    Chart, ChartAxis, ChartLine, ChartPoint, ChartSeries, ChartShape, ChartTick, ChartValue, NamesLayout,
    PLACE_MAX, Place, TickRoom, TickSide,
};
pub use error::AppError;
pub use filter::{
    DroppedFilter, FILTER_TEXT_MAX_CHARS, FILTER_VALUES_MAX, FilterBar, FilterChoice, FilterField,
    FilterInput, FilterQuery, TabLink,
};
pub use link::{LinkTarget, RowLead};
pub use panel::{
    ActionLink, ActionResult, AsOf, Change, DetailPart, Direction, JobNotice, ListData, ListItem, Markup,
    Misfit, OUTAGE_FOLLOWS, PanelBody, PanelData, PanelSize, PanelState, Row, RowDetail, SortedBy, Stat,
    Sums, TableData, UnmatchedPath, is_match,
};
pub use panel_kinds::{
    Facts, Meter, PanelLink, ShareData, SharePart, ShareShape, Timeline, TimelineDay, TimelineEvent,
};
pub use problem::Problem;
pub use question::{BoardQuery, CURSOR_MAX_CHARS, PanelQuery, PeriodQuery, SortOrder, parameter};
pub use refusal::{AccessDenied, StepUpChallenge};
pub use session_state::{ABSOLUTE, ENDS, IDLE, OVER, REPLACED, SessionNews, SessionState, UNREACHABLE};
pub use sign_in::SignInOutcome;
pub use user::User;
