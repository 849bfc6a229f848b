//! One row of a board's table, on its own page.

use axum::http::StatusCode;
use claimcheck_model::paths;
use claimcheck_server::config::DEFAULT_API;
use claimcheck_text::t;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    components::{PanelGone, PanelUrl, language},
    fragments::row::RowContent,
    handlers::{
        panels::{self, question},
        request,
    },
    pages::{
        NotFound,
        answer::{contained, set_status},
        board::asked,
        frame::PageTitle,
        of_panel::{PageOfPanel, failed},
    },
};

/// `/boards/{board}/rows/{panel}?key=…`
#[component]
pub fn RowPage() -> impl IntoView {
    let params = use_params_map();
    let (board, panel) = params.with_untracked(|params| (params.get("board"), params.get("panel")));
    let board = request::state().ok().and_then(|state| state.settings.board(&board?).cloned());
    let (Some(board), Some(panel)) = (board, panel) else { return view! { <NotFound/> }.into_any() };
    let query = asked();
    if board.panel(&panel).is_none() {
        set_status(StatusCode::NOT_FOUND);
        let (title, here) = (board.title.text(language()).to_owned(), paths::board(&board.id));
        return view! {
            <PageOfPanel title back=here.clone() class="page row">
                <h1>{t!(language(), "row-title")}</h1>
                <article class="panel">
                    <PanelGone here/>
                </article>
            </PageOfPanel>
        }
        .into_any();
    }
    let question = question(&board.id, &query);
    let back = question.href(&board.id, &panel);
    let needs_extra_style = board.needs_extra_style();
    let (title, language) = (board.title.text(language()).to_owned(), language());
    let fetched = Suspend::new(contained(async move {
        match panels::row(&board.id, &panel, &query).await {
            // Only the name of an existing row is on the page, so that a URL cannot put text there.
            Ok(detail) => {
                let name = detail.title.clone();
                let title = format!("{name} · {}", board.title.text(language));
                let here = PanelUrl { board: board.id.clone(), panel, question };
                view! {
                    <PageTitle text=title/>
                    <h1>{name}</h1>
                    <article class="panel">
                        <RowContent detail here/>
                    </article>
                }
                .into_any()
            }
            Err(error) => {
                let here = format!("{}?{query}", paths::row(&board.id, &panel));
                let api = board.panel(&panel).map_or(DEFAULT_API, |panel| &panel.api);
                failed(t!(language, "row-title"), api, error, here)
            }
        }
    }));
    view! {
        <PageOfPanel title back class="page row" needs_extra_style>
            <Suspense>{fetched}</Suspense>
        </PageOfPanel>
    }
    .into_any()
}
