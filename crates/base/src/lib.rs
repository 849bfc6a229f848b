//! Shared by the other crates: the clock, random values, secrets that are never printed, and outgoing HTTP. Depends on
//! no other crate of this workspace.

/// The clock, which tests can move.
pub mod clock;
/// Random values from the operating system.
pub mod random;
/// Text that must not be printed.
pub mod secret;
/// Parts of traces, and what identifies them for other processes.
pub mod traces;

/// Why an outgoing request brought no response.
#[cfg(feature = "http")]
mod http_error;
/// The outgoing HTTP client and its limits.
#[cfg(feature = "http")]
pub mod http_out;
/// The proxy for outgoing requests.
#[cfg(feature = "http")]
pub mod http_proxy;
/// The hosts that may be reached over plain http.
#[cfg(feature = "http")]
pub mod insecure_hosts;
/// The media type of a response.
#[cfg(feature = "http")]
mod media_type;
/// The span of an outgoing request.
#[cfg(feature = "http")]
mod outgoing_span;
/// Addresses of this machine and its network, which are refused for requests to the provider (SSRF guard).
#[cfg(feature = "http")]
pub mod private_network;
