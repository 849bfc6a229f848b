//! Revocation (RFC 7009): at sign-out, and for tokens that arrive too late to be used. A failing or slow provider
//! delays no caller.

use claimcheck_oidc::revocation::TokenType;
use claimcheck_session::TokenSet;
use tokio::{
    sync::mpsc::{UnboundedSender, unbounded_channel},
    task::{JoinHandle, JoinSet},
};
use tracing::Instrument;

use crate::tokens::Tokens;

/// The number of sessions whose tokens are revoked at the same time, so that ending many does not flood the provider.
const AT_ONCE: usize = 4;

impl Tokens {
    /// Revokes the refresh token, then the access tokens, in its own task, which the program waits for before it exits.
    /// The handle completes when the provider has answered or failed.
    pub fn revoke(&self, tokens: TokenSet) -> JoinHandle<()> {
        let relying_party = self.relying_party.clone();
        let revocation = async move {
            if let Some(token) = &tokens.refresh_token {
                relying_party.revoke(token, TokenType::Refresh).await;
            }
            // RFC 7009 2.1: revoking a refresh token should end its access tokens, but need not.
            for access in tokens.access.values() {
                relying_party.revoke(&access.token, TokenType::Access).await;
            }
        };
        self.tasks.spawn(revocation.in_current_span())
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
