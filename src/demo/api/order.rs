//! `GET /orders/{id}`: one order with its lines, where it goes, and what has become of it so far.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, Time, format_description::well_known::Rfc3339};

use super::{
    Shared,
    bearer::{self, Needs},
    desk::{Desk, Dice, Order, Status, money},
    problem,
};
use crate::demo::reply;

/// One order.
pub async fn one(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    Path(id): Path<String>,
) -> Response {
    if let Err(response) = bearer::access(&shared, &headers, query.as_deref(), Needs::Orders).await {
        return *response;
    }
    let desk = shared.desk();
    match desk.orders.iter().find(|order| order.id == id) {
        Some(order) => reply::json(StatusCode::OK, &shown(order, &desk)),
        None => problem::problem(StatusCode::NOT_FOUND, "There is no such order."),
    }
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
    let events = history(order, desk).into_iter();
    body["history"] = events
        .map(|(what, at)| json!({ "event": what, "at": at.format(&Rfc3339).unwrap_or_default() }))
        .collect();
    body
}

/// What happened, oldest first; nothing of it after the books were closed.
fn history(order: &Order, desk: &Desk) -> Vec<(&'static str, OffsetDateTime)> {
    let mut dice = Dice::new((order.number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    dice.roll(1);
    let mut after = |minutes: u64| Duration::minutes(i64::try_from(minutes + dice.roll(600)).unwrap_or(0));
    let packed = order.at + after(90);
    let shipped = packed + after(120);
    let (cancelled, returned) = (order.at + after(30), shipped + after(6 * 24 * 60));
    let mut events = vec![("placed", order.at)];
    events.extend(match order.status {
        Status::Open => vec![],
        Status::Packed => vec![("packed", packed)],
        Status::Shipped => vec![("packed", packed), ("shipped", shipped)],
        Status::Returned => vec![("packed", packed), ("shipped", shipped), ("returned", returned)],
        Status::Cancelled => vec![("cancelled", cancelled)],
    });
    let closed = desk.last.with_time(Time::MIDNIGHT).assume_utc() + Duration::minutes(24 * 60 - 1);
    events.into_iter().map(|(what, at)| (what, at.min(closed))).collect()
}
