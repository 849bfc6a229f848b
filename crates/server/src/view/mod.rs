//! From claims and sessions to what a page shows. The only place where a claim becomes something to look at.

/// Claims, roles and session as the account page shows them.
mod account;
/// Line and bar charts: ticks, places and words.
pub mod chart;
/// What a browser calls itself, in words.
pub mod device;
/// The sessions of a person, and what happened in this one.
pub mod sessions;
/// The person as the user menu shows them.
mod user;

pub use account::account;
pub use user::user;
