//! The head of a drawer: its title, and the button that closes it without a script.

use leptos::prelude::*;

use super::{Icon, icon};

/// Title and close button. On a page of its own the button is hidden by style.
#[component]
pub fn DrawerHead(title: String) -> impl IntoView {
    view! {
        <header class="panel-head">
            <h2>{title}</h2>
            <form method="dialog">
                <button class="tool" type="submit" aria-label="Close">
                    <Icon d=icon::CLOSE/>
                </button>
            </form>
        </header>
    }
}
