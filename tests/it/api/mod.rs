//! The person's API as seen from outside, on both sides: what reaches it, and what of its answers reaches the browser
//! (rows AC-01 … AC-11). This file has the boards these tests use; each group of rows has a file.

mod bounds;
mod headers;
mod names;
mod people;
mod refusals;
mod several;

use axum::http::StatusCode;

use crate::support::{
    Page,
    hostile::{At, HostileWorld, Raw},
};

/// One panel a board, so that a page is one call. The query is part of what is configured.
const BOARDS: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders?limit=7"
rows = "$.orders[*]"

[[board]]
id = "admin"
title = "Margins"

[[board.panel]]
title = "Margins"
kind = "table"
get = "/reports/margin"
rows = "$.months[*]"
"#;

const BOARD: &str = "/boards/orders";
/// A panel as a page's script asks for it: waits for the API however long it takes.
const PANEL: &str = "/api/panel_when_ready?board=orders&panel=0";

async fn world() -> HostileWorld {
    HostileWorld::with(BOARDS).await
}

/// Whether the API's rows are there.
fn is_data(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.contains("<tbody>")
}

/// Whether the panel says that the API is of no use, on a page that is.
fn is_failing(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.contains("does not answer") && !page.body.contains("<tbody>")
}

/// The API answers this from now on, or is honest again.
fn answer(world: &HostileWorld, raw: impl Into<Option<Raw>>) {
    let raw = raw.into();
    world.api.script(|script| script.instead = raw);
}

/// Calls to the API and refreshes at the provider so far.
fn counts(world: &HostileWorld) -> (usize, usize) {
    (world.api.calls().len(), world.provider.count(At::Refresh))
}
