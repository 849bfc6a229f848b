//! Demo servers, which only communicate over HTTP and use no other crate of the project: an OpenID provider and a
//! protected API. They are for trying out the program on one machine: made-up users, loopback addresses, no fault
//! injection.

/// The protected API: an order desk that accepts RFC 9068 access tokens.
pub mod api;
/// The OpenID provider, called Harbour ID.
pub mod provider;

mod clock;
mod crypto;
mod error;
mod http_client;
mod listen;
mod reply;
mod start;
#[cfg(test)]
mod tests;

pub use api::Api;
pub use clock::Clock;
pub use error::Error;
pub use provider::Provider;
pub use start::{Demo, StandIn};
