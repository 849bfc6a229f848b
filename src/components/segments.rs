//! Texts whose arguments are marked up.

use claimcheck_text::Segment;
use leptos::prelude::*;

/// The text as markup, with its arguments as given: `segments(parts!(language, "…", time = view! { … }.into_any()))`.
pub fn segments(parts: Vec<Segment<AnyView>>) -> Vec<AnyView> {
    let view = |part| match part {
        Segment::Text(text) => text.into_any(),
        Segment::Argument(view) => view,
    };
    parts.into_iter().map(view).collect()
}
