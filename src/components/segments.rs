//! Texts whose arguments are marked up.

use claimcheck_text::Segment;
use leptos::prelude::*;
use maud::{Markup, html};

/// The text as markup, with its arguments as given: `segments(parts!(language, "…", time = view! { … }.into_any()))`.
pub fn segments(parts: Vec<Segment<AnyView>>) -> Vec<AnyView> {
    let view = |part| match part {
        Segment::Text(text) => text.into_any(),
        Segment::Argument(view) => view,
    };
    parts.into_iter().map(view).collect()
}

/// The same in a template.
pub fn segments_markup(parts: Vec<Segment<Markup>>) -> Markup {
    html! {
        @for part in parts {
            @match part {
                Segment::Text(text) => (text),
                Segment::Argument(markup) => (markup),
            }
        }
    }
}
