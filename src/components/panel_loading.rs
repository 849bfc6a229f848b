//! A panel whose API has not responded within the render budget: a text, a link that works without scripts, and a
//! skeleton of the data to come.

use claimcheck_model::part;
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language};

/// The loading state of a panel's body.
#[component]
pub fn PanelLoading(
    /// The panel's title, for screen readers.
    #[prop(into)]
    title: String,
    /// The panel's kind, whose shape the skeleton has.
    kind: &'static str,
    /// This page, to load it again.
    #[prop(into)]
    reload_href: String,
    /// The id of that link, to restore the focus.
    reload_id: String,
) -> impl IntoView {
    let language = language();
    view! {
        <div class="waiting perf">
            <p class="wait" role="status" data-part=part::WAIT>
                <span class="visually-hidden">{title} ": "</span>
                {t!(language, "panel-still-loading")}
            </p>
            <a class="button" id=reload_id href=reload_href data-part=part::RELOAD>
                <Icon d=icon::RELOAD/>
                {t!(language, "panel-reload")}
            </a>
        </div>
        <div class="skeleton" data-kind=kind></div>
    }
}
