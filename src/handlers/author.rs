//! Pages that follow changes of the boards while these are being written.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use claimcheck_server::config::SettingFinding;

use crate::{components::Mistake, handlers::state::AppState};

/// `GET /author/revision`: a number that changes when pages have something new to show. There is none in production.
pub async fn revision(State(state): State<AppState>) -> Response {
    match state.reload.revision() {
        Some(revision) => ([(header::CACHE_CONTROL, "no-store")], revision.to_string()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A mistake as pages show it.
pub fn mistake(finding: &SettingFinding) -> Mistake {
    let SettingFinding { key, file, line, message, remedy, .. } = finding;
    Mistake {
        key: key.clone(),
        place: file.clone().zip(*line),
        message: message.clone(),
        remedy: remedy.clone(),
    }
}
