//! The texts that islands show, on pages for signed-in users: the browser has no catalogue.

use claimcheck_model::{
    AppError,
    island_text::{self, IslandText, SLOT, TEXTS},
};
use claimcheck_text::{Language, t};
use leptos::prelude::*;
use maud::html;

use crate::components::{cell::inert, failure_title, language};

/// The failures whose titles islands show. Denied access is shown in the server's markup.
const FAILURES: [AppError; 8] = [
    AppError::Internal,
    AppError::Offline,
    AppError::Busy,
    AppError::ApiUnavailable,
    AppError::ProviderUnavailable,
    AppError::SignInExpired,
    AppError::ClientRefused,
    AppError::StoreUnavailable,
];

/// All texts, hidden, and the titles of the failures, by name.
#[component]
pub fn IslandTexts(
    /// The name of the program in the titles of documents.
    brand: String,
) -> impl IntoView {
    let language = language();
    let texts = island_text::ALL.iter().map(|text| (text.0, text_of(*text, language, &brand)));
    let failures = FAILURES.iter().map(|error| (error.name(), failure_title(language, error).to_owned()));
    inert(html! {
        ul hidden id=(TEXTS) {
            @for (name, text) in texts.chain(failures) { li data-text=(name) { (text) } }
        }
    })
}

/// The texts that the island of an action's form shows, hidden in the form.
#[component]
pub fn FormTexts() -> impl IntoView {
    let language = language();
    inert(html! {
        ul hidden {
            @for text in island_text::OF_FORM { li data-text=(text.0) { (text_of(*text, language, "")) } }
        }
    })
}

fn text_of(text: IslandText, language: Language, brand: &str) -> String {
    let slot = SLOT.to_string();
    match text {
        island_text::OFFLINE => t!(language, "island-offline").to_owned(),
        island_text::RETRYING => t!(language, "island-retrying", failure = slot),
        island_text::FAILED => t!(language, "island-failed", failure = slot),
        island_text::ROW_FOUND => t!(language, "table-found", count = 1),
        island_text::ROWS_FOUND => t!(language, "table-found", count = slot),
        island_text::ACT_CHECKING => t!(language, "act-checking").to_owned(),
        island_text::ACT_UNKNOWN => {
            format!("{} {}", t!(language, "act-unclear"), t!(language, "act-repeatable"))
        }
        island_text::ACT_UNKNOWN_GONE => {
            format!("{} {}", t!(language, "act-unclear"), t!(language, "act-unclear-advice"))
        }
        island_text::ACT_AGAIN => t!(language, "try-again").to_owned(),
        island_text::ACT_SIGNED_OUT => t!(language, "act-signed-out").to_owned(),
        island_text::ACT_FAILED => t!(language, "act-failed", failure = slot),
        island_text::SIGNED_IN => t!(language, "session-continues").to_owned(),
        island_text::TITLE_SIGNED_OUT => {
            t!(language, "page-title", title = t!(language, "signed-out-title"), brand = brand)
        }
        island_text::TITLE_UNREACHABLE => brand.to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use claimcheck_model::island_text::ATTRIBUTE;

    use super::*;
    use crate::components::Look;

    /// The text of that name in a list of texts.
    fn shown<'a>(html: &'a str, name: &str) -> &'a str {
        let (_, rest) = html.split_once(&format!("<li {ATTRIBUTE}=\"{name}\">")).unwrap_or_default();
        rest.split_once("</li>").unwrap_or_default().0
    }

    #[test]
    fn every_text_is_rendered_in_every_language() {
        for language in Language::all() {
            let html = Owner::new().with(|| {
                provide_context(Look { language, ..Look::default() });
                view! { <IslandTexts brand="Brand".to_owned()/> }.to_html()
            });
            assert!(html.contains(&format!(" id=\"{TEXTS}\"")), "{html}");
            let form = Owner::new().with(|| {
                provide_context(Look { language, ..Look::default() });
                view! { <FormTexts/> }.to_html()
            });
            let texts = |list: &'static [IslandText], html: &str| {
                for text in list {
                    assert!(!shown(html, text.0).is_empty(), "{text:?}: {html}");
                }
            };
            texts(island_text::ALL, &html);
            texts(island_text::OF_FORM, &form);
            assert!(shown(&form, island_text::ACT_FAILED.0).contains(SLOT));
            for error in &FAILURES {
                assert_eq!(shown(&html, error.name()), failure_title(language, error));
            }
            let slots = [island_text::RETRYING, island_text::FAILED, island_text::ROWS_FOUND];
            for text in island_text::ALL {
                let count = shown(&html, text.0).matches(SLOT).count();
                assert_eq!(count, usize::from(slots.contains(text)), "{text:?}");
            }
            assert_eq!(shown(&html, island_text::TITLE_UNREACHABLE.0), "Brand");
        }
    }
}
