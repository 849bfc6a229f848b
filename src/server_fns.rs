//! Every server function: its endpoint, its result, and who may call it. They are the only interface from the browser
//! build to the server. Each delegates to a handler or a fragment. `functions.rs` says whether it needs a session,
//! which is checked here and not in a layer, because a page calls its functions in process while it renders.

use std::convert::Infallible;

use claimcheck_model::{
    Account, AppError, Markup, PanelState, SessionState, SignInOutcome,
    wire::{FORM, MarkupText, StateText},
};
use leptos::{
    prelude::*,
    server_fn::{
        Bytes, ContentType, Decodes, Encodes, Format, FormatType,
        codec::{GetUrl, Json, Post, PostUrl},
    },
};

/// `plain_arguments! { PanelWhenReady, GetUrl, get; #[server(…)] pub async fn panel_when_ready(…) … }`: a server
/// function whose arguments the browser sends as `Display` writes them, without serde. The server reads them with serde
/// like any query or form, so the function needs `input_derive = (Clone, serde::Deserialize)`.
macro_rules! plain_arguments {
    ($call:ident, $codec:ident, $send:ident;
     $(#[$attribute:meta])*
     pub async fn $function:ident($($(#[$argument_attribute:meta])* $argument:ident: $type:ty),* $(,)?) -> $output:ty $body:block) => {
        $(#[$attribute])*
        pub async fn $function($($(#[$argument_attribute])* $argument: $type),*) -> $output $body

        impl<R> leptos::server_fn::codec::IntoReq<leptos::server_fn::codec::$codec, R, AppError> for $call
        where
            R: leptos::server_fn::request::ClientReq<AppError>,
        {
            fn into_req(self, path: &str, accepts: &str) -> Result<R, AppError> {
                claimcheck_model::wire::$send(path, accepts, &[$((stringify!($argument), self.$argument.to_string())),*])
            }
        }
    };
}

/// Completes a sign-in: exchanges the code of an authorization response and starts the session.
///
/// `query` is the query of the redirect URI as received. Needs no session, because it creates one.
#[server(prefix = "/api", endpoint = "complete_sign_in", input = PostUrl, output = Json)]
pub async fn complete_sign_in(query: String) -> Result<SignInOutcome, AppError> {
    crate::handlers::request::answer(
        claimcheck_model::functions::COMPLETE_SIGN_IN,
        crate::handlers::sign_in::complete(&query),
    )
    .await
}

/// One panel of a board, if it is ready within the render budget; `query` is that of the page. For signed-in users;
/// only reads.
#[server(prefix = "/api", endpoint = "panel", input = GetUrl, output = Json)]
pub async fn panel(
    board: String,
    panel: String,
    #[server(default)] query: String,
) -> Result<PanelState, AppError> {
    crate::handlers::request::answer(
        claimcheck_model::functions::PANEL,
        crate::handlers::panels::panel_for_page(&board, &panel, &query),
    )
    .await
}

plain_arguments! { PanelWhenReady, GetUrl, get;
    /// One panel of a board, waiting up to the API's timeout, as the HTML of the page with this query: rendering it
    /// here saves code in the browser. `by_person`: the user requested it, and so is active; a page's timer does not
    /// set it. For signed-in users; only reads.
    #[server(prefix = "/api", endpoint = "panel_when_ready", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
    pub async fn panel_when_ready(
        board: String,
        panel: String,
        #[server(default)] query: String,
        #[server(default)] by_person: bool,
    ) -> Result<Markup, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::PANEL_WHEN_READY, crate::fragments::panel::panel_when_ready(&board, &panel, &query, by_person)).await
    }
}

plain_arguments! { Row, GetUrl, get;
    /// A whole row of a board's table as HTML; `query` is that of its own page, which names it. For signed-in users;
    /// only reads.
    #[server(prefix = "/api", endpoint = "row", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
    pub async fn row(board: String, panel: String, #[server(default)] query: String) -> Result<Markup, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::ROW, crate::fragments::row::row_drawer(&board, &panel, &query)).await
    }
}

plain_arguments! { Find, GetUrl, get;
    /// All boards and the actions of boards as HTML, to choose from. For signed-in users; only reads.
    #[server(prefix = "/api", endpoint = "find", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
    pub async fn find() -> Result<Markup, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::FIND, crate::fragments::finder::finder()).await
    }
}

plain_arguments! { ActionForm, GetUrl, get;
    /// The form of an action as HTML, by the URL of its page. For signed-in users; only reads.
    #[server(prefix = "/api", endpoint = "action_form", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
    pub async fn action_form(page: String) -> Result<Markup, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::ACTION_FORM, crate::fragments::action::action_form(&page)).await
    }
}

/// Carries out a submission, once however often it is sent. Returns a message if it was done, else the form again with
/// the reason. For the signed-in user that the form was made for.
#[server(prefix = "/api", endpoint = "act", input = WholeForm, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
pub async fn act(form: String) -> Result<Markup, AppError> {
    crate::handlers::request::answer(
        claimcheck_model::functions::ACT,
        crate::fragments::action::action_result(&form),
    )
    .await
}

plain_arguments! { JobState, GetUrl, get;
    /// The message about a submission that an API has accepted, as HTML, by the URL that asks for its state. For signed-in users;
    /// asks the API at intervals, and changes nothing there.
    #[server(prefix = "/api", endpoint = "job_state", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
    pub async fn job_state(page: String) -> Result<Markup, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::JOB_STATE, crate::fragments::job::job_state(&page)).await
    }
}

/// The user's account and the state of the session. For signed-in users; only reads.
#[server(prefix = "/api", endpoint = "account", input = GetUrl, output = Json)]
pub async fn account_details() -> Result<Account, AppError> {
    crate::handlers::request::answer(
        claimcheck_model::functions::ACCOUNT_DETAILS,
        crate::handlers::account::account(),
    )
    .await
}

plain_arguments! { RefreshAccountDetails, PostUrl, post;
    /// Refetches the claims from the provider, and returns them as the page would contain them. For signed-in users.
    #[server(prefix = "/api", endpoint = "refresh_account", input = PostUrl, input_derive = (Clone, serde::Deserialize), output = MarkupText)]
    pub async fn refresh_account_details() -> Result<Markup, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::REFRESH_ACCOUNT, crate::fragments::claims::refreshed_claims()).await
    }
}

/// Ends one of the user's sessions by its key, which the sessions page contains; another user's is not found. For the
/// current session, redirects to the sign-out. For signed-in users.
#[server(prefix = "/api", endpoint = "end_session", input = PostUrl, output = Json)]
pub async fn end_session(#[server(default)] session: String) -> Result<(), AppError> {
    crate::handlers::request::answer(
        claimcheck_model::functions::END_SESSION,
        crate::handlers::sessions::end(&session),
    )
    .await
}

/// Ends all of the user's sessions except the current one. For signed-in users.
#[server(prefix = "/api", endpoint = "end_other_sessions", input = PostUrl, output = Json)]
pub async fn end_other_sessions() -> Result<(), AppError> {
    crate::handlers::request::answer(
        claimcheck_model::functions::END_OTHER_SESSIONS,
        crate::handlers::sessions::end_others(),
    )
    .await
}

plain_arguments! { SignedInUntil, GetUrl, get;
    /// The times of the session. Calling it is no activity. For signed-in users; only reads.
    #[server(prefix = "/api", endpoint = "session", input = GetUrl, input_derive = (Clone, serde::Deserialize), output = StateText)]
    pub async fn signed_in_until() -> Result<SessionState, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::SIGNED_IN_UNTIL, crate::handlers::session_state::session_state()).await
    }
}

plain_arguments! { StaySignedIn, PostUrl, post;
    /// Keeps the user signed in: slides the idle timeout of the session, and returns its new times. For signed-in
    /// users.
    #[server(prefix = "/api", endpoint = "stay_signed_in", input = PostUrl, input_derive = (Clone, serde::Deserialize), output = StateText)]
    pub async fn stay_signed_in() -> Result<SessionState, AppError> {
        crate::handlers::request::answer(claimcheck_model::functions::STAY_SIGNED_IN, crate::handlers::session_state::stay()).await
    }
}

/// The input of a function that accepts any form, whatever its fields are called.
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
