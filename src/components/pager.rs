//! The links to the previous and the next page of a table, as the API counts them; they work with scripts off.

use claimcheck_model::{PanelQuery, part};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{PanelUrl, language};

/// Links to the previous and the next page; nothing if there is neither.
#[component]
pub fn PagerView(
    /// The panel's title.
    title: String,
    /// The names of the pages; the first page has an empty one.
    previous: Option<String>,
    next: Option<String>,
    here: PanelUrl,
) -> impl IntoView {
    if previous.is_none() && next.is_none() {
        return ().into_any();
    }
    let language = language();
    let link = |name: &'static str, label: &'static str, page: Option<String>| {
        let href = page.as_ref().map(|page| {
            let page = (!page.is_empty()).then(|| page.clone());
            here.with_query(PanelQuery { page, ..here.query() })
        });
        // Without a target it is still a link, marked as disabled: nothing moves in the layout.
        let is_disabled = href.is_none().then_some("true");
        view! {
            <a class="button" id=here.id(name) href=href role="link" aria-disabled=is_disabled tabindex=is_disabled.map(|_| "0") data-part=part::PAGE data-page=page>
                {label}
            </a>
        }
    };
    view! {
        <nav class="pager" aria-label=t!(language, "table-pages", title = title)>
            {link("previous", t!(language, "table-previous"), previous)} {link("next", t!(language, "table-next"), next)}
        </nav>
    }
    .into_any()
}
