//! The frame of every page: the skip link before the bar, and the footer after the main landmark. The `<main>` of the
//! shell has the id in `MAIN` and `tabindex="-1"`, as the target of the skip link.

use claimcheck_model::part::MAIN;
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Look, cell::inert, language, look, preferences};

/// The first element that takes the keyboard focus.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip" href=format!("#{MAIN}")>
            {t!(language(), "skip-to-content")}
        </a>
    }
}

/// The last line of every page. If there is no user menu, it has the choices of that menu.
#[component]
pub fn Footer(
    /// Whether the page has no user menu, so that the preferences are here.
    has_preferences: bool,
) -> impl IntoView {
    let Look { language, brand, .. } = look();
    let text = match (&brand.footer, brand.is_own) {
        (Some(footer), _) => Some(footer.clone()),
        (None, true) => None,
        // Pages to work on do without it.
        (None, false) if !has_preferences => None,
        (None, false) => Some(t!(language, "footer-promise").to_owned()),
    };
    view! {
        <footer class="foot">
            {text.map(|text| view! { <p>{text}</p> })}
            {has_preferences.then(|| inert(preferences(false)))}
            <p>{brand.name.clone()}</p>
        </footer>
    }
}
