//! A whole row of a board's table.

use claimcheck_model::{AppError, Markup, RowDetail};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{ActionOffer, DetailView, DrawerHead, PanelUrl, action_links, inert, language},
    handlers::panels,
};

/// The row named in the query, as markup for the drawer over the board.
pub async fn row_drawer(board: &str, panel: &str, query: &str) -> Result<Markup, AppError> {
    let question = panels::question(board, query);
    let here = PanelUrl { board: board.to_owned(), panel: panel.to_owned(), question };
    let detail = panels::row(board, panel, query).await?;
    Ok(Markup { html: view! { <RowContent detail here/> }.to_html(), failure: None })
}

/// A row's title, its actions and all its data, for its page and for the drawer.
#[component]
pub fn RowContent(mut detail: RowDetail, here: PanelUrl) -> impl IntoView {
    let (title, page) = (detail.title.clone(), here.rows()(&detail.key));
    let of = here.actions();
    // Not the ids in the table, which is on the same page as the drawer.
    let offers = std::mem::take(&mut detail.actions).into_iter().map(|link| ActionOffer {
        href: of(&link.action, &detail.key),
        id: format!("of-row.{}", link.action),
        link,
    });
    let actions = offers.collect::<Vec<_>>();
    let actions = (!actions.is_empty()).then(|| {
        view! {
            <div class="row-acts" role="group" aria-label=t!(language(), "table-actions")>
                {inert(action_links(actions, &title, None))}
            </div>
        }
    });
    view! {
        <DrawerHead title page/>
        {actions}
        <div class="perf">
            <DetailView detail here/>
        </div>
    }
}
