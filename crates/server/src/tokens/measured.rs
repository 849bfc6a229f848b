//! Counts refreshes, and waits for other processes that refresh.

use std::time::Instant;

use claimcheck_base::{internal_span, secret::Secret, traces};
use claimcheck_model::AppError;
use tracing::{Instrument, Span, field};

use crate::{
    config::{Api, TokenSource},
    metrics::{RefreshKind, RefreshOutcome},
    tokens::Tokens,
};

/// A wait for another process, if there is one; counted when it is over.
pub(super) struct LeaseWait<'a> {
    pub tokens: &'a Tokens,
    pub since: Option<Instant>,
    /// Ends when the wait does.
    pub span: Span,
}

impl LeaseWait<'_> {
    /// Another process refreshes.
    pub(super) fn begin(&mut self) {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            self.span = internal_span!("wait for another process");
        }
    }
}

impl Drop for LeaseWait<'_> {
    fn drop(&mut self) {
        if let Some(since) = self.since {
            self.tokens.metrics.waited_for_lease(since.elapsed());
        }
    }
}

/// A refresh, which is counted.
pub(super) async fn measured(
    tokens: &Tokens,
    api: &Api,
    refresh: impl Future<Output = Result<Secret, AppError>>,
) -> Result<Secret, AppError> {
    let begun = Instant::now();
    let span = internal_span!("refresh", claimcheck.api = api.id.as_str(), "error.type" = field::Empty);
    let result = Box::pin(refresh).instrument(span.clone()).await;
    let kind = match api.token {
        TokenSource::Exchange => RefreshKind::Exchange,
        _ => RefreshKind::Refresh,
    };
    let outcome = match &result {
        Ok(_) => RefreshOutcome::Success,
        Err(AppError::SignedOut) => RefreshOutcome::SessionEnded,
        Err(AppError::ProviderUnavailable) => RefreshOutcome::ProviderUnavailable,
        Err(AppError::SignInExpired) => RefreshOutcome::SignInExpired,
        Err(AppError::ClientRefused) => RefreshOutcome::ClientRefused,
        Err(AppError::Forbidden(_)) => RefreshOutcome::Forbidden,
        Err(AppError::StoreUnavailable) => RefreshOutcome::StoreUnavailable,
        Err(_) => RefreshOutcome::Other,
    };
    if outcome != RefreshOutcome::Success {
        traces::fail(&span, "");
        span.record("error.type", outcome.as_str());
    }
    traces::end(&span);
    tokens.metrics.refreshed(kind, outcome, begun.elapsed());
    result
}
