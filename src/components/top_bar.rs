//! The bar on every page: the home link, the boards, and the user. Its children replace the plain user menu, so that an
//! island can wrap it. With many boards it is beside the page in a wide window.

use claimcheck_model::{User, paths};
use leptos::prelude::*;

use crate::components::{
    BoardLink, Look, MANY_BOARDS, UserMenuView, board_nav::board_nav, cell::inert, logo, look,
};

/// The bar. Without a session it has only the logo: a page offers its own sign-in.
#[component]
pub fn TopBar(
    /// The signed-in user.
    user: Option<User>,
    /// Every board; empty without a session.
    boards: Vec<BoardLink>,
    /// The path of this page, such as `/boards/orders`.
    #[prop(into)]
    current: String,
    /// Replaces the plain user menu.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Look { brand, .. } = look();
    let class = if boards.len() >= MANY_BOARDS { "bar side" } else { "bar" };
    let nav = board_nav(boards, &current);
    let menu = match (children, user) {
        (Some(children), _) => Some(children()),
        (None, Some(user)) => Some(view! { <UserMenuView user/> }.into_any()),
        (None, None) => None,
    };
    let logo = match brand.logo.clone() {
        // Its name is beside it.
        Some(src) => view! { <img src=src alt=""/> }.into_any(),
        None if brand.is_own => ().into_any(),
        None => inert(logo()).into_any(),
    };
    view! {
        <header class=class>
            <a class="brand" href=paths::HOME.href()>
                {logo}
                <span>{brand.name.clone()}</span>
            </a>
            {nav}
            {menu}
        </header>
    }
}
