//! The client of the person's APIs: paths come from the boards' settings, nothing else can be asked.

/// The `WWW-Authenticate` header.
mod challenge;
/// One call, with the bearer token.
mod client;
/// Fetches under way, joined by all who wait for the same.
mod fetches;
/// The API's own words about what it does not do.
mod problem;
/// What a refusal says.
mod refusal;

pub use client::{Answer, Call, NoAnswer, send};
pub use fetches::{Fetches, fetch};
pub use refusal::refusal;
