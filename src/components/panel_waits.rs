//! A panel whose request needs filters that have no value: which ones, and a link to them.

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
