//! `GET /orders/summary`: counts and revenue, by day or by status. Revenue leaves out what was returned or cancelled.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Shared,
    bearer::{self, Needs},
    data::{Order, Status, money},
    problem,
    query::Query,
};
use crate::demo::reply;

/// The summary; `by` is `day` (the default) or `status`.
pub async fn summary(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    match summed(&shared, &headers, query.as_deref()).await {
        Ok(response) => response,
        Err(response) => *response,
    }
}

async fn summed(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Response, Box<Response>> {
    bearer::access(shared, headers, query, Needs::Orders).await?;
    let orders = &shared.desk.orders;
    let query = Query::parse(query);
    let mut body = match query.one("by")?.unwrap_or("day") {
        "day" => json!({ "by": "day", "days": by_day(orders) }),
        "status" => json!({ "by": "status", "statuses": by_status(orders) }),
        _ => return Err(Box::new(problem::bad_request("by must be day or status."))),
    };
    body["orders"] = json!(orders.len());
    body["open"] = json!(orders.iter().filter(|order| order.status == Status::Open).count());
    body["revenue"] = json!(money(orders.iter().map(Order::earned_cents).sum()));
    body["currency"] = json!("EUR");
    Ok(reply::json(StatusCode::OK, &body))
}

/// Oldest day first.
fn by_day(orders: &[Order]) -> Vec<Value> {
    let mut days: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for order in orders {
        let day = days.entry(order.day()).or_default();
        *day = (day.0 + 1, day.1 + order.earned_cents());
    }
    days.into_iter()
        .map(|(day, (count, cents))| json!({ "day": day, "orders": count, "revenue": money(cents) }))
        .collect()
}

fn by_status(orders: &[Order]) -> Vec<Value> {
    Status::ALL
        .into_iter()
        .map(|status| {
            let of: Vec<_> = orders.iter().filter(|order| order.status == status).collect();
            let cents = of.iter().map(|order| order.cents).sum();
            json!({ "status": status, "orders": of.len(), "total": money(cents) })
        })
        .collect()
}
