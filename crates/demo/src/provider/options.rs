//! How a demo provider is set up.

use std::{net::SocketAddr, path::PathBuf};

use super::{clients::Client, resource::Resource};

/// How a demo provider is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Loopback only; port 0 picks a free port.
    pub listen: SocketAddr,
    /// The issuer identifier; may be the address of a proxy. Empty: `http://` and the bound address.
    pub issuer: String,
    /// Its own folder; made if it is missing.
    pub data_dir: PathBuf,
    /// The relying parties.
    pub clients: Vec<Client>,
    /// The APIs that access tokens are for; the first is that of requests which name none.
    pub resources: Vec<Resource>,
    /// Lifetime of access and ID tokens in seconds; short, so that refreshes can be watched.
    pub access_token_secs: u32,
    /// Lifetime of a family of refresh tokens in seconds, however often it is rotated.
    pub refresh_token_absolute_secs: u32,
    /// Further certificate authorities to trust in requests to clients.
    pub authorities: Vec<reqwest::Certificate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9000)),
            issuer: String::new(),
            data_dir: PathBuf::from("demo-data"),
            clients: Vec::new(),
            resources: Vec::new(),
            access_token_secs: 120,
            refresh_token_absolute_secs: 30 * 24 * 3600,
            authorities: Vec::new(),
        }
    }
}
