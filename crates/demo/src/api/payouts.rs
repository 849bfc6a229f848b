//! `/payouts`: money that leaves the firm. Ordering takes the finance role and a fresh, strong sign-in; people see and
//! cancel their own only (`iss` and `sub` together name a person).

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;
use time::Duration;

use super::{
    Shared,
    bearer::{self, Needs},
    body::Fields,
    books::moment,
    idempotency::Answer,
    ledger::{Payout, Uncancellable},
    problem,
    query::Query,
    step_up::FOR_MONEY,
};
use crate::reply;

const TO_MAX_CHARS: usize = 80;
const REFERENCE_MAX_CHARS: usize = 140;
const MAX_CENTS: u32 = 5_000_000;
/// How far ahead a payout can be ordered.
const AHEAD: Duration = Duration::days(366);
const UNKNOWN: &str = "There is no such payout.";

/// `GET /payouts`: the person's own, newest first, in pages.
pub async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    listed(&shared, &headers, query.as_deref()).await.unwrap_or_else(|refusal| *refusal)
}

async fn listed(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Response, Box<Response>> {
    let access = bearer::access(shared, headers, query, Needs::Payouts).await?;
    let page = Query::parse(query).page()?;
    let all = shared.ledger.of(&access.who, shared.today());
    let total = all.len();
    let payouts = page.of(all.into_iter());
    let body = json!({ "payouts": payouts, "total": total, "limit": page.limit, "offset": page.offset });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `GET /payouts/{id}`: one of the person's own.
pub async fn one(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    Path(id): Path<String>,
) -> Response {
    let access = match bearer::access(&shared, &headers, query.as_deref(), Needs::Payouts).await {
        Ok(access) => access,
        Err(response) => return *response,
    };
    match shared.ledger.one(&access.who, &id, shared.today()) {
        Some(payout) => reply::json(StatusCode::OK, &payout),
        None => problem::problem(StatusCode::NOT_FOUND, UNKNOWN),
    }
}

/// `POST /payouts`: orders a payout of an `amount` in euros `to` somebody with a `reference`, `on` a day, which is today if
/// nothing is said.
pub async fn order(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    ordered(&shared, request).await.unwrap_or_else(|refusal| *refusal)
}

async fn ordered(shared: &Shared, request: Request) -> Result<Response, Box<Response>> {
    let (request, body) = request.into_parts();
    let query = request.uri.query();
    let access = bearer::recent_access(shared, &request.headers, query, Needs::Payouts, FOR_MONEY).await?;
    if !access.has_role("finance") {
        let detail = "Payouts are for the finance role.";
        return Err(Box::new(problem::problem(StatusCode::FORBIDDEN, detail)));
    }
    let mut fields = Fields::read(&request.headers, body).await?;
    let today = shared.today();
    let payout = Payout {
        owner: access.who.clone(),
        to: fields.needed("to", |fields, name| fields.text(name, TO_MAX_CHARS)),
        cents: fields.needed("amount", |fields, name| fields.cents(name, MAX_CENTS)),
        reference: fields.needed("reference", |fields, name| fields.text(name, REFERENCE_MAX_CHARS)),
        on: fields.day("on", today..=today.saturating_add(AHEAD)).unwrap_or(today),
        ordered_at: moment(shared.clock.now()),
        is_cancelled: false,
    };
    fields.check()?;
    shared.answers.once(&access.who, &request, &fields, || {
        let (id, body) = shared.ledger.add(payout, today);
        Answer { status: StatusCode::CREATED, body, location: Some(format!("/payouts/{id}")) }
    })
}

/// `POST /payouts/{id}/cancel`: takes one of the person's own back, before it is paid.
pub async fn cancel(State(shared): State<Arc<Shared>>, Path(id): Path<String>, request: Request) -> Response {
    cancelled(&shared, &id, request).await.unwrap_or_else(|refusal| *refusal)
}

async fn cancelled(shared: &Shared, id: &str, request: Request) -> Result<Response, Box<Response>> {
    let (request, body) = request.into_parts();
    let access = bearer::access(shared, &request.headers, request.uri.query(), Needs::Payouts).await?;
    let fields = Fields::read(&request.headers, body).await?;
    shared.answers.once(&access.who, &request, &fields, || {
        match shared.ledger.cancel(&access.who, id, shared.today()) {
            Ok(payout) => Answer::of(StatusCode::OK, payout),
            Err(Uncancellable::Unknown) => Answer::problem(StatusCode::NOT_FOUND, UNKNOWN),
            // An id that was found is one of ours.
            Err(Uncancellable::Is(state)) => {
                Answer::problem(StatusCode::CONFLICT, &format!("{id} is already {state}."))
            }
        }
    })
}
