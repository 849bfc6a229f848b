//! The client of the person's API: paths come from the boards' settings, nothing else can be asked.

/// The `WWW-Authenticate` header.
mod challenge;
/// One call, with the bearer token.
mod client;
/// Fetches under way, joined by all who wait for the same.
mod fetches;
/// What a refusal says.
mod refusal;

pub use fetches::{Fetches, fetch};
