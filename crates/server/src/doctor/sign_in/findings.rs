//! The findings of a run: sign-in, scopes, claims, refresh and sign-out; those of panels are in `words.rs`.

use crate::{
    config::{Board, Settings},
    doctor::{
        CheckFinding,
        sign_in::{RefreshTrial, RevocationTrial, RunReport, SignOutTrial, Stop, words},
    },
};

const PAGE: &str = "operating/doctor.md";

/// The finding of a run that has no report.
pub(super) fn of_stop(stop: &Stop) -> CheckFinding {
    let (found, remedy) = stop.texts();
    CheckFinding::mistake("sign_in.session", found, remedy).on(PAGE)
}

/// All findings of a report.
pub(super) fn of_report(report: &RunReport, settings: &Settings) -> Vec<CheckFinding> {
    let mut all = vec![CheckFinding::ok("sign_in.session", "signed in, and the user confirmed")];
    all.push(match report.missing_scopes.as_slice() {
        [] => CheckFinding::ok("sign_in.scopes", "all scopes of the settings were granted"),
        missing => CheckFinding::warning(
            "sign_in.scopes",
            format!("not granted: {}", missing.join(" ")),
            "allow these scopes for the client and this user at the provider, or remove them from `scopes`",
        )
        .at("scopes"),
    });
    if report.claims.is_empty() {
        all.push(CheckFinding::ok("sign_in.claims", "the user has every claim that the settings use"));
    }
    all.extend(report.claims.iter().map(|claim| {
        let found = format!("{} {}", claim.claim, claim.gap);
        let remedy = "have the provider put the claim into the ID token or UserInfo, or correct its path";
        CheckFinding::warning("sign_in.claims", found, remedy).of(&claim.used_by)
    }));
    all.push(refresh(&report.refresh));
    all.extend(sign_out(&report.sign_out));
    all.extend(report.panels.iter().flat_map(|panel| words::of_panel(panel, settings)));
    all.extend(settings.boards.iter().filter_map(unread));
    if report.untried > 0 {
        let found = format!("{} panels were not read: there was no time for them", report.untried);
        all.push(CheckFinding::warning("panel.data", found, "look for slow panels above, and run it again"));
    }
    all
}

/// That a board was not read, because its address needs parameters.
fn unread(board: &Board) -> Option<CheckFinding> {
    let subject = board.subject.as_ref().filter(|_| board.needs_parameter())?;
    let names = subject.parameters.join(", ");
    let found =
        format!("not read: the board needs {names} in its address; open it from a board that links to it");
    Some(CheckFinding::ok("panel.data", found).of(&board.id))
}

fn refresh(trial: &RefreshTrial) -> CheckFinding {
    let check = "sign_in.refresh";
    match trial {
        RefreshTrial::Done { is_rotated: true } => {
            CheckFinding::ok(check, "a new access token, and a new refresh token (rotated)")
        }
        RefreshTrial::Done { is_rotated: false } => {
            CheckFinding::ok(check, "a new access token; the refresh token stayed the same (not rotated)")
        }
        RefreshTrial::NoToken => CheckFinding::warning(
            check,
            "the provider issued no refresh token, so users sign in again when the access token expires",
            "request `offline_access` in `scopes`, and allow refresh tokens for the client at the provider",
        )
        .at("scopes"),
        RefreshTrial::Failed(reason) => {
            let remedy = match reason.as_str() {
                "client_refused" => "correct client id, secret or authentication method",
                "provider_unavailable" => {
                    "the server's log has the provider's answer: look for `refresh failed`"
                }
                _ => {
                    "allow the refresh token grant for the client at the provider; the server's log has the \
                      provider's answer"
                }
            };
            CheckFinding::mistake(check, format!("the refresh failed ({reason})"), remedy)
        }
    }
    .on(PAGE)
}

fn sign_out(trial: &SignOutTrial) -> Vec<CheckFinding> {
    let session = match trial.is_ended {
        true => CheckFinding::ok("sign_in.sign_out", "the session has ended"),
        false => CheckFinding::mistake(
            "sign_in.sign_out",
            "the session could not be ended; it ends by itself within 15 minutes",
            "see the server's log and the checks of the store",
        ),
    };
    let check = "sign_in.revocation";
    let revocation = match trial.revocation {
        RevocationTrial::Revoked => CheckFinding::ok(check, "the provider revoked the tokens"),
        RevocationTrial::NotOffered => CheckFinding::warning(
            check,
            "the provider has no revocation endpoint: tokens of ended sessions stay valid until they expire",
            "use short lifetimes for access and refresh tokens at the provider",
        ),
        RevocationTrial::Refused => CheckFinding::mistake(
            check,
            "the provider refused to revoke the tokens",
            "allow the client to use the revocation endpoint; the server's log has the status",
        ),
        RevocationTrial::Failed => CheckFinding::mistake(
            check,
            "the revocation endpoint did not respond or failed; the server tries again",
            "check the provider; the server's log has the reason",
        ),
        RevocationTrial::Nothing => CheckFinding::warning(
            check,
            "there was nothing to revoke: the session had already ended",
            "the server's log says why (`session ended`)",
        ),
    };
    vec![session, revocation.on(PAGE)]
}

/// A sign-in that failed, by the reason of the log.
pub(super) fn failed_sign_in(reason: &str) -> (String, &'static str) {
    let (found, remedy) = match reason {
        "provider_error" | "declined" => (
            "the provider refused the sign-in, or the user declined it there",
            "read what the page in the browser says; the server's log has the provider's error",
        ),
        "not_allowed" => (
            "this user meets none of the rules in `[[allow]]`",
            "sign in as a user who may use the dashboard, or extend `[[allow]]`",
        ),
        "provider_unavailable" => {
            ("the provider did not respond during the sign-in", "see the checks of the provider above")
        }
        "misconfigured" | "algorithms" => (
            "provider and settings do not fit together",
            "see the checks of the provider and the client above; the server's log has the cause",
        ),
        "code_refused" => (
            "the provider refused the authorization code",
            "see the checks of the client above; the server's log has the provider's error",
        ),
        "id_token" => ("the ID token was rejected", "the server's log names the rule that it breaks"),
        "not_as_demanded" => (
            "the provider signed the user in, but not as `authorize_params` requires",
            "check `acr_values` and `max_age` in `authorize_params`",
        ),
        "store" => ("the session could not be stored", "see the checks of the store above"),
        _ => ("the sign-in failed", "run the command again; the server's log has the cause"),
    };
    (format!("{found} ({reason})"), remedy)
}
