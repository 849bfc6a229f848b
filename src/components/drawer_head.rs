//! The head of a drawer: its title, and the button that closes it without a script.

use claimcheck_text::t;
use leptos::prelude::*;

use super::{Icon, icon, language};

/// Title and close button. On the form's own page the button is hidden by CSS.
#[component]
pub fn DrawerHead(title: String) -> impl IntoView {
    view! {
        <header class="panel-head">
            <h2>{title}</h2>
            <form method="dialog">
                <button class="tool" type="submit" aria-label=t!(language(), "close")>
                    <Icon d=icon::CLOSE/>
                </button>
            </form>
        </header>
    }
}
