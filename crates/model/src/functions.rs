//! The policy of every server function, one row each: its path, the page that its plain form leads to, what limits it, and
//! whether it needs a session. Layers and handlers ask this table; `server_fns.rs` has the functions themselves.

use crate::paths;

/// What applies to a server function wherever it is called from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Where it is called over HTTP.
    pub path: &'static str,
    /// Where its form leads with scripts off, unless the function says otherwise.
    pub page: &'static str,
    /// Which rate limit counts its calls.
    pub limit: Limit,
    /// Whether it answers `SignedOut` without a session.
    pub needs_session: bool,
    /// Whether a failure may leave part of it done.
    pub may_be_half_done: bool,
}

/// The rate limits of server functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// None of its own.
    No,
    /// Each call is a request to the provider: so many per minute and address as sign-ins.
    Renewals,
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $path:literal, page: $page:expr, limit: $limit:ident, session: $session:literal, half_done: $half:literal;)*) => {
        $($(#[$doc])* pub const $name: Function = Function {
            path: concat!("/api/", $path),
            page: $page,
            limit: Limit::$limit,
            needs_session: $session,
            may_be_half_done: $half,
        };)*

        /// All of them.
        pub const ALL: &[Function] = &[$($name),*];
    };
}

functions! {
    /// Completes a sign-in.
    COMPLETE_SIGN_IN = "complete_sign_in", page: paths::HOME, limit: No, session: false, half_done: false;
    /// One panel, within the render budget of the page.
    PANEL = "panel", page: paths::HOME, limit: No, session: true, half_done: false;
    /// One panel, however long the API takes.
    PANEL_WHEN_READY = "panel_when_ready", page: paths::HOME, limit: No, session: true, half_done: false;
    /// One row of a table.
    ROW = "row", page: paths::HOME, limit: No, session: true, half_done: false;
    /// The form of an action.
    ACTION_FORM = "action_form", page: paths::HOME, limit: No, session: true, half_done: false;
    /// Submits the form of an action.
    ACT = "act", page: paths::HOME, limit: No, session: true, half_done: true;
    /// The account of the person.
    ACCOUNT_DETAILS = "account", page: paths::HOME, limit: No, session: true, half_done: false;
    /// Refreshes the claims from the provider.
    REFRESH_ACCOUNT = "refresh_account", page: paths::ACCOUNT, limit: Renewals, session: true, half_done: false;
    /// Ends one session of the person.
    END_SESSION = "end_session", page: paths::SESSIONS, limit: No, session: true, half_done: false;
    /// Ends all sessions of the person but this one.
    END_OTHER_SESSIONS = "end_other_sessions", page: paths::SESSIONS, limit: No, session: true, half_done: true;
    /// How long the session lasts.
    SIGNED_IN_UNTIL = "session", page: paths::HOME, limit: No, session: true, half_done: false;
    /// Extends the idle timeout.
    STAY_SIGNED_IN = "stay_signed_in", page: paths::HOME, limit: No, session: true, half_done: false;
}

/// The function at this path.
pub fn at(path: &str) -> Option<&'static Function> {
    ALL.iter().find(|function| function.path == path)
}
