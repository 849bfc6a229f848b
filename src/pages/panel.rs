//! One panel of a board: its frame and its island, around the content from `fragments::panel`.

use claimcheck_model::{PanelState, paths};
use claimcheck_server::config::Panel;
use leptos::prelude::*;

use crate::{
    components::PanelUrl,
    fragments::panel::{content, failure_of},
    islands::LivePanel,
};

/// A panel in its frame on a board.
pub fn framed(panel: &Panel, title: String, state: PanelState, here: PanelUrl) -> AnyView {
    let is_waiting = matches!(state, PanelState::Loading);
    let (board, panel_id) = (here.board.clone(), here.panel.clone());
    let id = paths::panel_id(&panel_id);
    let failure = failure_of(&state);
    let every_secs = panel.every.map(|every| every.as_secs());
    let (size, kind, label) = (panel.size.name(), panel.kind.name(), title.clone());
    let is_static = panel.is_static();
    let content = content(panel, title, state, here);
    if is_static {
        // Nothing changes in it, so it needs no island.
        return view! {
            <section class="panel" id=id aria-label=label data-kind=kind data-size=size>
                <div class="live">{content}</div>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="panel" id=id aria-label=label data-kind=kind data-size=size>
            <LivePanel
                attr:data-board=board
                attr:data-panel=panel_id
                attr:data-waiting=is_waiting.then_some("")
                attr:data-failure=failure
                attr:data-every=every_secs.map(|secs| secs.to_string())
            >
                {content}
            </LivePanel>
        </section>
    }
    .into_any()
}
