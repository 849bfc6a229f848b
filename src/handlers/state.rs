//! The services of a running program, as axum and leptos hand them to handlers and pages.

use std::{ops::Deref, sync::Arc};

use claimcheck_base::clock::Clock;
use claimcheck_oidc::RelyingParty;
use claimcheck_server::{
    actions::Actions,
    boards::Boards,
    config::Settings,
    guard::{FailureRateLimit, RateLimit},
    sign_in::SignIn,
    sse_limit::Streams,
    tokens::Tokens,
};
use claimcheck_session::Sessions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// All services, made once at start. One pointer: every layer of every request has a clone.
#[derive(Clone)]
pub struct AppState(Arc<Services>);

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl From<Services> for AppState {
    fn from(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

/// What a running program consists of. Services take what they use when they are made; only handlers and pages see them all.
pub struct Services {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub sessions: Sessions,
    pub relying_party: RelyingParty,
    pub tokens: Tokens,
    pub sign_in: SignIn,
    pub boards: Boards,
    pub actions: Actions,
    /// What goes on without a browser that waits for it; the end of the program waits for these.
    pub tasks: TaskTracker,
    /// Cancelled when the program begins to stop: answers that would not end by themselves end with it.
    pub stopping: CancellationToken,
    /// Front-channel logouts per minute and address: as many as sign-ins.
    pub front_channel_logouts: RateLimit,
    /// Refreshes of the account per minute and address: as many as sign-ins.
    pub renewals: RateLimit,
    /// Refused logout tokens per address; valid ones count for nothing.
    pub refused_logouts: FailureRateLimit,
    pub streams: Streams,
}
