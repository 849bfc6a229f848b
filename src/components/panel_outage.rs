//! One API that fails for several panels: the notice of the board, and the line in each of these panels.

use claimcheck_model::part;
use claimcheck_text::{parts, t};
use leptos::prelude::*;

use crate::components::{Icon, icon, language, segments};

/// The id of the notice about an API, which its panels name in `data-outage`.
pub fn outage_id(api: &str) -> String {
    format!("outage-{api}")
}

/// The notice above the panels of a board. Without a text it is hidden, until the script of a panel has one.
#[component]
pub fn OutageNotice(
    /// The id of the API.
    api: String,
    /// What is wrong, since when, and when the API is asked again.
    text: Option<String>,
    /// The API named the time at which it is asked again.
    is_timed: bool,
    /// This page, to load it again.
    here: String,
) -> impl IntoView {
    let (is_hidden, timed) = (text.is_none(), is_timed.then_some(""));
    view! {
        <div class="notice" id=outage_id(&api) data-tone="warn" data-timed=timed hidden=is_hidden>
            <Icon d=icon::WARNING/>
            <p>
                <span role="status" data-part=part::OUTAGE>{text.unwrap_or_default()}</span>
                " "
                <a href=here>{t!(language(), "outage-try-now")}</a>
                " "
                // Not announced every second: the text says when.
                <span class="num muted" aria-hidden="true" data-part=part::COUNTDOWN></span>
            </p>
        </div>
    }
}

/// In place of the data of a panel, while the notice above the panels says why there are none.
#[component]
pub fn PanelOutage(
    /// The reference under which the cause is in the log.
    reference: Option<String>,
) -> impl IntoView {
    let reference = reference.map(|reference| {
        let id = view! { <span class="num">{reference}</span> }.into_any();
        view! { <p class="reference">{segments(parts!(language(), "reference", id = id))}</p> }
    });
    view! {
        <div class="state perf">
            <p>{t!(language(), "outage-panel")}</p>
            {reference}
        </div>
    }
}
