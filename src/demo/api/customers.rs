//! `GET /customers`: who orders, with what they have ordered.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Shared,
    bearer::{self, Needs},
    data::{CUSTOMERS, Order, money},
    query::Query,
};
use crate::demo::reply;

/// Customers by name, in pages.
pub async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(response) = bearer::access(&shared, &headers, query.as_deref(), Needs::Orders).await {
        return *response;
    }
    let page = match Query::parse(query.as_deref()).page() {
        Ok(page) => page,
        Err(response) => return *response,
    };
    let orders = &shared.desk.orders;
    let customers =
        CUSTOMERS.iter().zip(1..).map(|((name, city), number)| customer(number, name, city, orders));
    let body = json!({
        "customers": page.of(customers), "total": CUSTOMERS.len(), "limit": page.limit, "offset": page.offset,
    });
    reply::json(StatusCode::OK, &body)
}

fn customer(number: u32, name: &str, city: &str, orders: &[Order]) -> Value {
    let of: Vec<_> = orders.iter().filter(|order| order.customer == name).collect();
    json!({
        "id": format!("CUS-{number:03}"),
        "name": name,
        "city": city,
        "orders": of.len(),
        "revenue": money(of.iter().map(|order| order.earned_cents()).sum()),
        "currency": "EUR",
        "last_order_at": of.first().map(|order| &order.placed_at),
    })
}
