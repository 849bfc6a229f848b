//! One file a page: what it shows, and how it comes by it. Rendered on the server.
//! A page's `…Content` is given everything it shows; the component beside it fetches that and decides the status.

mod account;
mod action;
mod answer;
mod board;
mod callback;
mod home;
mod not_found;
mod panel;
mod problem;
mod row;
mod said;
mod sessions;
mod sign_out;
/// Pages outside the route table.
pub mod standalone;
mod too_late;

pub use account::{AccountContent, AccountPage, refreshed_claims};
pub use action::{ActionPage, acted, action_form};
pub use answer::contained;
pub use board::{Board, BoardContent};
pub use callback::Callback;
pub use home::{Home, HomeContent};
pub use not_found::{NotFound, NotFoundContent};
pub use panel::panel_when_ready;
pub use problem::ProblemContent;
pub use row::{RowPage, row_drawer};
pub use sessions::{SessionsContent, SessionsPage};
pub use sign_out::SignOutContent;
pub use too_late::TooLateContent;
