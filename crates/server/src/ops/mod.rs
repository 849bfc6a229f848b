//! Operations: health checks, log, request ids, shutdown. Independent of what a request is about.

/// Health checks.
pub mod health;
/// Log setup.
pub mod log;
pub mod purge;
/// An id, a span and a log line for each request.
pub mod request;
/// Shutdown signals.
pub mod shutdown;

pub use request::RequestId;
pub use shutdown::{Draining, Signals};
