//! Revocation (RFC 7009): at sign-out, and for tokens that arrive too late to be used. A failing or slow provider
//! delays no caller. A revocation that fails is tried again a few times, while this process runs; it is not stored.

use std::{sync::Arc, time::Duration};

use claimcheck_base::secret::Secret;
use claimcheck_oidc::revocation::{Revocation, TokenType};
use claimcheck_session::TokenSet;
use tokio::{
    sync::{
        Semaphore,
        mpsc::{UnboundedSender, unbounded_channel},
    },
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::tokens::Tokens;

/// The number of sessions whose tokens are revoked at the same time, so that ending many does not flood the provider.
const AT_ONCE: usize = 4;
/// The pauses before further attempts. Together with the requests they last about two minutes.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20), Duration::from_secs(60)];
/// The longest pause that the provider can ask for.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// The number of sessions whose tokens wait for another attempt, at a few kilobytes each.
const WAITING_MAX: usize = 1_000;

/// The pause before a further attempt, after so many of them; `None` if there is no other. The provider can ask for a
/// longer one.
fn pause_before(attempts: usize, asked: Option<Duration>) -> Option<Duration> {
    PAUSES.get(attempts).map(|pause| asked.unwrap_or_default().clamp(*pause, PAUSE_MAX))
}

/// Revocations that wait for another attempt.
#[derive(Clone)]
pub(super) struct Waiting {
    places: Arc<Semaphore>,
    /// From then on nothing waits: there is one more attempt at once.
    stopping: CancellationToken,
}

impl Waiting {
    pub(super) fn new(stopping: CancellationToken) -> Self {
        Self { places: Arc::new(Semaphore::new(WAITING_MAX)), stopping }
    }
}

/// Tokens that are to be revoked, in this order.
type ToRevoke = Vec<(Secret, TokenType)>;

impl Tokens {
    /// Revokes the refresh token, then the access tokens, in its own task, which the program waits for before it exits.
    /// The handle completes when the provider has answered or failed; if it has failed, another task tries again.
    pub fn revoke(&self, tokens: TokenSet) -> JoinHandle<()> {
        let refresh_token = tokens.refresh_token.map(|token| (token, TokenType::Refresh));
        // RFC 7009 2.1: revoking a refresh token should end its access tokens, but need not.
        let access_tokens = tokens.access.into_values().map(|access| (access.token, TokenType::Access));
        self.revoke_in_order(refresh_token.into_iter().chain(access_tokens).collect())
    }

    /// Revokes tokens like [`Self::revoke`], and returns the result for the refresh token, or without one for the first
    /// access token.
    pub async fn revoke_and_tell(&self, tokens: TokenSet) -> Revocation {
        let (first, hint) = match &tokens.refresh_token {
            Some(token) => (Some(token.clone()), TokenType::Refresh),
            None => (tokens.access.values().next().map(|access| access.token.clone()), TokenType::Access),
        };
        let Some(first) = first else { return Revocation::NotOffered };
        let outcome = self.relying_party.revoke(&first, hint).await;
        match outcome {
            Revocation::Failed(_) => drop(self.revoke(tokens)),
            _ => {
                let is_other = |(token, _): &(Secret, TokenType)| *token != first;
                let access = tokens.access.into_values().map(|access| (access.token, TokenType::Access));
                drop(self.revoke_in_order(access.filter(is_other).collect()));
            }
        }
        outcome
    }

    /// Revokes a refresh token like [`Self::revoke`].
    pub(super) fn revoke_refresh_token(&self, token: Secret) {
        drop(self.revoke_in_order(vec![(token, TokenType::Refresh)]));
    }

    fn revoke_in_order(&self, tokens: ToRevoke) -> JoinHandle<()> {
        let all = self.clone();
        let revocation = async move {
            if let Err((left, pause)) = all.attempt(tokens).await {
                all.tasks.spawn(all.clone().try_again(left, pause).in_current_span());
            }
        };
        self.tasks.spawn(revocation.in_current_span())
    }

    /// Revokes these tokens until the provider fails: the rest, and the pause that the provider asks for.
    async fn attempt(&self, mut tokens: ToRevoke) -> Result<(), (ToRevoke, Option<Duration>)> {
        for number in 0..tokens.len() {
            let Some((token, token_type)) = tokens.get(number) else { break };
            if let Revocation::Failed(pause) = self.relying_party.revoke(token, *token_type).await {
                return Err((tokens.split_off(number), pause));
            }
        }
        Ok(())
    }

    async fn try_again(self, mut left: ToRevoke, mut asked: Option<Duration>) {
        let Ok(_place) = self.waiting.places.clone().try_acquire_owned() else {
            tracing::error!(event = "tokens not revoked", reason = "too many wait for the provider");
            return;
        };
        let mut attempts = 0;
        while let Some(pause) = pause_before(attempts, asked) {
            attempts += 1;
            let is_last = tokio::time::timeout(pause, self.waiting.stopping.cancelled()).await.is_ok();
            match self.attempt(left).await {
                Ok(()) => return tracing::info!("tokens were revoked at another attempt"),
                Err((rest, pause)) => (left, asked) = (rest, pause),
            }
            if is_last {
                break;
            }
        }
        let (count, reason) =
            (left.len(), "the provider failed at each attempt: they stay valid until they expire");
        tracing::error!(event = "tokens not revoked", count, reason);
    }

    /// A sender for the tokens of many sessions. A task revokes them, a few at a time, until the sender is dropped and
    /// all are done. Failures are logged.
    pub fn revoke_many(&self) -> UnboundedSender<TokenSet> {
        let (sender, mut receiver) = unbounded_channel();
        let tokens = self.clone();
        let all = async move {
            let mut under_way = JoinSet::new();
            while let Some(set) = receiver.recv().await {
                if under_way.len() >= AT_ONCE {
                    under_way.join_next().await;
                }
                under_way.spawn(tokens.revoke(set));
            }
            while under_way.join_next().await.is_some() {}
        };
        self.tasks.spawn(all.in_current_span());
        sender
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f20_there_are_four_further_attempts_within_minutes_whatever_the_provider_asks_for() {
        let pauses = |asked: Option<u64>| -> Vec<u64> {
            let asked = asked.map(Duration::from_secs);
            (0..9).map_while(|attempts| pause_before(attempts, asked)).map(|pause| pause.as_secs()).collect()
        };
        assert_eq!(pauses(None), [1, 5, 20, 60]);
        assert_eq!(pauses(Some(0)), [1, 5, 20, 60]);
        assert_eq!(pauses(Some(10)), [10, 10, 20, 60]);
        assert_eq!(pauses(Some(86_400)), [60; 4]);
    }
}
