//! The client of the person's API: what may be asked is what the boards declare, nothing else.

/// The `WWW-Authenticate` header.
mod challenge;
/// One call, with the bearer token.
mod client;
/// Fetches under way, joined by all who wait for the same.
mod fetches;
/// From an answer to a table.
mod table;

pub use fetches::Fetches;
pub use table::{clock_time, sort};

use crate::{
    error::AppError,
    model::{PanelData, PanelState},
    server::{Context, config::Panel, session::SignedIn},
};

/// How long a page waits for one of its panels.
pub const RENDER_BUDGET: std::time::Duration = std::time::Duration::from_millis(800);

/// The panel's data, as far as it comes within the render budget; the fetch goes on after that.
pub async fn panel_in_budget(
    context: &Context,
    signed_in: &SignedIn,
    board: &str,
    index: usize,
) -> PanelState {
    match tokio::time::timeout(RENDER_BUDGET, panel(context, signed_in, board, index)).await {
        Ok(Ok(data)) => PanelState::Ready(data),
        Ok(Err(error)) => PanelState::Failed(error),
        Err(_) => PanelState::Loading,
    }
}

/// The panel's data, however long the API takes (within its timeout). Joins a fetch that is under way.
///
/// # Errors
/// `NotFound` when no such panel is configured, `SignedOut`, `Forbidden`, `ApiUnavailable`, or as `tokens` says.
pub async fn panel(
    context: &Context,
    signed_in: &SignedIn,
    board: &str,
    index: usize,
) -> Result<PanelData, AppError> {
    // What the sign-in does not include is not asked for (OAuth 2.0, RFC 6749 3.3): the panel says so instead.
    let missing = find(context, board, index)?
        .scope
        .as_ref()
        .filter(|scope| !signed_in.record.granted_scopes.contains(scope));
    if let Some(scope) = missing {
        return Err(AppError::Forbidden { scope: Some(scope.clone()) });
    }
    let id = fetches::FetchId { session: signed_in.key.clone(), board: board.to_owned(), panel: index };
    let (context_then, signed_in, board) = (context.clone(), signed_in.clone(), board.to_owned());
    context
        .fetches
        .join(id, async move {
            let panel = find(&context_then, &board, index)?;
            let answer = client::get(&context_then, &signed_in, &panel.get).await?;
            table::from_answer(panel, &answer, context_then.clock.now())
        })
        .await
}

/// The configured panel; anything else cannot be named.
pub fn find<'a>(context: &'a Context, board: &str, index: usize) -> Result<&'a Panel, AppError> {
    context.settings.board(board).and_then(|board| board.panels.get(index)).ok_or(AppError::NotFound)
}
