//! One run on the server: waits for its session and the user's confirmation, reads every panel with that session, refreshes
//! once, and signs out. In every case the session ends, and its tokens are revoked.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use claimcheck_model::{AppError, BoardQuery};
use claimcheck_oidc::revocation::Revocation;
use claimcheck_session::{EndReason, RowKey, SignedIn};
use futures::{StreamExt, stream};

use crate::{
    boards::PanelTrial,
    claims,
    config::{Board, ClaimGap, Needs, Panel},
    doctor::sign_in::{
        ClaimTrial, RefreshTrial, RevocationTrial, RunEnd, RunProgress, RunReport, RunServices, Runs,
        SignOutTrial, Stop,
    },
    locale::LocaleFormatter,
    sign_in::{
        doctor_run::{DoctorRun, boards_digest},
        run_note::RunNote,
    },
    tokens::Need,
};

/// How often the store is asked whether the user has signed in or confirmed.
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// How long the store may fail before the run ends.
const MAX_UNREACHABLE: Duration = Duration::from_secs(20);
/// Panels that are read at the same time, and at most; and the time for all of them.
const AT_ONCE: usize = 4;
const PANELS_MAX: usize = 500;
const PANELS_TIME: Duration = Duration::from_secs(180);

/// Drives a run to its end, and notes the progress.
pub(super) async fn drive(runs: Runs, services: &RunServices, run: DoctorRun) {
    let stopping = services.stopping.clone();
    let end = match run.session() {
        Some(key) => {
            let end = tokio::select! {
                end = go(&runs, services, &run, &key) => end,
                () = stopping.cancelled() => RunEnd::Stopped(Stop::Stopping),
            };
            // First: from here on, the link starts no session, and one that has just been started finds the note.
            services.sign_in.leave_note(&run, RunNote::Ended).await;
            match end {
                RunEnd::Report(mut report) => {
                    report.sign_out = sign_out(services, &key).await;
                    RunEnd::Report(report)
                }
                RunEnd::Stopped(stop) => {
                    sign_out(services, &key).await;
                    RunEnd::Stopped(stop)
                }
            }
        }
        None => RunEnd::Stopped(Stop::Internal),
    };
    let outcome = match &end {
        RunEnd::Report(_) => "report".to_owned(),
        RunEnd::Stopped(stop) => format!("{stop:?}"),
    };
    tracing::info!(event = "doctor sign-in ended", session = run.key, outcome);
    runs.note(&run, RunProgress::Over(Box::new(end)), services.clock.now());
}

async fn go(runs: &Runs, services: &RunServices, run: &DoctorRun, key: &RowKey) -> RunEnd {
    let signed_in = match confirmed(runs, services, run, key).await {
        Ok(signed_in) => signed_in,
        Err(stop) => return RunEnd::Stopped(stop),
    };
    let (panels, untried) = read_panels(runs, services, run, &signed_in).await;
    if let Ok(Some(RunNote::Cancelled)) = services.sign_in.note_about(run).await {
        return RunEnd::Stopped(Stop::Cancelled);
    }
    // The latest claims and scopes: a panel may have refreshed the tokens.
    let current = match services.tokens.reload(&signed_in).await {
        Ok(current) => current,
        Err(AppError::SignedOut) => return RunEnd::Stopped(Stop::SessionEnded),
        Err(_) => signed_in,
    };
    RunEnd::Report(RunReport {
        panels,
        untried,
        claims: missing_claims(services, &current),
        missing_scopes: missing_scopes(services, &current),
        refresh: refresh(services, &current).await,
        sign_out: SignOutTrial::default(),
    })
}

/// The session of the run, once its user has confirmed.
async fn confirmed(
    runs: &Runs,
    services: &RunServices,
    run: &DoctorRun,
    key: &RowKey,
) -> Result<SignedIn, Stop> {
    let (mut was_there, mut failing): (bool, Option<Instant>) = (false, None);
    loop {
        if run.until <= services.clock.now() {
            return Err(if was_there { Stop::NoConfirmation } else { Stop::NoSignIn });
        }
        if !runs.is_asked_for(run) {
            return Err(Stop::NotAsked);
        }
        let found = match services.sessions.reload(key).await {
            Ok(None) => services.sign_in.note_about(run).await.map(Err),
            found => found.map(Ok),
        };
        match found {
            Ok(Ok(Some(signed_in))) => {
                failing = None;
                match signed_in.record.doctor.as_ref().and_then(|doctor| doctor.confirmed.as_ref()) {
                    Some(boards) if *boards == boards_digest(&services.settings) => return Ok(signed_in),
                    Some(_) => return Err(Stop::OtherBoards),
                    None => {}
                }
                if !was_there {
                    runs.note(run, RunProgress::Confirmation, services.clock.now());
                    was_there = true;
                }
            }
            Ok(Err(Some(note))) => {
                return Err(match note {
                    RunNote::Cancelled => Stop::Cancelled,
                    RunNote::Abandoned => Stop::Abandoned,
                    RunNote::Failed(reason) => Stop::SignInFailed(reason.to_owned()),
                    // Left by this process only, after the run.
                    RunNote::Ended => Stop::NotAsked,
                });
            }
            Ok(_) if was_there => return Err(Stop::SessionEnded),
            Ok(_) => failing = None,
            Err(error) => {
                let since = *failing.get_or_insert_with(Instant::now);
                if since.elapsed() > MAX_UNREACHABLE {
                    tracing::error!(%error, "the session store is not responding");
                    return Err(Stop::Store);
                }
            }
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}

/// Reads every panel of every board, a few at the same time, as far as there is time and as long as the session lasts.
async fn read_panels(
    runs: &Runs,
    services: &RunServices,
    run: &DoctorRun,
    signed_in: &SignedIn,
) -> (Vec<PanelTrial>, usize) {
    let reader = LocaleFormatter::default();
    let all: Vec<_> = services
        .settings
        .boards
        .iter()
        // Nothing says what a board with parameters should be about.
        .filter(|board| !board.needs_parameter())
        .flat_map(|board| board.panels_with_request().map(move |panel| (board, panel)))
        .collect();
    let count = all.len();
    let note = |done: usize| runs.note(run, RunProgress::Panels(done, count), services.clock.now());
    note(0);
    let try_one = |(number, (board, panel)): (usize, (&Board, &Panel))| {
        let (board, panel, reader) = (board.id.clone(), panel.clone(), &reader);
        async move {
            // The user may have cancelled, or the session may have ended elsewhere.
            services.sessions.reload(&signed_in.key).await.ok().flatten()?;
            let request = services.boards.request(signed_in, reader, &board, BoardQuery::default()).ok()?;
            Some((number, request.try_panel(&panel).await))
        }
    };
    let mut trials = stream::iter(all.into_iter().take(PANELS_MAX).enumerate().map(try_one))
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .boxed();
    let mut done: Vec<(usize, PanelTrial)> = Vec::new();
    let deadline = tokio::time::Instant::now() + PANELS_TIME;
    while let Ok(Some(trial)) = tokio::time::timeout_at(deadline, trials.next()).await {
        done.push(trial);
        note(done.len());
    }
    done.sort_by_key(|(number, _)| *number);
    let untried = count.saturating_sub(done.len());
    (done.into_iter().map(|(_, trial)| trial).collect(), untried)
}

/// The claims that the settings use and that this user does not have as needed. Names and reasons, no values.
fn missing_claims(services: &RunServices, current: &SignedIn) -> Vec<ClaimTrial> {
    let (settings, record) = (&services.settings, &current.record);
    let mut all = BTreeSet::new();
    for (name, path) in settings.claim_slots.iter() {
        if let Err(gap) = path.single(&record.claims) {
            let used_by = format!("claims.{name}");
            all.insert(ClaimTrial { used_by, claim: path.as_str().to_owned(), gap: gap.to_string() });
        }
    }
    let mut has_roles = !settings.inspect_role.is_empty();
    for board in &settings.boards {
        let of_panels = board.panels.iter().flat_map(|panel| {
            let of_actions = panel.actions.iter().map(|action| &action.needs);
            std::iter::once(&panel.needs).chain(of_actions)
        });
        let of_board = std::iter::once(&board.needs).chain(board.actions.iter().map(|action| &action.needs));
        for needs in of_board.chain(of_panels) {
            has_roles |= !needs.roles.is_empty();
            all.extend(missing_claim(needs, &board.id, current));
        }
    }
    if has_roles && claims::has_no_role_claim(settings, record) {
        let gap = "are missing: no claim of the provider has any".to_owned();
        all.insert(ClaimTrial { used_by: "role".to_owned(), claim: "roles".to_owned(), gap });
    }
    all.into_iter().collect()
}

fn missing_claim(needs: &Needs, board: &str, current: &SignedIn) -> Option<ClaimTrial> {
    let path = &needs.claim.as_ref()?.path;
    let is_missing = matches!(path.single(&current.record.claims), Err(ClaimGap::Missing));
    let used_by = format!("claim of board {board}");
    is_missing.then(|| ClaimTrial {
        used_by,
        claim: path.as_str().to_owned(),
        gap: ClaimGap::Missing.to_string(),
    })
}

fn missing_scopes(services: &RunServices, current: &SignedIn) -> Vec<String> {
    let lacks = |scope: &&String| current.record.lacks_scope(&current.tokens, scope);
    services.settings.scopes.iter().filter(lacks).cloned().collect()
}

/// One refresh of the tokens of the sign-in.
async fn refresh(services: &RunServices, current: &SignedIn) -> RefreshTrial {
    let Some(before) = &current.tokens.refresh_token else { return RefreshTrial::NoToken };
    let api = &services.settings.apis.default;
    match services.tokens.access_token(current, api, Need::Renewed).await {
        Ok(_) => match services.tokens.reload(current).await {
            Ok(after) => RefreshTrial::Done {
                is_rotated: after.tokens.refresh_token.as_ref().is_some_and(|token| token != before),
            },
            Err(error) => RefreshTrial::Failed(error.reason().to_owned()),
        },
        Err(AppError::SignedOut) => RefreshTrial::Failed("session_ended".to_owned()),
        Err(error) => RefreshTrial::Failed(error.reason().to_owned()),
    }
}

/// Ends the session of the run, if there is one, and revokes its tokens.
async fn sign_out(services: &RunServices, key: &RowKey) -> SignOutTrial {
    let ended = match services.sessions.end(key, EndReason::SignedOut).await {
        Ok(ended) => ended,
        Err(error) => {
            tracing::error!(%error, "the session of a sign-in for `claimcheck doctor` could not be ended");
            return SignOutTrial::default();
        }
    };
    let revocation = match ended.and_then(|ended| ended.tokens) {
        Some(tokens) => match services.tokens.revoke_and_tell(tokens).await {
            Revocation::Revoked => RevocationTrial::Revoked,
            Revocation::NotOffered => RevocationTrial::NotOffered,
            Revocation::Refused => RevocationTrial::Refused,
            Revocation::Failed(_) => RevocationTrial::Failed,
        },
        None => RevocationTrial::Nothing,
    };
    let is_ended = matches!(services.sessions.reload(key).await, Ok(None));
    SignOutTrial { is_ended, revocation }
}
