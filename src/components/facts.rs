//! Facts as pairs of label and value. Times are `<time>` elements, so that they are machine-readable.

use claimcheck_model::Fact;
use leptos::prelude::*;

/// Facts about the session, inside a `PanelFrame`.
#[component]
pub fn FactList(facts: Vec<Fact>) -> impl IntoView {
    let pairs = facts
        .into_iter()
        .map(|Fact { label, value, at }| {
            let value = match at {
                Some(at) => view! { <time datetime=at>{value}</time> }.into_any(),
                None => value.into_any(),
            };
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect::<Vec<_>>();
    view! { <dl class="pairs perf">{pairs}</dl> }
}
