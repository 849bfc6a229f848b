//! The texts that islands show. The page contains them in the user's language: see `model::island_text`.

use claimcheck_model::{
    AppError,
    island_text::{ATTRIBUTE, IslandText, SLOT},
};
use leptos::prelude::document;
use web_sys::Element;

/// A text.
pub fn text(text: IslandText) -> String {
    find(text.0).unwrap_or_default()
}

/// A text of a form, also of one that is no longer on the page.
pub fn text_of(form: &Element, text: IslandText) -> String {
    form.query_selector(&selector(text.0))
        .ok()
        .flatten()
        .and_then(|text| text.text_content())
        .unwrap_or_default()
}

/// A text with a value in its placeholder.
pub fn filled(text: &str, value: &str) -> String {
    let (before, after) = text.split_once(SLOT).unwrap_or((text, ""));
    [before, value, after].concat()
}

/// The title of a failure; for one that no island expects, that of an internal failure.
pub fn failure(error: &AppError) -> String {
    find(error.name()).or_else(|| find(AppError::Internal.name())).unwrap_or_default()
}

fn find(name: &str) -> Option<String> {
    document().query_selector(&selector(name)).ok()??.text_content()
}

fn selector(name: &str) -> String {
    ["[", ATTRIBUTE, "=", name, "]"].concat()
}
