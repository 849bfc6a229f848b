//! The content of a panel: its data, or its state. The same for the page and for the island that fetches it again.

use claimcheck_model::{
    AnswerProblem, AppError, Markup, OUTAGE_FOLLOWS, PanelData, PanelError, PanelState, part, paths,
};
use claimcheck_server::config::Panel;
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{
        PanelBodyView, PanelFailure, PanelGone, PanelHead, PanelLacks, PanelLoading, PanelOutage,
        PanelPreparing, PanelUnmatched, PanelUrl, PanelWaits, UnmatchedNote, failure_title, language,
        problem_text,
    },
    fragments::{
        access_request,
        outage::{self, OutageText},
    },
    handlers::{
        inspect::may_inspect,
        panels::{self, ReadyPanel, question},
        request,
    },
};

/// The content of a panel's frame: its data, or its state.
pub fn content(panel: &Panel, title: String, state: PanelState, here: PanelUrl) -> AnyView {
    let (is_static, is_in_section) = (panel.is_static(), panel.is_in_section);
    let hint = panel.hint.as_ref().map(|hint| hint.text(language()).to_owned());
    let mut stale = None;
    let (as_of, body) = match state {
        PanelState::Ready(data) => {
            let PanelData { body, as_of, asked_again_at, unmatched } = *data;
            let (title, here) = (title.clone(), here.clone());
            stale = asked_again_at.map(|time| t!(language(), "answer-later-kept", time = time));
            let is_elsewhere = unmatched.iter().any(|path| path.misfit.is_none());
            let body = match (unmatched.is_empty(), body.is_empty() && is_elsewhere) {
                (true, _) => view! { <PanelBodyView title body here is_in_section/> }.into_any(),
                (false, true) => {
                    let reference = panels::reference(&here.board, &here.panel);
                    let paths = if may_inspect() { unmatched } else { Vec::new() };
                    view! { <PanelUnmatched paths reference/> }.into_any()
                }
                (false, false) => view! {
                    {may_inspect().then(|| view! { <UnmatchedNote paths=unmatched/> })}
                    <PanelBodyView title body here is_in_section/>
                }
                .into_any(),
            };
            (as_of, body)
        }
        PanelState::Loading => {
            let (title, kind) = (title.clone(), panel.kind.name());
            let (reload_href, reload_id) = (here.href(), here.id("wait"));
            (None, view! { <PanelLoading title kind reload_href reload_id/> }.into_any())
        }
        PanelState::Failed(PanelError { problem: Some(AnswerProblem::Choose(filters)), .. }) => {
            (None, view! { <PanelWaits filters/> }.into_any())
        }
        PanelState::Failed(PanelError { problem: Some(AnswerProblem::Lacks(member)), .. }) => {
            (None, view! { <PanelLacks member/> }.into_any())
        }
        PanelState::Failed(PanelError { problem: Some(AnswerProblem::Preparing), .. }) => {
            let (reload_href, reload_id) = (here.href(), here.id("wait"));
            (None, view! { <PanelPreparing reload_href reload_id/> }.into_any())
        }
        PanelState::Failed(failed) if outage_text(panel, &failed, &here).is_some() => {
            let reference = panels::reference(&here.board, &here.panel);
            (None, view! { <PanelOutage reference/> }.into_any())
        }
        PanelState::Failed(PanelError { error, problem }) => {
            let (retry_href, retry_id) = (here.href(), here.id("retry"));
            let (ask, was_refused) = access_request(&panel.api, &error, &retry_href);
            let reference = panels::reference(&here.board, &here.panel);
            (
                None,
                view! { <PanelFailure error retry_href retry_id ask was_refused reference problem/> }
                    .into_any(),
            )
        }
    };
    view! {
        <PanelHead title as_of stale here may_inspect=!is_static && may_inspect() is_static is_in_section hint/>
        <div class="body" data-part=part::BODY>
            {body}
        </div>
    }
    .into_any()
}

/// A panel once its API has responded, as markup for the island that requests it.
pub async fn panel_when_ready(
    board: &str,
    panel: &str,
    query: &str,
    by_person: bool,
) -> Result<Markup, AppError> {
    let services = request::state()?;
    let found = services.settings.board(board).and_then(|board| Some((board, board.panel(panel)?)));
    let Some((board, panel)) = found else {
        request::signed_in()?;
        // The page of the island: its board may be gone, too.
        let mut name = String::new();
        paths::encode_into(&mut name, board);
        return Ok(gone(question(board, query).at(&paths::board(&name))));
    };
    let ready = panels::panel_when_ready(&board.id, &panel.id, query, by_person).await?;
    let ReadyPanel { state, title, name } = ready;
    let question = question(&board.id, query);
    let here = PanelUrl { board: board.id.clone(), panel: panel.id.clone(), question };
    let outage = match &state {
        PanelState::Failed(failed) => outage_text(panel, failed, &here),
        _ => None,
    };
    let failure = failure_of(&state, outage.is_some()).map(|title| match outage {
        Some(OutageText { text, is_timed: false }) => format!("{title}{OUTAGE_FOLLOWS}{text}"),
        Some(OutageText { text, is_timed: true }) => {
            format!("{title}{OUTAGE_FOLLOWS}{OUTAGE_FOLLOWS}{text}")
        }
        None => title,
    });
    let mut html = content(panel, title, state, here).to_html();
    if let Some(name) = name {
        html.push_str(&view! { <span data-part=part::NAME hidden>{name}</span> }.to_html());
    }
    Ok(Markup { html, failure })
}

/// What the board says about this failure, if it is one of several.
pub fn outage_text(panel: &Panel, failed: &PanelError, here: &PanelUrl) -> Option<OutageText> {
    let state = request::state().ok()?;
    outage::text_of(state.settings.board(&here.board)?, panel, failed)
}

/// In place of a panel that the board no longer has. It is no failure: the island would keep the old data and try again.
fn gone(here: String) -> Markup {
    Markup { html: view! { <PanelGone here/> }.to_html(), failure: None }
}

/// The title of a failure after which a panel may keep its data, and tries again by itself. If access is denied, old data
/// must not stay visible.
pub fn failure_of(state: &PanelState, is_in_outage: bool) -> Option<String> {
    match state {
        // The notice of the board says what is wrong.
        PanelState::Failed(_) if is_in_outage => Some(t!(language(), "outage-mark").to_owned()),
        PanelState::Failed(PanelError {
            error: AppError::Forbidden(_) | AppError::StepUp(_) | AppError::NotFound,
            ..
        }) => None,
        // The user has to choose something, or a value is missing, so the same request does not help.
        PanelState::Failed(PanelError {
            problem: Some(AnswerProblem::Choose(_) | AnswerProblem::Lacks(_)),
            ..
        }) => None,
        PanelState::Failed(PanelError { problem: Some(problem), .. }) => {
            Some(problem_text(language(), problem).title.to_owned())
        }
        PanelState::Failed(PanelError { error, .. }) => Some(failure_title(language(), error).to_owned()),
        _ => None,
    }
}
