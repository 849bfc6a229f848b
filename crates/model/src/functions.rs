//! The policy of every server function, one row each: its path, the page that its plain form redirects to, its rate
//! limit, and whether it needs a session. Layers and handlers use this table; `server_fns.rs` has the functions
//! themselves.

use crate::paths::{self, Route};

/// The policy of a server function, independent of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its path.
    pub path: Route,
    /// Where its form redirects with scripts off, unless the function overrides it.
    pub page: Route,
    /// Which rate limit counts its calls.
    pub limit: Limit,
    /// Whether it returns `SignedOut` without a session.
    pub needs_session: bool,
    /// Whether a failure may leave it partly done.
    pub may_be_half_done: bool,
}

/// The rate limits of server functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// No separate limit.
    No,
    /// Each call causes a request to the provider: the limit per minute and address is that of sign-ins.
    Renewals,
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $path:literal, page: $page:expr, limit: $limit:ident, session: $session:literal, half_done: $half:literal;)*) => {
        $($(#[$doc])* pub const $name: Function = Function {
            path: Route::new(concat!("/api/", $path)),
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
    /// One panel, within the page's render budget.
    PANEL = "panel", page: paths::HOME, limit: No, session: true, half_done: false;
    /// One panel, without a time limit for the API.
    PANEL_WHEN_READY = "panel_when_ready", page: paths::HOME, limit: No, session: true, half_done: false;
    /// One row of a table.
    ROW = "row", page: paths::HOME, limit: No, session: true, half_done: false;
    /// Boards and actions to choose from.
    FIND = "find", page: paths::BOARDS, limit: No, session: true, half_done: false;
    /// The form of an action.
    ACTION_FORM = "action_form", page: paths::HOME, limit: No, session: true, half_done: false;
    /// Submits the form of an action.
    ACT = "act", page: paths::HOME, limit: No, session: true, half_done: true;
    /// The state of what an API has accepted.
    JOB_STATE = "job_state", page: paths::HOME, limit: No, session: true, half_done: false;
    /// The user's account.
    ACCOUNT_DETAILS = "account", page: paths::HOME, limit: No, session: true, half_done: false;
    /// Refreshes the claims from the provider.
    REFRESH_ACCOUNT = "refresh_account", page: paths::ACCOUNT, limit: Renewals, session: true, half_done: false;
    /// Ends one of the user's sessions.
    END_SESSION = "end_session", page: paths::SESSIONS, limit: No, session: true, half_done: false;
    /// Ends all sessions of the user except this one.
    END_OTHER_SESSIONS = "end_other_sessions", page: paths::SESSIONS, limit: No, session: true, half_done: true;
    /// When the session ends.
    SIGNED_IN_UNTIL = "session", page: paths::HOME, limit: No, session: true, half_done: false;
    /// Extends the idle timeout.
    STAY_SIGNED_IN = "stay_signed_in", page: paths::HOME, limit: No, session: true, half_done: false;
}

/// The function at the path of a request.
pub fn at(path: &str) -> Option<&'static Function> {
    ALL.iter().find(|function| function.path.is(path))
}
