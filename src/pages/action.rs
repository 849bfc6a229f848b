//! An action: its form on a page of its own, and the same in a drawer for the island that opens it.

use leptos::prelude::*;

use super::{
    answer::{contained, fail},
    board::asked,
    said::Said,
};
use crate::{
    app::{Frame, PageTitle},
    components::{ActionFormView, ActionResultView, Icon, PanelFailure, icon},
    model::{self, ActionForm, AppError, FormState, Markup},
    paths,
    server::{
        self,
        routes::{
            actions::{self, OF_ANOTHER, Shown},
            forms,
            panels::question,
        },
    },
};

/// `/boards/{board}/actions/{action}` and `/boards/{board}/rows/{panel}/actions/{action}?key=…`
#[component]
pub fn ActionPage() -> impl IntoView {
    let path = server::request().map(|request| request.uri.path().to_owned()).unwrap_or_default();
    let query = asked();
    let page = if query.is_empty() { path } else { format!("{path}?{query}") };
    let fetched = Suspend::new(contained(async move {
        let message = forms::message().await;
        let said = view! { <Said message/> };
        match actions::open(&page).await {
            Ok(form) => {
                let (title, back) = (form.title.clone(), form.back.clone());
                view! {
                    <PageTitle text=title.clone()/>
                    {crumb(back)}
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
                    {crumb(board_of(&page))}
                    {said}
                    <h1>"Something to do"</h1>
                    <article class="panel">
                        <PanelFailure error retry_href=page reference/>
                    </article>
                }
                .into_any()
            }
        }
    }));
    view! {
        <Frame title="Action">
            <div class="page row">
                <Suspense>{fetched}</Suspense>
            </div>
        </Frame>
    }
}

/// The way back.
fn crumb(href: String) -> impl IntoView {
    view! {
        <p class="crumb">
            <a href=href>
                <Icon d=icon::BACK/>
                "Back to the board"
            </a>
        </p>
    }
}

/// The board of an action's page.
fn board_of(page: &str) -> String {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let board = paths::read_action(path).map(|(board, ..)| paths::board(board));
    board.map_or_else(|| paths::HOME.to_owned(), |board| question(query).at(&board))
}

/// The form of an action, as markup for the drawer.
pub async fn action_form(page: &str) -> Result<Markup, AppError> {
    Ok(drawn(actions::open(page).await?))
}

/// What has become of a form that was sent, as markup: what is said when it is done, else the form again as a failure.
pub async fn acted(form: &str) -> Result<Markup, AppError> {
    Ok(match actions::act(form).await? {
        Shown::Done(text) => {
            let result = model::ActionResult { text, is_done: true };
            Markup { html: view! { <ActionResultView result/> }.to_html(), failure: None }
        }
        Shown::Again(mut form) => {
            if form.state == FormState::Open {
                form.state = FormState::NotDone(OF_ANOTHER.to_owned());
            }
            drawn(*form)
        }
        Shown::Led => Markup { html: String::new(), failure: None },
    })
}

fn drawn(form: ActionForm) -> Markup {
    let failure = (form.state != FormState::Open).then(|| "not done".to_owned());
    let title = form.title.clone();
    let html = view! {
        <header class="panel-head">
            <h2>{title}</h2>
            <form method="dialog">
                <button class="tool" type="submit" aria-label="Close">
                    <Icon d=icon::CLOSE/>
                </button>
            </form>
        </header>
        <ActionFormView form/>
    }
    .to_html();
    Markup { html, failure }
}
