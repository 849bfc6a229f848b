//! The command's side of a run: it begins the run, shows link and code, waits, and turns the end into findings.
//! Progress is written to standard error: the output may be JSON.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use axum::http::Method;
use claimcheck_base::clock::Clock;
use claimcheck_model::paths;

use crate::{
    config::Settings,
    doctor::{
        CheckFinding,
        sign_in::{BegunRun, RunEnd, RunProgress, Stop, findings},
    },
    operator::{Client, OperatorError},
};

/// How often the server is asked.
const ASKS_EVERY: Duration = Duration::from_secs(1);
/// How long the server may be unreachable.
const MAX_UNREACHABLE: Duration = Duration::from_secs(15);

/// Opens a link in a browser, if the program can.
pub type Opener = fn(&str);

/// Signs in through the running server with these settings, and has it read every panel. Instructions go to `notice`;
/// `open` is called with the link.
///
/// # Errors
/// The instructions cannot be written.
pub async fn run_sign_in(
    settings: &Settings,
    clock: Clock,
    notice: &mut impl Write,
    open: Opener,
) -> io::Result<Vec<CheckFinding>> {
    let begun = match Client::new(settings, clock) {
        Ok(client) => client
            .send::<BegunRun>(Method::POST, paths::ADMIN_DOCTOR.to_owned(), b"{}".to_vec())
            .await
            .map(|begun| (client, begun)),
        Err(error) => Err(error),
    };
    let (client, begun) = match begun {
        Ok(begun) => begun,
        Err(error) => return Ok(vec![unreachable(&error)]),
    };
    writeln!(notice, "Open this link in a private window of a browser, and sign in:\n")?;
    writeln!(notice, "  {}\n", begun.link)?;
    writeln!(notice, "The page then shows a code. Confirm only if it is this one: {}", begun.code)?;
    writeln!(notice, "Waiting for the sign-in, for {} minutes at most. Ctrl-C stops.", begun.secs / 60)?;
    notice.flush()?;
    open(&begun.link);
    Ok(match wait(&client, &begun, notice).await? {
        Ok(RunEnd::Report(report)) => findings::of_report(&report, settings),
        Ok(RunEnd::Stopped(stop)) => vec![findings::of_stop(&stop)],
        Err(error) => vec![unreachable(&error)],
    })
}

/// Asks until the run is over. A server that restarts is asked again for a while.
async fn wait(
    client: &Client,
    begun: &BegunRun,
    notice: &mut impl Write,
) -> io::Result<Result<RunEnd, OperatorError>> {
    let target = paths::with_query(paths::ADMIN_DOCTOR_RUN, &[(paths::DOCTOR_RUN, &begun.run)]);
    let (mut said, mut failing): (&str, Option<Instant>) = ("", None);
    loop {
        tokio::time::sleep(ASKS_EVERY).await;
        let now = match client.send::<RunProgress>(Method::GET, target.clone(), Vec::new()).await {
            Ok(RunProgress::Over(end)) => return Ok(Ok(*end)),
            Ok(RunProgress::SignIn) => "",
            Ok(RunProgress::Confirmation) => "Signed in. Waiting for the confirmation on the page.",
            Ok(RunProgress::Panels(..)) => "Confirmed. The server reads all panels.",
            Err(error @ (OperatorError::NotThere(_) | OperatorError::NoAnswer(..))) => {
                let since = *failing.get_or_insert_with(Instant::now);
                if since.elapsed() > MAX_UNREACHABLE {
                    return Ok(Err(error));
                }
                continue;
            }
            Err(error) => return Ok(Err(error)),
        };
        failing = None;
        if now != said {
            said = now;
            writeln!(notice, "{now}")?;
            notice.flush()?;
        }
    }
}

/// No run could begin, or its server is gone.
fn unreachable(error: &OperatorError) -> CheckFinding {
    let (key, remedy) = match error {
        OperatorError::Off => ("admin_listen", "set `admin_listen` to an address such as \"127.0.0.1:3900\""),
        OperatorError::NoPort => ("admin_listen", "set `admin_listen` to an address with a port"),
        OperatorError::NotThere(_) | OperatorError::NoAnswer(..) | OperatorError::Stranger(..) => (
            "admin_listen",
            "start the server, and use the same `admin_listen` for server and command; the sign-in runs through it",
        ),
        OperatorError::NoKeys | OperatorError::Refused(..) => {
            ("session_keys", "run the command with the settings and the session keys of the server")
        }
        _ => ("admin_listen", "see the message"),
    };
    CheckFinding::mistake("sign_in.server", error.to_string(), remedy).at(key).on("operating/doctor.md")
}

impl Stop {
    /// What happened, and what to do.
    pub(super) fn texts(&self) -> (String, &'static str) {
        let again = "run the command again";
        let (found, remedy) = match self {
            Self::NoSignIn => ("nobody signed in with the link in time", again),
            Self::NoConfirmation => ("the user did not confirm on the page in time", again),
            Self::Cancelled => ("the user cancelled it on the page", again),
            Self::Abandoned => ("the browser closed the connection during the sign-in", again),
            Self::SignInFailed(reason) => return findings::failed_sign_in(reason),
            Self::SessionEnded => (
                "the session ended before all panels were read: the user signed out elsewhere, or the provider ended it",
                again,
            ),
            Self::OtherBoards => (
                "the page named other boards than this server has, so nothing was read",
                "run the command again; if several processes share the store, give them the same boards",
            ),
            Self::Store => {
                ("the session store does not respond", "see the server's log and the checks of the store")
            }
            Self::NotAsked => ("the server did not hear from the command for a minute", again),
            Self::Stopping => ("the server was stopped during the run; the session has ended", again),
            Self::Unknown => (
                "the server does not know this run: it was restarted, or another process answers at this address",
                "run the command again; a session of the run ends by itself within 15 minutes",
            ),
            Self::Internal => ("an internal error of the server", "see the server's log"),
        };
        (found.to_owned(), remedy)
    }
}
