//! One file a page: what stands in its main landmark, given everything it shows.
//! Data, status and frame are the business of `app.rs`.

mod account;
mod board;
mod home;
mod not_found;
mod problem;
mod sign_out;

pub use account::AccountContent;
pub use board::BoardContent;
pub use home::HomeContent;
pub use not_found::NotFoundContent;
pub use problem::ProblemContent;
pub use sign_out::SignOutContent;
