//! The user menu as plain HTML: a `<details>` element with links and a form, which need no script. An island may wrap
//! it to close it on Escape or a click elsewhere.

use claimcheck_model::{User, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, Preferences, icon, language};

/// The user, links to the account pages, and the sign-out; the sessions page has the other kinds of sign-out.
#[component]
pub fn UserMenuView(user: User) -> impl IntoView {
    let language = language();
    let User { name, detail, initials } = user;
    view! {
        <details class="menu">
            <summary>
                <span class="avatar" aria-hidden="true">
                    {initials}
                </span>
                <span>{name.clone()}</span>
                <Icon d=icon::CHEVRON class="icon chevron"/>
            </summary>
            <div class="menu-sheet">
                <p>
                    <strong>{name}</strong>
                    {detail.map(|detail| view! { <span>{detail}</span> })}
                </p>
                <div class="perf">
                    <a class="item" href=paths::ACCOUNT.href()>
                        <Icon d=icon::PERSON/>
                        {t!(language, "account")}
                    </a>
                    <a class="item" href=paths::SESSIONS.href()>
                        <Icon d=icon::SCREEN/>
                        {t!(language, "menu-sessions")}
                    </a>
                    <Preferences has_boards=true/>
                    <form method="post" action=paths::SIGN_OUT.href()>
                        <button class="item" type="submit">
                            <Icon d=icon::LEAVE/>
                            {t!(language, "sign-out")}
                        </button>
                    </form>
                </div>
            </div>
        </details>
    }
}
