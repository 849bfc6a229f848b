//! `POST /orders/{id}/ship`: ships an order.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};

use super::{
    bearer::Bearer,
    body::Fields,
    books::{Unshippable, moment},
    desk::{CARRIERS, Shipment, Status},
    idempotency::Answer,
    order,
    problem::Refusal,
    scopes::ShipOrders,
    shared::Shared,
};

const NOTE_MAX_CHARS: usize = 200;

/// Ships an open or packed order. `carrier`, `parcels` (how many) and `note` are optional. Returns the order.
pub(super) async fn ship(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<ShipOrders>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let mut fields = Fields::read(&request.headers, body).await?;
    let shipment = Shipment {
        carrier: fields.word("carrier", &CARRIERS).unwrap_or(CARRIERS[0]),
        note: fields.text("note", NOTE_MAX_CHARS),
        parcels: fields.whole("parcels", 1..=99),
        at: moment(shared.clock.now()),
    };
    fields.check()?;
    shared.answers.once(&access.who, &request, &fields, || leave(&shared, &id, shipment))
}

fn leave(shared: &Shared, id: &str, shipment: Shipment) -> Answer {
    let status = match shared.books.ship(id, shipment) {
        Ok(desk) => {
            return match order::find(&desk, id) {
                Some(order) => Answer::of(StatusCode::OK, order),
                None => Answer::problem(StatusCode::NOT_FOUND, order::UNKNOWN),
            };
        }
        Err(Unshippable::Unknown) => return Answer::problem(StatusCode::NOT_FOUND, order::UNKNOWN),
        Err(Unshippable::Is(status)) => status,
    };
    let why = match status {
        Status::Cancelled => "has been cancelled",
        Status::Returned => "has been returned",
        _ => "has already been shipped",
    };
    // The id was found, so it is safe to repeat.
    Answer::problem(StatusCode::CONFLICT, &format!("{id} {why}."))
}
