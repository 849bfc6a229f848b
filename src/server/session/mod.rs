//! The session crate and the session layer under one path.

pub use claimcheck_session::*;

pub use super::session_layer::{CookieSettings, layer};
