//! `/warehouse/deliveries`: announced and received deliveries. This is a separate API, with its own audience.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::json;

use super::{
    bearer::Bearer,
    body::Fields,
    problem::Refusal,
    query::Query,
    scopes::{ReadDeliveries, ReceiveDeliveries},
    shared::Shared,
    warehouse::Delivery,
};
use crate::reply;

const MAX_QUANTITY: u32 = 10_000;
const STATES: [(&str, bool); 2] = [("announced", false), ("arrived", true)];

/// `GET /warehouse/deliveries`: soonest first; `state` filters, `limit` and `offset` page.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadDeliveries>,
    query: Query,
) -> Result<Response, Refusal> {
    let (has_arrived, page) = (query.word("state", &STATES)?, query.page()?);
    let mut all = shared.received.deliveries(shared.today());
    all.retain(|delivery| has_arrived.is_none_or(|has_arrived| delivery.received.is_some() == has_arrived));
    let deliveries = page.of(all.iter().map(Delivery::shown));
    let body = json!({
        "deliveries": deliveries, "total": all.len(), "limit": page.limit, "offset": page.offset,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `POST /warehouse/deliveries/{id}/receive`: this many (`quantity`) have arrived. Returns the delivery.
pub(super) async fn receive(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<ReceiveDeliveries>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let mut fields = Fields::read(&request.headers, body).await?;
    let quantity = fields.needed("quantity", |fields, name| fields.whole(name, 1..=MAX_QUANTITY));
    fields.check()?;
    let receive = || shared.received.receive(shared.today(), &id, quantity);
    shared.answers.once(&access.who, &request, &fields, receive)
}
