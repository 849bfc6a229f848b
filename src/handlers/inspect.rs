//! The exchange between a panel and its API, for people with `inspect_role`; and the button that sends the request again.

use axum::{
    extract::{Path, RawQuery, Request, State, rejection::PathRejection},
    response::{IntoResponse, Redirect, Response},
};
use claimcheck_model::{AppError, paths};
use claimcheck_server::{
    audit::{AuditOutcome, Event, Occurrence},
    boards::Inspection,
    guard::ResponseFormat,
    rights,
};

use crate::handlers::{
    panels::question_of,
    request::{CurrentSession, reader, reader_of, refuse, signed_in, state},
    state::AppState,
};

/// Whether the user of this request may see what panels send and receive.
pub fn may_inspect() -> bool {
    let (Ok(state), Ok(signed_in)) = (state(), signed_in()) else { return false };
    rights::may_inspect(&state.settings, &signed_in.record)
}

/// What is known about the requests of a panel.
pub async fn inspection(board: &str, panel: &str, query: &str) -> Result<Inspection, AppError> {
    let (state, signed_in, reader) = (state()?, signed_in()?, reader());
    let question = question_of(&state, board, query);
    state.boards.request(&signed_in, &reader, board, question)?.inspect(panel).await
}

/// `POST /boards/{board}/inspect/{panel}/send`: sends the requests of a panel again, and leads back.
pub async fn send(
    State(state): State<AppState>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let asked = ResponseFormat::from(&request);
    let current = request.extensions().get::<CurrentSession>().and_then(|current| current.0.clone());
    let headers = request.into_parts().0.headers;
    let Ok(Path((board, panel))) = path else { return refuse(&asked, AppError::NotFound) };
    let question = question_of(&state, &board, query.as_deref().unwrap_or_default());
    let page = question.at(&paths::inspect(&board, &panel));
    let sent = async {
        let signed_in = current.clone().ok_or(AppError::SignedOut)?;
        let reader = reader_of(&state, &signed_in.record.claims, &headers);
        state.boards.request(&signed_in, &reader, &board, question)?.send_again(&panel).await
    };
    let sent = sent.await;
    if let Some(signed_in) = &current {
        let what = Occurrence::InspectSend { board, panel };
        let event = match &sent {
            Ok(()) => Event::success(what),
            Err(error) => Event::not_done(what, AuditOutcome::Failed, error.reason()),
        };
        state.audit.record(event.of(signed_in));
    }
    match sent {
        Ok(()) => Redirect::to(&page).into_response(),
        Err(error) => refuse(&asked, error),
    }
}
