//! What the server knows and the browser must not: the context of a request, and the rooms behind it.

use std::{ops::Deref, sync::Arc};

use claimcheck_base::{clock::Clock, http_out::HttpOut};
use claimcheck_oidc::RelyingParty;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What people do through boards.
pub mod actions;
/// The client of the person's API.
pub mod api;
/// The embedded site.
pub mod assets;
/// From what a person asks of a board to what its panels show.
pub mod boards;
/// Settings from file and environment, checked.
pub mod config;
/// The message for the next page.
pub mod flash;
/// What a request must be before anything happens, and what every answer carries.
pub mod guard;
/// Connections, and what each may cost.
pub mod http_server;
/// Numbers and dates as the person reads them.
pub mod locale;
/// The relying party.
pub mod oidc;
/// What an operator may do: see who is signed in, end sessions.
pub mod operator;
/// Health, log, request ids, shutdown.
pub mod ops;
/// What somebody may see or do, as far as the settings say.
pub mod rights;
/// Words of others.
pub mod sanitize;
/// The session: record, stores, sealing, cookie.
pub mod session;
/// Work under way that several wait for.
pub mod single_flight;
/// How many event streams are open.
pub mod sse_limit;
/// The only way to a usable access token.
pub mod tokens;
/// From claims and sessions to what a page shows.
pub mod view;

/// All that the program has, made once at start. One pointer: every layer of every request has a clone.
#[derive(Clone)]
pub struct Context(Arc<Installation>);

impl Deref for Context {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.0
    }
}

impl From<Installation> for Context {
    fn from(installation: Installation) -> Self {
        Self(Arc::new(installation))
    }
}

/// What a running program consists of.
pub struct Installation {
    pub settings: Arc<config::Settings>,
    pub clock: Clock,
    pub sessions: session::Sessions,
    pub relying_party: RelyingParty,
    pub api: HttpOut,
    /// What goes on without a browser that waits for it; the end of the program waits for these.
    pub tasks: TaskTracker,
    /// Cancelled when the program begins to stop: answers that would not end by themselves end with it.
    pub stopping: CancellationToken,
    pub exchanges: oidc::callback::Exchanges,
    pub refreshes: tokens::Refreshes,
    pub fetches: api::Fetches,
    pub acts: actions::Submissions,
    pub sign_ins: guard::RateLimit,
    /// As many as sign-ins, of whom each ends with one.
    pub callbacks: guard::RateLimit,
    /// As many as sign-ins: nobody has to sign out more often.
    pub front_channel_logouts: guard::RateLimit,
    /// As many as sign-ins: how often the provider is asked anew who people are.
    pub renewals: guard::RateLimit,
    /// Logout tokens that were not to be believed; those that are count for nothing.
    pub refused_logouts: guard::FailureRateLimit,
    pub streams: sse_limit::Streams,
}
