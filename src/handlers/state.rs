//! The services of a running program, as state for axum and context for leptos.

use std::{ops::Deref, sync::Arc};

use claimcheck_base::clock::Clock;
use claimcheck_oidc::RelyingParty;
use claimcheck_server::{
    actions::Actions,
    audit::Audit,
    boards::Boards,
    budget::Budget,
    config::Settings,
    doctor::sign_in::Runs,
    guard::{FailureRateLimit, RateLimit, UntrustedProxies},
    metrics::{LiveSessions, Metrics},
    ops::Draining,
    reload::ReloadStatus,
    sign_in::SignIn,
    tokens::Tokens,
};
use claimcheck_session::Sessions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::handlers::brand::Looks;

/// All services, created at start, and again with other boards. A single pointer, because every layer clones it for every request.
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

/// The services of a running program. Each gets its dependencies when it is created; only handlers and pages have
/// access to all of them.
pub struct Services {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub sessions: Sessions,
    pub relying_party: RelyingParty,
    pub tokens: Tokens,
    pub sign_in: SignIn,
    pub boards: Boards,
    pub actions: Actions,
    pub audit: Audit,
    /// Work that continues without a browser; the program waits for it before it exits.
    pub tasks: TaskTracker,
    /// Set at the first signal to stop.
    pub draining: Draining,
    /// Cancelled when the listeners close. It ends responses that would not end by themselves.
    pub stopping: CancellationToken,
    /// Front-channel logouts per minute and address: the same limit as sign-ins.
    pub front_channel_logouts: RateLimit,
    /// Refreshes of the account per minute and address: the same limit as sign-ins.
    pub renewals: RateLimit,
    /// Invalid logout tokens per address; valid ones are not counted.
    pub refused_logouts: FailureRateLimit,
    /// Connections, event streams, downloads, requests and bodies.
    pub budget: Budget,
    /// Peers that sent forwarded headers, and that the settings do not name.
    pub untrusted_proxies: UntrustedProxies,
    /// The brand in every language.
    pub looks: Looks,
    /// What operators see about changes of the boards.
    pub reload: ReloadStatus,
    /// The runs of `claimcheck doctor --sign-in`.
    pub doctor_runs: Runs,
    /// What has happened, in numbers.
    pub metrics: Metrics,
    /// The number of running sessions.
    pub live_sessions: LiveSessions,
}

impl AppState {
    /// The same program with other boards and another notice: a request that has begun keeps the services that it has. Counters,
    /// caches and work under way are shared.
    #[must_use]
    pub fn with_settings(&self, settings: Arc<Settings>) -> Self {
        let running = &self.0;
        Self::from(Services {
            tokens: running.tokens.with_settings(&settings),
            sign_in: running.sign_in.with_settings(&settings),
            boards: running.boards.with_settings(&settings),
            actions: running.actions.with_settings(&settings),
            looks: Looks::new(&settings),
            settings,
            audit: running.audit.clone(),
            clock: running.clock.clone(),
            sessions: running.sessions.clone(),
            relying_party: running.relying_party.clone(),
            tasks: running.tasks.clone(),
            draining: running.draining.clone(),
            stopping: running.stopping.clone(),
            front_channel_logouts: running.front_channel_logouts.clone(),
            renewals: running.renewals.clone(),
            refused_logouts: running.refused_logouts.clone(),
            budget: running.budget.clone(),
            untrusted_proxies: running.untrusted_proxies.clone(),
            reload: running.reload.clone(),
            doctor_runs: running.doctor_runs.clone(),
            metrics: running.metrics.clone(),
            live_sessions: running.live_sessions.clone(),
        })
    }
}
