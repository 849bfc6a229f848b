//! `GET /customers`: the customers and their orders.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    bearer::Bearer,
    catalogue::{CUSTOMERS, Customer},
    desk::{Order, money},
    problem::Refusal,
    query::{Days, Query},
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

/// Customers by name, in pages; `from` and `to` limit the orders that are counted, not the customers.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let (days, page) = (query.days()?, query.page()?);
    let desk = shared.desk();
    let all = CUSTOMERS.iter().zip(1..).map(|(who, number)| shown(number, who, &desk.orders, &days));
    let body = json!({
        "customers": page.of(all), "total": CUSTOMERS.len(), "limit": page.limit, "offset": page.offset,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

fn shown(number: u32, who: &Customer, orders: &[Order], days: &Days) -> Value {
    let of = |order: &&Order| order.customer == who.name && days.hold(order.day());
    let of: Vec<_> = orders.iter().filter(of).collect();
    json!({
        "id": format!("CUS-{number:03}"),
        "name": who.name,
        "city": who.city,
        "country": who.country,
        "orders": of.len(),
        "revenue": money(of.iter().map(|order| order.earned_cents()).sum()),
        "currency": "EUR",
        "last_order_at": of.first().map(|order| &order.placed_at),
    })
}
