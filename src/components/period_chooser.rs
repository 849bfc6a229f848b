//! The choice of a period above a board: links for the configured ones, and a form for two dates. The choice is in the
//! URL, so it works with scripts off.

use claimcheck_model::{BoardQuery, PeriodQuery, parameter, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language};

/// The choices of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Code and label of each.
    pub spans: Vec<(String, String)>,
    /// The code of the chosen one, unless the user entered dates.
    pub chosen: Option<String>,
    /// First and last day, `2026-09-30`.
    pub from: String,
    pub to: String,
    /// The same in the user's locale.
    pub reads: String,
    /// The last day that can be chosen, if there is one.
    pub last: Option<String>,
    /// The panels that have pages.
    pub paged: Vec<String>,
}

/// The chooser of a board.
#[component]
pub fn PeriodChooser(board: String, question: BoardQuery, choices: Choices) -> impl IntoView {
    let language = language();
    let Choices { spans, chosen, from, to, reads, last, paged } = choices;
    // A new period starts at the first pages again, because the others belong to other rows.
    let paged: String = paged.iter().map(|panel| format!("&{}=", parameter("page", panel))).collect();
    let spans = spans
        .into_iter()
        .map(|(code, label)| {
            let here = (chosen.as_ref() == Some(&code)).then_some("true");
            let period = PeriodQuery { choice: Some(code.clone()), ..PeriodQuery::default() };
            // An unencoded plus sign is a space in a query.
            let code = code.replace('+', "%2B");
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
        <nav class="period" aria-label=t!(language, "period")>
            <ul>{spans}</ul>
            <details class="own" data-own=is_own.then_some("")>
                <summary>
                    <Icon d=icon::CALENDAR/>
                    <span class="num">{reads}</span>
                </summary>
                <form method="get" action=paths::board(&board) data-follow="">
                    {kept} <label>{t!(language, "period-from")} " " <input type="date" name="from" value=from max=last.clone() required/></label>
                    <label>{t!(language, "period-to")} " " <input type="date" name="to" value=to max=last required/></label>
                    <button class="button primary" type="submit">
                        {t!(language, "period-show")}
                    </button>
                </form>
            </details>
        </nav>
    }
}
