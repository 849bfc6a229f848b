//! A list: entries with a label and a note, and on the other side a value or a tag.

use claimcheck_model::{CellKind, ListData, ListItem, ValueTone};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{
    TagIcon,
    cell::{cell_content, inert, tag as tag_markup, tone_around, tone_word},
    icon, language, linked,
};

/// The body of a list panel.
#[component]
pub fn ListView(list: ListData) -> impl IntoView {
    let language = language();
    let ListData { items, more } = list;
    if items.is_empty() {
        return view! {
            <div class="state perf" role="status">
                <TagIcon d=icon::TAG_HANGER/>
                <h3>{t!(language, "list-empty-title")}</h3>
                <p>{t!(language, "list-empty")}</p>
            </div>
        }
        .into_any();
    }
    let items = items.into_iter().map(|item| view! { <Entry item/> }).collect::<Vec<_>>();
    let more = more.map(|more| view! { <p class="more muted">{t!(language, "list-more", count = more)}</p> });
    view! {
        <ul class="entries perf">{items}</ul>
        {more}
    }
    .into_any()
}

#[component]
fn Entry(item: ListItem) -> impl IntoView {
    let ListItem { image, label, note, value, tag, to } = item;
    view! {
        <li>
            {image.map(|image| inert(cell_content(CellKind::Image, &image)))}
            <p>
                <span class="label">{linked(to, label)}</span>
                {note.map(|note| view! { <span class="note">{note}</span> })}
            </p>
            {tag.map(|tag| inert(tag_markup(&tag.text, tag.tone)))}
            {value
                .map(|(kind, cell)| {
                    let tone = tone_around(kind, &cell);
                    view! {
                        <span class="value num" data-tone=tone.map(ValueTone::name)>
                            {inert(cell_content(kind, &cell))} {inert(tone_word(tone))}
                        </span>
                    }
                })}
        </li>
    }
}
