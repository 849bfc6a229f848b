//! Why a demo server cannot start or has to stop.

use std::{io, net::SocketAddr, path::PathBuf};

/// Why a demo server could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The demo is for one machine: it issues tokens to anyone who knows the password "demo".
    #[error(
        "the demo listens on loopback addresses only, not on {0}; in a container whose ports are published on loopback, \
         set CLAIMCHECK_DEMO_PUBLISHED=true"
    )]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, io::Error),
    #[error("the issuer {0:?} must be an http or https URL without query and fragment")]
    Issuer(String),
    #[error("the demo's data in {0} cannot be read or written: {1}")]
    Data(PathBuf, io::Error),
    #[error(
        "no demo found in {0}: run this in the folder where the demo was started, or set CLAIMCHECK_DEMO_DATA"
    )]
    NoDemo(PathBuf),
    #[error("the operating system's random generator failed: {0}")]
    Random(#[from] getrandom::Error),
    #[error("outgoing HTTP cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
    #[error("{name} is set to {text:?}, which is not valid")]
    Variable { name: String, text: String },
    #[error("serving failed: {0}")]
    Serve(io::Error),
}
