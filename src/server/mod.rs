//! What the server knows and the browser must not.

pub mod clock;
/// Settings from file and environment, checked.
pub mod config;
/// Same-origin check, headers and limits.
pub mod guard;
pub mod random;
pub mod secret;
