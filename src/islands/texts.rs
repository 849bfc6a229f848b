//! The texts that islands show. The page contains them in the user's language: see `model::island_text`.

use claimcheck_model::{
    AppError,
    island_text::{ATTRIBUTE, IslandText, SLOT},
};
use leptos::prelude::document;

/// A text.
pub fn text(text: IslandText) -> String {
    find(text.0).unwrap_or_default()
}

/// A text with a value in its placeholder.
pub fn text_with(name: IslandText, value: &str) -> String {
    let text = text(name);
    let (before, after) = text.split_once(SLOT).unwrap_or((&text, ""));
    [before, value, after].concat()
}

/// The title of a failure; for one that no island expects, that of an internal failure.
pub fn failure(error: &AppError) -> String {
    find(error.name()).or_else(|| find(AppError::Internal.name())).unwrap_or_default()
}

fn find(name: &str) -> Option<String> {
    let selector = ["[", ATTRIBUTE, "=", name, "]"].concat();
    document().query_selector(&selector).ok()??.text_content()
}
