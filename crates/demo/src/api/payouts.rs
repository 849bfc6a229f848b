//! `/payouts`: outgoing payments. Ordering requires the finance role and a recent, strong sign-in. Users see and cancel
//! only their own payouts (`iss` and `sub` together identify a user).

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::json;
use time::Duration;

use super::{
    bearer::Bearer,
    body::Fields,
    books::moment,
    idempotency::Answer,
    ledger::{Payout, Uncancellable},
    problem::Refusal,
    query::Query,
    scopes::{OrderPayouts, Payouts},
    shared::Shared,
};
use crate::reply;

const TO_MAX_CHARS: usize = 80;
const REFERENCE_MAX_CHARS: usize = 140;
const MAX_CENTS: u32 = 5_000_000;
/// How far ahead a payout can be ordered.
const AHEAD: Duration = Duration::days(366);
const UNKNOWN: &str = "There is no such payout.";

/// `GET /payouts`: the user's own, newest first, in pages.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Bearer { access, .. }: Bearer<Payouts>,
    query: Query,
) -> Result<Response, Refusal> {
    let page = query.page()?;
    let all = shared.ledger.of(&access.who, shared.today());
    let total = all.len();
    let payouts = page.of(all.into_iter());
    let body = json!({ "payouts": payouts, "total": total, "limit": page.limit, "offset": page.offset });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `GET /payouts/{id}`: one of the user's own.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<Payouts>,
) -> Result<Response, Refusal> {
    match shared.ledger.one(&access.who, &id, shared.today()) {
        Some(payout) => Ok(reply::json(StatusCode::OK, &payout)),
        None => Err(Refusal::new(StatusCode::NOT_FOUND, UNKNOWN)),
    }
}

/// `POST /payouts`: orders a payout of an `amount` in euros `to` a recipient, with a `reference`, `on` a day (today by
/// default).
pub(super) async fn order(
    State(shared): State<Arc<Shared>>,
    Bearer { access, .. }: Bearer<OrderPayouts>,
    request: Request,
) -> Result<Response, Refusal> {
    if !access.has_role("finance") {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Payouts require the finance role."));
    }
    let (request, body) = request.into_parts();
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

/// `POST /payouts/{id}/cancel`: cancels one of the user's own before it is paid.
pub(super) async fn cancel(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<Payouts>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let fields = Fields::read(&request.headers, body).await?;
    shared.answers.once(&access.who, &request, &fields, || {
        match shared.ledger.cancel(&access.who, &id, shared.today()) {
            Ok(payout) => Answer::of(StatusCode::OK, payout),
            Err(Uncancellable::Unknown) => Answer::problem(StatusCode::NOT_FOUND, UNKNOWN),
            // The id was found, so it is safe to repeat.
            Err(Uncancellable::Is(state)) => {
                Answer::problem(StatusCode::CONFLICT, &format!("{id} is already {state}."))
            }
        }
    })
}
