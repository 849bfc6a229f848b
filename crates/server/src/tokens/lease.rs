//! Between processes: only one at a time refreshes the tokens of a session. It holds a lease in the session's row and
//! extends it while it works. If it is killed, the lease expires and another process takes over.

use std::time::Duration;

use claimcheck_model::AppError;
use claimcheck_session::{Holder, Lease, RowKey};

use crate::tokens::Tokens;

/// How long a lease lasts without being extended: the longest that others wait for a process that has died. If a live
/// process fails to extend it for so long (a suspended machine), another may have used its refresh token.
const TERM: Duration = Duration::from_secs(6);
/// How often it is extended.
const EXTENDED_EVERY: Duration = Duration::from_millis(1500);
/// How long a process that takes over waits before it asks the provider. While the store was unavailable, no lease
/// could be extended, and the previous holder may be about to store new tokens.
const BEFORE_TAKING_OVER: Duration = Duration::from_millis(2500);
/// How often a waiting process checks again, in milliseconds.
const LOOK_AGAIN_MS: u64 = 100;

/// One process's turn to refresh the tokens of a session.
pub(super) struct Turn {
    tokens: Tokens,
    key: RowKey,
    holder: Holder,
}

impl Turn {
    /// A turn that is not taken yet.
    pub(super) fn of(tokens: &Tokens, key: &RowKey) -> Result<Self, AppError> {
        let holder = Holder::random().map_err(|error| {
            tracing::error!(%error, "a lease could not be requested: no random bytes");
            AppError::Internal
        })?;
        Ok(Self { tokens: tokens.clone(), key: key.clone(), holder })
    }

    /// Takes it. `false` if another process is working.
    pub(super) async fn take(&self) -> Result<bool, AppError> {
        match self.lease().await? {
            Lease::Taken => Ok(true),
            Lease::TakenOver => {
                tracing::warn!("the lease of another process expired: this one takes over");
                tokio::time::sleep(BEFORE_TAKING_OVER).await;
                Ok(true)
            }
            Lease::Held => Ok(false),
            Lease::Gone => Err(AppError::SignedOut),
        }
    }

    async fn lease(&self) -> Result<Lease, AppError> {
        self.tokens.sessions.lease(&self.key, self.holder, TERM).await.map_err(|error| {
            tracing::error!(%error, "the lease of a session could not be acquired");
            // It may have been taken all the same: perhaps only the response was lost.
            self.give_back();
            AppError::StoreUnavailable
        })
    }

    /// Waits before checking again, with jitter.
    pub(super) async fn wait(&self) {
        let jitter = u64::from(self.holder.0[0]) * LOOK_AGAIN_MS / 512;
        tokio::time::sleep(Duration::from_millis(LOOK_AGAIN_MS + jitter)).await;
    }

    /// Does the work while the lease is extended, then releases it.
    pub(super) async fn keep<T>(&self, work: impl Future<Output = T>) -> T {
        let outcome = tokio::select! {
            outcome = work => outcome,
            never = self.extend() => match never {},
        };
        self.give_back();
        outcome
    }

    /// Releases the lease in the background.
    pub(super) fn give_back(&self) {
        let (tokens, key, holder) = (self.tokens.clone(), self.key.clone(), self.holder);
        self.tokens.tasks.spawn(async move {
            if let Err(error) = tokens.sessions.release(&key, holder).await {
                tracing::debug!(%error, "a lease could not be released; it will expire");
            }
        });
    }

    async fn extend(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(EXTENDED_EVERY).await;
            match self.tokens.sessions.lease(&self.key, self.holder, TERM).await {
                Ok(Lease::Held) => tracing::warn!("a lease was lost while its refresh was running"),
                // Otherwise it is extended, or the session is over.
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "a lease could not be extended"),
            }
        }
    }
}
