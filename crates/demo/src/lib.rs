//! Stand-ins that speak only HTTP and name nothing of the rest: an OpenID provider and a protected API.
//! What lives here is for trying things out on one machine: made-up people, loopback addresses, no fault switches.

use std::future::Future;

/// The protected API: an order desk that accepts RFC 9068 access tokens.
pub mod api;
/// The OpenID provider, called Harbour ID.
pub mod provider;

mod clock;
mod crypto;
mod listen;
mod reply;
mod start;
#[cfg(test)]
mod tests;

pub use api::Api;
pub use clock::Clock;
pub use provider::Provider;
pub use start::{Demo, StandIn, WELCOME};

/// Why a stand-in could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The demo is for one machine: it hands out tokens to whoever knows the word "demo".
    #[error("the demo listens on loopback addresses only, not on {0}")]
    NotLoopback(std::net::SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Bind(std::net::SocketAddr, std::io::Error),
    #[error("the issuer {0:?} is not an http or https URL without query and fragment")]
    Issuer(String),
    #[error("the demo provider's data in {0} cannot be read or written: {1}")]
    Data(std::path::PathBuf, std::io::Error),
    #[error(
        "there is no demo in {0}: run this where the demo was started, or set CLAIMCHECK_DEMO_DATA to its folder"
    )]
    NoDemo(std::path::PathBuf),
    #[error("the operating system's random generator failed: {0}")]
    Random(#[from] getrandom::Error),
    #[error("no client for outgoing requests: {0}")]
    Client(#[from] reqwest::Error),
    #[error("{name} is {text:?}, which it cannot be")]
    Variable { name: String, text: String },
    #[error("the listener failed: {0}")]
    Serve(std::io::Error),
}

/// Runs the demo provider until `shutdown` resolves.
pub async fn serve_provider(
    options: provider::Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    Provider::bind(options).await?.serve(shutdown).await
}

/// Runs the demo API until `shutdown` resolves.
pub async fn serve_api(
    options: api::Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    Api::bind(options).await?.serve(shutdown).await
}
