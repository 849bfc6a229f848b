//! What frames every page: the skip link before the bar, the footer after the main landmark.
//! The shell gives its `<main>` the id in `MAIN` and `tabindex="-1"`, so that the skip link lands there.

use leptos::prelude::*;

/// The id of the main landmark.
pub const MAIN: &str = "main";

/// The first thing a keyboard reaches.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip" href=format!("#{MAIN}")>
            "Skip to content"
        </a>
    }
}

/// The last line of every page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="foot">
            <p>"Your browser holds a claim check. The tokens stay on the server."</p>
            <p>"Claimcheck"</p>
        </footer>
    }
}
