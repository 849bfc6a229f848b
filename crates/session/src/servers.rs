//! Shared code of the stores on a server: the server's address, time limits, and retries while it starts.

use std::{
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
}

impl StoreServer {
    /// Host and port: the only part of the URL that may be shown.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
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
