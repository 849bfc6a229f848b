//! What the other crates share: the clock, random values, secrets that do not print, and outgoing HTTP.
//! Depends on no other crate of this workspace.

/// The time, passed in so that tests can move it.
pub mod clock;
/// Random values from the operating system.
pub mod random;
/// Text that must not be printed.
pub mod secret;

/// The outgoing HTTP client and its limits.
#[cfg(feature = "http")]
pub mod http_out;
/// Addresses of this machine and its network, which a provider must not send us to (SSRF guard).
#[cfg(feature = "http")]
pub mod private_network;
