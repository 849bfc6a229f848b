//! The choice of days above a board: links for the usual ones, a form for two days of one's own. What is chosen stands
//! in the address; with scripts off it is the same.

use claimcheck_model::{BoardQuery, PeriodQuery, parameter, paths};
use leptos::prelude::*;

use crate::components::{Icon, icon};

/// What the chooser offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Code and label of each.
    pub spans: Vec<(String, String)>,
    /// The code of the chosen one, unless the days are the person's own.
    pub chosen: Option<String>,
    /// First and last day, `2026-09-30`.
    pub from: String,
    pub to: String,
    /// The same for a person to read.
    pub reads: String,
    /// The last day that can be chosen.
    pub today: String,
    /// The panels that have pages.
    pub paged: Vec<usize>,
}

/// The chooser of a board.
#[component]
pub fn PeriodChooser(board: String, question: BoardQuery, choices: Choices) -> impl IntoView {
    let Choices { spans, chosen, from, to, reads, today, paged } = choices;
    // Pages begin anew with other days: theirs were of other rows.
    let paged: String = paged.iter().map(|panel| format!("&{}=", parameter("page", *panel))).collect();
    let spans = spans
        .into_iter()
        .map(|(code, label)| {
            let here = (chosen.as_ref() == Some(&code)).then_some("true");
            let period = PeriodQuery { choice: Some(code.clone()), ..PeriodQuery::default() };
            let href = question.with_period(period).at(&paths::board(&board));
            view! {
                <li>
                    <a href=href aria-current=here data-follow=format!("period={code}&from=&to={paged}")>
                        {label}
                    </a>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let kept = question.with_period(PeriodQuery::default()).pairs();
    let kept = kept
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    let is_own = chosen.is_none();
    view! {
        <nav class="period" aria-label="Period">
            <ul>{spans}</ul>
            <details class="own" data-own=is_own.then_some("")>
                <summary>
                    <Icon d=icon::CALENDAR/>
                    <span class="num">{reads}</span>
                </summary>
                <form method="get" action=paths::board(&board) data-follow="">
                    {kept} <label>"From" <input type="date" name="from" value=from max=today.clone() required/></label>
                    <label>"To" <input type="date" name="to" value=to max=today required/></label>
                    <button class="button primary" type="submit">
                        "Show"
                    </button>
                </form>
            </details>
        </nav>
    }
}
