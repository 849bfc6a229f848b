//! The choice of language and colour scheme, as a form that works with scripts off.

use claimcheck_model::paths;
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::{Look, look};

/// Buttons for each language and each colour scheme. The server finds the page to return to in the `Referer`, not in the
/// form, because pages must not repeat text from their URL.
#[component]
pub fn Preferences() -> impl IntoView {
    let Look { language, scheme, .. } = look();
    let languages = Language::all()
        .map(|each| {
            view! {
                <button name="language" value=each.tag() lang=each.tag() aria-pressed=(each == language).to_string()>
                    {each.name()}
                </button>
            }
        })
        .collect::<Vec<_>>();
    let schemes = [
        ("system", t!(language, "scheme-system")),
        ("light", t!(language, "scheme-light")),
        ("dark", t!(language, "scheme-dark")),
    ]
    .map(|(name, label)| {
        let is_chosen = scheme.unwrap_or("system") == name;
        view! {
            <button name="scheme" value=name aria-pressed=is_chosen.to_string()>
                {label}
            </button>
        }
    })
    .into_iter()
    .collect::<Vec<_>>();
    view! {
        <form class="choices" method="post" action=paths::PREFERENCES>
            <p role="group" aria-label=t!(language, "choose-language")>{languages}</p>
            <p role="group" aria-label=t!(language, "choose-scheme")>{schemes}</p>
        </form>
    }
}
