//! Shared code of the stores on a server: the server's address, time limits, and retries while it starts.

use std::{
    net::IpAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use claimcheck_base::secret::Secret;
use url::Url;

use super::store::StoreError;

/// Time limit for connecting.
pub(super) const CONNECT: Duration = Duration::from_secs(2);
/// Time limit for an operation: a request fails rather than hang.
const OPERATION: Duration = Duration::from_secs(8);
/// How long a starting program waits for its store. After that it exits, and its supervisor may start it again.
const STARTUP: Duration = Duration::from_secs(10);
/// Between two attempts.
const RETRY_PAUSE: Duration = Duration::from_millis(250);

/// The server of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreServer {
    /// Its URL, with user name and password if it needs them.
    pub url: Secret,
    /// A further certificate authority (PEM).
    pub ca_file: Option<PathBuf>,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) transport: Transport,
}

/// What protects the connection to a server, as far as its URL says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// Nothing.
    Plain {
        /// What to write instead.
        remedy: &'static str,
    },
    /// TLS if the server offers it: any server that answers can decline.
    Optional {
        /// What to write instead.
        remedy: &'static str,
    },
    /// TLS with any certificate.
    Unverified {
        /// What to write instead.
        remedy: &'static str,
    },
    /// TLS with a verified certificate.
    Verified,
}

impl StoreServer {
    /// Host and port: the only part of the URL that may be shown.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// What another host on the way can do with the connection to this server, and what to write instead. `None` if it is
    /// verified TLS or does not leave this machine.
    pub fn weakness(&self) -> Option<String> {
        let (fault, remedy) = match self.transport {
            _ if is_this_machine(&self.host) => return None,
            Transport::Verified => return None,
            Transport::Plain { remedy } => ("is not encrypted", remedy),
            Transport::Optional { remedy } => ("is encrypted only if the other side offers it", remedy),
            Transport::Unverified { remedy } => {
                ("is encrypted, but the server's certificate is not verified", remedy)
            }
        };
        Some(format!("the connection to {} {fault}; use {remedy}", self.place()))
    }
}

/// Whether a host is this machine: a loopback address or name, or the folder of a Unix socket.
fn is_this_machine(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.starts_with('/')
        || host.starts_with("%2f")
        || host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The URL of a server in a setting. An error describes the problem without quoting the text.
pub(super) fn parse_url(text: &str, example: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| {
        format!("is not a valid URL ({error}; percent-encode special characters in the password). Example: {example}")
    })?;
    if text.contains('#') {
        return Err(format!(
            "must not have a fragment; write a # in the password as %23. Example: {example}"
        ));
    }
    Ok(url)
}

/// Runs an operation with a time limit.
pub(super) async fn with_timeout<T>(
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(OPERATION, operation)
        .await
        .map_err(|_| StoreError::backend("no response in time"))?
}

/// Retries for a while as long as the server is unavailable. Any other error is returned at once.
pub(super) async fn retry_while_unavailable<T, E, A>(
    server: &StoreServer,
    mut attempt: impl FnMut() -> A,
    is_unavailable: fn(&E) -> bool,
) -> Result<T, StoreError>
where
    A: Future<Output = Result<T, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let (begun, mut is_logged) = (Instant::now(), false);
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) if is_unavailable(&error) && begun.elapsed() < STARTUP => {
                if !is_logged {
                    tracing::warn!(%error, "the session store at {} is not responding yet", server.place());
                    is_logged = true;
                }
                tokio::time::sleep(RETRY_PAUSE).await;
            }
            Err(error) => {
                return Err(StoreError::CannotOpen { place: server.place(), cause: Box::new(error) });
            }
        }
    }
}

/// Whether a failure to connect may be temporary. It is not if the server has the wrong identity or speaks another protocol.
pub(super) fn may_be_temporary(error: &std::io::Error) -> bool {
    error.kind() != std::io::ErrorKind::InvalidData
}
