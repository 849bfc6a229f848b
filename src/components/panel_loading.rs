//! A panel whose API has not answered within the render budget: a text, a link that works without scripts, and a
//! skeleton of the data to come.

use claimcheck_model::part;
use leptos::prelude::*;

use crate::components::{Icon, icon};

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
    view! {
        <div class="waiting perf">
            <p class="wait" role="status" data-part=part::WAIT>
                <span class="visually-hidden">{title} ": "</span>
                "Still loading. This takes longer than usual."
            </p>
            <a class="button" id=reload_id href=reload_href data-part=part::RELOAD>
                <Icon d=icon::RELOAD/>
                "Reload"
            </a>
        </div>
        <div class="skeleton" data-kind=kind></div>
    }
}
