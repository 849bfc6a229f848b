//! The user menu as plain HTML: a `<details>` element with links and a form, which need no script. An island may wrap
//! it to close it on Escape or a click elsewhere.

use claimcheck_model::{User, paths};
use claimcheck_text::t;
use leptos::prelude::*;
use maud::html;

use crate::components::{cell::inert, drawn, icon, icon_markup, language, preferences};

/// The user, links to the account pages, and the sign-out; the sessions page has the other kinds of sign-out.
#[component]
pub fn UserMenuView(user: User) -> impl IntoView {
    let language = language();
    let User { name, detail, initials } = user;
    inert(html! {
        details.menu {
            summary {
                span.avatar aria-hidden="true" { (initials) }
                span { (name) }
                (drawn("icon chevron", icon::CHEVRON))
            }
            div.menu-sheet {
                p {
                    strong { (name) }
                    @if let Some(detail) = detail { span { (detail) } }
                }
                div.perf {
                    a.item href=(paths::ACCOUNT.href()) { (icon_markup(icon::PERSON)) (t!(language, "account")) }
                    a.item href=(paths::SESSIONS.href()) { (icon_markup(icon::SCREEN)) (t!(language, "menu-sessions")) }
                    (preferences(true))
                    form method="post" action=(paths::SIGN_OUT.href()) {
                        button.item type="submit" { (icon_markup(icon::LEAVE)) (t!(language, "sign-out")) }
                    }
                }
            }
        }
    })
}
