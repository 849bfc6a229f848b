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
    catalogue::{CUSTOMERS, Customer},
    desk::{Order, money},
    query::{Days, Query},
};
use crate::reply;

/// Customers by name, in pages; `from` and `to` narrow what they have ordered, not who they are.
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
    bearer::access(shared, headers, query, Needs::Orders).await?;
    let query = Query::parse(query);
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
