//! The pages, one file each, rendered on the server. A page's `…Content` gets all its data as arguments; the component
//! beside it fetches the data and sets the status.

mod account;
mod action;
mod answer;
mod board;
mod board_rows;
mod boards;
mod callback;
/// The frame of every routed page.
pub mod frame;
mod home;
mod inspect;
mod newest;
mod not_found;
mod of_panel;
mod panel;
mod row;
mod said;
mod sessions;
mod subject;

pub use account::{AccountContent, AccountPage};
pub use action::ActionPage;
pub use answer::contained;
pub use board::{Board, BoardContent};
pub use boards::{Boards, BoardsContent};
pub use callback::Callback;
pub use home::{Home, HomeContent};
pub use inspect::InspectPage;
pub use not_found::{NotFound, NotFoundContent};
pub use row::RowPage;
pub use sessions::{SessionsContent, SessionsPage};
