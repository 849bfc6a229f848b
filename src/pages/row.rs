//! One row of a board's table, whole: a page of its own, and the same in a drawer for the island that opens it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    NotFound,
    answer::{asking, contained, fail},
    board::asked,
};
use crate::{
    app::{Frame, PageTitle},
    components::{DetailView, Icon, PanelFailure, icon},
    model::{AppError, Markup, RowDetail},
    paths,
    server::{
        self,
        routes::panels::{question, row_name},
    },
    server_fns::row,
};

/// `/boards/{board}/rows/{panel}?key=…`
#[component]
pub fn RowPage() -> impl IntoView {
    let params = use_params_map();
    let (board, panel) = params.with_untracked(|params| (params.get("board"), params.get("panel")));
    let panel = panel.and_then(|panel| panel.parse::<usize>().ok());
    let board = server::context().ok().and_then(|context| context.settings.board(&board?).cloned());
    let (Some(board), Some(panel)) = (board, panel) else { return view! { <NotFound/> }.into_any() };
    let query = asked();
    let back = question(&query).href(&board.id, panel);
    let title = board.title.clone();
    let fetched = Suspend::new(contained(async move {
        match row(board.id.clone(), panel, query.clone()).await {
            // Only a row that is there has its name on the page: no address can write on it.
            Ok(markup) => {
                let name = row_name(&query).unwrap_or_default();
                let title = format!("{name} · {}", board.title);
                view! {
                    <PageTitle text=title/>
                    <h1>{name}</h1>
                    <article class="panel" inner_html=markup.html></article>
                }
                .into_any()
            }
            Err(error) => {
                let reference = fail(&error);
                let here = format!("{}?{query}", paths::row(&board.id, panel));
                let (ask, was_refused) = asking(&error, &here);
                view! {
                    <h1>"A row of this board"</h1>
                    <article class="panel">
                        <PanelFailure error retry_href=here ask was_refused reference/>
                    </article>
                }
                .into_any()
            }
        }
    }));
    view! {
        <Frame title=title.clone()>
            <div class="page row">
                <p class="crumb">
                    <a href=back>
                        <Icon d=icon::BACK/>
                        {title}
                    </a>
                </p>
                <Suspense>{fetched}</Suspense>
            </div>
        </Frame>
    }
    .into_any()
}

/// The row that the query names, as markup for its page and for the drawer that shows it over the board.
pub async fn row_drawer(board: &str, panel: usize, query: &str) -> Result<Markup, AppError> {
    let detail = server::routes::panels::row(board, panel, query).await?;
    Ok(Markup { html: view! { <RowContent detail/> }.to_html(), failure: None })
}

/// A row's name and all that belongs to it. The button closes the drawer without a script; its page does not show it.
#[component]
pub fn RowContent(detail: RowDetail) -> impl IntoView {
    let title = detail.title.clone();
    view! {
        <header class="panel-head">
            <h2>{title}</h2>
            <form method="dialog">
                <button class="tool" type="submit" aria-label="Close">
                    <Icon d=icon::CLOSE/>
                </button>
            </form>
        </header>
        <div class="perf">
            <DetailView detail/>
        </div>
    }
}
