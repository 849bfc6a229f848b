//! `GET /orders/{id}`: one order with its lines, its address and its history. Requests that change an order are in
//! separate files.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, Time, format_description::well_known::Rfc3339};

use super::{
    bearer::Bearer,
    desk::{CARRIERS, Desk, Order, Status, money},
    dice::Dice,
    problem::Refusal,
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

/// The detail of a refusal if there is no such order.
pub(super) const UNKNOWN: &str = "There is no such order.";

/// One order.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    match find(&shared.desk(), &id) {
        Some(order) => Ok(reply::json(StatusCode::OK, &order)),
        None => Err(Refusal::new(StatusCode::NOT_FOUND, UNKNOWN)),
    }
}

/// The full details of an order.
pub(super) fn find(desk: &Desk, id: &str) -> Option<Value> {
    desk.orders.iter().find(|order| order.id == id).map(|order| shown(order, desk))
}

fn shown(order: &Order, desk: &Desk) -> Value {
    let mut body = json!(order);
    let buyer = order.buyer;
    let lines = order.lines.iter().map(|(article, quantity)| {
        json!({
            "sku": article.sku, "name": article.name, "quantity": quantity, "price": money(article.price),
            "total": money(article.price * u64::from(*quantity)),
        })
    });
    body["lines"] = lines.collect();
    body["address"] = json!({
        "name": buyer.name, "street": buyer.street, "postcode": buyer.postcode, "city": buyer.city,
        "country": buyer.country,
    });
    if let Some((carrier, note, parcels)) = leaving(order) {
        body["carrier"] = json!(carrier);
        for (name, value) in [("note", note.map(Value::from)), ("parcels", parcels.map(Value::from))] {
            if let Some(value) = value {
                body[name] = value;
            }
        }
    }
    let events = history(order, desk).into_iter();
    body["history"] = events
        .map(|(what, at)| json!({ "event": what, "at": at.format(&Rfc3339).unwrap_or_default() }))
        .collect();
    body
}

/// How it was shipped, if it was: carrier, note, number of parcels.
fn leaving(order: &Order) -> Option<(&'static str, Option<&str>, Option<u32>)> {
    match &order.left {
        Some((_, shipment)) => Some((shipment.carrier, shipment.note.as_deref(), shipment.parcels)),
        None if matches!(order.status, Status::Shipped | Status::Returned) => {
            CARRIERS.get(order.number % CARRIERS.len()).map(|carrier| (*carrier, None, None))
        }
        None => None,
    }
}

/// Its history, oldest first; without made-up events after the books were closed.
fn history(order: &Order, desk: &Desk) -> Vec<(&'static str, OffsetDateTime)> {
    let mut dice = Dice::new((order.number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    dice.roll(1);
    let mut after = |minutes: u64| Duration::minutes(i64::try_from(minutes + dice.roll(600)).unwrap_or(0));
    let packed = order.at + after(90);
    let shipped = packed + after(120);
    let (cancelled, returned) = (order.at + after(30), shipped + after(6 * 24 * 60));
    let mut events = vec![("placed", order.at)];
    let made_up = order.left.as_ref().map_or(order.status, |(before, _)| *before);
    events.extend(match made_up {
        Status::Open => vec![],
        Status::Packed => vec![("packed", packed)],
        Status::Shipped => vec![("packed", packed), ("shipped", shipped)],
        Status::Returned => vec![("packed", packed), ("shipped", shipped), ("returned", returned)],
        Status::Cancelled => vec![("cancelled", cancelled)],
    });
    let closed = desk.last.with_time(Time::MIDNIGHT).assume_utc() + Duration::minutes(24 * 60 - 1);
    let mut events: Vec<_> = events.into_iter().map(|(what, at)| (what, at.min(closed))).collect();
    if let Some((_, shipment)) = &order.left {
        // The dates of made-up events move from day to day; this one does not.
        let last = events.last().map_or(order.at, |(_, at)| *at);
        events.push(("shipped", shipment.at.max(last)));
    }
    events
}
