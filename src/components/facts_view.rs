//! Chosen facts about one object.

use claimcheck_model::{Facts, ValueTone};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{
    TagIcon,
    cell::{cell_content, inert, kind_class, tone_around, tone_word},
    icon, language,
};

/// The body of a panel of facts.
#[component]
pub fn FactsView(facts: Facts) -> impl IntoView {
    if facts.facts.is_empty() {
        let language = language();
        return view! {
            <div class="state perf" role="status">
                <TagIcon d=icon::TAG_HANGER/>
                <h3>{t!(language, "facts-empty-title")}</h3>
                <p>{t!(language, "facts-empty")}</p>
            </div>
        }
        .into_any();
    }
    let facts = facts
        .facts
        .into_iter()
        .map(|(column, cell)| {
            let tone = tone_around(column.kind, &cell);
            let content = match cell.is_blank() {
                true => "\u{2013}".into_any(),
                false => inert(cell_content(column.kind, &cell)).into_any(),
            };
            view! {
                <div>
                    <dt>{column.title}</dt>
                    <dd class=kind_class(column.kind) data-tone=tone.map(ValueTone::name)>
                        {content} {inert(tone_word(tone))}
                    </dd>
                </div>
            }
        })
        .collect::<Vec<_>>();
    view! { <dl class="pairs perf">{facts}</dl> }.into_any()
}
