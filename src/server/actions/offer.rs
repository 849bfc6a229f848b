//! What a board offers to do: which rows an action is for, what is locked for whom, and how the last ones went.

use std::collections::HashSet;

use super::ResolvedAction;
use crate::{
    model::{ActionLink, ActionResult},
    server::{
        boards::{
            BoardRequest,
            cells::{self, Object},
        },
        config::Action,
        session::{ActionPlace, Finished, Outcome},
    },
};

/// What was done is said for this long where it belongs.
const DONE_SECS: i64 = 120;
/// What may have been done for longer: somebody has to look.
const UNCLEAR_SECS: i64 = 900;

/// What is offered for a row of that panel.
pub fn of_row(look: &BoardRequest<'_>, panel: usize, row: &Object) -> Vec<ActionLink> {
    let Some(setting) = look.board.panels.get(panel) else { return Vec::new() };
    let is_for = |action: &Action| {
        action
            .when
            .as_ref()
            .is_none_or(|when| when.is.contains(&cells::as_text(cells::member(row, &when.key))))
    };
    let actions = setting.actions.iter().enumerate().filter(|(_, action)| is_for(action));
    actions.map(|(index, action)| link(look, index, action, Some(setting))).collect()
}

/// What is offered for the board as a whole.
pub fn of_board(look: &BoardRequest<'_>) -> Vec<ActionLink> {
    look.board.actions.iter().enumerate().map(|(index, action)| link(look, index, action, None)).collect()
}

fn link<'a>(
    look: &BoardRequest<'a>,
    index: usize,
    action: &'a Action,
    panel: Option<&'a crate::server::config::Panel>,
) -> ActionLink {
    let found = ResolvedAction { board: look.board, panel, action };
    let is_locked = super::missing_access(look.context(), look.signed_in(), found).is_some();
    ActionLink { label: action.label.clone(), action: index, is_locked }
}

/// How the last action on each row of a panel went, the latest first; or, without a panel, the last of each action of the
/// board. What was said before on the same row is over.
pub fn said(look: &BoardRequest<'_>, panel: Option<usize>) -> Vec<(Option<String>, ActionResult)> {
    let mut seen = HashSet::new();
    let is_here =
        |finished: &&Finished| finished.place.board == look.board.id && finished.place.panel == panel;
    let of_what = |place: &ActionPlace| (place.row.clone(), panel.is_none().then_some(place.action));
    let latest = look.signed_in().record.outcomes.iter().rev().filter(is_here);
    let latest = latest.filter(|finished| seen.insert(of_what(&finished.place)));
    latest.filter_map(|finished| Some((finished.place.row.clone(), word_of(look, finished)?))).collect()
}

fn word_of(look: &BoardRequest<'_>, finished: &Finished) -> Option<ActionResult> {
    let (text, is_done, secs) = match &finished.outcome {
        Outcome::Done { said } => (said.clone(), true, DONE_SECS),
        // Why is said by the form, which is there again when it is opened.
        Outcome::Unclear { .. } => {
            let label = super::find(look.context(), &finished.place).ok()?.action.label.clone();
            let row = finished.place.row.as_ref().map(|row| format!(" {row}")).unwrap_or_default();
            (format!("{label}{row}: perhaps not done."), false, UNCLEAR_SECS)
        }
        _ => return None,
    };
    (look.now() - finished.at < secs).then_some(ActionResult { text, is_done })
}
