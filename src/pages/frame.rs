//! The frame of every routed page: its title, the bar with boards and user, the session notice.

use claimcheck_model::base_path;
use claimcheck_server::{config::BoardWidth, view};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{Html, Link, Title};

use crate::{
    assets::extra_style_url,
    components::{
        AuthorNotice, IslandTexts, MANY_BOARDS, SessionNoticeView, ToastView, TopBar, UserMenuView, look,
    },
    documents::{Body, page_title},
    fragments::finder::board_links,
    handlers::{author, request, session_state},
    islands::{Actions, SessionNotice, UserMenu},
};

/// A page in its frame: title, bar with boards and user, main landmark, footer.
#[component]
pub fn Frame(
    /// The document's title, before the name of the program.
    #[prop(into)]
    title: String,
    /// The page needs the second stylesheet.
    #[prop(optional)]
    needs_extra_style: bool,
    children: Children,
) -> impl IntoView {
    let signed_in = request::signed_in().ok();
    let user = signed_in.as_ref().map(view::user);
    let boards = match (&signed_in, request::state()) {
        (Some(signed_in), Ok(state)) => board_links(&state.settings, signed_in),
        _ => Vec::new(),
    };
    let has_groups = boards.iter().any(|board| board.group.is_some() || board.icon.is_some());
    let needs_extra_style = needs_extra_style || has_groups || boards.len() >= MANY_BOARDS;
    let current = request::of_request(|request| base_path::address(request.uri.path())).unwrap_or_default();
    let has_preferences = user.is_none();
    // For the stylesheet, from the first byte of the page.
    let side = (boards.len() >= MANY_BOARDS).then(|| view! { <Html attr:data-side=""/> });
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
        {side}
        {needs_extra_style.then(|| view! { <Link rel="stylesheet" href=extra_style_url()/> })}
        <Body bar=Some(bar) has_preferences>{author_notice()} {children()}</Body>
    }
}

/// Tells the stylesheet that the page is a board. It would find that out by `:has()` only when the board has arrived, and
/// the bar would move.
#[component]
pub fn BoardMark(width: BoardWidth) -> impl IntoView {
    let width = match width {
        BoardWidth::Normal => "",
        BoardWidth::Wide => "wide",
    };
    view! { <Html attr:data-board=width/> }
}

/// While the boards are being written: the mistakes in the files, and the script that follows changes.
fn author_notice() -> Option<impl IntoView> {
    let (_, state) = (request::signed_in().ok()?, request::state().ok()?);
    let revision = state.reload.revision()?;
    let mistakes = state.reload.mistakes().iter().map(author::mistake).collect();
    Some(view! { <AuthorNotice mistakes revision nonce=use_nonce().map(|nonce| nonce.to_string())/> })
}

/// The session notice of a page for a signed-in user.
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

/// The browser part of actions: forms in a drawer, drafts, results.
fn actions() -> Option<impl IntoView> {
    let person = request::signed_in().ok()?.owner.person();
    Some(view! {
        <Actions attr:data-person=person>
            <ToastView/>
            <IslandTexts brand=look().brand.name.clone()/>
        </Actions>
    })
}

/// The document's title, before the name of the program. If there are several, the last one counts.
#[component]
pub fn PageTitle(text: String) -> impl IntoView {
    let text = page_title(&look(), &text);
    // leptos_meta writes the title into the document unescaped.
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Title text/> }
}
