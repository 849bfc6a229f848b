//! A board: its title and its panels, one below the other.

use futures::future::join_all;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{NotFound, answer::fail};
use crate::{
    app::Frame,
    components::{PanelFailure, PanelFrame, PanelLoading, TableView, panel_id, table_href},
    error::AppError,
    islands::LivePanel,
    model::{Markup, PanelQuery, PanelState, SortOrder},
    server::{self, api, config::Panel},
    server_fns::panel,
};

/// The page of one board. All its panels are fetched at once, each within its render budget.
#[component]
pub fn Board() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("board")).unwrap_or_default();
    let query =
        server::request().map(|request| asked(request.uri.query().unwrap_or_default())).unwrap_or_default();
    let Some(board) = server::context().ok().and_then(|context| context.settings.board(&id).cloned()) else {
        return view! { <NotFound/> }.into_any();
    };
    let title = board.title.clone();
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
    view! { <Frame title><Suspense>{fetched}</Suspense></Frame> }.into_any()
}

/// What a page's query asks of its tables; with or without its question mark.
fn asked(query: &str) -> PanelQuery {
    let mut asked = PanelQuery::default();
    for (name, value) in url::form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        match name.as_ref() {
            "q" => asked.filter = value.into_owned(),
            "sort" => asked.sort = Some(value.into_owned()),
            "order" if value == "desc" => asked.order = SortOrder::Descending,
            "order" => asked.order = SortOrder::Ascending,
            _ => {}
        }
    }
    asked
}

fn framed(
    board: &str,
    index: usize,
    panel: &Panel,
    state: Result<PanelState, AppError>,
    query: &PanelQuery,
) -> impl IntoView + use<> {
    let state = state.unwrap_or_else(|error| {
        fail(&error);
        PanelState::Failed(error)
    });
    let is_waiting = matches!(state, PanelState::Loading);
    let content = content(board, index, &panel.title, state, query);
    let (board, title) = (board.to_owned(), panel.title.clone());
    let every_secs = panel.every.map(|every| every.as_secs());
    view! {
        <PanelFrame title id=panel_id(index)>
            <LivePanel
                attr:data-board=board
                attr:data-panel=index.to_string()
                attr:data-waiting=is_waiting.then_some("")
                attr:data-every=every_secs.map(|secs| secs.to_string())
            >
                {content}
            </LivePanel>
        </PanelFrame>
    }
}

/// What stands in a panel's frame: its data, or the honest state it is in.
fn content(board: &str, index: usize, title: &str, state: PanelState, query: &PanelQuery) -> AnyView {
    let here = table_href(board, index, query);
    let (board, title) = (board.to_owned(), title.to_owned());
    match state {
        PanelState::Ready(data) => {
            let (data, query) = (api::sort(data, query), query.clone());
            view! { <TableView board panel=index title data query/> }.into_any()
        }
        PanelState::Loading => view! { <PanelLoading title reload_href=here/> }.into_any(),
        PanelState::Failed(error) => view! { <PanelFailure error retry_href=here/> }.into_any(),
    }
}

/// A panel once its API has answered, as markup for the island that asks for it; `query` is the query of its page.
pub async fn panel_when_ready(board: &str, index: usize, query: &str) -> Result<Markup, AppError> {
    let query = asked(query);
    let state = server::routes::panels::panel_when_ready(board, index).await?;
    let context = server::context()?;
    let panel = api::find(&context, board, index)?;
    let failure = match &state {
        PanelState::Failed(error) => Some(error.to_string()),
        _ => None,
    };
    Ok(Markup { html: content(board, index, &panel.title, state, &query).to_html(), failure })
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
