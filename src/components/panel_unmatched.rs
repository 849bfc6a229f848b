//! A panel whose paths match nothing in the API's answer, which is no empty answer: the settings or the API have to change.

use claimcheck_model::{Misfit, UnmatchedPath};
use claimcheck_text::{Segment, parts, t};
use leptos::prelude::*;

use crate::components::{TagIcon, answer_problem::shape_name, icon, language, segments};

/// In place of the panel's data.
#[component]
pub fn PanelUnmatched(
    /// The paths, for people who may inspect the panel.
    paths: Vec<UnmatchedPath>,
    /// The reference under which the paths are in the log.
    reference: Option<String>,
) -> impl IntoView {
    let language = language();
    let reference = reference.map(|reference| {
        let id = view! { <span class="num">{reference}</span> }.into_any();
        view! { <p class="reference">{segments(parts!(language, "reference", id = id))}</p> }
    });
    let advice = paths.is_empty().then(|| view! { <p>{t!(language, "answer-advice")}</p> });
    view! {
        <div class="state perf" data-tone="warn">
            <TagIcon d=icon::TAG_GONE/>
            <h3>{t!(language, "panel-unmatched-title")}</h3>
            <p>{t!(language, "panel-unmatched")}</p>
            {lines(paths)}
            {advice}
            {reference}
        </div>
    }
}

/// Above data of which members are missing, for people who may inspect the panel.
#[component]
pub fn UnmatchedNote(paths: Vec<UnmatchedPath>) -> impl IntoView {
    view! { <div class="told-here">{lines(paths)}</div> }
}

fn lines(paths: Vec<UnmatchedPath>) -> Vec<AnyView> {
    let line = |path: UnmatchedPath| {
        let code = |text: String| view! { <code>{text}</code> }.into_any();
        let UnmatchedPath { setting, path, there, misfit } = path;
        let line: Vec<Segment<AnyView>> = match (misfit, there.is_empty()) {
            (Some(Misfit { expected, came }), _) => parts!(
                language(),
                "panel-unmatched-shape",
                setting = code(setting),
                path = code(path),
                expected = shape_name(language(), expected).into_any(),
                came = shape_name(language(), came).into_any()
            ),
            (None, true) => {
                parts!(language(), "panel-unmatched-path", setting = code(setting), path = code(path))
            }
            (None, false) => parts!(
                language(),
                "panel-unmatched-there",
                setting = code(setting),
                path = code(path),
                members = code(there.join(", "))
            ),
        };
        view! { <p>{segments(line)}</p> }.into_any()
    };
    paths.into_iter().map(line).collect()
}
