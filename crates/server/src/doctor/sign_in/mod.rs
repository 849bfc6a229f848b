//! `claimcheck doctor --sign-in`: one sign-in through the running server, and every panel of every board read with its
//! session. The server does the reading; the command prints counts, paths, types and times. This file has the data that
//! both exchange over the admin listener.

mod command;
mod drive;
mod findings;
mod open;
mod routes;
mod runs;
mod words;

pub use command::{Opener, run_sign_in};
pub use open::open_link;
pub use routes::router;
pub use runs::{RunServices, Runs};

use serde::{Deserialize, Serialize};

use crate::boards::PanelTrial;

/// A run that has begun.
#[derive(Debug, Serialize, Deserialize)]
struct BegunRun {
    /// Its name for [`RunProgress`].
    run: String,
    /// The link that a person opens.
    link: String,
    /// The code that the page shows.
    code: String,
    /// How long it may last, in seconds.
    secs: i64,
}

/// How far a run is.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum RunProgress {
    /// Nobody has signed in with its link.
    SignIn,
    /// The user has not confirmed.
    Confirmation,
    /// Panels read so far, and the number of panels.
    Panels(usize, usize),
    Over(Box<RunEnd>),
}

/// The end of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum RunEnd {
    Report(RunReport),
    Stopped(Stop),
}

/// Why a run ended without a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stop {
    /// Nobody signed in, or nobody confirmed, in time.
    NoSignIn,
    NoConfirmation,
    /// The user cancelled it.
    Cancelled,
    /// The browser went away during the sign-in.
    Abandoned,
    /// The sign-in failed, for this reason of the log.
    SignInFailed(String),
    /// The session ended before all panels were read.
    SessionEnded,
    /// The page named other boards than the server that was to read them has.
    OtherBoards,
    /// The session store fails.
    Store,
    /// The command has stopped asking.
    NotAsked,
    /// The server stops.
    Stopping,
    /// The server knows no such run: it has been restarted, or the report was forgotten.
    Unknown,
    /// An internal error.
    Internal,
}

/// What a run found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct RunReport {
    panels: Vec<PanelTrial>,
    /// Panels that were not read: there was no time, or there are too many.
    untried: usize,
    /// The claims that the settings use and that the user does not have as needed: what uses it, its name, the reason.
    claims: Vec<ClaimTrial>,
    /// Scopes of the settings that the provider did not grant.
    missing_scopes: Vec<String>,
    refresh: RefreshTrial,
    sign_out: SignOutTrial,
}

/// A claim that is not as the settings need it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct ClaimTrial {
    /// The settings that use it.
    used_by: String,
    /// Its path.
    claim: String,
    /// What is wrong, such as "is missing".
    gap: String,
}

/// The result of the refresh.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum RefreshTrial {
    /// The provider has issued no refresh token.
    #[default]
    NoToken,
    /// There is a new access token, and perhaps a new refresh token.
    Done { is_rotated: bool },
    /// It failed, for this reason of the log.
    Failed(String),
}

/// The result of the sign-out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct SignOutTrial {
    /// The session is not in the store any more.
    is_ended: bool,
    revocation: RevocationTrial,
}

/// What the provider did with the refresh token, or without one with the access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum RevocationTrial {
    Revoked,
    /// The provider has no revocation endpoint.
    NotOffered,
    Refused,
    /// It did not respond. The server tries again.
    Failed,
    /// There was nothing to revoke.
    #[default]
    Nothing,
}
