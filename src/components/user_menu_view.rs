//! The user menu as plain HTML: a `<details>` that opens, links and a form, none of which need a script.
//! An island may wrap it to close it on Escape or a click elsewhere.

use claimcheck_model::{User, paths};
use leptos::prelude::*;

use crate::components::{Icon, icon};

/// Who is signed in, the ways to the pages on that, and the way out; the page of sessions has the other ways out.
#[component]
pub fn UserMenuView(user: User) -> impl IntoView {
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
                    <a class="item" href=paths::ACCOUNT>
                        <Icon d=icon::PERSON/>
                        "Account"
                    </a>
                    <a class="item" href=paths::SESSIONS>
                        <Icon d=icon::SCREEN/>
                        "Sessions"
                    </a>
                    <form method="post" action=paths::SIGN_OUT>
                        <button class="item" type="submit">
                            <Icon d=icon::LEAVE/>
                            "Sign out"
                        </button>
                    </form>
                </div>
            </div>
        </details>
    }
}
