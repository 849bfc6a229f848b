//! View models of claims and sessions. Claims become visible text only here.

/// Claims, roles and session for the account page.
mod account;
/// A user's own activity.
pub mod activity;
/// Line and bar charts: ticks, places and texts.
pub mod chart;
/// The user's sessions, and the history of this one.
pub mod sessions;
/// The user for the menu.
mod user;

pub use account::account;
pub use user::user;
