//! What surrounds every routed page: its title, the bar with boards and person, the session notice.

use claimcheck_server::{
    config::{Board, Settings},
    rights, view,
};
use claimcheck_session::SignedIn;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{BoardLink, SessionNoticeView, ToastView, TopBar, UserMenuView},
    documents::Body,
    handlers::{request, session_state},
    islands::{Actions, SessionNotice, UserMenu},
};

/// A page in its frame: title, bar with boards and person, main landmark, footer.
#[component]
pub fn Frame(
    /// The document's title, before the name of the program.
    #[prop(into)]
    title: String,
    children: Children,
) -> impl IntoView {
    let signed_in = request::signed_in().ok();
    let user = signed_in.as_ref().map(view::user);
    let boards = match (&signed_in, request::state()) {
        (Some(signed_in), Ok(state)) => board_links(&state.settings, signed_in),
        _ => Vec::new(),
    };
    let current = request::request().map(|request| request.uri.path().to_owned()).unwrap_or_default();
    let bar = match user {
        Some(user) => view! {
            <TopBar user=Some(user.clone()) boards current>
                <UserMenu><UserMenuView user/></UserMenu>
            </TopBar>
            {session_notice()}
            {actions()}
        }
        .into_any(),
        None => view! { <TopBar user=None boards current/> }.into_any(),
    };
    view! {
        <PageTitle text=title/>
        <Body bar=Some(bar)>{children()}</Body>
    }
}

/// Every board, and whether this person may see it.
fn board_links(settings: &Settings, signed_in: &SignedIn) -> Vec<BoardLink> {
    let link = |board: &Board| BoardLink {
        id: board.id.clone(),
        title: board.title.clone(),
        is_locked: rights::missing_access(settings, signed_in, &board.needs).is_some(),
    };
    settings.boards.iter().map(link).collect()
}

/// What the page of a signed-in person knows of its session.
fn session_notice() -> Option<impl IntoView> {
    let (services, signed_in) = (request::state().ok()?, request::signed_in().ok()?);
    let state = session_state::state_of(&signed_in, services.clock.now());
    let idle_secs = services.settings.idle_secs;
    let ends_at = request::reader().minute_of_day(state.absolute_until);
    Some(view! {
        <SessionNotice>
            <SessionNoticeView state idle_secs ends_at/>
        </SessionNotice>
    })
}

/// What is alive about actions: forms in a drawer, drafts, words on what was done.
fn actions() -> Option<impl IntoView> {
    let person = request::signed_in().ok()?.owner.person();
    Some(view! {
        <Actions attr:data-person=person>
            <ToastView/>
        </Actions>
    })
}

/// The document's title, before the name of the program; the last one that a page says counts.
#[component]
pub fn PageTitle(text: String) -> impl IntoView {
    // leptos_meta writes it into the document unescaped.
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Title text=format!("{text} · Claimcheck")/> }
}
