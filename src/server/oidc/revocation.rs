//! Revoking the tokens of a session: at sign-out, and for tokens that arrive when nobody waits for them any more.
//! A provider that fails or takes its time delays nobody.

use claimcheck_oidc::revocation::TokenType;
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::server::{Context, session::TokenSet};

/// Revokes the refresh token, then the access tokens, as its own task that the end of the program waits for.
/// The handle completes when the provider has answered or failed.
pub fn revoke(context: &Context, tokens: TokenSet) -> JoinHandle<()> {
    let relying_party = context.relying_party.clone();
    let revocation = async move {
        if let Some(token) = &tokens.refresh_token {
            relying_party.revoke(token, TokenType::Refresh).await;
        }
        // RFC 7009 2.1: revoking a refresh token should end its access tokens, but need not.
        for access in tokens.access.values() {
            relying_party.revoke(&access.token, TokenType::Access).await;
        }
    };
    context.tasks.spawn(revocation.in_current_span())
}
