//! One panel of a board: its frame and its island, around the content from `fragments::panel`.

use claimcheck_model::{AnswerProblem, PanelState, paths};
use claimcheck_server::config::{Board, Panel};
use leptos::prelude::*;

use crate::{
    components::PanelUrl,
    fragments::{
        outage::notice_of,
        panel::{content, failure_of, outage_text},
    },
    islands::LivePanel,
};

/// A panel in its frame on a board. A short one is not as high as the others in its row.
pub fn framed(
    board: &Board,
    panel: &Panel,
    title: String,
    state: PanelState,
    here: PanelUrl,
    is_short: bool,
) -> AnyView {
    let is_waiting = match &state {
        PanelState::Loading => true,
        // The page did not wait for it; the script of the panel does.
        PanelState::Failed(failed) => failed.problem == Some(AnswerProblem::Preparing),
        PanelState::Ready(_) => false,
    };
    let (board_id, panel_id) = (here.board.clone(), here.panel.clone());
    let id = paths::panel_id(&panel_id);
    let outage = match &state {
        PanelState::Failed(failed) => outage_text(panel, failed, &here),
        _ => None,
    };
    let failure = failure_of(&state, outage.is_some());
    let notice = notice_of(board, panel);
    let every_secs = panel.every.map(|every| every.as_secs());
    let (size, kind, label) = (panel.size.name(), panel.kind.name(), title.clone());
    let is_static = panel.is_static();
    let short = is_short.then_some("");
    let content = content(panel, title, state, here);
    if is_static {
        // Nothing changes in it, so it needs no island.
        return view! {
            <section class="panel" id=id aria-label=label data-kind=kind data-size=size data-short=short>
                <div class="live">{content}</div>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel" id=id aria-label=label data-kind=kind data-size=size data-short=short>
            <LivePanel
                attr:data-board=board_id
                attr:data-panel=panel_id
                attr:data-waiting=is_waiting.then_some("")
                attr:data-failure=failure
                attr:data-outage=notice
                attr:data-every=every_secs.map(|secs| secs.to_string())
            >
                {content}
            </LivePanel>
        </section>
    }
    .into_any()
}
