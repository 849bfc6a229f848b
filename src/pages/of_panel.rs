//! What the pages about one panel share: the link back to its board, and the failure in place of the content.

use claimcheck_model::{AppError, PanelError};
use leptos::prelude::*;

use crate::{
    components::{Icon, PanelFailure, icon},
    fragments::access_request,
    pages::{answer::fail, frame::Frame},
};

/// A page below a board, with the board's title and a link back to it.
#[component]
pub fn PageOfPanel(
    /// The title of the board.
    title: String,
    /// The URL of the board.
    back: String,
    /// The class of the page in the style sheet.
    class: &'static str,
    /// The page needs the second stylesheet.
    #[prop(optional)]
    needs_extra_style: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <Frame title=title.clone() needs_extra_style>
            <div class=class>
                {crumb(back, title)}
                {children()}
            </div>
        </Frame>
    }
}

/// The link back.
pub fn crumb(href: String, text: String) -> impl IntoView {
    view! {
        <p class="crumb">
            <a href=href>
                <Icon d=icon::BACK/>
                {text}
            </a>
        </p>
    }
}

/// The failure of the page at `here`, with a link that requests missing access to this API. Sets the status.
pub fn failed(heading: &'static str, api: &str, failed: impl Into<PanelError>, here: String) -> AnyView {
    let PanelError { error, problem } = failed.into();
    // That a row does not exist needs no words of the API.
    let problem = problem.filter(|_| error != AppError::NotFound);
    let reference = fail(&error);
    let (ask, was_refused) = access_request(api, &error, &here);
    view! {
        <h1>{heading}</h1>
        <article class="panel">
            <PanelFailure error retry_href=here ask was_refused reference problem/>
        </article>
    }
    .into_any()
}
