//! Sign-in: from the link to the session. The protocol itself is in the crate `claimcheck_oidc`.

/// What the audit log says about sign-ins.
mod audited;
/// What an authorization request asks for in addition to the settings.
pub mod authorization_options;
/// The authorization request.
pub mod authorization_request;
/// The cookie that binds a sign-in to its browser.
pub mod browser_cookie;
/// The authorization response.
pub mod callback;
/// The sign-in of a run of `claimcheck doctor --sign-in`.
pub mod doctor_run;
/// The sealed `state` of a sign-out at the provider.
pub mod end_session;
/// From the code to the session.
mod establish;
/// Links to the sign-in, of this site and of others.
pub mod link;
/// Errors that mean: start again.
mod overtaken;
/// Pauses automatic sign-ins after a sign-out or a refusal.
pub mod pause;
/// Failures of a sign-in, and their texts.
pub mod problem;
/// Words for failures.
mod reasons;
/// The page to return to after a sign-in.
pub mod return_to;
/// Notes about such a run, for other processes.
pub mod run_note;
/// The transaction sealed in `state`.
pub mod transaction;
/// The length of an authorization request.
mod url_length;

use std::sync::Arc;

use claimcheck_base::clock::Clock;
use claimcheck_oidc::RelyingParty;
use claimcheck_session::Sessions;
use tokio_util::task::TaskTracker;

use crate::{
    config::Settings, guard::RateLimit, metrics::Metrics, sign_in::callback::Exchanges,
    single_flight::SingleFlight, tokens::Tokens,
};

/// Signing in and out at the provider: authorization requests, callbacks, step-up links. Cheap to clone.
#[derive(Clone)]
pub struct SignIn {
    settings: Arc<Settings>,
    clock: Clock,
    relying_party: RelyingParty,
    sessions: Sessions,
    tokens: Tokens,
    /// Authorization requests per minute and address.
    sign_ins: Arc<RateLimit>,
    /// Callbacks per minute and address: the same limit, because each sign-in ends with one.
    callbacks: Arc<RateLimit>,
    /// Sign-ins that begin with a form of another site, per minute and address: the same limit.
    forms: Arc<RateLimit>,
    exchanges: Exchanges,
    metrics: Metrics,
}

impl SignIn {
    /// Sign-ins at this provider, which start these sessions. Code exchanges run as tasks of `tasks`.
    pub fn new(
        settings: Arc<Settings>,
        clock: Clock,
        relying_party: RelyingParty,
        sessions: Sessions,
        tokens: Tokens,
        tasks: &TaskTracker,
    ) -> Self {
        let limit = || Arc::new(RateLimit::new(settings.limits.sign_in_rate));
        let (sign_ins, callbacks, forms) = (limit(), limit(), limit());
        let (exchanges, metrics) = (SingleFlight::new(tasks), Metrics::default());
        Self {
            settings,
            clock,
            relying_party,
            sessions,
            tokens,
            sign_ins,
            callbacks,
            forms,
            exchanges,
            metrics,
        }
    }

    /// The same sign-ins, which are counted there.
    #[must_use]
    pub fn with_metrics(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// The limits per minute and address, by name, and how often each was reached since the start.
    pub fn rates_refused(&self) -> [(&'static str, u64); 3] {
        [
            ("sign_in_rate", self.sign_ins.refused()),
            ("callback_rate", self.callbacks.refused()),
            ("sign_in_form_rate", self.forms.refused()),
        ]
    }

    /// The same sign-ins, for other boards.
    #[must_use]
    pub fn with_settings(&self, settings: &Arc<Settings>) -> Self {
        Self { tokens: self.tokens.with_settings(settings), settings: settings.clone(), ..self.clone() }
    }
}
