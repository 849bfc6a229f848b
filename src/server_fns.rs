//! The browser's whole vocabulary, as one would read an API's reference: every server function, its endpoint, what it
//! gives and to whom. Each delegates to the server; each looks at the session itself, because a page that is being
//! rendered calls it in process, where no layer stands before it.

use std::convert::Infallible;

use leptos::{
    prelude::*,
    server_fn::{
        Bytes, ContentType, Decodes, Encodes, Format, FormatType,
        codec::{GetUrl, Json, Post, PostUrl},
    },
};

use crate::model::{
    Account, AppError, Markup, PanelState, SessionState, SignInOutcome,
    wire::{FORM, MarkupText, StateText, arguments},
};

/// Completes a sign-in: exchanges the code of an authorization response and starts the session.
///
/// `query` is the query of the redirect URI as the browser brought it. For anyone: that is what a sign-in is.
#[server(prefix = "/api", endpoint = "complete_sign_in", input = PostUrl, output = Json)]
pub async fn complete_sign_in(query: String) -> Result<SignInOutcome, AppError> {
    crate::server::answer(crate::server::routes::sign_in::complete(&query).await)
}

/// One panel of a board, as far as it comes within the render budget; `query` is that of the page, which says what is
/// asked of it. For the signed-in person; only reads.
#[server(prefix = "/api", endpoint = "panel", input = GetUrl, output = Json)]
pub async fn panel(
    board: String,
    panel: usize,
    #[server(default)] query: String,
) -> Result<PanelState, AppError> {
    crate::server::answer(crate::server::routes::panels::panel_for_page(&board, panel, &query).await)
}

/// One panel of a board, however long the API takes, as the HTML that the page with this query would hold: what can be
/// rendered here need not be rendered there. `by_person`: someone asked for it, and so is not idle; a page that asks by
/// itself says nothing. For the signed-in person; only reads.
#[server(prefix = "/api", endpoint = "panel_when_ready", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
pub async fn panel_when_ready(
    board: String,
    panel: usize,
    #[server(default)] query: String,
    #[server(default)] by_person: bool,
) -> Result<Markup, AppError> {
    crate::server::answer(crate::pages::panel_when_ready(&board, panel, &query, by_person).await)
}

/// One row of a board's table, whole, as HTML; `query` is that of its own page, which names it.
/// For the signed-in person; only reads.
#[server(prefix = "/api", endpoint = "row", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
pub async fn row(board: String, panel: usize, #[server(default)] query: String) -> Result<Markup, AppError> {
    crate::server::answer(crate::pages::row_drawer(&board, panel, &query).await)
}

/// The form of an action, by the address of its page, as HTML. For the signed-in person; only reads.
#[server(prefix = "/api", endpoint = "action_form", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
pub async fn action_form(page: String) -> Result<Markup, AppError> {
    crate::server::answer(crate::pages::action_form(&page).await)
}

/// Carries out what the form of an action asks for, once however often it is sent. Answers with what is said when it is done; else
/// with the form again, and why. For the signed-in person whom the form was made for.
#[server(prefix = "/api", endpoint = "act", input = WholeForm, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
pub async fn act(form: String) -> Result<Markup, AppError> {
    crate::server::answer(crate::pages::acted(&form).await)
}

/// Who the person is and the state of the session. For the signed-in person; only reads.
#[server(prefix = "/api", endpoint = "account", input = GetUrl, output = Json)]
pub async fn account_details() -> Result<Account, AppError> {
    crate::server::answer(crate::server::routes::account::account().await)
}

/// Asks the provider anew who the person is; answers with the claims as the page would hold them.
/// For the signed-in person.
#[server(prefix = "/api", endpoint = "refresh_account", input = PostUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
pub async fn refresh_account_details() -> Result<Markup, AppError> {
    crate::server::answer(crate::pages::refreshed_claims().await)
}

/// Ends one of the person's sessions by its key, which their page of sessions has; another person's is not found. This
/// very one is handed on to the sign-out. For the signed-in person.
#[server(prefix = "/api", endpoint = "end_session", input = PostUrl, output = Json)]
pub async fn end_session(#[server(default)] session: String) -> Result<(), AppError> {
    crate::server::answer(crate::server::routes::sessions::end(&session).await)
}

/// Ends all of the person's sessions but the one that asks. For the signed-in person.
#[server(prefix = "/api", endpoint = "end_other_sessions", input = PostUrl, output = Json)]
pub async fn end_other_sessions() -> Result<(), AppError> {
    crate::server::answer(crate::server::routes::sessions::end_others().await)
}

/// How long the session lasts. Asking is no activity. For the signed-in person; only reads.
#[server(prefix = "/api", endpoint = "session", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = StateText)]
pub async fn signed_in_until() -> Result<SessionState, AppError> {
    crate::server::answer(crate::server::routes::session_state::state().await)
}

/// The person is still here: slides the idle end of the session, and answers how long it lasts now.
/// For the signed-in person.
#[server(prefix = "/api", endpoint = "stay_signed_in", input = PostUrl, input_derive = (Clone, serde::Deserialize), output = StateText)]
pub async fn stay_signed_in() -> Result<SessionState, AppError> {
    crate::server::answer(crate::server::routes::session_state::stay().await)
}

arguments!(GetUrl, get, PanelWhenReady: board, panel, query, by_person);
arguments!(GetUrl, get, Row: board, panel, query);
arguments!(GetUrl, get, ActionForm: page);
arguments!(PostUrl, post, RefreshAccountDetails:);
arguments!(GetUrl, get, SignedInUntil:);
arguments!(PostUrl, post, StaySignedIn:);

/// The input of a function that takes a form as it is, whatever its fields are called.
pub type WholeForm = Post<FormEncoding>;

/// The body of a form.
pub struct FormEncoding;

impl ContentType for FormEncoding {
    const CONTENT_TYPE: &'static str = FORM;
}

impl FormatType for FormEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<Act> for FormEncoding {
    type Error = Infallible;

    fn encode(act: &Act) -> Result<Bytes, Infallible> {
        Ok(act.form.clone().into())
    }
}

impl Decodes<Act> for FormEncoding {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<Act, Self::Error> {
        String::from_utf8(bytes.into()).map(|form| Act { form }).map_err(|_| "not UTF-8")
    }
}
