//! The choice of language, colour scheme, height of rows and keyboard shortcuts, as a form that works with scripts off.

use claimcheck_model::paths;
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::{Look, look};

/// Buttons for each language and each colour scheme, and for users with boards the height of rows and the keys of pages. The server finds the page to return to in the `Referer`, not in the
/// form, because pages must not repeat text from their URL.
#[component]
pub fn Preferences(
    /// There are boards, so the height of rows and the keys can be chosen.
    #[prop(optional)]
    has_boards: bool,
) -> impl IntoView {
    let Look { language, scheme, density, shortcuts, .. } = look();
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
    let densities = has_boards.then(|| {
        let densities = [
            (None, "compact", t!(language, "density-compact")),
            (Some("comfortable"), "comfortable", t!(language, "density-comfortable")),
        ]
        .map(|(chosen, name, label)| {
            view! {
                <button name="density" value=name aria-pressed=(density == chosen).to_string()>
                    {label}
                </button>
            }
        });
        let keys = [(None, "on", t!(language, "shortcuts-on")), (Some("off"), "off", t!(language, "shortcuts-off"))];
        let keys = keys.map(|(chosen, name, label)| {
            view! {
                <button name="shortcuts" value=name aria-pressed=(shortcuts == chosen).to_string()>
                    {label}
                </button>
            }
        });
        view! {
            <p role="group" aria-label=t!(language, "choose-density")>{densities.into_iter().collect::<Vec<_>>()}</p>
            <p role="group" aria-label=t!(language, "choose-shortcuts")>{keys.into_iter().collect::<Vec<_>>()}</p>
        }
    });
    view! {
        <form class="choices" method="post" action=paths::PREFERENCES.href()>
            <p role="group" aria-label=t!(language, "choose-language")>{languages}</p>
            <p role="group" aria-label=t!(language, "choose-scheme")>{schemes}</p>
            {densities}
        </form>
    }
}
