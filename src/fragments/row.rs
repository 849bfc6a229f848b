//! A whole row of a board's table.

use claimcheck_model::{AppError, Markup, RowDetail};
use leptos::prelude::*;

use crate::{
    components::{DetailView, DrawerHead, PanelUrl},
    handlers::panels,
};

/// The row named in the query, as markup for the drawer over the board.
pub async fn row_drawer(board: &str, panel: &str, query: &str) -> Result<Markup, AppError> {
    let question = panels::question(board, query);
    let here = PanelUrl { board: board.to_owned(), panel: panel.to_owned(), question };
    let detail = panels::row(board, panel, query).await?;
    Ok(Markup { html: view! { <RowContent detail here/> }.to_html(), failure: None })
}

/// A row's key and all its data, for its page and for the drawer.
#[component]
pub fn RowContent(detail: RowDetail, here: PanelUrl) -> impl IntoView {
    let title = detail.title.clone();
    view! {
        <DrawerHead title/>
        <div class="perf">
            <DetailView detail here/>
        </div>
    }
}
