//! The data that is sent from the server to the browser: fixed view models only, none of which contains a token. A
//! field that is not defined here cannot reach the browser.

/// The policy of every server function.
pub mod functions;
/// All URLs of this program.
pub mod paths;

mod account;
mod action;
mod answer;
mod chart;
/// Failures, as users see them.
mod error;
/// The texts that islands show.
pub mod island_text;
mod panel;
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
pub use answer::{AnswerProblem, PanelError, ValueShape};
pub use chart::{
    Chart, ChartPoint, ChartSeries, ChartShape, ChartTick, ChartValue, PLACE_MAX, Place, TickRoom, TickSide,
};
pub use error::AppError;
pub use panel::{
    ActionLink, ActionResult, Cell, CellKind, Change, Column, DetailPart, Direction, ListData, ListItem,
    Markup, PanelBody, PanelData, PanelSize, PanelState, Row, RowDetail, Stat, TableData, is_match,
};
pub use problem::Problem;
pub use question::{BoardQuery, CURSOR_MAX_CHARS, PanelQuery, PeriodQuery, SortOrder, parameter};
pub use refusal::{AccessDenied, StepUpChallenge};
pub use session_state::{ABSOLUTE, ENDS, IDLE, OVER, REPLACED, SessionNews, SessionState, UNREACHABLE};
pub use sign_in::SignInOutcome;
pub use user::User;
