//! The bar on every page: the way home, the boards, and who is signed in.
//! Its children stand where the user menu belongs, so that an island can take the place of the plain one.

use claimcheck_model::{User, paths};
use leptos::prelude::*;

use crate::components::{Icon, Logo, UserMenuView, icon};

/// A board in the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLink {
    pub id: String,
    pub title: String,
    /// This person lacks something for it; its page says what.
    pub is_locked: bool,
}

/// The bar. Signed out it carries the logo alone: a page offers its own sign-in.
#[component]
pub fn TopBar(
    /// Who is signed in.
    user: Option<User>,
    /// Every board; nobody is signed in, none.
    boards: Vec<BoardLink>,
    /// Path of the page being shown, such as `/boards/orders`.
    #[prop(into)]
    current: String,
    /// Instead of the plain user menu.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let links = boards
        .into_iter()
        .map(|BoardLink { id, title, is_locked }| {
            let href = paths::board(&id);
            let here = (href == current).then_some("page");
            let label = is_locked.then(|| format!("{title}, locked"));
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
            <nav aria-label="Boards">
                <ul>{links}</ul>
            </nav>
        }
    });
    let menu = match (children, user) {
        (Some(children), _) => Some(children()),
        (None, Some(user)) => Some(view! { <UserMenuView user/> }.into_any()),
        (None, None) => None,
    };
    view! {
        <header class="bar">
            <a class="brand" href=paths::HOME>
                <Logo/>
                <span>"Claimcheck"</span>
            </a>
            {nav}
            {menu}
        </header>
    }
}
