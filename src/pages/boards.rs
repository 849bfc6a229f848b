//! `/boards`: all boards and their actions, or those that contain the words that the user seeks.

use claimcheck_model::paths;
use claimcheck_text::t;
use leptos::prelude::*;
use url::form_urlencoded;

use crate::{
    components::{FIND_MAX_CHARS, FindField, TagIcon, icon, language},
    fragments::finder::{FoundBoards, FoundView, everything},
    pages::{answer::fail, board::asked, frame::Frame},
};

/// The page of all boards.
#[component]
pub fn Boards() -> impl IntoView {
    let title = t!(language(), "boards-title");
    let sought = sought(&asked());
    // Without a session the router has redirected already.
    let found = everything().unwrap_or_else(|error| {
        fail(&error);
        FoundBoards::default()
    });
    let found = found.matching(&sought);
    view! { <Frame title needs_extra_style=true><BoardsContent found sought/></Frame> }
}

/// The text to find in a query.
fn sought(query: &str) -> String {
    let text = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == paths::FIND);
    let text = text.map(|(_, text)| text.into_owned()).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(FIND_MAX_CHARS).collect::<String>().trim().to_owned()
}

/// What was found, or that nothing was.
#[component]
pub fn BoardsContent(found: FoundBoards, sought: String) -> impl IntoView {
    let language = language();
    let none = found.is_empty().then(|| {
        view! {
            <div class="panel state" role="status">
                <TagIcon d=icon::TAG_HANGER/>
                <h2>{t!(language, "find-none", text = sought.as_str())}</h2>
                <a class="button" href=paths::BOARDS.href()>
                    {t!(language, "find-all")}
                </a>
            </div>
        }
    });
    view! {
        <div class="page found">
            <h1>{t!(language, "boards-title")}</h1>
            <FindField id="find-here" value=sought/>
            <FoundView found/>
            {none}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nv_04_a_sought_text_is_short_and_plain() {
        assert_eq!(sought("x=1&q=%20new%0Aorder+"), "neworder");
        assert_eq!(sought(&format!("q={}", "a".repeat(500))).len(), FIND_MAX_CHARS);
        assert_eq!(sought("q=%FF&q=b"), "\u{fffd}");
        assert_eq!(sought(""), "");
    }
}
