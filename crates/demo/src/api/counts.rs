//! `/stock/counts`: counting the stock takes some seconds, so the API accepts it (202) and says later that it is done.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    bearer::Bearer, body::Fields, catalogue::ARTICLES, idempotency::Answer, problem::Refusal, scopes::Serve,
    shared::Shared,
};
use crate::reply;

/// How long it takes.
const SECS: i64 = 8;
const PREFIX: &str = "CNT-";
const UNKNOWN: &str = "There is no such count.";

/// `POST /stock/counts`: begins to count. The answer names the count, whose state is at its own path.
pub(super) async fn begin(
    State(shared): State<Arc<Shared>>,
    Bearer { access, .. }: Bearer<Serve>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let fields = Fields::read(&request.headers, body).await?;
    let began = shared.clock.now();
    shared.answers.once(&access.who, &request, &fields, || {
        let location = Some(format!("/stock/counts/{PREFIX}{began}"));
        Answer { status: StatusCode::ACCEPTED, body: shown(began, began), location }
    })
}

/// `GET /stock/counts/{id}`: how far it is.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<Serve>,
) -> Result<Response, Refusal> {
    let now = shared.clock.now();
    let began = id.strip_prefix(PREFIX).and_then(|began| began.parse::<i64>().ok());
    match began.filter(|began| *began <= now) {
        Some(began) => Ok(reply::json(StatusCode::OK, &shown(began, now))),
        None => Err(Refusal::new(StatusCode::NOT_FOUND, UNKNOWN)),
    }
}

fn shown(began: i64, now: i64) -> Value {
    let secs = now.saturating_sub(began).clamp(0, SECS);
    let counted =
        usize::try_from(secs).unwrap_or_default() * ARTICLES.len() / usize::try_from(SECS).unwrap_or(1);
    let state = if secs == SECS { "done" } else { "running" };
    json!({ "id": format!("{PREFIX}{began}"), "state": state, "counted": counted, "articles": ARTICLES.len() })
}
