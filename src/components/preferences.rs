//! The choice of language, colour scheme, height of rows and keyboard shortcuts, as a form that works with scripts off.

use claimcheck_model::paths;
use claimcheck_text::{Language, t};
use maud::{Markup, html};

use crate::components::{Look, look};

/// Buttons for each language and each colour scheme, and for users with boards the height of rows and the keys of pages. The
/// server finds the page to return to in the `Referer`, not in the form, because pages must not repeat text from their URL.
pub fn preferences(has_boards: bool) -> Markup {
    let Look { language, scheme, density, shortcuts, .. } = look();
    let schemes = [
        ("system", t!(language, "scheme-system")),
        ("light", t!(language, "scheme-light")),
        ("dark", t!(language, "scheme-dark")),
    ];
    let densities =
        [("compact", t!(language, "density-compact")), ("comfortable", t!(language, "density-comfortable"))];
    let keys = [("on", t!(language, "shortcuts-on")), ("off", t!(language, "shortcuts-off"))];
    html! {
        form.choices method="post" action=(paths::PREFERENCES.href()) {
            p role="group" aria-label=(t!(language, "choose-language")) {
                @for each in Language::all() {
                    button name="language" value=(each.tag()) lang=(each.tag()) aria-pressed=(each == language) { (each.name()) }
                }
            }
            (choice("scheme", t!(language, "choose-scheme"), &schemes, scheme))
            @if has_boards {
                (choice("density", t!(language, "choose-density"), &densities, density))
                (choice("shortcuts", t!(language, "choose-shortcuts"), &keys, shortcuts))
            }
        }
    }
}

/// A button for each value; the first is the usual one.
fn choice(name: &str, label: &str, values: &[(&str, &str)], chosen: Option<&str>) -> Markup {
    let chosen = chosen.or(values.first().map(|(usual, _)| *usual));
    html! {
        p role="group" aria-label=(label) {
            @for (value, words) in values {
                button name=(name) value=(value) aria-pressed=(chosen == Some(*value)) { (words) }
            }
        }
    }
}
