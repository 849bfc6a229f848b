//! Between processes: only one at a time refreshes the tokens of a session. It has a lease in the session's row, which it
//! extends while it works; if it is killed, the lease ends by itself and another process takes over.

use std::time::Duration;

use claimcheck_model::AppError;
use claimcheck_session::{Holder, Lease, RowKey};

use crate::tokens::Tokens;

/// How long a lease is had without being extended: the longest that others wait for a process that is gone. A process that
/// is alive but does not come to extend it for so long (a suspended machine) may find that another has spent its refresh token.
const TERM: Duration = Duration::from_secs(6);
/// How often it is extended.
const EXTENDED_EVERY: Duration = Duration::from_millis(1500);
/// How long one who takes over waits before it asks the provider: while the store was away, nobody could extend a lease, and
/// the one before may have new tokens in hand that it is just storing.
const BEFORE_TAKING_OVER: Duration = Duration::from_millis(2500);
/// How often one who waits looks again, in milliseconds.
const LOOK_AGAIN_MS: u64 = 100;

/// One process's turn at the tokens of one session, to be taken.
pub(super) struct Turn {
    tokens: Tokens,
    key: RowKey,
    holder: Holder,
}

impl Turn {
    /// Nothing is taken yet.
    pub(super) fn of(tokens: &Tokens, key: &RowKey) -> Result<Self, AppError> {
        let holder = Holder::random().map_err(|error| {
            tracing::error!(%error, "no lease without random bytes");
            AppError::Internal
        })?;
        Ok(Self { tokens: tokens.clone(), key: key.clone(), holder })
    }

    /// Whether it is ours; if not, another process is at work.
    pub(super) async fn take(&self) -> Result<bool, AppError> {
        match self.lease().await? {
            Lease::Taken => Ok(true),
            Lease::TakenOver => {
                tracing::warn!("a process did not come back to its lease: another takes over");
                tokio::time::sleep(BEFORE_TAKING_OVER).await;
                Ok(true)
            }
            Lease::Held => Ok(false),
            Lease::Gone => Err(AppError::SignedOut),
        }
    }

    async fn lease(&self) -> Result<Lease, AppError> {
        self.tokens.sessions.lease(&self.key, self.holder, TERM).await.map_err(|error| {
            tracing::error!(%error, "the lease of a session cannot be had");
            // It may be ours all the same: the answer was lost, not the question.
            self.give_back();
            AppError::StoreUnavailable
        })
    }

    /// Waits a moment before looking again; not all who wait in the same one.
    pub(super) async fn wait(&self) {
        let jitter = u64::from(self.holder.0[0]) * LOOK_AGAIN_MS / 512;
        tokio::time::sleep(Duration::from_millis(LOOK_AGAIN_MS + jitter)).await;
    }

    /// Does the work while the turn is extended; then gives it back.
    pub(super) async fn keep<T>(&self, work: impl Future<Output = T>) -> T {
        let outcome = tokio::select! {
            outcome = work => outcome,
            never = self.extend() => match never {},
        };
        self.give_back();
        outcome
    }

    /// Nobody waits for it.
    pub(super) fn give_back(&self) {
        let (tokens, key, holder) = (self.tokens.clone(), self.key.clone(), self.holder);
        self.tokens.tasks.spawn(async move {
            if let Err(error) = tokens.sessions.release(&key, holder).await {
                tracing::debug!(%error, "a lease was not given back; it ends by itself");
            }
        });
    }

    async fn extend(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(EXTENDED_EVERY).await;
            match self.tokens.sessions.lease(&self.key, self.holder, TERM).await {
                Ok(Lease::Held) => tracing::warn!("a lease was lost while its work went on"),
                // Else it is had for longer, or the session is over.
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "a lease could not be extended"),
            }
        }
    }
}
