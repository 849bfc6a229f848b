//! What a board says about an API that fails for several of its panels.

use claimcheck_model::{AnswerProblem, PanelError, PanelState, Silence};
use claimcheck_server::{
    boards::{OutageCause, panels_of},
    config::{Board, Panel},
};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{OutageNotice, language, outage_id},
    handlers::request,
};

/// The panel shares its API with other panels of the board: the id of the notice about it.
pub fn notice_of(board: &Board, panel: &Panel) -> Option<String> {
    panel.read.as_ref()?;
    (panels_of(board, &panel.api).nth(1).is_some()).then(|| outage_id(&panel.api))
}

/// What a notice says.
pub struct OutageText {
    pub text: String,
    /// The API named the time at which it is asked again; otherwise panels try again by their own timer.
    pub is_timed: bool,
}

/// What the notice says about this failure, if several panels of the board have it.
pub fn text_of(board: &Board, panel: &Panel, failed: &PanelError) -> Option<OutageText> {
    let problem = failed.problem.as_ref()?;
    if let AnswerProblem::Later { at, is_limit, said } = problem {
        notice_of(board, panel)?;
        let api = name_of(&panel.api);
        let text = match is_limit {
            true => t!(language(), "outage-later", api = api, time = at),
            false => t!(language(), "outage-unavailable", api = api, time = at),
        };
        return Some(OutageText { text: with_words(text, said.as_deref()), is_timed: true });
    }
    let said = match problem {
        AnswerProblem::Down(_) => None,
        AnswerProblem::Refused { status: 500.., said } => said.as_deref(),
        _ => return None,
    };
    let outage = request::state().ok()?.boards.outage(board, &panel.api)?;
    let (reader, api) = (request::reader(), name_of(&panel.api));
    let (since, again) = (reader.time_of_day(outage.since), reader.time_of_day(outage.again_at()));
    let text = match (outage.cause, problem) {
        (OutageCause::Failing, AnswerProblem::Refused { .. }) => {
            t!(language(), "outage-failing", api = api, since = since, time = again)
        }
        (OutageCause::Down(Silence::Timeout), AnswerProblem::Down(Silence::Timeout)) => {
            t!(language(), "outage-timeout", api = api, since = since, time = again)
        }
        (OutageCause::Down(_), AnswerProblem::Down(_)) => {
            t!(language(), "outage-down", api = api, since = since, time = again)
        }
        // This panel fails for another reason than the others.
        _ => return None,
    };
    Some(OutageText { text: with_words(text, said), is_timed: false })
}

/// The notices of a board about its APIs, those about outages visible.
pub fn notices(board: &Board, states: &[PanelState], here: &str) -> Vec<AnyView> {
    let mut apis: Vec<_> =
        board.panels.iter().filter(|panel| panel.read.is_some()).map(|panel| &panel.api).collect();
    apis.sort_unstable();
    apis.dedup();
    let several = apis.into_iter().filter(|api| panels_of(board, api).nth(1).is_some());
    let notice = |api: &String| {
        let of_api = board.panels.iter().zip(states).filter(|(panel, _)| panel.api == *api);
        let text = of_api.into_iter().find_map(|(panel, state)| match state {
            PanelState::Failed(failed) => text_of(board, panel, failed),
            _ => None,
        });
        let is_timed = text.as_ref().is_some_and(|text| text.is_timed);
        let text = text.map(|text| text.text);
        view! { <OutageNotice api=api.clone() text is_timed here=here.to_owned()/> }.into_any()
    };
    several.map(notice).collect()
}

/// The name of an API in a sentence.
fn name_of(api: &str) -> String {
    let state = request::state().ok();
    let api = state.as_ref().and_then(|state| state.settings.api(api)).filter(|api| !api.is_default());
    api.map_or_else(|| t!(language(), "outage-api").to_owned(), |api| api.title.text(language()).to_owned())
}

fn with_words(text: String, said: Option<&str>) -> String {
    match said {
        Some(words) => format!("{text} {}", t!(language(), "answer-said", words = words)),
        None => text,
    }
}
