//! Actions: the form that asks for one, and what becomes of it when it is sent, by a script or as a plain form.

use axum::http::HeaderValue;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use url::form_urlencoded;

use super::{
    forms::{ONWARD, accepts_page, leave_message},
    panels::{question, row_name},
};
use crate::{
    error::AppError,
    model::ActionForm,
    paths,
    server::{
        actions::{self, Acted, Submitted},
        boards::Look,
        context, reader, request,
        session::ActionPlace,
        signed_in,
    },
};

/// What is said to somebody who sends a form that was opened by somebody else.
pub const OF_ANOTHER: &str =
    "This form was opened by somebody else who was signed in here. Nothing was changed.";

/// What is shown after a form was sent.
pub enum Shown {
    /// It is done: this is said.
    Done(String),
    /// The form again, and why.
    Again(Box<ActionForm>),
}

/// The form of an action, by the address of its page, whose query names the row and a form that is kept.
pub async fn open(page: &str) -> Result<ActionForm, AppError> {
    let (context, signed_in, reader) = (context()?, signed_in()?, reader());
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let (board, panel, action) = paths::read_action(path).ok_or(AppError::NotFound)?;
    let row = panel.and_then(|_| row_name(query));
    let place = ActionPlace { board: board.to_owned(), panel, action, row };
    let look = Look::at(&context, &signed_in, &reader, board, question(query))?;
    actions::open(&context, &signed_in, &look, &place, kept_name(query).as_deref()).await
}

/// Carries out what a form asks for. Whoever sent it without a script is led on: to the board, or to the form again.
pub async fn act(form: &str) -> Result<Shown, AppError> {
    let (context, signed_in, reader) = (context()?, signed_in()?, reader());
    let sent = Submitted::read(form)?;
    let place = sent.place.clone();
    let look = Look::at(&context, &signed_in, &reader, &place.board, question(&sent.query))?;
    let (board, row) = (place.board.as_str(), place.row.as_deref());
    let page = |kept: &str| {
        let pairs = look.question.pairs();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = paths::action_kept(board, place.panel, place.action, row, kept);
        paths::with_query(&page, &pairs)
    };
    let (kept, said) = match actions::act(&context, &signed_in, &look, sent).await? {
        Acted::Done { said } => {
            lead_to(&actions::back(&look, &place));
            return Ok(Shown::Done(said));
        }
        Acted::Again { kept } => (kept, None),
        Acted::OfAnother => (String::new(), Some(OF_ANOTHER)),
    };
    lead_to(&page(&kept));
    if let Some(words) = said {
        leave_message(&context, &signed_in, words).await;
    }
    // As it was kept a moment ago.
    let signed_in =
        context.sessions.reload(&signed_in.key).await.ok().flatten().ok_or(AppError::SignedOut)?;
    actions::open(&context, &signed_in, &look, &place, Some(&kept))
        .await
        .map(|form| Shown::Again(Box::new(form)))
}

/// For a plain form: where its answer leads.
fn lead_to(page: &str) {
    let is_form = request().is_ok_and(|request| accepts_page(&request.headers));
    if let (true, Some(response), Ok(page)) =
        (is_form, use_context::<ResponseOptions>(), HeaderValue::from_str(page))
    {
        response.insert_header(ONWARD, page);
    }
}

/// The kept form that a query names.
fn kept_name(query: &str) -> Option<String> {
    let mut names = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == paths::KEPT);
    names.next().map(|(_, name)| name.into_owned()).filter(|name| !name.is_empty())
}
