//! What the server knows and the browser must not.

/// The files of the site, embedded and served.
pub mod assets;
pub mod clock;
/// Settings from file and environment, checked.
pub mod config;
/// Same-origin check, headers and limits.
pub mod guard;
/// Health, logs, request ids, shutdown.
pub mod ops;
pub mod random;
pub mod secret;
