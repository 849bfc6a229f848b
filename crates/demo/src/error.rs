//! Why a stand-in cannot start or has to stop.

use std::{io, net::SocketAddr, path::PathBuf};

/// Why a stand-in could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The demo is for one machine: it issues tokens to anyone who knows the word "demo".
    #[error("the demo listens on loopback addresses only, not on {0}")]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, io::Error),
    #[error("the issuer {0:?} is not an http or https URL without query and fragment")]
    Issuer(String),
    #[error("the demo provider's data in {0} cannot be read or written: {1}")]
    Data(PathBuf, io::Error),
    #[error(
        "there is no demo in {0}: run this where the demo was started, or set CLAIMCHECK_DEMO_DATA to its folder"
    )]
    NoDemo(PathBuf),
    #[error("the operating system's random generator failed: {0}")]
    Random(#[from] getrandom::Error),
    #[error("no client for outgoing requests: {0}")]
    Client(#[from] reqwest::Error),
    #[error("{name} is {text:?}, which it cannot be")]
    Variable { name: String, text: String },
    #[error("the listener failed: {0}")]
    Serve(io::Error),
}
