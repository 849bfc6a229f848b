//! Panels of boards: for the page that is being rendered, and for the island that fetches them again.

use claimcheck_model::{AppError, BoardQuery, PanelError, PanelState, RowDetail, paths};
use claimcheck_session::SignedIn;
use url::form_urlencoded;

use crate::handlers::{
    request::{reader, signed_in, state},
    state::AppState,
};

/// The board query in a query string, for the board with that id: its filters, and the parameters of its panels.
pub fn question_of(state: &AppState, board: &str, query: &str) -> BoardQuery {
    state.boards.question(board, query)
}

/// The same for the current request.
pub fn question(board: &str, query: &str) -> BoardQuery {
    state().map_or_else(|_| BoardQuery::default(), |state| question_of(&state, board, query))
}

/// A panel, if it is ready within the render budget.
pub async fn panel_for_page(board: &str, panel: &str, query: &str) -> Result<PanelState, AppError> {
    let (state, signed_in, reader) = (state()?, signed_in()?, reader());
    let look = state.boards.request(&signed_in, &reader, board, question_of(&state, board, query))?;
    settle(look.panel_in_budget(panel).await)
}

/// A panel and its title, waiting up to the API's timeout. A request by the user counts as activity; a page's timer does not (ASVS
/// 7.3.1).
pub async fn panel_when_ready(
    board: &str,
    panel: &str,
    query: &str,
    by_person: bool,
) -> Result<(PanelState, String), AppError> {
    let (state, signed_in, reader) = (state()?, signed_in()?, reader());
    if by_person {
        note_activity(&state, &signed_in).await;
    }
    let look = state.boards.request(&signed_in, &reader, board, question_of(&state, board, query))?;
    let answer = look.panel(panel).await;
    let title = match look.board.panel(panel) {
        Some(panel) => look.title_when_ready(&panel.title).await,
        None => String::new(),
    };
    let state = settle(match answer {
        Ok(data) => PanelState::Ready(Box::new(data)),
        Err(error) => PanelState::Failed(error),
    })?;
    Ok((state, title))
}

/// The whole row that the query names. Always requested by the user.
pub async fn row(board: &str, panel: &str, query: &str) -> Result<RowDetail, AppError> {
    let (state, signed_in, reader) = (state()?, signed_in()?, reader());
    note_activity(&state, &signed_in).await;
    let look = state.boards.request(&signed_in, &reader, board, question_of(&state, board, query))?;
    look.row(panel, &row_name(query).ok_or(AppError::NotFound)?).await
}

/// The row that a query names.
pub fn row_name(query: &str) -> Option<String> {
    let mut names = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == paths::ROW_KEY);
    names.next().map(|(_, name)| name.into_owned()).filter(|name| !name.is_empty())
}

/// Slides the idle timeout of a session. A failure to store that does not prevent reading.
async fn note_activity(state: &AppState, signed_in: &SignedIn) {
    if let Err(error) = state.sessions.touch(signed_in).await {
        tracing::warn!(%error, "activity could not be recorded");
    }
}

/// A failure about the session or the query fails the call; one about the API is a state of the panel.
fn settle(state: PanelState) -> Result<PanelState, AppError> {
    match state {
        PanelState::Failed(PanelError {
            error: error @ (AppError::SignedOut | AppError::NotFound | AppError::StoreUnavailable),
            ..
        }) => Err(error),
        state => Ok(state),
    }
}
