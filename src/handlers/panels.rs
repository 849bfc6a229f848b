//! Panels of boards: for the page that is being rendered, and for the island that fetches them again.

use claimcheck_base::{internal_span, traces};
use claimcheck_model::{AppError, BoardQuery, PanelError, PanelState, RowDetail, paths};
use claimcheck_server::{
    config::{Board, ReadSetting},
    guard::ClientAddress,
};
use claimcheck_session::SignedIn;
use tracing::Instrument;
use url::form_urlencoded;

use crate::handlers::{
    request::{self, reader, signed_in, state},
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
    // In a box: what is around it would take its memory again, several times.
    let read = Box::pin(async {
        let (state, signed_in, reader) = (state()?, signed_in()?, reader());
        let mut look = state.boards.request(&signed_in, &reader, board, question_of(&state, board, query))?;
        let answer = look.panel_in_budget(panel).await;
        noted(look.board, panel, answer)
    });
    noting(board, panel, read).await
}

/// The reference of a panel on the current page, which is in all its log lines: that of the request, and its position.
pub fn reference(board: &str, panel: &str) -> Option<String> {
    let state = state().ok()?;
    let position = state.settings.board(board)?.panels.iter().position(|each| each.id == panel)?;
    Some(format!("{}-{}", request::reference()?, position + 1))
}

/// Names board and panel in each log line, under the panel's reference, and is a part of the trace.
async fn noting<T>(board: &str, panel: &str, read: impl Future<Output = T>) -> T {
    let client = request::of_request(|request| ClientAddress::of(&request.extensions).to_string());
    let client = client.unwrap_or_default();
    let id = reference(board, panel);
    let part = internal_span!("panel", claimcheck.board = board, claimcheck.panel = panel);
    let log = part.in_scope(|| {
        let trace_id = traces::current_trace();
        tracing::info_span!("panel", id, %client, board, panel, trace_id)
    });
    traces::within(part, read.instrument(log)).await
}

/// Logs why a panel has no data.
fn noted(board: &Board, panel: &str, state: PanelState) -> Result<PanelState, AppError> {
    if let (PanelState::Failed(failed), Some(panel)) = (&state, board.panel(panel)) {
        let read = panel.read.as_ref();
        let (method, path) = (read.map(ReadSetting::method), read.map(|read| read.path.label()));
        let (api, reason) = (panel.api.as_str(), failed.error.reason());
        tracing::info!(event = "panel without data", reason, api, method, path, "failure shown");
    }
    settle(state)
}

/// A panel that was waited for.
pub struct ReadyPanel {
    pub state: PanelState,
    pub title: String,
    /// The name of what the board is about.
    pub name: Option<String>,
}

/// A panel and its title, waiting up to the API's timeout. A request by the user counts as activity; a page's timer does not (ASVS
/// 7.3.1).
pub async fn panel_when_ready(
    board: &str,
    panel: &str,
    query: &str,
    by_person: bool,
) -> Result<ReadyPanel, AppError> {
    let read = async {
        let (state, signed_in, reader) = (state()?, signed_in()?, reader());
        if by_person {
            note_activity(&state, &signed_in).await;
        }
        let look = state.boards.request(&signed_in, &reader, board, question_of(&state, board, query))?;
        let answer = look.panel(panel).await;
        let (title, name) = match look.board.panel(panel) {
            Some(panel) => (look.title_when_ready(&panel.title).await, look.name_with(panel).await),
            None => (String::new(), None),
        };
        let answer = match answer {
            Ok(data) => PanelState::Ready(Box::new(data)),
            Err(error) => PanelState::Failed(error),
        };
        Ok(ReadyPanel { state: noted(look.board, panel, answer)?, title, name })
    };
    noting(board, panel, read).await
}

/// The whole row that the query names. Always requested by the user.
pub async fn row(board: &str, panel: &str, query: &str) -> Result<RowDetail, PanelError> {
    let read = async {
        let (state, signed_in, reader) = (state()?, signed_in()?, reader());
        note_activity(&state, &signed_in).await;
        let look = state.boards.request(&signed_in, &reader, board, question_of(&state, board, query))?;
        look.row(panel, &row_name(query).ok_or(AppError::NotFound)?).await
    };
    noting(board, panel, read).await
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
