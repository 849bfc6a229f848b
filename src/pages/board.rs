//! A board: its title and its panels, one below the other.

use axum::http::StatusCode;
use futures::future::join_all;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{NotFound, answer::set_status};
use crate::{
    app::Frame,
    components::{PanelFailure, PanelFrame, PanelLoading, TableView, panel_id, table_href},
    error::AppError,
    islands::LivePanel,
    model::{PanelQuery, PanelState, SortOrder},
    server::{self, api, config::Panel},
    server_fns::panel,
};

/// The page of one board. All its panels are fetched at once, each within its render budget.
#[component]
pub fn Board() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("board")).unwrap_or_default();
    let query = asked();
    let Some(board) = server::context().ok().and_then(|context| context.settings.board(&id).cloned()) else {
        return view! { <NotFound/> }.into_any();
    };
    let fetched = Suspend::new(async move {
        let states = join_all((0..board.panels.len()).map(|index| panel(board.id.clone(), index))).await;
        let panels: Vec<_> = board
            .panels
            .iter()
            .zip(states)
            .enumerate()
            .map(|(index, (panel, state))| framed(&board.id, index, panel, state, &query))
            .collect();
        view! { <BoardContent title=board.title.clone()>{panels}</BoardContent> }
    });
    let title = server::context()
        .ok()
        .and_then(|context| context.settings.board(&id).map(|board| board.title.clone()));
    view! { <Frame title=title.unwrap_or_default()><Suspense>{fetched}</Suspense></Frame> }.into_any()
}

/// What the page's query asks of its tables.
fn asked() -> PanelQuery {
    use_query_map().with_untracked(|query| PanelQuery {
        filter: query.get("q").unwrap_or_default(),
        sort: query.get("sort"),
        order: match query.get("order").as_deref() {
            Some("desc") => SortOrder::Descending,
            _ => SortOrder::Ascending,
        },
    })
}

fn framed(
    board: &str,
    index: usize,
    panel: &Panel,
    state: Result<PanelState, AppError>,
    query: &PanelQuery,
) -> impl IntoView + use<> {
    let title = panel.title.clone();
    let here = table_href(board, index, query);
    let is_waiting = matches!(state, Ok(PanelState::Loading));
    let content = match state {
        Ok(PanelState::Ready(data)) => {
            let (board, data, query) = (board.to_owned(), api::sort(data, query), query.clone());
            view! { <TableView board panel=index title=title.clone() data query/> }.into_any()
        }
        Ok(PanelState::Loading) => view! { <PanelLoading title=title.clone() reload_href=here/> }.into_any(),
        Ok(PanelState::Failed(error)) => view! { <PanelFailure error retry_href=here/> }.into_any(),
        Err(error) => {
            set_status(match error {
                AppError::SignedOut => StatusCode::UNAUTHORIZED,
                ref error => server::status(error),
            });
            view! { <PanelFailure error retry_href=here/> }.into_any()
        }
    };
    let board = board.to_owned();
    let every_secs = panel.every.map(|every| every.as_secs());
    view! {
        <PanelFrame title=title.clone() id=panel_id(index)>
            <LivePanel board panel=index title is_waiting every_secs>
                {content}
            </LivePanel>
        </PanelFrame>
    }
}

/// A board; its children are panels in their frames.
#[component]
pub fn BoardContent(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="page">
            <h1>{title}</h1>
            <div class="panels">{children()}</div>
        </div>
    }
}
