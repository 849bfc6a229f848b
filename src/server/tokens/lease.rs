//! Between processes: only one at a time refreshes the tokens of a session. It has a lease in the session's row, which it
//! extends while it works; if it is killed, the lease ends by itself and another process takes over.

use std::time::Duration;

use crate::{
    error::AppError,
    server::{
        Context,
        session::{Holder, Lease, RowKey},
    },
};

/// How long a lease is had without being extended: the longest that others wait for a process that is gone. A process that
/// is alive but does not come to extend it for so long (a suspended machine) may find that another has spent its refresh token.
const TERM: Duration = Duration::from_secs(8);
/// How often it is extended.
const EXTENDED_EVERY: Duration = Duration::from_secs(2);
/// How often one who waits looks again, in milliseconds.
const LOOK_AGAIN_MS: u64 = 100;

/// One process's turn at the tokens of one session, to be taken.
pub(super) struct Turn {
    context: Context,
    key: RowKey,
    holder: Holder,
}

impl Turn {
    /// Nothing is taken yet.
    pub fn of(context: &Context, key: &RowKey) -> Result<Self, AppError> {
        let holder = Holder::random().map_err(|error| {
            tracing::error!(%error, "no lease without random bytes");
            AppError::Internal
        })?;
        Ok(Self { context: context.clone(), key: key.clone(), holder })
    }

    /// Whether it is ours; if not, another process is at work.
    pub async fn take(&self) -> Result<bool, AppError> {
        match self.context.sessions.lease(&self.key, self.holder, TERM).await {
            Ok(Lease::Taken) => Ok(true),
            Ok(Lease::Held) => Ok(false),
            Ok(Lease::Gone) => Err(AppError::SignedOut),
            Err(error) => {
                tracing::error!(%error, "the lease of a session cannot be had");
                Err(AppError::StoreUnavailable)
            }
        }
    }

    /// Waits a moment before looking again; not all who wait in the same one.
    pub async fn wait(&self) {
        let jitter = u64::from(self.holder.0[0]) * LOOK_AGAIN_MS / 512;
        tokio::time::sleep(Duration::from_millis(LOOK_AGAIN_MS + jitter)).await;
    }

    /// Does the work while the turn is extended; then gives it back, which nobody waits for.
    pub async fn keep<T>(self, work: impl Future<Output = T>) -> T {
        let outcome = tokio::select! {
            outcome = work => outcome,
            never = self.extend() => match never {},
        };
        let Self { context, key, holder } = self;
        let tasks = context.tasks.clone();
        tasks.spawn(async move {
            if let Err(error) = context.sessions.release(&key, holder).await {
                tracing::debug!(%error, "a lease was not given back; it ends by itself");
            }
        });
        outcome
    }

    async fn extend(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(EXTENDED_EVERY).await;
            match self.take().await {
                Ok(true) => {}
                // New tokens are stored already, or the session is over; else another process has taken over.
                Ok(false) => tracing::warn!("a lease was lost while its work went on"),
                Err(error) => tracing::debug!(%error, "a lease could not be extended"),
            }
        }
    }
}
