//! What crosses the wire between server and browser: fixed view models only, nothing that holds a token.
//! A field that is not here cannot reach the browser.

mod account;
mod action;
mod chart;
mod panel;
mod problem;
mod question;
mod refusal;
mod session_state;
mod sign_in;
mod user;

pub use account::{Account, ApiScopes, Claim, ClaimGroup, Fact};
pub use action::{ActionForm, FormField, FormInput, FormState};
pub use chart::{
    Chart, ChartPoint, ChartSeries, ChartShape, ChartTick, ChartValue, PLACE_MAX, Place, TickRoom, TickSide,
};
pub use panel::{
    ActionLink, Cell, CellKind, Change, Column, DetailPart, Direction, ListData, ListItem, Markup, PanelBody,
    PanelData, PanelSize, PanelState, Row, RowDetail, Said, Stat, TableData, is_match, is_match_by,
};
pub use problem::Problem;
pub use question::{CURSOR_MAX_CHARS, PanelQuestion, PeriodQuestion, Question, SortOrder, parameter};
pub use refusal::{Demand, Lack};
pub use session_state::{ABSOLUTE, ENDS, IDLE, OVER, REPLACED, SessionNews, SessionState, UNREACHABLE};
pub use sign_in::SignInOutcome;
pub use user::User;
