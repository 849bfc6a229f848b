//! An action: its form on its own page.

use axum::http::StatusCode;
use claimcheck_model::{base_path, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{ActionFormView, GoneFormView, PanelFailure, language},
    handlers::{
        actions::{self, FormPage},
        forms,
        panels::question,
        request,
    },
    pages::{
        answer::{contained, fail, set_status},
        board::asked,
        frame::{Frame, PageTitle},
        of_panel::crumb,
        said::Said,
    },
};

/// `/boards/{board}/actions/{action}` and `/boards/{board}/rows/{panel}/actions/{action}?key=…`
#[component]
pub fn ActionPage() -> impl IntoView {
    let path = request::of_request(|request| base_path::address(request.uri.path())).unwrap_or_default();
    let (query, language) = (asked(), language());
    let page = if query.is_empty() { path } else { format!("{path}?{query}") };
    let fetched = Suspend::new(contained(async move {
        let message = forms::message().await;
        let said = view! { <Said message/> };
        match actions::open(&page).await {
            Ok(FormPage::Gone(gone)) => {
                set_status(StatusCode::NOT_FOUND);
                let back = gone.back.clone().unwrap_or_else(|| paths::HOME.href());
                view! {
                    {crumb(back, t!(language, "back-to-board").to_owned())}
                    {said}
                    <h1>{t!(language, "action-title")}</h1>
                    <article class="panel">
                        <GoneFormView gone/>
                    </article>
                }
                .into_any()
            }
            Ok(FormPage::Form(form)) => {
                let form = *form;
                let (title, back) = (form.title.clone(), form.back.clone());
                view! {
                    <PageTitle text=title.clone()/>
                    {crumb(back, t!(language, "back-to-board").to_owned())}
                    {said}
                    <h1>{title}</h1>
                    <article class="panel">
                        <ActionFormView form/>
                    </article>
                }
                .into_any()
            }
            Err(error) => {
                let reference = fail(&error);
                view! {
                    {crumb(board_of(&page), t!(language, "back-to-board").to_owned())}
                    {said}
                    <h1>{t!(language, "action-title")}</h1>
                    <article class="panel">
                        <PanelFailure error retry_href=page reference/>
                    </article>
                }
                .into_any()
            }
        }
    }));
    view! {
        <Frame title=t!(language, "action-title")>
            <div class="page row">
                <Suspense>{fetched}</Suspense>
            </div>
        </Frame>
    }
}

/// The board of an action's page.
fn board_of(page: &str) -> String {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let board = paths::read_action(path).map(|(board, ..)| board);
    board.map_or_else(|| paths::HOME.href(), |board| question(board, query).at(&paths::board(board)))
}
