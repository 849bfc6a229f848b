//! What stores on a server have in common: time limits, and patience with a server that starts at the same time.

use std::time::{Duration, Instant};

use super::store::StoreError;
use crate::server::config::StoreServer;

/// How long it may take to connect.
pub(super) const CONNECT: Duration = Duration::from_secs(2);
/// How long an answer may take: a request fails rather than hang.
const ANSWER: Duration = Duration::from_secs(8);
/// How long a program that starts waits for its store; who started it may start it again.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(250);

/// Something asked of a server, with an end.
pub(super) async fn timed<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(ANSWER, asked).await.map_err(|_| StoreError::backend("no answer in time"))?
}

/// Tries again for a while, for as long as the server is away; what else is wrong is told at once.
pub(super) async fn patiently<T, E, A>(
    server: &StoreServer,
    mut attempt: impl FnMut() -> A,
    is_away: fn(&E) -> bool,
) -> Result<T, StoreError>
where
    A: Future<Output = Result<T, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let (begun, mut is_told) = (Instant::now(), false);
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) if is_away(&error) && begun.elapsed() < PATIENCE => {
                if !is_told {
                    tracing::warn!(%error, "the session store at {} does not answer yet", server.place());
                    is_told = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                return Err(StoreError::CannotOpen { place: server.place(), cause: Box::new(error) });
            }
        }
    }
}

/// Whether a failure to connect may pass: all but that the server is not who it should be, or speaks something else.
pub(super) fn may_pass(error: &std::io::Error) -> bool {
    error.kind() != std::io::ErrorKind::InvalidData
}
