//! The time of the data on a board: one for the page, and one of a panel whose data are much older.

use claimcheck_model::{AsOf, PanelState, part};
use claimcheck_server::config::{Board, Panel};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language};

/// Whether the page has one time, and one link that reloads everything. A single panel has its own.
pub fn has_one_time(board: &Board) -> bool {
    board.panels_with_request().nth(1).is_some()
}

/// The time of the newest data. Panels with much older data show their own, as the browser code
/// (`islands::later::newest`) decides it again when a panel was refreshed.
pub fn newest(board: &Board, states: &mut [PanelState]) -> Option<String> {
    let newest = states.iter().filter_map(as_of).max_by_key(|as_of| as_of.at).cloned()?;
    for (panel, state) in board.panels.iter().zip(states) {
        if let PanelState::Ready(data) = state
            && let Some(as_of) = &mut data.as_of
        {
            as_of.is_shown = newest.at.saturating_sub(as_of.at) > older_max(panel);
        }
    }
    Some(newest.time)
}

/// The time of the newest data of a board, and the link that reloads all of its panels.
#[component]
pub fn ReloadAll(
    /// The address of this page.
    here: String,
    /// `None` while all panels are loading.
    as_of: Option<String>,
) -> impl IntoView {
    let language = language();
    let label = t!(language, "board-reload");
    view! {
        <div class="board-time">
            <span class="num" data-part=part::NEWEST>
                {as_of.map(|time| t!(language, "panel-as-of", time = time))}
            </span>
            <a class="tool" href=here aria-label=label title=label data-part=part::RELOAD_ALL>
                <Icon d=icon::RELOAD/>
            </a>
        </div>
    }
}

fn as_of(state: &PanelState) -> Option<&AsOf> {
    match state {
        PanelState::Ready(data) => data.as_of.as_ref(),
        _ => None,
    }
}

/// By how many seconds the data of a panel may be older: its interval, but at least a minute.
fn older_max(panel: &Panel) -> i64 {
    let secs = panel.every.map_or(0, |every| every.as_secs()).max(AsOf::OLDER_MAX_SECS);
    i64::try_from(secs).unwrap_or(i64::MAX)
}
