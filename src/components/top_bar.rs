//! The bar on every page: the home link, the boards, and the user. Its children replace the plain user menu, so that an
//! island can wrap it.

use claimcheck_model::{User, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, Logo, Look, UserMenuView, icon, look};

/// A board in the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLink {
    pub id: String,
    pub title: String,
    /// The user lacks access to it; its page says what is missing.
    pub is_locked: bool,
}

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
    let Look { language, brand, .. } = look();
    let links = boards
        .into_iter()
        .map(|BoardLink { id, title, is_locked }| {
            let href = paths::board(&id);
            let here = (href == current).then_some("page");
            let label = is_locked.then(|| t!(language, "board-locked", title = title.as_str()));
            view! {
                <li>
                    <a href=href aria-current=here aria-label=label>
                        {title}
                        {is_locked.then(|| view! { <Icon d=icon::LOCK/> })}
                    </a>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let nav = (!links.is_empty()).then(|| {
        view! {
            <nav aria-label=t!(language, "boards-nav")>
                <ul>{links}</ul>
            </nav>
        }
    });
    let menu = match (children, user) {
        (Some(children), _) => Some(children()),
        (None, Some(user)) => Some(view! { <UserMenuView user/> }.into_any()),
        (None, None) => None,
    };
    let logo = match brand.logo.clone() {
        // Its name is beside it.
        Some(src) => view! { <img src=src alt=""/> }.into_any(),
        None if brand.is_own => ().into_any(),
        None => view! { <Logo/> }.into_any(),
    };
    view! {
        <header class="bar">
            <a class="brand" href=paths::HOME>
                {logo}
                <span>{brand.name.clone()}</span>
            </a>
            {nav}
            {menu}
        </header>
    }
}
