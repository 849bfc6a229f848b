//! A panel that has to wait: its request needs values that are not there, of filters or of what the board is about, or the
//! API prepares the answer.

use claimcheck_model::{AnswerProblem, part};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{FILTERS_ID, TagIcon, answer_problem::problem_text, icon, language};

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

/// The sentence in place of the data of a panel whose API prepares its answer, with a link that works without scripts.
#[component]
pub fn PanelPreparing(
    /// This page, to load it again.
    #[prop(into)]
    reload_href: String,
    /// The id of that link, to restore the focus.
    reload_id: String,
) -> impl IntoView {
    let language = language();
    let text = problem_text(language, &AnswerProblem::Preparing);
    view! {
        <div class="state perf" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>{text.title}</h3>
            <p>{text.what}</p>
            <p>{text.advice}</p>
            <a class="button" id=reload_id href=reload_href data-part=part::RELOAD>
                {t!(language, "answer-preparing-again")}
            </a>
        </div>
    }
}
