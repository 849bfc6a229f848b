//! What the server knows and the browser must not.

pub mod clock;
pub mod random;
pub mod secret;
pub mod session;
