//! A panel whose request needs values that are not there: of filters, with a link to them, or of what the board is about.

use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{FILTERS_ID, TagIcon, icon, language};

/// The sentence in place of the panel's data.
#[component]
pub fn PanelWaits(
    /// The titles of the filters to choose.
    filters: Vec<String>,
) -> impl IntoView {
    let language = language();
    view! {
        <div class="state perf" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>{t!(language, "panel-waits-title", filters = filters.join(", "))}</h3>
            <p>{t!(language, "panel-waits")}</p>
            <a class="button" href=format!("#{FILTERS_ID}")>
                {t!(language, "filters-choose")}
            </a>
        </div>
    }
}

/// The sentence in place of the data of a panel whose request needs a value that the subject of the board lacks.
#[component]
pub fn PanelLacks(
    /// The name of the value.
    member: String,
) -> impl IntoView {
    let language = language();
    view! {
        <div class="state perf" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>{t!(language, "subject-lacks-title", member = member)}</h3>
            <p>{t!(language, "subject-lacks")}</p>
        </div>
    }
}
