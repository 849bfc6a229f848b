//! The tabs of a board: links to saved values of its filters, with numbers.

use claimcheck_model::{BoardQuery, TabLink, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// The tabs above the filters.
#[component]
pub fn TabBar(
    /// The board's id.
    board: String,
    question: BoardQuery,
    tabs: Vec<TabLink>,
) -> impl IntoView {
    let tabs = tabs.into_iter().map(|TabLink { title, query, count, is_current }| {
        let href = question.with_filters(query).at(&paths::board(&board));
        let count = count.map(|count| view! { " " <span class="num">{count}</span> });
        view! {
            <li>
                <a href=href aria-current=is_current.then_some("true")>
                    {title} {count}
                </a>
            </li>
        }
    });
    let tabs = tabs.collect::<Vec<_>>();
    view! {
        <nav class="board-tabs" aria-label=t!(language(), "tabs")>
            <ul>{tabs}</ul>
        </nav>
    }
}
