//! The client of the person's APIs: paths come from the boards' settings, nothing else can be asked.

/// The `WWW-Authenticate` header.
mod challenge;
/// One call, with the bearer token.
mod client;
/// Fetches under way, joined by all who wait for the same.
mod fetches;

pub use fetches::{Fetches, fetch};
