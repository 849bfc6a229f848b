//! The user's API from both sides: the requests that reach it, and the parts of its responses that reach the browser
//! (rows AC-01 … AC-11). This file has the boards for these tests; each group of rows has its own file.

mod bounds;
mod headers;
mod names;
mod neighbours;
mod people;
mod refusals;
mod several;

use axum::http::StatusCode;

use crate::support::{
    Page,
    hostile::{At, HostileWorld, Raw},
};

/// One panel per board, so that a page makes one call. The query is part of the configuration.
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
/// A panel as requested by a page's script: waits for the API up to its timeout.
const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";

async fn world() -> HostileWorld {
    HostileWorld::with(BOARDS).await
}

/// Whether the API's rows are shown.
fn is_data(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.contains("<tbody>")
}

/// Whether the panel reports a failure of the API, on a page that works.
fn is_failing(page: &Page) -> bool {
    let titles = [
        "isn’t responding",
        "The API’s answer can’t be shown",
        "The API is limiting requests",
        "The API is unavailable at the moment",
        "The API doesn’t accept your sign-in",
        "The API doesn’t accept this request",
        "The API has nothing at this address",
        "The API reports an error",
    ];
    let is_told = titles.iter().any(|title| page.body.contains(title));
    page.status == StatusCode::OK && is_told && !page.body.contains("<tbody>")
}

/// Sets the API's response from now on; `None` restores the honest ones.
fn answer(world: &HostileWorld, raw: impl Into<Option<Raw>>) {
    let raw = raw.into();
    world.api.script(|script| script.instead = raw);
}

/// The number of calls to the API and of refreshes at the provider so far.
fn counts(world: &HostileWorld) -> (usize, usize) {
    (world.api.calls().len(), world.provider.count(At::Refresh))
}
