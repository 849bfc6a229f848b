//! What no longer exists because the boards have changed while a page was open: the action of a form, and a panel. Nothing
//! typed is lost, and there is a way on.

use claimcheck_model::{GoneForm, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Notice, TagIcon, Tone, icon, language};

/// The form of an action that no longer exists: what was typed, without a button that sends it.
#[component]
pub fn GoneFormView(gone: GoneForm) -> impl IntoView {
    let language = language();
    let GoneForm { values, may_be_done, back } = gone;
    let why = match may_be_done {
        true => t!(language, "act-no-longer-unclear"),
        false => t!(language, "act-no-longer"),
    };
    let (onward, href) = match back {
        Some(board) => (t!(language, "back-to-board"), board),
        None => (t!(language, "home"), paths::HOME.href()),
    };
    view! {
        <div class="act perf" data-state="gone">
            <div class="why" tabindex="-1" autofocus>
                <Notice tone=Tone::Warn>
                    <strong>{t!(language, "act-no-longer-title")} "."</strong>
                    " "
                    {why}
                </Notice>
            </div>
            <TypedValues values/>
            <p class="actions">
                <a class="button primary" href=href>
                    {onward}
                </a>
            </p>
        </div>
    }
}

/// Values that were typed, by the names of their fields; empty ones are left out.
#[component]
pub fn TypedValues(values: Vec<(String, String)>) -> impl IntoView {
    let facts: Vec<_> = values
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| {
            view! {
                <div>
                    <dt>{key}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect();
    (!facts.is_empty()).then(|| view! { <dl class="pairs">{facts}</dl> })
}

/// Replaces a panel that no longer exists. `here` is the URL of its board, which the link loads again.
#[component]
pub fn PanelGone(here: String) -> impl IntoView {
    let language = language();
    view! {
        <header class="panel-head">
            <h2>{t!(language, "panel-gone-title")}</h2>
        </header>
        <div class="body" data-part="body">
            <div class="state perf">
                <TagIcon d=icon::TAG_GONE/>
                <p>{t!(language, "panel-gone")}</p>
                <a class="button" href=here>
                    {t!(language, "panel-gone-reload")}
                </a>
            </div>
        </div>
    }
}
