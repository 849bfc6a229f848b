//! The actions that a board offers: where they are configured, which rows they apply to, whether the user lacks access,
//! and how the last submissions went. `actions` carries them out.

use std::collections::HashSet;

use claimcheck_model::{AccessDenied, ActionLink, ActionResult, AppError, JobNotice, LinkTarget, paths};
use claimcheck_session::{AcceptedJob, ActionPlace, DEFAULT_API, Finished, Outcome, SignedIn};
use claimcheck_text::t;

use crate::{
    boards::{
        BoardRequest,
        cells::Object,
        condition::{RowFacts, holds},
    },
    config::{Action, Board, Panel, Settings},
    rights,
};

/// A finished action is reported for this many seconds; a page with scripts removes the report before that.
const DONE_SECS: i64 = 30;
/// One with a link is reported for longer.
const LINK_SECS: i64 = 300;
/// A job that takes longer than expected can be asked for its state for this many seconds after it was accepted.
const LATE_SECS: i64 = 12 * 3600;
/// When the panels are read again after something was accepted whose state cannot be asked, in seconds.
const READ_AGAIN_SECS: [i64; 2] = [5, 20];
/// A page without scripts loads again after this many seconds at the earliest.
const REFRESH_MIN_SECS: u32 = 3;
/// An unknown outcome is reported for longer, because the user has to check.
const UNCLEAR_SECS: i64 = 900;

/// A configured action with its board and panel.
#[derive(Clone, Copy)]
pub struct ResolvedAction<'a> {
    pub board: &'a Board,
    /// The panel of the row; `None` for an action of the board.
    pub panel: Option<&'a Panel>,
    pub action: &'a Action,
}

/// The configured action that a place names.
///
/// # Errors
/// `NotFound` if there is none; also if the place names a row but the action has none, or vice versa.
pub fn find<'a>(settings: &'a Settings, place: &ActionPlace) -> Result<ResolvedAction<'a>, AppError> {
    let board = settings.board(&place.board).ok_or(AppError::NotFound)?;
    let panel = match &place.panel {
        Some(panel) => Some(board.panel(panel).ok_or(AppError::NotFound)?),
        None => None,
    };
    let action = match panel {
        Some(panel) => panel.action(&place.action),
        None => board.action(&place.action),
    };
    let action = action.ok_or(AppError::NotFound)?;
    match place.row.is_some() == panel.is_some() {
        true => Ok(ResolvedAction { board, panel, action }),
        false => Err(AppError::NotFound),
    }
}

/// The access that the user lacks for an action: what the action, its panel or its board needs.
pub fn missing_access(
    settings: &Settings,
    signed_in: &SignedIn,
    found: ResolvedAction<'_>,
) -> Option<AccessDenied> {
    let mut needs = vec![(DEFAULT_API, &found.board.needs), (found.action.api.as_str(), &found.action.needs)];
    needs.extend(found.panel.map(|panel| (panel.api.as_str(), &panel.needs)));
    rights::missing_access_of_all(settings, signed_in, &needs)
}

/// The actions offered for a row of that panel.
pub fn of_row(request: &BoardRequest<'_>, panel: &Panel, row: &Object) -> Vec<ActionLink> {
    let columns = panel.kind.as_table().and_then(|table| table.columns.as_deref()).unwrap_or_default();
    let facts = RowFacts { row, columns, reader: request.reader() };
    let is_for = |action: &Action| action.when.as_ref().is_none_or(|when| holds(when, &facts, None));
    let actions = panel.actions.iter().filter(|action| is_for(action));
    actions.map(|action| link(request, action, Some(panel))).collect()
}

/// The actions offered for the board as a whole.
pub fn of_board(request: &BoardRequest<'_>) -> Vec<ActionLink> {
    request.board.actions.iter().map(|action| link(request, action, None)).collect()
}

fn link(request: &BoardRequest<'_>, action: &Action, panel: Option<&Panel>) -> ActionLink {
    let found = ResolvedAction { board: request.board, panel, action };
    let is_locked = missing_access(request.settings(), request.signed_in(), found).is_some();
    let label = action.label.text(request.reader().language()).to_owned();
    ActionLink { label, action: action.id.clone(), is_locked }
}

/// The last result for each row of a panel, the latest first; without a panel, that of each action of the board. A later
/// result for the same row replaces an earlier one.
pub fn results(request: &BoardRequest<'_>, panel: Option<&str>) -> Vec<(Option<String>, ActionResult)> {
    let mut seen = HashSet::new();
    let about = request.question.subject_text();
    let is_here = |finished: &&Finished| {
        let place = &finished.place;
        place.board == request.board.id && place.panel.as_deref() == panel && place.subject == about
    };
    let subject = |place: &ActionPlace| (place.row.clone(), panel.is_none().then(|| place.action.clone()));
    let latest = request.signed_in().record.outcomes.iter().rev().filter(is_here);
    let latest = latest.filter(|finished| seen.insert(subject(&finished.place)));
    latest.filter_map(|finished| Some((finished.place.row.clone(), result(request, finished)?))).collect()
}

/// The message about a submission now; `None` if it was not done or is over.
pub fn result(request: &BoardRequest<'_>, finished: &Finished) -> Option<ActionResult> {
    let is_recent = |secs: i64| request.now() - finished.at < secs;
    if let Some(told) = &finished.told {
        return is_recent(UNCLEAR_SECS)
            .then(|| ActionResult { text: told.clone(), ..ActionResult::default() });
    }
    let (text, is_done, secs) = match &finished.outcome {
        Outcome::Done { job: Some(job), .. } => return job_result(request, finished, job),
        Outcome::Done { said, link: Some(link), .. } => {
            let target = LinkTarget { href: link.href.clone(), is_outside: link.is_outside };
            let link = Some((link.title.clone(), target));
            let result = ActionResult { text: said.clone(), is_done: true, link, job: None };
            return is_recent(LINK_SECS).then_some(result);
        }
        Outcome::Done { said, .. } => (said.clone(), true, DONE_SECS),
        // The form has the reason, and is shown again when it is opened.
        Outcome::Unclear { .. } => {
            let language = request.reader().language();
            // The action may no longer exist.
            let label = match find(request.settings(), &finished.place) {
                Ok(found) => found.action.label.text(language).to_owned(),
                Err(_) => finished.place.action.clone(),
            };
            let text = match finished.place.row.as_deref() {
                Some(row) => t!(language, "act-perhaps-not-done-of-row", action = label, row = row),
                None => t!(language, "act-perhaps-not-done", action = label),
            };
            (text, false, UNCLEAR_SECS)
        }
        _ => return None,
    };
    is_recent(secs).then(|| ActionResult { text, is_done, ..ActionResult::default() })
}

/// After how many seconds a page without scripts loads again because of what APIs have accepted, and from where: the URL that
/// asks for its state, or the page itself if nothing can be asked.
pub fn refresh(request: &BoardRequest<'_>) -> Option<(u32, Option<String>)> {
    let about = request.question.subject_text();
    let is_here = |finished: &&Finished| {
        finished.has_job() && finished.place.board == request.board.id && finished.place.subject == about
    };
    let outcomes = request.signed_in().record.outcomes.iter().filter(is_here);
    let notices: Vec<_> = outcomes.filter_map(|finished| result(request, finished)?.job).collect();
    let secs = notices.iter().filter_map(|notice| notice.wait_secs).min()?;
    let can_ask = notices.iter().any(|notice| notice.check.is_some() && notice.wait_secs.is_some());
    let ask = can_ask.then(|| request.question.at(&paths::jobs(&request.board.id)));
    Some((secs.max(REFRESH_MIN_SECS), ask))
}

/// The message about a submission that the API has accepted: it is still working on it, and a link shows the state.
fn job_result(request: &BoardRequest<'_>, finished: &Finished, job: &AcceptedJob) -> Option<ActionResult> {
    let (language, now) = (request.reader().language(), request.now());
    let found = find(request.settings(), &finished.place).ok();
    let label = found.map(|found| found.action.label.text(language));
    let label = label.unwrap_or(&finished.place.action).to_owned();
    let age = now - job.since;
    let at_most = found.and_then(|found| found.action.after.job.as_ref()).map(|job| job.at_most);
    let at_most = at_most.map_or(0, |at_most| at_most.as_secs().cast_signed());
    let result = |text, notice| ActionResult { text, is_done: false, link: None, job: Some(notice) };
    let secs = |secs: i64| u32::try_from(secs.max(1)).ok();
    match &job.path {
        // Nothing can be asked, but the panels show the result some time.
        None => {
            let next = READ_AGAIN_SECS.into_iter().find(|secs| age < *secs);
            let notice = JobNotice { check: None, wait_secs: next.and_then(|next| secs(next - age)) };
            (age < DONE_SECS).then(|| result(t!(language, "act-accepted", action = label), notice))
        }
        Some(_) => {
            let check =
                paths::with_query(&paths::jobs(&finished.place.board), &[(paths::JOB, &finished.mark)]);
            let check = Some(request.question.at(&check));
            if age < at_most {
                let notice = JobNotice { check, wait_secs: secs(job.next_at - now) };
                return Some(result(t!(language, "act-accepted", action = label), notice));
            }
            let notice = JobNotice { check, wait_secs: None };
            (age < LATE_SECS).then(|| result(t!(language, "act-job-late", action = label), notice))
        }
    }
}
