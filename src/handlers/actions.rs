//! Actions: the form, and its submission by a script or as a plain form.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use claimcheck_model::{ActionForm, ActionResult, AppError, GoneForm, paths};
use claimcheck_server::{
    actions::{self, Acted, Submitted},
    boards::{BoardRequest, offer},
    flash::leave_message,
    sign_in::authorization_options,
};
use claimcheck_session::{ActionPlace, Finished, Outcome, SignedIn};
use claimcheck_text::{Language, t};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use url::form_urlencoded;

use crate::handlers::{
    forms::{ONWARD, PERHAPS_DONE, accepts_page},
    panels::{question_of, row_name},
    request::{of_request, reader, signed_in, state},
    state::AppState,
};

/// After this time, in seconds, a form may be submitted again that the store did not record.
const STORE_RETRY_SECS: u64 = 5;

/// Shown to a user who submits a form that another user opened.
pub fn opened_by_another(language: Language) -> &'static str {
    t!(language, "act-opened-by-another")
}

/// The response to a request for the form of an action.
pub enum FormPage {
    Form(Box<ActionForm>),
    /// The action no longer exists; a kept form of it is in this.
    Gone(GoneForm),
}

/// The response to a submission.
pub enum Shown {
    /// It was done or accepted; this is the message.
    Done(ActionResult),
    /// The form again, with the reason.
    Again(Box<ActionForm>),
    /// The action no longer exists: nothing was sent now.
    Gone(GoneForm),
    /// Nothing: the sender is redirected.
    Led,
}

/// The form of an action, by the address of its page, whose query names the row and a kept form.
pub async fn open(page: &str) -> Result<FormPage, AppError> {
    let (state, signed_in, reader) = (state()?, signed_in()?, reader());
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let (board, panel, action) = paths::read_action(path).ok_or(AppError::NotFound)?;
    let row = panel.and_then(|_| row_name(query));
    let question = question_of(&state, board, query);
    let place = ActionPlace {
        board: board.to_owned(),
        panel: panel.map(str::to_owned),
        action: action.to_owned(),
        row,
        subject: question.subject_text(),
    };
    let kept = kept_name(query);
    if offer::find(&state.settings, &place).is_err() {
        let (values, may_be_done) = state.actions.left_of_gone(&signed_in, &place, kept.as_deref());
        return Ok(FormPage::Gone(gone(&state, board, query, values, may_be_done)));
    }
    let look = state.boards.request(&signed_in, &reader, board, question)?;
    let form = open_form(&state, &signed_in, &look, &place, kept.as_deref()).await?;
    Ok(FormPage::Form(Box::new(form)))
}

fn gone(
    state: &AppState,
    board: &str,
    query: &str,
    values: BTreeMap<String, String>,
    may_be_done: bool,
) -> GoneForm {
    let board = state.settings.board(board);
    let back = board.map(|board| question_of(state, &board.id, query).at(&paths::board(&board.id)));
    GoneForm { values: values.into_iter().collect(), may_be_done, back }
}

/// The form of an action, with a link that requests missing access from the provider, if that may help.
async fn open_form(
    state: &AppState,
    signed_in: &SignedIn,
    request: &BoardRequest<'_>,
    place: &ActionPlace,
    kept: Option<&str>,
) -> Result<ActionForm, AppError> {
    let step_up_link = |api: &str, error: &AppError, return_to: &str| {
        authorization_options::href(&state.sign_in, signed_in, api, error, return_to)
    };
    state.actions.open(signed_in, request, place, kept, step_up_link).await
}

/// Carries out a submission. Without a script, the sender is redirected: to the board, or to the form again.
pub async fn act(form: &str) -> Result<Shown, AppError> {
    let (state, signed_in, reader) = (state()?, signed_in()?, reader());
    let is_form = of_request(|request| accepts_page(&request.headers)).unwrap_or_default();
    let sent = Submitted::read(form)?;
    let (typed, query) = (sent.values.clone(), sent.query.clone());
    let question = question_of(&state, &sent.place.board, &query);
    let sent = sent.about(question.subject_text());
    let place = sent.place.clone();
    let look = match state.boards.request(&signed_in, &reader, &place.board, question) {
        Ok(look) => {
            lead_to(is_form, &actions::back(&look, &place));
            Some(look)
        }
        Err(AppError::NotFound) => None,
        Err(error) => return Err(error),
    };
    let acted = match state.actions.act(&signed_in, &reader, sent).await {
        Err(AppError::StoreUnavailable) if is_form => {
            show_unsent(StatusCode::SERVICE_UNAVAILABLE, STORE_RETRY_SECS);
            return Ok(Shown::Led);
        }
        acted => acted?,
    };
    // Without its board, every action is gone; only a form of another user is not looked at so far.
    let (look, acted) = match (look, acted) {
        (look, Acted::Done(finished)) => {
            let result = look.and_then(|look| offer::result(&look, &finished));
            let result = result.unwrap_or_else(|| said(&state, reader.language(), &finished));
            return Ok(Shown::Done(result));
        }
        (_, Acted::Gone { may_be_done }) => {
            if is_form {
                show_gone(may_be_done);
                return Ok(Shown::Led);
            }
            return Ok(Shown::Gone(gone(&state, &place.board, &query, typed, may_be_done)));
        }
        (None, _) => return Err(AppError::NotFound),
        (Some(look), acted) => (look, acted),
    };
    let kept = match acted {
        Acted::Done(_) | Acted::Gone { .. } => return Err(AppError::Internal),
        Acted::Again { kept, is_unclear } => {
            // With the form that was kept just now.
            match state.sessions.reload(&signed_in.key).await {
                Ok(Some(current)) => Some((kept, current)),
                // The session has ended in the meantime. An action that may have been done must not be reported as not
                // done.
                Ok(None) if is_unclear => return Err(AppError::Internal),
                Ok(None) => return Err(AppError::SignedOut),
                Err(error) => {
                    tracing::error!(%error, "a submitted form cannot be shown again");
                    return Err(AppError::StoreUnavailable);
                }
            }
        }
        Acted::OfAnother => None,
        Acted::TooMany { again, kept, retry_after_secs } => {
            if is_form {
                show_unsent(StatusCode::TOO_MANY_REQUESTS, retry_after_secs);
                return Ok(Shown::Led);
            }
            if let Some(response) = use_context::<ResponseOptions>() {
                response.insert_header(header::RETRY_AFTER, retry_after_secs.into());
            }
            let form = open_form(&state, &again, &look, &place, Some(&kept)).await?;
            return Ok(Shown::Again(Box::new(form)));
        }
    };
    if is_form && kept.is_none() {
        leave_message(&state.sessions, &signed_in, opened_by_another(reader.language())).await;
    }
    let (kept, current) =
        kept.map_or_else(|| (None, signed_in.clone()), |(kept, current)| (Some(kept), current));
    lead_to(is_form, &actions::page(&look, &place, kept.as_deref()));
    if is_form {
        return Ok(Shown::Led);
    }
    let form = open_form(&state, &current, &look, &place, kept.as_deref()).await?;
    Ok(Shown::Again(Box::new(form)))
}

/// The message about a submission whose board no longer exists, or which was sent long ago.
fn said(state: &AppState, language: Language, finished: &Finished) -> ActionResult {
    let label = || match offer::find(&state.settings, &finished.place) {
        Ok(found) => found.action.label.text(language).to_owned(),
        Err(_) => finished.place.action.clone(),
    };
    let text = match &finished.outcome {
        Outcome::Done { job: Some(_), .. } => t!(language, "act-accepted", action = label()),
        Outcome::Done { said, .. } => said.clone(),
        _ => String::new(),
    };
    ActionResult { text, is_done: !finished.has_job(), ..ActionResult::default() }
}

/// For a plain form that was not submitted: the layer around this function has the input, and shows it again.
fn show_unsent(status: StatusCode, retry_after_secs: u64) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::RETRY_AFTER, retry_after_secs.into());
        response.set_status(status);
    }
}

/// The same for an action that no longer exists.
fn show_gone(may_be_done: bool) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(if may_be_done { PERHAPS_DONE } else { StatusCode::NOT_FOUND });
    }
}

/// For a plain form: the page to redirect to.
fn lead_to(is_form: bool, page: &str) {
    if let (true, Some(response), Ok(page)) =
        (is_form, use_context::<ResponseOptions>(), HeaderValue::from_str(page))
    {
        response.insert_header(ONWARD, page);
    }
}

/// The kept form named in a query.
fn kept_name(query: &str) -> Option<String> {
    let mut names = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == paths::KEPT);
    names.next().map(|(_, name)| name.into_owned()).filter(|name| !name.is_empty())
}
