//! The frame of a panel: a head with its title, and below it a perforation and the panel's state.
//! The part below starts with an element of class `perf`, which draws that perforation.

use claimcheck_model::{AsOf, part};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, PanelUrl, icon, language};

/// A card with a title on a page that is not a board; a separate region for screen readers.
#[component]
pub fn PanelFrame(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="panel" aria-label=label>
            <header class="panel-head">
                <h2>{title}</h2>
            </header>
            {children()}
        </section>
    }
}

/// The head of a board's panel: its title, the age of its data, and a link that reloads them.
#[component]
pub fn PanelHead(
    title: String,
    /// When the API responded; `None` before that.
    as_of: Option<AsOf>,
    /// Why the data are not the latest.
    stale: Option<String>,
    here: PanelUrl,
    /// The user may see the exchange with the API.
    may_inspect: bool,
    /// It shows what the settings say, so there is nothing to reload.
    is_static: bool,
    /// It is in a section, whose heading is above it.
    is_in_section: bool,
    /// An explanation of the panel.
    hint: Option<String>,
) -> impl IntoView {
    let language = language();
    let label = t!(language, "panel-reload-titled", title = title.as_str());
    let as_of = as_of.map(|AsOf { time, at, is_shown }| {
        view! {
            <span class="num" data-part=part::AS_OF data-at=at.to_string() data-shown=is_shown.then_some("")>
                {t!(language, "panel-as-of", time = time)}
            </span>
        }
    });
    let inspect = may_inspect.then(|| {
        let label = t!(language, "inspect-title", title = title.as_str());
        view! {
            " "
            <a href=here.inspect() aria-label=label>
                {t!(language, "inspect")}
            </a>
        }
    });
    let hint = hint.map(|hint| {
        let about = t!(language, "panel-hint", title = title.as_str());
        view! {
            <details class="hint">
                <summary aria-label=about>
                    <Icon d=icon::HINT/>
                </summary>
                <p>{hint}</p>
            </details>
        }
    });
    let heading = match is_in_section {
        true => view! { <h3>{title}</h3> }.into_any(),
        false => view! { <h2>{title}</h2> }.into_any(),
    };
    let reload = (!is_static).then(|| {
        view! {
            <a class="tool" id=here.id("reload") href=here.href() aria-label=label data-part=part::RELOAD>
                <Icon d=icon::RELOAD/>
            </a>
        }
    });
    view! {
        <header class="panel-head">
            {heading}
            {hint}
            <p class="facts">{as_of} {inspect} <span class="stale" data-part="stale" role="status">{stale}</span></p>
            {reload}
        </header>
    }
}
