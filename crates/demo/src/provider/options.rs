//! The options of a demo provider.

use std::{net::SocketAddr, path::PathBuf};

use super::{clients::Client, resource::Resource};

/// The options of a demo provider.
#[derive(Clone, Debug)]
pub struct Options {
    /// Loopback only; port 0 picks a free port.
    pub listen: SocketAddr,
    /// Whether other addresses than those of loopback are allowed: in a container, the host decides who reaches them.
    pub is_published: bool,
    /// The issuer identifier; may be the address of a proxy. Empty: `http://` and the bound address.
    pub issuer: String,
    /// Its own folder; created if it is missing.
    pub data_dir: PathBuf,
    /// The relying parties.
    pub clients: Vec<Client>,
    /// The APIs that access tokens are for. The first applies to requests that name none.
    pub resources: Vec<Resource>,
    /// Lifetime of access and ID tokens in seconds; short, so that refreshes can be observed.
    pub access_token_secs: u32,
    /// Lifetime of a family of refresh tokens in seconds, however often it is rotated.
    pub refresh_token_absolute_secs: u32,
    /// Certificate authorities to trust in addition, for requests to clients.
    pub authorities: Vec<reqwest::Certificate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9000)),
            is_published: false,
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
