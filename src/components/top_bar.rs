//! The bar on every page: the way home, the boards, and who is signed in.
//! Its children stand where the user menu belongs, so that an island can take the place of the plain one.

use leptos::prelude::*;

use crate::components::{Logo, UserMenuView};
use crate::model::User;
use crate::paths;

/// The bar. Signed out it carries the logo alone: a page offers its own sign-in.
#[component]
pub fn TopBar(
    /// Who is signed in.
    user: Option<User>,
    /// Id and title of every board this person may open.
    boards: Vec<(String, String)>,
    /// Path of the page being shown, such as `/boards/orders`.
    #[prop(into)]
    current: String,
    /// Instead of the plain user menu.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let links = boards
        .into_iter()
        .map(|(id, title)| {
            let href = paths::board(&id);
            let here = (href == current).then_some("page");
            view! {
                <li>
                    <a href=href aria-current=here>
                        {title}
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
