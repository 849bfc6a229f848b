//! The way through the pages of a table, by the API's own count: links that work with scripts off.

use leptos::prelude::*;

use crate::components::PanelUrl;
use crate::model::PanelQuery;

/// Links to the page before and the page after; nothing where there is neither.
#[component]
pub fn PagerView(
    /// The panel's title.
    title: String,
    previous: Option<String>,
    next: Option<String>,
    here: PanelUrl,
) -> impl IntoView {
    if previous.is_none() && next.is_none() {
        return ().into_any();
    }
    let link = |name: &'static str, label: &'static str, page: Option<String>| {
        // The first page is that of an address which names none.
        let page = page.map(|page| if page == "1" { String::new() } else { page });
        let href = page.as_ref().map(|page| {
            let page = (!page.is_empty()).then(|| page.clone());
            here.asking(PanelQuery { page, ..here.asked() })
        });
        // Without a page to go to it is still a link, and says that it leads nowhere: nothing jumps.
        let is_disabled = href.is_none().then_some("true");
        view! {
            <a class="button" id=here.id(name) href=href role="link" aria-disabled=is_disabled tabindex=is_disabled.map(|_| "0") data-part="page" data-page=page>
                {label}
            </a>
        }
    };
    view! {
        <nav class="pager" aria-label=format!("Pages: {title}")>
            {link("previous", "Previous", previous)} {link("next", "Next", next)}
        </nav>
    }
    .into_any()
}
