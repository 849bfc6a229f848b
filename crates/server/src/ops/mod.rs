//! What the person who runs this needs: whether it is well, what it did, how it stops.
//! Nothing here knows what a request is about.

/// Alive, and ready to work.
pub mod health;
/// Where log lines go, and which there are.
pub mod log;
pub mod purge;
/// An id, a span and a line for each request.
pub mod request;
/// When to stop.
pub mod shutdown;

pub use request::RequestId;
