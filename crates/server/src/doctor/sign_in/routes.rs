//! The routes of runs on the admin listener, behind the same checks as all operator commands.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use claimcheck_model::paths;
use serde::Deserialize;

use crate::{
    audit::{Event, Occurrence},
    doctor::sign_in::{RunEnd, RunProgress, RunServices, Runs, Stop},
    operator::{self, Operator},
};

/// The routes, with the operator's checks before them.
pub fn router(operator: &Operator, runs: Runs, services: RunServices) -> Router {
    let routes = Router::new()
        .route(paths::ADMIN_DOCTOR, post(begin))
        .route(paths::ADMIN_DOCTOR_RUN, get(progress))
        .with_state((runs, Arc::new(services)));
    operator::admitted(operator, routes)
}

/// The state of these routes.
type Shared = (Runs, Arc<RunServices>);

async fn begin(State((runs, services)): State<Shared>) -> Response {
    let audit = services.tokens.audit().clone();
    match runs.begin(services) {
        Ok(begun) => {
            audit.record(Event::success(Occurrence::DoctorSignIn {}));
            Json(begun).into_response()
        }
        Err(error) => operator::refuse(StatusCode::TOO_MANY_REQUESTS, &error.to_string()),
    }
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    run: String,
}

async fn progress(State((runs, services)): State<Shared>, Query(wanted): Query<Wanted>) -> Json<RunProgress> {
    let progress = runs.progress(&wanted.run, services.clock.now());
    if let RunProgress::Over(end) = &progress
        && matches!(**end, RunEnd::Stopped(Stop::Unknown))
    {
        tracing::warn!(
            event = "doctor sign-in unknown",
            "a command asks for a run that this process does not have"
        );
    }
    Json(progress)
}
