//! The content of a cell. A page has hundreds of cells, so this is text from templates rather than a tree of views.

use claimcheck_model::{Cell, CellImage, CellKind, CellMore, ValueTone};
use claimcheck_text::t;
use leptos::tachys::html::InertElement;
use maud::{Markup, PreEscaped, html};

use crate::components::{icon, icon_markup, language, link_markup};

/// Markup as a view.
pub fn inert(markup: Markup) -> InertElement {
    InertElement::new(markup.into_string())
}

/// The class of a column's cells and of its head.
pub fn kind_class(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Number | CellKind::Percent | CellKind::Bytes | CellKind::Duration | CellKind::Progress => {
            "num"
        }
        CellKind::Text | CellKind::Link => "text",
        CellKind::Date => "date",
        CellKind::Tag | CellKind::Chips | CellKind::YesNo | CellKind::Image => "word",
    }
}

/// Whether the content of a cell is only its text.
pub(super) fn is_plain(kind: CellKind, cell: &Cell) -> bool {
    let is_element = match kind {
        CellKind::Tag => !cell.text.is_empty(),
        CellKind::Link => cell.plain.is_some(),
        _ => false,
    };
    cell.more.is_none() && !is_element
}

/// The content of a cell.
pub fn cell_content(kind: CellKind, cell: &Cell) -> Markup {
    let Cell { text, tone, plain, more, .. } = cell;
    match (kind, more, plain) {
        (_, Some(more), _) => with_more(kind, cell, more),
        (CellKind::Tag, ..) if !text.is_empty() => tag(text, *tone),
        // Only an address that the server has checked becomes a link.
        (CellKind::Link, None, Some(address)) => {
            html! { a href=(address) target="_blank" rel="noopener noreferrer" { (text) } }
        }
        _ => html! { (text) },
    }
}

/// The content of a cell that is more than a text.
fn with_more(kind: CellKind, cell: &Cell, more: &CellMore) -> Markup {
    let text = &cell.text;
    match more {
        CellMore::Link(to, inner) => {
            let inner = Cell { text: text.clone(), tone: cell.tone, more: inner.clone(), ..Cell::default() };
            link_markup(to, &cell_content(kind, &inner))
        }
        CellMore::Image(image) => image_box(image),
        CellMore::Hint(hint) => html! { span title=(hint) { (text) } (spoken(hint)) },
        CellMore::Progress(thousandths) => html! {
            progress max="1000" value=(thousandths) aria-hidden="true" {}
            " " (text)
        },
        // The commas are for copies and for screen readers.
        CellMore::Chips(chips) => html! {
            span.cell-tags {
                @for (index, (text, tone)) in chips.iter().enumerate() {
                    @if index > 0 { i { ", " } }
                    (tag(text, *tone))
                }
            }
        },
    }
}

/// The content of a cell inside a link.
pub(super) fn linked_content(cell: &Cell) -> Markup {
    match cell.more.as_deref() {
        Some(more @ CellMore::Hint(_)) => with_more(CellKind::Text, cell, more),
        _ => html! { (cell.text) },
    }
}

/// A short value with a fixed meaning. Its tone is a shape and a colour.
pub fn tag(text: &str, tone: Option<ValueTone>) -> Markup {
    html! { span.tag data-tone=[tone.map(ValueTone::name)] { (text) } }
}

/// The tone of an element that contains a cell; tags have theirs themselves.
pub fn tone_around(kind: CellKind, cell: &Cell) -> Option<ValueTone> {
    let is_tag = matches!(kind, CellKind::Tag | CellKind::Chips);
    cell.tone.filter(|_| !is_tag)
}

/// Words for screen readers only. They are not in the text of a cell, by which a table is filtered and sorted.
pub fn spoken(words: &str) -> Markup {
    html! { span role="img" aria-label=(words) {} }
}

/// The word for the tone of an element that contains a cell, for screen readers: the shape is visible only.
pub fn tone_word(tone: Option<ValueTone>) -> Markup {
    // A table has hundreds of cells, and few have a tone.
    let Some(tone) = tone else { return PreEscaped(String::new()) };
    let language = language();
    spoken(match tone {
        ValueTone::Good => t!(language, "tone-good"),
        ValueTone::Info => t!(language, "tone-info"),
        ValueTone::Warn => t!(language, "tone-warn"),
        ValueTone::Bad => t!(language, "tone-bad"),
        ValueTone::Quiet => t!(language, "tone-quiet"),
    })
}

/// A link to a file of the API.
pub fn file_link(href: &str, text: &str) -> Markup {
    html! { a.file href=(href) { (icon_markup(icon::DOWNLOAD)) (text) } }
}

/// An image in a box of fixed size; what it shows is its text. Without an image, the box remains.
fn image_box(image: &CellImage) -> Markup {
    let CellImage { src, alt, size, is_round } = image;
    let (pixels, size) = (size.pixels(), size.name());
    let named = (!alt.is_empty()).then_some(alt);
    html! {
        @match src {
            Some(src) => img.cell-image.round[*is_round] data-size=(size) src=(src) alt=(alt) width=(pixels)
                height=(pixels) loading="lazy" decoding="async";,
            None => span.cell-image.round[*is_round] data-size=(size) role=[named.map(|_| "img")]
                aria-label=[named] {},
        }
    }
}
