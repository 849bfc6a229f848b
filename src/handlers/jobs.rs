//! Jobs that APIs have accepted: a link or a script asks for their state.

use axum::{
    extract::{Path, RawQuery, Request, State, rejection::PathRejection},
    response::{IntoResponse, Redirect, Response},
};
use claimcheck_model::{ActionResult, AppError, paths};
use claimcheck_server::boards::offer;

use crate::handlers::{
    downloads::{self, parameter},
    panels::question_of,
    request::{self, reader, reader_of, refuse},
    state::AppState,
};

/// `GET /boards/{board}/jobs?job-id=…`: asks the API for the state of that submission, or of all of the board, and leads to the
/// board, which shows it.
pub async fn check(
    State(state): State<AppState>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let parts = request.into_parts().0;
    let refuse = |error| refuse(&(&parts).into(), error);
    let Ok(Path(board)) = path else { return refuse(AppError::NotFound) };
    let signed_in = match downloads::signed_in(&parts) {
        Ok(signed_in) => signed_in,
        Err(error) => return refuse(error),
    };
    if state.settings.board(&board).is_none() {
        return refuse(AppError::NotFound);
    }
    let query = query.unwrap_or_default();
    let reader = reader_of(&state, &signed_in.record.claims, &parts.headers);
    let mark = parameter(&query, paths::JOB);
    let asked = match &mark {
        Some(mark) => state.actions.check_job(&signed_in, &reader, mark).await.map(drop),
        None => state.actions.check_jobs(&signed_in, &reader, &board).await,
    };
    match asked {
        Err(AppError::SignedOut) => return refuse(AppError::SignedOut),
        // The board says that it is not done yet, and asks again.
        Err(error) => tracing::warn!(reason = error.reason(), "the state of a job is not known"),
        Ok(()) => {}
    }
    let finished = mark.and_then(|mark| signed_in.record.finished(&mark));
    let panel = finished.and_then(|finished| finished.place.panel.clone());
    let question = question_of(&state, &board, &query);
    let page = match panel {
        Some(panel) => question.href(&board, &panel),
        None => question.at(&paths::board(&board)),
    };
    Redirect::to(&page).into_response()
}

/// The state of a submission for a script, by the address that asks for it; `None` if its message is gone, or if the
/// URL names none.
pub async fn state_of(page: &str) -> Result<Option<ActionResult>, AppError> {
    let (state, signed_in, reader) = (request::state()?, request::signed_in()?, reader());
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let named = paths::read_jobs(path).zip(parameter(query, paths::JOB));
    let Some((board, mark)) = named else { return Ok(None) };
    let look = state.boards.request(&signed_in, &reader, board, question_of(&state, board, query))?;
    let finished = state.actions.check_job(&signed_in, &reader, &mark).await?;
    Ok(finished.filter(|finished| finished.place.board == board).and_then(|end| offer::result(&look, &end)))
}
