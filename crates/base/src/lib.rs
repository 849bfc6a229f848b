//! Shared by the other crates: the clock, random values, secrets that are never printed, and outgoing HTTP. Depends on
//! no other crate of this workspace.

/// The clock, which tests can move.
pub mod clock;
/// Random values from the operating system.
pub mod random;
/// Text that must not be printed.
pub mod secret;

/// The outgoing HTTP client and its limits.
#[cfg(feature = "http")]
pub mod http_out;
/// Addresses of this machine and its network, which are refused for requests to the provider (SSRF guard).
#[cfg(feature = "http")]
pub mod private_network;
